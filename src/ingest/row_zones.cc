#include "ingest/arrivals.h"

namespace lode {

Result<RowZones> RowZones::open(FileSystem& files, const Source& source) {
  RowZones zones;
  switch (source.zone.kind) {
    case ZoneRule::Kind::kUtc:
      return zones;
    case ZoneRule::Kind::kConstant: {
      TRY(zones.constant_, find_zone(source.zone.constant));
      return zones;
    }
    case ZoneRule::Kind::kLookup:
      break;
  }
  std::string path = source.zone.lookup_file.string();
  // The first two columns of its header, whatever their names: the key, then the zone.
  TRY(std::string text, files.read(path));
  std::int64_t line_number = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = text.find('\n', begin);
    if (end == std::string::npos) end = text.size();
    std::string_view line = std::string_view(text).substr(begin, end - begin);
    begin = end + 1;
    ++line_number;
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line_number == 1 || line.empty() || line.front() == '#') continue;
    std::size_t comma = line.find(',');
    if (comma == std::string_view::npos)
      return fail(Error(Code::kInvalid, "a zone look-up has lines of key,zone",
                        {.file = path, .line = line_number}));
    std::string_view zone_name = line.substr(comma + 1);
    zone_name = zone_name.substr(0, zone_name.find(','));
    auto zone = find_zone(zone_name);
    if (!zone) return fail(zone.error().at({.file = path, .line = line_number}));
    zones.by_key_.emplace(std::string(line.substr(0, comma)), *zone);
  }
  if (zones.by_key_.empty())
    return fail(Error(Code::kInvalid, "the zone look-up has no rows", {.file = path}));
  return zones;
}

const Zone* RowZones::zone(const Column* key, std::int64_t row) const {
  if (constant_ != nullptr) return constant_;
  if (key == nullptr || key->is_null(row)) return nullptr;
  auto found = by_key_.find(key->string(row));
  return found == by_key_.end() ? nullptr : found->second;
}

}  // namespace lode
