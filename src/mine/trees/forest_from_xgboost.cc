// Reads XGBoost's saved models. The text is walked as events into a small document of its own, so
// that float32 numbers keep every bit (a generic JSON tree would round them twice) and hostile
// nesting or lengths stop at a limit.
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/math.h"
#include "mine/trees/forest.h"

namespace lode {
namespace {

constexpr std::size_t kDeepest = 32;  // XGBoost nests 9 deep
constexpr double kNoParent = -1;

struct Value {
  enum class Kind : std::uint8_t { kNothing, kNumber, kText, kArray, kObject };
  Kind kind = Kind::kNothing;
  double number = 0;  // a float32's value if it was written with a fraction
  std::string text{};
  std::vector<double> numbers{};  // an array of numbers
  std::vector<Value> items{};     // an array of anything else
  std::vector<std::pair<std::string, Value>> fields{};
};

// Receives nlohmann's SAX events; a false return stops the parser.
class Builder {
 public:
  using json = nlohmann::json;

  // Every value costs at least half an input byte, except in UBJSON's counted arrays of nothing.
  explicit Builder(std::size_t input_bytes) : values_left_(2 * input_bytes + 16) {}

  bool null() { return add({}); }
  bool boolean(bool value) {
    return add({.kind = Value::Kind::kNumber, .number = value ? 1. : 0.});
  }
  bool number_integer(json::number_integer_t value) { return number(static_cast<double>(value)); }
  bool number_unsigned(json::number_unsigned_t value) { return number(static_cast<double>(value)); }
  bool number_float(json::number_float_t value, const std::string& written) {
    float rounded = static_cast<float>(value);
    if (!written.empty()) {
      auto [end, error] = std::from_chars(written.data(), written.data() + written.size(), rounded);
      if (error != std::errc()) return stop("a number is outside the range of float32");
    }
    return number(rounded);
  }
  bool string(std::string& value) {
    return add({.kind = Value::Kind::kText, .text = std::move(value)});
  }
  bool binary(json::binary_t&) { return stop("it holds binary values"); }
  bool start_object(std::size_t) { return open(Value::Kind::kObject); }
  bool start_array(std::size_t) { return open(Value::Kind::kArray); }
  bool key(std::string& name) {
    key_ = std::move(name);
    return true;
  }
  bool end_object() { return close(); }
  bool end_array() { return close(); }
  bool parse_error(std::size_t at, const std::string&, const nlohmann::detail::exception&) {
    return stop(fmt::format("it cannot be parsed at byte {}", at));
  }

  const std::string& problem() const { return problem_; }
  Value take() { return std::move(root_); }

 private:
  bool stop(std::string why) {
    if (problem_.empty()) problem_ = std::move(why);
    return false;
  }
  bool number(double value) { return add({.kind = Value::Kind::kNumber, .number = value}); }
  bool open(Value::Kind kind) {
    if (open_.size() >= kDeepest) return stop("it is nested too deeply");
    open_.push_back({.key = std::move(key_), .value = {.kind = kind}});
    return true;
  }
  bool close() {
    Open done = std::move(open_.back());
    open_.pop_back();
    key_ = std::move(done.key);
    return add(std::move(done.value));
  }
  bool add(Value value) {
    if (values_left_-- == 0) return stop("it announces more values than it holds");
    if (open_.empty()) {
      root_ = std::move(value);
      return true;
    }
    Value& parent = open_.back().value;
    if (parent.kind == Value::Kind::kObject) {
      parent.fields.emplace_back(std::move(key_), std::move(value));
    } else if (value.kind == Value::Kind::kNumber) {
      if (!parent.items.empty()) return stop("an array mixes numbers with other values");
      parent.numbers.push_back(value.number);
    } else {
      if (!parent.numbers.empty()) return stop("an array mixes numbers with other values");
      parent.items.push_back(std::move(value));
    }
    return true;
  }

  struct Open {
    std::string key;
    Value value;
  };
  std::size_t values_left_;
  std::vector<Open> open_;
  std::string key_;
  Value root_;
  std::string problem_;
};

std::unexpected<Error> malformed(std::string_view what) {
  return fail(Code::kCorrupt, "the XGBoost model is malformed: {}", what);
}

Result<Value> parse(std::string_view bytes) {
  // Both forms open with '{'; then JSON has a blank, '"' or '}', UBJSON a type marker.
  bool text = bytes.size() > 1 && std::string_view("\"} \t\r\n").contains(bytes[1]);
  Builder builder(bytes.size());
  bool done = false;
  try {
    done = nlohmann::json::sax_parse(
        bytes, &builder,
        text ? nlohmann::json::input_format_t::json : nlohmann::json::input_format_t::ubjson);
  } catch (const std::exception& exception) {
    return malformed(exception.what());
  }
  if (!done) return malformed(builder.problem().empty() ? "it ends early" : builder.problem());
  return builder.take();
}

// Field access with the path in the error.
Result<const Value*> field(const Value& object, std::string_view name, Value::Kind kind) {
  for (const auto& [key, value] : object.fields) {
    if (key != name) continue;
    if (value.kind != kind) return malformed(fmt::format("'{}' has an unexpected type", name));
    return &value;
  }
  return malformed(fmt::format("'{}' is missing", name));
}

// The text of a nested field such as learner / objective / name.
Result<std::string> text_at(const Value& root, std::initializer_list<std::string_view> objects,
                            std::string_view name) {
  const Value* at = &root;
  for (std::string_view object : objects) {
    TRY(at, field(*at, object, Value::Kind::kObject));
  }
  TRY(const Value* found, field(*at, name, Value::Kind::kText));
  return found->text;
}

template <typename T>
Result<T> number_in(std::string_view text, std::string_view name) {
  T value{};
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    return malformed(fmt::format("'{}' is not a number: {}", name, text.substr(0, 40)));
  }
  return value;
}

// A saved tree: parallel arrays over its nodes, as XGBoost numbers them.
struct SavedTree {
  std::span<const double> left, right, feature, condition, default_left, gain, cover;
  std::span<const double> split_type;  // 1 = categorical; empty = all numeric
  std::span<const double> set_nodes, set_begin, set_size, set_codes;
};

Result<std::uint32_t> index_of(double number, std::size_t count, std::string_view what) {
  if (!(number >= 0) || number >= static_cast<double>(count) || number != std::floor(number)) {
    return malformed(fmt::format("{} {} is not below {}", what, number, count));
  }
  return static_cast<std::uint32_t>(number);
}

Result<SavedTree> saved_tree(const Value& tree) {
  auto array = [&](std::string_view name) -> Result<std::span<const double>> {
    TRY(const Value* found, field(tree, name, Value::Kind::kArray));
    if (!found->items.empty()) return malformed(fmt::format("'{}' is not all numbers", name));
    return std::span<const double>(found->numbers);
  };
  SavedTree saved;
  TRY(saved.left, array("left_children"));
  TRY(saved.right, array("right_children"));
  TRY(saved.feature, array("split_indices"));
  TRY(saved.condition, array("split_conditions"));
  TRY(saved.default_left, array("default_left"));
  TRY(saved.gain, array("loss_changes"));
  TRY(saved.cover, array("sum_hessian"));
  for (const auto& [name, unused] : tree.fields) {
    if (name == "split_type") {
      TRY(saved.split_type, array(name));
    }
  }
  std::size_t nodes = saved.left.size();
  for (auto values :
       {saved.right, saved.feature, saved.condition, saved.default_left, saved.gain, saved.cover}) {
    if (values.size() != nodes) return malformed("a tree's arrays differ in length");
  }
  if (!saved.split_type.empty()) {
    if (saved.split_type.size() != nodes) return malformed("a tree's arrays differ in length");
    TRY(saved.set_nodes, array("categories_nodes"));
    TRY(saved.set_begin, array("categories_segments"));
    TRY(saved.set_size, array("categories_sizes"));
    TRY(saved.set_codes, array("categories"));
    if (saved.set_begin.size() != saved.set_nodes.size() ||
        saved.set_size.size() != saved.set_nodes.size()) {
      return malformed("a tree's lists of categories differ in length");
    }
  }
  if (nodes == 0) return malformed("a tree has no nodes");
  return saved;
}

// Appends the trees to a forest: reachable nodes breadth first, siblings side by side.
class TreeAppender {
 public:
  TreeAppender(Forest& forest, const SavedTree& saved) : forest_(forest), saved_(saved) {}

  Status append() {
    TRY_VOID(append_sets());
    std::size_t base = forest_.nodes.size();
    forest_.roots.push_back(static_cast<std::uint32_t>(base));
    std::vector<std::uint32_t> order = {0};  // saved numbers of the nodes from `base` on
    std::vector<std::uint8_t> seen(saved_.left.size(), 0);
    seen[0] = 1;
    for (std::size_t k = 0; k < order.size(); ++k) {
      std::uint32_t at = order[k];
      bool leaf = saved_.left[at] == kNoParent;
      TRY(TreeNode node, split_or_leaf(at, leaf));
      if (!leaf) {
        node.left = static_cast<std::uint32_t>(base + order.size());
        for (double child : {saved_.left[at], saved_.right[at]}) {
          TRY(std::uint32_t next, index_of(child, seen.size(), "child"));
          if (seen[next]++ != 0) return malformed("a node has two parents");
          order.push_back(next);
        }
      }
      forest_.nodes.push_back(node);
    }
    return {};
  }

 private:
  Result<TreeNode> split_or_leaf(std::uint32_t at, bool leaf) {
    TreeNode node;
    node.cover = static_cast<float>(saved_.cover[at]);
    bool categorical = !leaf && !saved_.split_type.empty() && saved_.split_type[at] == 1;
    if (!categorical) node.value = static_cast<float>(saved_.condition[at]);
    if (leaf) return node;
    node.gain = static_cast<float>(saved_.gain[at]);
    node.default_left = saved_.default_left[at] != 0;
    TRY(node.feature, index_of(saved_.feature[at], forest_.features, "feature"));
    if (categorical) {
      if (set_of_.empty() || set_of_[at] == kNoCategorySet) {
        return malformed("a categorical split has no categories");
      }
      node.category_set = set_of_[at];
    }
    return node;
  }

  Status append_sets() {
    if (saved_.set_nodes.empty()) return {};
    set_of_.assign(saved_.left.size(), kNoCategorySet);
    for (std::size_t s = 0; s < saved_.set_nodes.size(); ++s) {
      TRY(std::uint32_t node, index_of(saved_.set_nodes[s], set_of_.size(), "node"));
      std::size_t all = saved_.set_codes.size();
      TRY(std::uint32_t begin, index_of(saved_.set_begin[s], all + 1, "category offset"));
      TRY(std::uint32_t size, index_of(saved_.set_size[s], all - begin + 1, "category count"));
      std::size_t first = forest_.categories.size();
      for (double code : saved_.set_codes.subspan(begin, size)) {
        TRY(std::uint32_t category, index_of(code, kCategoryCodeLimit, "category"));
        forest_.categories.push_back(category);
      }
      auto set =
          std::ranges::subrange(forest_.categories.begin() + static_cast<std::ptrdiff_t>(first),
                                forest_.categories.end());
      std::ranges::sort(set);
      auto doubles = std::ranges::unique(set);
      forest_.categories.erase(doubles.begin(), doubles.end());
      set_of_[node] = static_cast<std::uint32_t>(forest_.sets());
      forest_.set_begin.push_back(static_cast<std::uint32_t>(forest_.categories.size()));
    }
    return {};
  }

  Forest& forest_;
  const SavedTree& saved_;
  std::vector<std::uint32_t> set_of_;  // by saved node; empty = no sets
};

// base_score stands in the model as "5E-1" or, since 3.1, as "[5E-1]".
Result<float> base_score(const Value& learner) {
  TRY(std::string text, text_at(learner, {"learner_model_param"}, "base_score"));
  std::string_view digits = text;
  if (digits.starts_with('[') && digits.ends_with(']')) {
    digits = digits.substr(1, digits.size() - 2);
  }
  if (digits.contains(',')) {
    return fail(Code::kUnsupported,
                "the XGBoost model has several base scores ({}): models with "
                "one output are supported",
                text.substr(0, 60));
  }
  return number_in<float>(digits, "base_score");
}

Status read_objective(const Value& learner, Forest& forest) {
  TRY(std::string objective, text_at(learner, {"objective"}, "name"));
  TRY(float score, base_score(learner));
  if (objective == "reg:squarederror") {
    forest.objective = Forest::Objective::kSquaredError;
    forest.base_margin = score;
    return {};
  }
  if (objective != "binary:logistic") {
    return fail(Code::kUnsupported,
                "the XGBoost model has objective {}: binary:logistic and "
                "reg:squarederror are supported",
                objective.substr(0, 60));
  }
  if (!(score > 0) || !(score < 1)) return malformed("base_score is not a probability");
  forest.objective = Forest::Objective::kLogistic;
  float odds = 1.0F / score - 1.0F;  // in float32, as XGBoost does it
  forest.base_margin = -static_cast<float>(portable_log(static_cast<double>(odds)));
  return {};
}

Status read_shape(const Value& learner, Forest& forest) {
  TRY(std::string booster, text_at(learner, {"gradient_booster"}, "name"));
  if (booster != "gbtree") {
    return fail(Code::kUnsupported, "the XGBoost model was made by booster {}: gbtree is supported",
                booster.substr(0, 60));
  }
  TRY(std::string features, text_at(learner, {"learner_model_param"}, "num_feature"));
  TRY(forest.features, number_in<std::uint32_t>(features, "num_feature"));
  for (std::string_view name : {"num_class", "num_target"}) {
    TRY(std::string text, text_at(learner, {"learner_model_param"}, name));
    TRY(std::uint32_t count, number_in<std::uint32_t>(text, name));
    if (count > 1) {
      return fail(Code::kUnsupported,
                  "the XGBoost model has {} = {}: models with one output are "
                  "supported",
                  name, count);
    }
  }
  return {};
}

}  // namespace

Result<Forest> forest_from_xgboost(std::string_view bytes) {
  TRY(Value root, parse(bytes));
  TRY(const Value* learner, field(root, "learner", Value::Kind::kObject));
  Forest forest;
  TRY_VOID(read_shape(*learner, forest));
  TRY_VOID(read_objective(*learner, forest));
  TRY(const Value* booster, field(*learner, "gradient_booster", Value::Kind::kObject));
  TRY(const Value* model, field(*booster, "model", Value::Kind::kObject));
  if (auto cats = field(*model, "cats", Value::Kind::kObject)) {
    if (auto encodings = field(**cats, "enc", Value::Kind::kArray);
        encodings && (!(*encodings)->items.empty() || !(*encodings)->numbers.empty())) {
      return fail(Code::kUnsupported,
                  "the XGBoost model recodes categories by name; train it on "
                  "category codes");
    }
  }
  TRY(const Value* trees, field(*model, "trees", Value::Kind::kArray));
  if (!trees->numbers.empty()) return malformed("'trees' holds numbers");
  for (const Value& tree : trees->items) {
    TRY(SavedTree saved, saved_tree(tree));
    TRY_VOID(TreeAppender(forest, saved).append());
  }
  TRY_VOID(check(forest));
  return forest;
}

}  // namespace lode
