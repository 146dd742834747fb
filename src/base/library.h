// Heavy third-party libraries, opened when first needed. So `lode --version` takes milliseconds,
// and a missing library costs one feature and an error that says how to get it.
//
// Threads: safe from any thread. A library is never closed.
#pragma once

#include <initializer_list>
#include <mutex>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/error.h"

namespace lode {

class SharedLibrary {
 public:
  // `feature`: what is lost without it, as the error will say ("reading Parquet"). `file_names` are
  // tried in order in each place: $LODE_LIB (directories separated by ':'), lib/ beside the
  // executable, third_party/prefix/lib one and two levels above it, then the loader's own search.
  SharedLibrary(std::string_view feature, std::initializer_list<std::string_view> file_names);
  SharedLibrary(const SharedLibrary&) = delete;
  SharedLibrary& operator=(const SharedLibrary&) = delete;

  // Opens it unless open. kUnavailable says where was looked and what to do.
  Status open();
  // The file that was opened, or the bare name if the loader found it; empty before open().
  std::string path() const;

  // TRY(auto* version, library.symbol<const char*()>("duckdb_library_version"));
  template <typename Function>
    requires std::is_function_v<Function>
  Result<Function*> symbol(const char* name) {
    TRY(void* address, address_of(name));
    return reinterpret_cast<Function*>(address);
  }

 private:
  Status open_locked();  // mutex_ is held
  Result<void*> address_of(const char* name);

  std::string feature_;
  std::vector<std::string> file_names_;
  mutable std::mutex mutex_;
  void* handle_ = nullptr;
  std::string path_;
};

// The directory the running executable is in; empty if the system does not say.
std::string executable_directory();

}  // namespace lode
