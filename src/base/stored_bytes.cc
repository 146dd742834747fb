#include "base/stored_bytes.h"

namespace lode {

Result<std::string_view> ByteReader::raw(std::size_t size) {
  if (size > bytes_.size())
    return fail(Code::kCorrupt, "the stored bytes end {} bytes early", size - bytes_.size());
  std::string_view part = bytes_.substr(0, size);
  bytes_.remove_prefix(size);
  return part;
}

Result<std::string> ByteReader::text() {
  TRY(std::uint32_t size, u32());
  TRY(std::string_view part, raw(size));
  return std::string(part);
}

Result<std::vector<std::string>> ByteReader::texts() {
  TRY(std::uint32_t count, u32());
  if (count > bytes_.size() / sizeof(std::uint32_t))
    return fail(Code::kCorrupt, "the stored bytes name {} texts in {} bytes", count, bytes_.size());
  std::vector<std::string> values;
  values.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    TRY(std::string value, text());
    values.push_back(std::move(value));
  }
  return values;
}

Result<std::vector<double>> ByteReader::numbers() {
  TRY(std::uint32_t count, u32());
  TRY(std::string_view part, raw(std::size_t{count} * sizeof(double)));
  std::vector<double> values(count);
  if (count > 0) std::memcpy(values.data(), part.data(), part.size());
  return values;
}

Status ByteReader::finish() const {
  if (!bytes_.empty())
    return fail(Code::kCorrupt, "the stored bytes are {} bytes too many", bytes_.size());
  return {};
}

}  // namespace lode
