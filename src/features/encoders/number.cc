// A numeric column as it is: what a column becomes when nobody chooses an encoder for it.
#include <limits>

#include "features/encoder.h"

namespace lode {
namespace {

double value_at(const Column& column, std::int64_t row) {
  switch (column.type.id) {
    case TypeId::kBool:
      return column.boolean(row) ? 1.0 : 0.0;
    case TypeId::kDate:
      return column.date(row);
    case TypeId::kDouble:
      return column.float64(row);
    default:
      return static_cast<double>(column.int64(row));
  }
}

class Number final : public FittedEncoder {
 public:
  explicit Number(std::string name) : name_(std::move(name)) {}

  Encoded encode(const Column& column, std::span<const std::int64_t> rows) const override {
    Encoded out;
    out.numbers.push_back({name_, {}});
    for (std::int64_t row : rows) {
      bool missing = column.is_null(row);
      out.missing += missing ? 1 : 0;
      out.numbers[0].values.push_back(missing ? std::numeric_limits<double>::quiet_NaN()
                                              : value_at(column, row));
    }
    return out;
  }

  void describe(JsonWriter& json) const override {
    json.begin_object().field("encoder", "number").field("column", name_).end_object();
  }
  std::string_view component() const override { return "number"; }
  void store(ByteWriter&) const override {}

 private:
  std::string name_;
};

Result<std::unique_ptr<FittedEncoder>> fit(const std::string& name, const FitRows& fitted,
                                           const OptionValues& options) {
  (void)options;
  if (fitted.column.type.id == TypeId::kString || fitted.column.type.id == TypeId::kBytes)
    return fail(Code::kInvalid, "column {} is text; encode it as target, ordinal or one_hot", name);
  return std::make_unique<Number>(name);
}

Result<std::unique_ptr<FittedEncoder>> load(const std::string& name, ByteReader&) {
  return std::make_unique<Number>(name);
}

constexpr Encoder kEncoder = {fit, load};

constexpr Component kComponent = {
    .kind = "encoder",
    .name = "number",
    .summary = "a number, bool or time as it is",
    .description = "Null is missing. The default for columns that are not text.",
    .example = "distance: number",
    .options = {},
    .factory = &kEncoder,
};
const Registration registration(kComponent);

}  // namespace
}  // namespace lode
