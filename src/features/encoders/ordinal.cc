// Ordinal codes and one-hot columns: levels of the fitted rows in order; unseen and rare levels
// share one trained code.
#include "features/encoder.h"

namespace lode {
namespace {

class Ordinal final : public FittedEncoder {
 public:
  Ordinal(std::string_view kind, std::string name, const FitRows& fitted, std::int64_t rare)
      : kind_(kind), name_(std::move(name)), levels_(fitted) {
    names_.emplace_back("(unseen or rare)");
    for (std::size_t level = 0; level < levels_.size(); ++level) {
      bool kept = levels_.count(level) >= rare;
      code_.push_back(kept ? static_cast<std::int32_t>(names_.size()) : 0);
      if (kept)
        names_.push_back(levels_.text(level).starts_with('\0') ? "(null)" : levels_.text(level));
    }
  }

  Ordinal(std::string_view kind, std::string name, Levels levels, std::vector<std::int32_t> code,
          std::vector<std::string> names)
      : kind_(kind),
        name_(std::move(name)),
        levels_(std::move(levels)),
        code_(std::move(code)),
        names_(std::move(names)) {}

  Encoded encode(const Column& column, std::span<const std::int64_t> rows) const override {
    Encoded out;
    out.codes.push_back({name_, names_, {}});
    std::vector<std::int32_t>& codes = out.codes[0].codes;
    codes.reserve(rows.size());
    out.missing = nulls_among(column, rows);
    for (std::int64_t level : levels_.of(column, rows)) {
      std::int32_t code = level < 0 ? 0 : code_[static_cast<std::size_t>(level)];
      out.unseen += code == 0 ? 1 : 0;
      codes.push_back(code);
    }
    return out;
  }

  void describe(JsonWriter& json) const override {
    json.begin_object().field("encoder", kind_).field("column", name_).key("levels").begin_array();
    for (const std::string& level : names_) json.value(level);
    json.end_array().end_object();
  }
  std::string_view component() const override { return kind_; }
  void store(ByteWriter& writer) const override {
    levels_.store(writer);
    writer.texts(names_);
    for (std::int32_t code : code_) writer.u32(static_cast<std::uint32_t>(code));
  }

 private:
  std::string_view kind_;
  std::string name_;
  Levels levels_;
  std::vector<std::int32_t> code_;  // of each level; 0 = rare
  std::vector<std::string> names_;  // of each code
};

// An algorithm sees a column of codes as indicators (linear models) or as a categorical feature
// (trees), so one-hot and ordinal differ in name, not in what is kept.
template <const std::string_view& kind>
Result<std::unique_ptr<FittedEncoder>> fit(const std::string& name, const FitRows& fitted,
                                           const OptionValues& options) {
  return std::make_unique<Ordinal>(kind, name, fitted, options.integer("rare"));
}

template <const std::string_view& kind>
Result<std::unique_ptr<FittedEncoder>> load(const std::string& name, ByteReader& payload) {
  TRY(Levels levels, Levels::load(payload));
  TRY(std::vector<std::string> names, payload.texts());
  std::vector<std::int32_t> codes;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    TRY(std::uint32_t code, payload.u32());
    if (code >= names.size())
      return fail(Code::kCorrupt, "a level of column {} has a code that is none", name);
    codes.push_back(static_cast<std::int32_t>(code));
  }
  return std::make_unique<Ordinal>(kind, name, std::move(levels), std::move(codes),
                                   std::move(names));
}

constexpr Option kOptions[] = {
    {"rare", OptionType::kInt, "1",
     "levels with fewer training rows than this share the code of "
     "unseen ones",
     1, 1e9},
};
constexpr std::string_view kOrdinalName = "ordinal";
constexpr std::string_view kOneHotName = "one_hot";
constexpr Encoder kOrdinal = {fit<kOrdinalName>, load<kOrdinalName>};
constexpr Encoder kOneHot = {fit<kOneHotName>, load<kOneHotName>};

constexpr Component kOrdinalComponent = {
    .kind = "encoder",
    .name = "ordinal",
    .summary = "a code for each level, one shared by unseen and rare levels",
    .description =
        "Codes follow the order of levels: numbers by value, texts by bytes. Trees take "
        "the codes as a category, linear models as indicators.",
    .example = "origin: {ordinal: {rare: 10}}",
    .options = kOptions,
    .factory = &kOrdinal,
};
const Registration ordinal_registration(kOrdinalComponent);

constexpr Component kOneHotComponent = {
    .kind = "encoder",
    .name = "one_hot",
    .summary = "an indicator for each level, one shared by unseen and rare levels",
    .description = "The indicators are never stored: algorithms read the code.",
    .example = "origin: one_hot",
    .options = kOptions,
    .factory = &kOneHot,
};
const Registration one_hot_registration(kOneHotComponent);

}  // namespace
}  // namespace lode
