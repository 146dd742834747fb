#include "registry/archive.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <set>

#include "base/hash.h"
#include "base/json.h"
#include "base/stored_json.h"

namespace lode {
namespace {

constexpr int kVersion = 1;
constexpr std::size_t kBlock = 512;
constexpr std::size_t kMostName = 90;
constexpr std::string_view kIndex = "lode-archive.json";
constexpr std::string_view kSum = "lode-archive.sum";
constexpr std::size_t kSizeAt = 124;
constexpr std::size_t kSumAt = 148;

std::unexpected<Error> damaged(std::string_view why) {
  return fail(Code::kCorrupt, "the archive is damaged: {}; copy or export it again", why);
}

std::unexpected<Error> cut_off() { return damaged("it ends too early, as if it was cut off"); }

bool is_part_name(std::string_view name) {
  auto good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_';
  };
  return !name.empty() && name.size() <= kMostName && name[0] != '.' &&
         !name.starts_with("lode-archive") && std::ranges::all_of(name, good);
}

// A header of POSIX ustar (IEEE 1003.1): a file of that name and size, of nobody and no time.
std::string tar_header(std::string_view name, std::size_t size) {
  std::string block(kBlock, '\0');
  auto put = [&](std::size_t at, std::string_view text) { text.copy(&block[at], text.size()); };
  put(0, name);
  put(100, "0000644");
  put(108, "0000000");
  put(116, "0000000");
  put(kSizeAt, fmt::format("{:011o}", size));
  put(136, "00000000000");
  put(kSumAt, "        ");
  put(156, "0");
  put(257, std::string_view("ustar\00000", 8));
  put(329, "0000000");
  put(337, "0000000");
  unsigned sum = 0;
  for (char c : block) sum += static_cast<unsigned char>(c);
  put(kSumAt, fmt::format("{:06o}", sum));
  block[kSumAt + 6] = '\0';
  return block;
}

std::size_t padding_of(std::size_t size) { return (kBlock - size % kBlock) % kBlock; }

void add_member(std::string& out, std::string_view name, std::string_view bytes) {
  out += tar_header(name, bytes.size());
  out += bytes;
  out.append(padding_of(bytes.size()), '\0');
}

std::string index_of(const std::vector<ArchivePart>& parts) {
  JsonWriter json(1);
  json.begin_object()
      .field("format", "lode-archive")
      .field("version", kVersion)
      .key("parts")
      .begin_array();
  for (const ArchivePart& part : parts)
    json.begin_object()
        .field("name", part.name)
        .field("bytes", part.bytes.size())
        .field("hash", text(content_hash(part.bytes)))
        .end_object();
  return json.end_array().end_object().take() + "\n";
}

// Takes members off the front.
class Members {
 public:
  explicit Members(std::string_view bytes) : rest_(bytes) {}

  bool at_end() const { return rest_.size() < kBlock || rest_[0] == '\0'; }

  // The next member, whose header is one that tar_header writes.
  Status take(std::string_view& name, std::string_view& bytes) {
    if (rest_.size() < kBlock) return cut_off();
    std::string_view header = rest_.substr(0, kBlock);
    name = header.substr(0, std::min(header.find('\0'), std::size_t{100}));
    std::size_t size = 0;
    const char* from = header.data() + kSizeAt;
    auto [end, status] = std::from_chars(from, from + 11, size, 8);
    if (status != std::errc() || end != from + 11 || tar_header(name, size) != header)
      return damaged("the header of a part is not what was written");
    rest_.remove_prefix(kBlock);
    std::size_t padding = padding_of(size);
    if (size > rest_.size() || padding > rest_.size() - size) return cut_off();
    bytes = rest_.substr(0, size);
    if (rest_.substr(size, padding).find_first_not_of('\0') != std::string_view::npos)
      return damaged("there is something behind a part");
    rest_.remove_prefix(size + padding);
    return {};
  }

  Status finish() const {
    if (rest_.size() < 2 * kBlock) return cut_off();
    if (rest_.size() > 2 * kBlock || rest_.find_first_not_of('\0') != std::string_view::npos)
      return damaged("there is something behind its end");
    return {};
  }

 private:
  std::string_view rest_;
};

// Whether the index is one of this version.
Status check_index(std::string_view index) {
  Result<JsonValue> json = parse_json(index);
  if (!json) return damaged("its index is none");
  const JsonValue* format = json->find("format");
  if (format == nullptr || format->text != "lode-archive") return damaged("its index is none");
  double version = json->at("version");
  if (version > kVersion)
    return fail(Code::kUnsupported,
                "the archive has version {}, this lode reads versions up to {}; use a newer lode",
                version, kVersion);
  return {};
}

}  // namespace

Result<std::string> archive_bytes(const std::vector<ArchivePart>& parts) {
  std::set<std::string_view> names;
  for (const ArchivePart& part : parts)
    if (!is_part_name(part.name) || !names.insert(part.name).second)
      return fail(Code::kInvalid, "'{}' is no name for a part of an archive", part.name);
  std::string index = index_of(parts);
  std::string out;
  add_member(out, kIndex, index);
  add_member(out, kSum, text(content_hash(index)) + "\n");
  for (const ArchivePart& part : parts) add_member(out, part.name, part.bytes);
  return out.append(2 * kBlock, '\0');
}

Result<std::vector<ArchivePart>> parse_archive(std::string_view bytes) {
  if (!bytes.starts_with(kIndex) || bytes.size() < kIndex.size() + 1 ||
      bytes[kIndex.size()] != '\0')
    return fail(Code::kInvalid, "this is no archive of lode; `lode registry export` writes them");
  Members members(bytes);
  std::string_view name;
  std::string_view index;
  std::string_view sum;
  TRY_VOID(members.take(name, index));
  TRY_VOID(members.take(name, sum));
  if (name != kSum || sum != text(content_hash(index)) + "\n")
    return damaged("its index is not what was written");
  TRY_VOID(check_index(index));
  std::vector<ArchivePart> parts;
  while (!members.at_end()) {
    std::string_view part;
    TRY_VOID(members.take(name, part));
    parts.push_back({std::string(name), std::string(part)});
  }
  TRY_VOID(members.finish());
  // The index of what is here is the index that was written: names, order, sizes and hashes.
  if (index_of(parts) != index) return damaged("a part is not what was written");
  for (const ArchivePart& part : parts)
    if (!is_part_name(part.name)) return damaged("a part has a name that none has");
  return parts;
}

}  // namespace lode
