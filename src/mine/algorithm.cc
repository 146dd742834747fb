#include "mine/algorithm.h"

#include <fmt/format.h>

#include "base/hash.h"

namespace lode {
namespace {

constexpr std::string_view kMagic = "LODEMODL";
constexpr std::uint32_t kFormat = 2;
constexpr std::uint32_t kFormatWithoutBags = 1;  // written where there are none

void write_schema(const DesignSchema& schema, ByteWriter& writer) {
  writer.texts(schema.numeric);
  writer.u32(static_cast<std::uint32_t>(schema.categories.size()));
  for (const CategoryColumn& column : schema.categories) {
    writer.text(column.name);
    writer.texts(column.levels);
  }
  if (schema.bags.empty()) return;
  writer.u32(static_cast<std::uint32_t>(schema.bags.size()));
  for (const BagColumn& column : schema.bags) {
    writer.text(column.name);
    writer.texts(column.terms);
  }
}

Result<std::shared_ptr<const DesignSchema>> read_schema(ByteReader& reader, bool bags) {
  auto schema = std::make_shared<DesignSchema>();
  TRY(schema->numeric, reader.texts());
  TRY(std::uint32_t categories, reader.u32());
  for (std::uint32_t i = 0; i < categories; ++i) {
    CategoryColumn column;
    TRY(column.name, reader.text());
    TRY(column.levels, reader.texts());
    schema->categories.push_back(std::move(column));
  }
  if (!bags) return schema;
  TRY(std::uint32_t count, reader.u32());
  for (std::uint32_t i = 0; i < count; ++i) {
    BagColumn column;
    TRY(column.name, reader.text());
    TRY(column.terms, reader.texts());
    schema->bags.push_back(std::move(column));
  }
  if (count == 0) return fail(Code::kCorrupt, "a model of columns of bags that has none");
  return schema;
}

struct Body {
  std::uint32_t format;
  std::string_view bytes;
};

// What stands between format and checksum, once the checksum is right.
Result<Body> checked_body(std::string_view bytes) {
  constexpr std::size_t kFrame = kMagic.size() + sizeof(std::uint32_t) + sizeof(std::uint64_t);
  if (bytes.size() < kFrame || !bytes.starts_with(kMagic))
    return fail(Code::kCorrupt, "these {} bytes are not a model of lode", bytes.size());
  ByteReader version(bytes.substr(kMagic.size()));
  TRY(std::uint32_t format, version.u32());
  if (format > kFormat)
    return fail(Code::kUnsupported,
                "the model has format {}, this lode reads up to {}: use a newer "
                "lode",
                format, kFormat);
  if (format < kFormatWithoutBags)
    return fail(Code::kCorrupt, "a model of format {}, which never was", format);
  std::string_view hashed = bytes.substr(0, bytes.size() - sizeof(std::uint64_t));
  ByteReader tail(bytes.substr(hashed.size()));
  TRY(std::uint64_t checksum, tail.u64());
  if (checksum != hash64(hashed))
    return fail(Code::kCorrupt, "the model's checksum does not match: the bytes are damaged");
  return Body{format, hashed.substr(kMagic.size() + sizeof(std::uint32_t))};
}

Status check_schema(const FittedModel& model, const DesignMatrix& rows) {
  if (rows.schema == model.schema()) return {};
  if (rows.schema == nullptr) return fail(Code::kInternal, "a matrix without a schema");
  if (*rows.schema == *model.schema()) return {};
  if (rows.schema->numeric != model.schema()->numeric)
    return fail(Code::kInvalid, "the model was trained on the numeric columns {}, and is given {}",
                fmt::join(model.schema()->numeric, ", "), fmt::join(rows.schema->numeric, ", "));
  if (rows.schema->categories == model.schema()->categories)
    return fail(Code::kInvalid,
                "the model was trained on other columns of texts or other terms of them; encode "
                "the rows with the model's own schema");
  return fail(Code::kInvalid,
              "the model was trained on other category columns or other levels of "
              "them; encode the rows with the model's own schema");
}

Status check_bags(const Algorithm& algorithm, const DesignSchema& schema) {
  if (algorithm.takes_bags || schema.bags.empty()) return {};
  return fail(Code::kInvalid,
              "column '{}' is a text of {} terms, which {} does not take: choose logistic or "
              "linear, give the column another encoder, or leave it out",
              schema.bags[0].name, schema.bags[0].terms.size(), algorithm.name);
}

}  // namespace

Status FittedModel::predict(const DesignMatrix& rows, std::span<double> out) const {
  TRY_VOID(check_schema(*this, rows));
  if (out.size() != static_cast<std::size_t>(rows.rows))
    return fail(Code::kInvalid, "{} rows and room for {} scores", rows.rows, out.size());
  TRY_VOID(check(rows, head_.algorithm->takes_missing, true));
  return score(rows, out);
}

Result<double> FittedModel::terms(const DesignMatrix& rows, std::span<double> out) const {
  TRY_VOID(check_schema(*this, rows));
  std::size_t columns = schema()->columns();
  if (out.size() != static_cast<std::size_t>(rows.rows) * columns)
    return fail(Code::kInvalid, "{} rows of {} columns and room for {} terms", rows.rows, columns,
                out.size());
  TRY_VOID(check(rows, head_.algorithm->takes_missing, true));
  return write_terms(rows, out);
}

Result<double> FittedModel::write_terms(const DesignMatrix&, std::span<double>) const {
  return fail(Code::kUnsupported, "a model of {} is no sum of one term a column",
              head_.algorithm->name);
}

std::string FittedModel::serialize() const {
  ByteWriter payload;
  write(payload);
  ByteWriter writer;
  writer.raw(kMagic);
  writer.u32(head_.schema->bags.empty() ? kFormatWithoutBags : kFormat);
  writer.text(head_.algorithm->name);
  writer.u32(head_.algorithm->version);
  write_schema(*head_.schema, writer);
  writer.texts(head_.notes);
  writer.u64(payload.bytes().size());
  writer.raw(payload.bytes());
  writer.u64(hash64(writer.bytes()));
  return writer.bytes();
}

std::string FittedModel::describe() const {
  JsonWriter json;
  json.begin_object().field("algorithm", head_.algorithm->name);
  json.key("notes").begin_array();
  for (const std::string& note : head_.notes) json.value(note);
  json.end_array();
  describe(json);
  json.end_object();
  return json.take();
}

std::string_view property_name(Property property) {
  switch (property) {
    case Property::kRowOrder:
      return "row order";
    case Property::kColumnOrder:
      return "column order";
    case Property::kWeights:
      return "weights";
    case Property::kSeed:
      return "seed";
    case Property::kAffine:
      return "affine change of a column";
    case Property::kRelabelling:
      return "relabelling";
  }
  return "?";
}

Result<const Component*> find_algorithm(std::string_view name) {
  if (const Component* component = find_component("algorithm", name)) return component;
  std::vector<std::string_view> known;
  for (const Component* component : components("algorithm")) known.push_back(component->name);
  std::string_view guess = nearest(name, known);
  if (!guess.empty())
    return fail(Code::kNotFound, "unknown algorithm '{}'; did you mean '{}'?", name, guess);
  return fail(Code::kNotFound, "unknown algorithm '{}'; known are {}", name,
              fmt::join(known, ", "));
}

Task task_of(std::string_view algorithm) {
  const Component* component = find_component("algorithm", algorithm);
  return component == nullptr ? Task::kBinary
                              : static_cast<const Algorithm*>(component->factory)->task();
}

Result<std::unique_ptr<FittedModel>> fit_model(std::string_view algorithm,
                                               const LabelledMatrix& data,
                                               const FitOptions& options, ThreadPool& pool) {
  TRY(const Component* component, find_algorithm(algorithm));
  TRY(OptionValues values, OptionValues::parse(*component, options.options));
  const auto* found = static_cast<const Algorithm*>(component->factory);
  TRY_VOID(options.cancel.check());
  TRY_VOID(check_bags(*found, *data.features.schema));
  TRY_VOID(check(data, found->takes_missing, found->binary));
  FitContext context = {.seed = options.seed, .pool = pool, .cancel = options.cancel};
  return found->fit(data, values, context,
                    {.algorithm = found, .schema = data.features.schema, .notes = {}});
}

Result<std::unique_ptr<FittedModel>> load_model(std::string_view bytes) {
  TRY(Body body, checked_body(bytes));
  ByteReader reader(body.bytes);
  TRY(std::string name, reader.text());
  TRY(std::uint32_t version, reader.u32());
  const Component* component = find_component("algorithm", name);
  if (component == nullptr)
    return fail(Code::kUnsupported, "the model is of the algorithm '{}', which this lode lacks",
                name);
  const auto* algorithm = static_cast<const Algorithm*>(component->factory);
  if (version > algorithm->version)
    return fail(Code::kUnsupported, "the model is of {} version {}, this lode reads up to {}", name,
                version, algorithm->version);
  ModelHead head = {.algorithm = algorithm, .schema = nullptr, .notes = {}};
  TRY(head.schema, read_schema(reader, body.format > kFormatWithoutBags));
  if (!algorithm->takes_bags && !head.schema->bags.empty())
    return fail(Code::kCorrupt, "a model of {} with columns of bags", name);
  TRY(head.notes, reader.texts());
  TRY(std::uint64_t size, reader.u64());
  if (size != reader.left())
    return fail(Code::kCorrupt, "the model says {} bytes of payload and has {}", size,
                reader.left());
  return algorithm->load(reader, version, std::move(head));
}

}  // namespace lode
