// Scores: which rows every run scores, by what, and where they are given out.
#include <algorithm>
#include <charconv>
#include <cmath>

#include "project/file_pattern.h"
#include "project/loading.h"

namespace lode {
namespace {

// Columns of the log that are not given out (docs/formats/scores.md).
constexpr std::array<std::string_view, 2> kLogColumns = {"_entry", "row"};

bool is_version(std::string_view text) {
  std::int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && value > 0;
}

// Whether the pattern of a source takes the file, now or when it is there.
bool takes(const std::filesystem::path& pattern, const std::filesystem::path& file) {
  return std::ranges::equal(pattern, file, [](const auto& star, const auto& part) {
    return matches_pattern(part.string(), star.string());
  });
}

class ScoresReader {
 public:
  ScoresReader(Loading& loading, const YamlEntry& entry, const YamlNode* sources)
      : loading_(loading), part_(loading.shape, entry.value), sources_(sources) {
    out_.name = entry.key;
    out_.place = entry.place;
  }

  ScoringJob read() {
    check_name();
    const Model* model = read_model();
    read_rows();
    read_since(model);
    read_out();
    read_threshold();
    read_why();
    if (const YamlNode* node = part_.find("columns"))
      for (const YamlNode& item : node->items)
        if (item.scalar()) read_column(item, model);
    return std::move(out_);
  }

 private:
  Problems& problems() { return loading_.problems(); }

  void check_name() {
    const std::vector<Retraining>& walks = loading_.project.retraining;
    bool walk = std::ranges::find(walks, out_.name, &Retraining::name) != walks.end();
    if (walk || loading_.project.model(out_.name))
      problems().add(out_.place,
                     fmt::format("there is a {} '{}' too, and `lode score {}` would mean both; "
                                 "give the scores another name",
                                 walk ? "walk" : "model", out_.name, out_.name));
  }

  // The model it is made like; nullptr if that was reported.
  const Model* read_model() {
    const YamlNode* node = part_.find("model");
    if (!node) return nullptr;
    out_.model = node->text;
    std::size_t at = node->text.find('@');
    std::string name = node->text.substr(0, at);
    if (at != std::string::npos) {
      std::string which = node->text.substr(at + 1);
      if (!is_version(which) && !is_name(which))
        problems().add(node->place, fmt::format("'{}' is no version or alias of '{}'; write {}@3 "
                                                "or {}@champion",
                                                which, name, name, name));
    }
    if (const Model* model = loading_.project.model(name)) return model;
    for (const Retraining& walk : loading_.project.retraining)
      if (walk.name == name) return loading_.project.model(walk.champion);
    std::vector<std::string> names;
    for (const Model& model : loading_.project.models) names.push_back(model.name);
    for (const Retraining& walk : loading_.project.retraining) names.push_back(walk.name);
    problems().add(node->place, unknown_word("model", name, std::span<const std::string>(names)));
    return nullptr;
  }

  const Source* rows_of(const Model* model) const {
    if (model == nullptr) return nullptr;
    const TrainingSet* set = loading_.project.training_set(model->from);
    return set == nullptr ? nullptr : loading_.project.source(set->rows);
  }

  void read_rows() {
    const YamlNode* node = part_.find("rows");
    if (!node) return;
    out_.all = node->text == "all";
    if (!out_.all && node->text != "unlabelled")
      problems().add(node->place, fmt::format("'{}' is neither unlabelled nor all", node->text));
  }

  void read_since(const Model* model) {
    const YamlNode* node = part_.find("since");
    if (!node) return;
    auto parsed = parse_timestamp(node->text);
    if (!parsed) {
      problems().add(node->place, parsed.error().message());
      return;
    }
    out_.since = parsed->t;
    const Source* source = rows_of(model);
    if (source != nullptr && source->timeless())
      problems().add(node->place,
                     fmt::format("rows of source '{}' have no time to be since", source->name));
  }

  void read_threshold() {
    const YamlNode* node = part_.find("threshold");
    if (!node) return;
    out_.own_threshold = true;
    if (node->text == "none") return;
    double value = 0;
    const char* end = node->text.data() + node->text.size();
    auto [stopped, error] = std::from_chars(node->text.data(), end, value);
    if (error != std::errc() || stopped != end || !std::isfinite(value))
      problems().add(node->place, fmt::format("'{}' is neither a number nor none", node->text));
    out_.threshold = value;
  }

  void read_why() {
    out_.why = part_.whole("why").value_or(0);
    if (out_.why > kMostWhy)
      problems().add(part_.key_place("why"),
                     fmt::format("at most {} drivers are told of a score", kMostWhy));
  }

  void read_out() {
    std::string table = part_.text("table", out_.name);
    if (const YamlNode* node = part_.find("out")) {
      if (node->scalar()) add_out(*node, table);
      for (const YamlNode& item : node->items)
        if (item.scalar()) add_out(item, table);
    }
    bool database =
        std::ranges::find(out_.out, ScoreFormat::kDuckDb, &ScoreOutput::format) != out_.out.end();
    if (part_.find("table") && !part_.broken("out") && !database)
      problems().add(part_.key_place("table"),
                     "no file of these scores has tables; let 'out' end in .duckdb");
  }

  void add_out(const YamlNode& node, const std::string& table) {
    auto format = score_format(node.text, "auto");
    if (!format) {
      problems().add(node.place, fmt::format("what '{}' is to be its name does not say: let it end "
                                             "in .parquet, .csv or .duckdb",
                                             node.text));
      return;
    }
    std::filesystem::path path = (loading_.project.root / node.text).lexically_normal();
    ScoreOutput out{path.string(), *format, *format == ScoreFormat::kDuckDb ? table : ""};
    if (std::string why = taken(path, out); !why.empty())
      problems().add(node.place, why);
    else
      out_.out.push_back(std::move(out));
  }

  // What else the file is; "" if nothing.
  std::string taken(const std::filesystem::path& path, const ScoreOutput& out) {
    if (std::string source = source_of(path); !source.empty())
      return fmt::format("{} is a file of the source '{}', and would be read as one",
                         path.filename().string(), source);
    auto lode = loading_.project.root / ".lode";
    if (std::ranges::mismatch(lode, path).in1 == lode.end())
      return fmt::format("{} lies where lode keeps its own files", path.string());
    auto same = [&](const ScoreOutput& other) {
      if (other.path != out.path) return false;
      return other.format != out.format || other.table == out.table;
    };
    if (std::ranges::any_of(out_.out, same))
      return fmt::format("{} is given twice", path.filename().string());
    for (const ScoringJob& job : loading_.project.scores)
      if (std::ranges::any_of(job.out, same))
        return fmt::format("{} is what the scores '{}' are written into", path.filename().string(),
                           job.name);
    return "";
  }

  std::string source_of(const std::filesystem::path& path) const {
    if (sources_ == nullptr) return "";
    for (const YamlEntry& source : sources_->entries) {
      const YamlEntry* files = source.value.map() ? source.value.find("files") : nullptr;
      if (files == nullptr) continue;
      auto is_of = [&](const YamlNode& node) {
        return node.scalar() && takes((loading_.project.root / node.text).lexically_normal(), path);
      };
      if (is_of(files->value) || std::ranges::any_of(files->value.items, is_of)) return source.key;
    }
    return "";
  }

  void read_column(const YamlNode& item, const Model* model) {
    const std::string& name = item.text;
    if (std::ranges::find(out_.columns, name) != out_.columns.end()) {
      problems().add(item.place, fmt::format("'{}' is given twice", name));
      return;
    }
    if (std::ranges::find(kGivenColumns, name) != kGivenColumns.end()) {
      if (std::string why = missing(name, model); !why.empty()) problems().add(item.place, why);
    } else {
      check_set_column(item, model);
    }
    out_.columns.push_back(name);
  }

  // Why a row has none of a column that others have; "" if it has.
  std::string missing(const std::string& name, const Model* model) const {
    const Source* source = rows_of(model);
    if (source == nullptr) return "";
    if (name == "id" && source->id.empty())
      return fmt::format("source '{}' declares no 'id'", source->name);
    if (name == "time" && source->timeless())
      return fmt::format("rows of source '{}' have no time", source->name);
    if (name == "entity" && model->split.groups.empty())
      return fmt::format("model '{}' has no 'groups' in its split, so rows have no entity",
                         model->name);
    return "";
  }

  void check_set_column(const YamlNode& item, const Model* model) {
    if (std::ranges::find(kLogColumns, item.text) != kLogColumns.end() ||
        item.text.starts_with("why_")) {
      problems().add(item.place,
                     fmt::format("'{}' is what kept scores have themselves; call the column of the "
                                 "training set otherwise",
                                 item.text));
      return;
    }
    auto set = model ? loading_.training.find(model->from) : loading_.training.end();
    if (set == loading_.training.end() || set->second.unusable ||
        set->second.broken.contains(item.text) || set->second.schema.find(item.text))
      return;
    std::vector<std::string> names(kGivenColumns.begin(), kGivenColumns.end());
    for (std::string& name : names_of(set->second.schema)) names.push_back(std::move(name));
    auto rows = loading_.sources.find(rows_of(model)->name);
    if (rows != loading_.sources.end()) {
      if (rows->second.unusable || rows->second.broken.contains(item.text)) return;
      std::vector<std::string> record = names_of(rows->second.schema);
      if (std::ranges::find(record, item.text) != record.end()) return;
      names.insert(names.end(), record.begin(), record.end());
    }
    std::ranges::sort(names);
    names.erase(std::ranges::unique(names).begin(), names.end());
    problems().add(item.place, unknown_word("column of scores, the training set or its source",
                                            item.text, std::span<const std::string>(names)));
  }

  Loading& loading_;
  CheckedMap part_;
  const YamlNode* sources_;
  ScoringJob out_;
};

}  // namespace

void load_scores(Loading& loading, const YamlNode& scores, const YamlNode* sources) {
  for (const YamlEntry& entry : scores.entries)
    if (entry.value.map())
      loading.project.scores.push_back(ScoresReader(loading, entry, sources).read());
}

}  // namespace lode
