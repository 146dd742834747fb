# What ./dev setup installed. Nothing is fetched here: a missing or outdated prefix stops the build
# with the command to run. DuckDB and XGBoost are opened on first use (base/library.h), so the build
# takes only their headers; the other libraries are Debian's and linked as usual.
set(LODE_DEPS ${PROJECT_SOURCE_DIR}/third_party/prefix CACHE PATH
    "folder with include/, lib/, share/ of the prebuilt dependencies")
set(LODE_LOCK ${PROJECT_SOURCE_DIR}/third_party/lock.toml)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
  ${LODE_LOCK} ${LODE_DEPS}/manifest.json)

if(NOT EXISTS ${LODE_DEPS}/manifest.json)
  message(FATAL_ERROR "${LODE_DEPS}/manifest.json is missing. Run: ./dev setup")
endif()
file(READ ${LODE_DEPS}/manifest.json manifest)
string(JSON installed GET "${manifest}" lock_sha256)
file(SHA256 ${LODE_LOCK} wanted)
if(NOT installed STREQUAL wanted)
  message(FATAL_ERROR "third_party/prefix holds the files of another lock.toml. Run: ./dev setup")
endif()

find_package(Threads REQUIRED)
find_package(ZLIB REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(fmt REQUIRED)
find_package(CLI11 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(LODE_PKG REQUIRED IMPORTED_TARGET re2 yaml-cpp libsodium libxxhash)

add_library(lode_deps INTERFACE)
target_include_directories(lode_deps SYSTEM INTERFACE ${LODE_DEPS}/include)
# A library no object needs is not loaded: start-up stays short.
target_link_options(lode_deps INTERFACE -Wl,--as-needed)
target_link_libraries(lode_deps INTERFACE fmt::fmt CLI11::CLI11 nlohmann_json::nlohmann_json
  SQLite::SQLite3 ZLIB::ZLIB PkgConfig::LODE_PKG Threads::Threads ${CMAKE_DL_LIBS})
