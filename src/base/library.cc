#include "base/library.h"

#include <dlfcn.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "base/file.h"

namespace lode {
namespace {

// Where to look, in order; see the constructor.
std::vector<std::string> search_path() {
  std::vector<std::string> directories;
  if (const char* given = std::getenv("LODE_LIB")) {
    std::string_view rest = given;
    while (!rest.empty()) {
      std::string_view directory = rest.substr(0, rest.find(':'));
      if (!directory.empty()) directories.emplace_back(directory);
      rest.remove_prefix(std::min(rest.size(), directory.size() + 1));
    }
  }
  std::string origin = executable_directory();
  if (origin.empty()) return directories;
  directories.push_back(origin + "/lib");
  directories.push_back(origin + "/../third_party/prefix/lib");
  directories.push_back(origin + "/../../third_party/prefix/lib");
  return directories;
}

std::string last_loader_error() {
  const char* message = ::dlerror();
  return message == nullptr ? "unknown error of the loader" : message;
}

}  // namespace

std::string executable_directory() {
  std::array<char, 4096> buffer;
  ssize_t length = ::readlink("/proc/self/exe", buffer.data(), buffer.size());
  if (length <= 0 || static_cast<std::size_t>(length) == buffer.size()) return "";
  return parent_directory(std::string_view(buffer.data(), static_cast<std::size_t>(length)));
}

SharedLibrary::SharedLibrary(std::string_view feature,
                             std::initializer_list<std::string_view> file_names)
    : feature_(feature), file_names_(file_names.begin(), file_names.end()) {}

Status SharedLibrary::open() {
  std::lock_guard lock(mutex_);
  return open_locked();
}

Status SharedLibrary::open_locked() {
  if (handle_ != nullptr) return {};
  std::string broken;  // a file that is there and cannot be loaded explains more than a missing one
  auto attempt = [&](const std::string& path) {
    handle_ = ::dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL);
    if (handle_ != nullptr) path_ = path;
    return handle_ != nullptr;
  };
  for (const std::string& directory : search_path()) {
    for (const std::string& name : file_names_) {
      std::string path = join_path(directory, name);
      if (::access(path.c_str(), F_OK) != 0) continue;
      if (attempt(path)) return {};
      if (broken.empty()) broken = last_loader_error();
    }
  }
  for (const std::string& name : file_names_)
    if (attempt(name)) return {};
  if (!broken.empty())
    return fail(Code::kUnavailable, "{} needs {}, which cannot be loaded: {}; run ./dev setup",
                feature_, file_names_.front(), broken);
  return fail(Code::kUnavailable,
              "{} needs {}, which is not there; run ./dev setup, or set LODE_LIB to the directory "
              "that holds it",
              feature_, file_names_.front());
}

std::string SharedLibrary::path() const {
  std::lock_guard lock(mutex_);
  return path_;
}

Result<void*> SharedLibrary::address_of(const char* name) {
  std::lock_guard lock(mutex_);
  TRY_VOID(open_locked());
  if (void* address = ::dlsym(handle_, name)) return address;
  return fail(Code::kUnavailable, "{} needs a newer {}: it has no function {}; run ./dev setup",
              feature_, path_, name);
}

}  // namespace lode
