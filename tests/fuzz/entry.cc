#include "tests/fuzz/entry.h"

#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>

#include "base/file.h"
#include "base/hash.h"

namespace lode::fuzz {
namespace {

std::vector<Entry>& registered() {
  static std::vector<Entry> entries;
  return entries;
}

}  // namespace

Registration::Registration(Entry entry) {
  registered().push_back(entry);
  std::ranges::sort(registered(), {}, [](const Entry& e) { return std::string_view(e.name); });
}

const std::vector<Entry>& entries() { return registered(); }

const Entry* find_entry(std::string_view name) {
  for (const Entry& entry : registered())
    if (entry.name == name) return &entry;
  return nullptr;
}

std::string source_file(std::string_view path) {
  return posix_files().read(join_path(LODE_SOURCE_DIR, path)).value_or("");
}

std::vector<std::string> found_seeds(std::string_view name) {
  std::string folder = join_path(LODE_SOURCE_DIR "/tests/fuzz/seeds", name);
  std::vector<std::string> seeds;
  for (const std::string& file : posix_files().list(folder).value_or(std::vector<std::string>()))
    seeds.push_back(posix_files().read(join_path(folder, file)).value_or(""));
  return seeds;
}

std::string with_checksum(std::string_view bytes) {
  std::string out(bytes);
  std::uint64_t sum = hash64(bytes);
  out.append(reinterpret_cast<const char*>(&sum), sizeof sum);
  return out;
}

std::string without_checksum(std::string_view bytes) {
  return std::string(bytes.substr(0, bytes.size() - std::min<std::size_t>(bytes.size(), 8)));
}

const std::string& scratch_folder() {
  struct Folder {
    Folder()
        : path(std::filesystem::temp_directory_path() / fmt::format("lode-fuzz-{}", ::getpid())) {
      std::filesystem::create_directories(path);
    }
    ~Folder() {
      std::error_code ignored;
      std::filesystem::remove_all(path, ignored);
    }
    std::string path;
  };
  static const Folder folder;
  return folder.path;
}

}  // namespace lode::fuzz
