#include "features/encoder_bytes.h"

#include <utility>

#include "base/hash.h"

namespace lode {
namespace {

constexpr std::string_view kMagic = "LODEENCS";
constexpr std::uint32_t kFormat = 1;

Result<ColumnEncoder> load_one(ByteReader& reader) {
  TRY(std::string component_name, reader.text());
  ColumnEncoder out;
  TRY(out.column.name, reader.text());
  TRY(std::string type, reader.text());
  auto parsed = parse_type(type);
  if (!parsed) return fail(Code::kCorrupt, "an encoder for a column of type '{}'", type);
  out.column.type = *parsed;
  TRY(std::uint64_t size, reader.u64());
  if (size > reader.left()) return fail(Code::kCorrupt, "an encoder longer than what is stored");
  TRY(std::string_view payload, reader.raw(static_cast<std::size_t>(size)));
  const Component* component = find_component("encoder", component_name);
  if (component == nullptr)
    return fail(Code::kUnsupported, "column {} is encoded by '{}', which this lode lacks",
                out.column.name, component_name);
  ByteReader own(payload);
  TRY(out.encoder, static_cast<const Encoder*>(component->factory)->load(out.column.name, own));
  TRY_VOID(own.finish());
  return out;
}

}  // namespace

std::string serialize_encoders(std::span<const ColumnEncoder> encoders) {
  ByteWriter writer;
  writer.raw(kMagic);
  writer.u32(kFormat);
  writer.u32(static_cast<std::uint32_t>(encoders.size()));
  for (const ColumnEncoder& one : encoders) {
    writer.text(one.encoder->component());
    writer.text(one.column.name);
    writer.text(one.column.type.text());
    ByteWriter payload;
    one.encoder->store(payload);
    writer.u64(payload.bytes().size());
    writer.raw(payload.bytes());
  }
  std::uint64_t sum = hash64(std::string_view(writer.bytes()));
  writer.u64(sum);
  return writer.bytes();
}

Result<std::vector<ColumnEncoder>> load_encoders(std::string_view bytes) {
  constexpr std::size_t kSum = sizeof(std::uint64_t);
  if (bytes.size() < kMagic.size() + kSum || !bytes.starts_with(kMagic))
    return fail(Code::kCorrupt, "these are no stored encoders");
  std::string_view body = bytes.substr(0, bytes.size() - kSum);
  ByteReader tail(bytes.substr(body.size()));
  TRY(std::uint64_t sum, tail.u64());
  if (hash64(body) != sum) return fail(Code::kCorrupt, "stored encoders are damaged");
  ByteReader reader(body.substr(kMagic.size()));
  TRY(std::uint32_t format, reader.u32());
  if (format > kFormat)
    return fail(Code::kUnsupported, "encoders of format {}, written by a newer lode", format);
  if (format < 1) return fail(Code::kCorrupt, "these are no stored encoders");
  TRY(std::uint32_t count, reader.u32());
  std::vector<ColumnEncoder> encoders;
  for (std::uint32_t i = 0; i < count; ++i) {
    TRY(ColumnEncoder one, load_one(reader));
    encoders.push_back(std::move(one));
  }
  TRY_VOID(reader.finish());
  return encoders;
}

}  // namespace lode
