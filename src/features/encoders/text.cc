// Texts as bags of words with TF-IDF weights: the words of the fitted rows, each the rarer the
// heavier (Salton and Buckley, Term-weighting approaches in automatic text retrieval, 1988).
#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_map>

#include "base/math.h"
#include "features/encoder.h"

namespace lode {
namespace {

constexpr std::string_view kBetweenWords = " ";

struct TextOptions {
  std::int64_t min_rows = 2;
  std::int64_t max_terms = 20'000;
  bool pairs = false;  // of neighbouring words, beside the words
  bool sublinear = true;
};

bool of_word(char c) {
  auto byte = static_cast<unsigned char>(c);
  return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
         (byte >= 'A' && byte <= 'Z') || byte >= 0x80;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Words are runs of ASCII letters in lower case, digits and whatever is not ASCII; then, if asked
// for, pairs of words that follow each other.
std::vector<std::string> terms_of(std::string_view text, bool pairs) {
  std::vector<std::string> words;
  bool inside = false;
  for (char c : text) {
    if (!of_word(c)) {
      inside = false;
      continue;
    }
    if (!inside) words.emplace_back();
    inside = true;
    words.back() += lower(c);
  }
  std::size_t count = words.size();
  for (std::size_t i = 1; pairs && i < count; ++i)
    words.push_back(words[i - 1] + std::string(kBetweenWords) + words[i]);
  return words;
}

class Text final : public FittedEncoder {
 public:
  Text(std::string name, TextOptions options, std::vector<std::string> terms,
       std::vector<double> idf)
      : name_(std::move(name)),
        options_(options),
        terms_(std::make_shared<const std::vector<std::string>>(std::move(terms))),
        idf_(std::move(idf)) {
    for (std::size_t t = 0; t < terms_->size(); ++t)
      number_.emplace((*terms_)[t], static_cast<std::uint32_t>(t));
  }

  Encoded encode(const Column& column, std::span<const std::int64_t> rows) const override {
    Encoded out;
    EncodedBags& bags = out.bags.emplace_back();
    bags.name = name_;
    bags.terms = terms_;
    bags.begin.push_back(0);
    out.missing = nulls_among(column, rows);
    for (std::int64_t row : rows) {
      std::size_t begin = bags.term.size();
      if (!column.is_null(row)) {
        append(column.string(row), bags);
        out.unseen += bags.term.size() == begin ? 1 : 0;
      }
      bags.begin.push_back(std::ssize(bags.term));
    }
    return out;
  }

  void describe(JsonWriter& json) const override {
    json.begin_object()
        .field("encoder", component())
        .field("column", name_)
        .field("terms", terms_->size())
        .field("min_rows", options_.min_rows)
        .field("max_terms", options_.max_terms)
        .field("pairs", options_.pairs)
        .field("sublinear", options_.sublinear)
        .end_object();
  }
  std::string_view component() const override { return "text"; }
  void store(ByteWriter& writer) const override {
    writer.i64(options_.min_rows);
    writer.i64(options_.max_terms);
    writer.u8(options_.pairs ? 1 : 0);
    writer.u8(options_.sublinear ? 1 : 0);
    writer.texts(*terms_);
    writer.numbers(idf_);
  }

 private:
  // The known terms of a text, each once and ascending, weights with a sum of squares of 1.
  void append(std::string_view text, EncodedBags& bags) const {
    std::vector<std::uint32_t> found;
    for (const std::string& term : terms_of(text, options_.pairs))
      if (auto at = number_.find(term); at != number_.end()) found.push_back(at->second);
    std::ranges::sort(found);
    std::size_t first = bags.weight.size();
    double squares = 0;
    for (std::size_t i = 0; i < found.size();) {
      std::size_t end = i;
      while (end < found.size() && found[end] == found[i]) ++end;
      auto times = static_cast<double>(end - i);
      double weight = (options_.sublinear ? 1 + portable_log(times) : times) * idf_[found[i]];
      bags.term.push_back(found[i]);
      bags.weight.push_back(weight);
      squares += weight * weight;
      i = end;
    }
    double length = std::sqrt(squares);
    for (std::size_t k = first; k < bags.weight.size(); ++k) bags.weight[k] /= length;
  }

  std::string name_;
  TextOptions options_;
  std::shared_ptr<const std::vector<std::string>> terms_;  // ascending by bytes
  std::vector<double> idf_;
  std::unordered_map<std::string, std::uint32_t> number_;  // looked up, never walked
};

// Terms and the number of fitted rows that have them, in the order they are met.
struct RowCounts {
  std::vector<std::string> terms;
  std::vector<std::int64_t> rows;
  std::int64_t texts = 0;
};

RowCounts count_rows(const FitRows& fitted, bool pairs) {
  RowCounts counts;
  std::unordered_map<std::string, std::size_t> number;
  std::vector<std::int64_t> last;  // row that counted the term
  for (std::int64_t row : fitted.rows) {
    if (fitted.column.is_null(row)) continue;
    ++counts.texts;
    for (std::string& term : terms_of(fitted.column.string(row), pairs)) {
      auto [at, is_new] = number.try_emplace(term, counts.terms.size());
      if (is_new) {
        counts.terms.push_back(std::move(term));
        counts.rows.push_back(0);
        last.push_back(-1);
      }
      if (last[at->second] == counts.texts) continue;
      last[at->second] = counts.texts;
      ++counts.rows[at->second];
    }
  }
  return counts;
}

// Those in enough rows, the most frequent of them where there are too many, ascending by bytes.
std::vector<std::size_t> chosen(const RowCounts& counts, const TextOptions& options) {
  std::vector<std::size_t> order;
  for (std::size_t t = 0; t < counts.terms.size(); ++t)
    if (counts.rows[t] >= options.min_rows) order.push_back(t);
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    return counts.rows[a] != counts.rows[b] ? counts.rows[a] > counts.rows[b]
                                            : counts.terms[a] < counts.terms[b];
  });
  if (std::ssize(order) > options.max_terms)
    order.resize(static_cast<std::size_t>(options.max_terms));
  std::ranges::sort(order, {}, [&](std::size_t t) { return std::string_view(counts.terms[t]); });
  return order;
}

Result<std::unique_ptr<FittedEncoder>> fit(const std::string& name, const FitRows& fitted,
                                           const OptionValues& options) {
  if (fitted.column.type.id != TypeId::kString)
    return fail(Code::kInvalid, "column {} of type {} is no text", name, fitted.column.type.text());
  TextOptions given = {.min_rows = options.integer("min_rows"),
                       .max_terms = options.integer("max_terms"),
                       .pairs = options.flag("pairs"),
                       .sublinear = options.flag("sublinear")};
  RowCounts counts = count_rows(fitted, given.pairs);
  std::vector<std::string> terms;
  std::vector<double> idf;
  for (std::size_t t : chosen(counts, given)) {
    terms.push_back(std::move(counts.terms[t]));
    idf.push_back(portable_log((1 + static_cast<double>(counts.texts)) /
                               (1 + static_cast<double>(counts.rows[t]))) +
                  1);
  }
  return std::make_unique<Text>(name, given, std::move(terms), std::move(idf));
}

Result<std::unique_ptr<FittedEncoder>> load(const std::string& name, ByteReader& payload) {
  TextOptions options;
  TRY(options.min_rows, payload.i64());
  TRY(options.max_terms, payload.i64());
  TRY(std::uint8_t pairs, payload.u8());
  TRY(std::uint8_t sublinear, payload.u8());
  TRY(std::vector<std::string> terms, payload.texts());
  TRY(std::vector<double> idf, payload.numbers());
  options.pairs = pairs == 1;
  options.sublinear = sublinear == 1;
  bool heavy = std::ranges::all_of(idf, [](double w) { return w > 0 && w < 1e6; });
  bool ascending = std::ranges::adjacent_find(terms, std::greater_equal<>()) == terms.end();
  if (pairs > 1 || sublinear > 1 || terms.size() != idf.size() || !heavy || !ascending)
    return fail(Code::kCorrupt, "terms of column {} that lode did not write", name);
  return std::make_unique<Text>(name, options, std::move(terms), std::move(idf));
}

constexpr Option kOptions[] = {
    {"min_rows", OptionType::kInt, "2", "training rows a term must be in to count", 1, 1e9},
    {"max_terms", OptionType::kInt, "20000", "most terms, those in the most training rows", 1, 1e6},
    {"pairs", OptionType::kBool, "false", "pairs of neighbouring words beside the words"},
    {"sublinear", OptionType::kBool, "true",
     "a term that is n times in a text weighs 1 + ln n instead of n"},
};
constexpr Encoder kEncoder = {fit, load};

constexpr Component kComponent = {
    .kind = "encoder",
    .name = "text",
    .summary = "words of a text, each the rarer in training the heavier (TF-IDF)",
    .description =
        "Words are runs of letters in lower case (of ASCII; other letters stand as they are), "
        "digits and whatever is not ASCII. A term weighs 1 + ln n in a text that has it n times, "
        "by ln((1 + texts) / (1 + texts with it)) + 1 counted over the training rows; the weights "
        "of a text have a sum of squares of 1. Terms that training had not, or in too few rows, "
        "do not count; null and a text of no known term have none. Taken by logistic and linear "
        "with a penalty. Memory: 20 bytes for each term of a text. (Salton and Buckley, 1988.)",
    .example = "message: {text: {min_rows: 3, pairs: true}}",
    .options = kOptions,
    .factory = &kEncoder,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
