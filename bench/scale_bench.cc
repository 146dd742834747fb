// What does a run cost as its data grows?
//
//   scale [--tiny]
//
// examples/flights on 0.3, 3 and 30 million rows: every tenth row of the file, the file, and
// ten copies of it, each 26 weeks after the one before. Each run is build/lode in a process of
// its own, with the threads the machine has; time and memory are what the system says of it. The
// figures of docs/performance.md are from here. Takes about ten minutes and 20 GB of memory; what
// is made stands in scale.bench/ beside the program and is removed.
#include <fmt/core.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "table/duckdb.h"

namespace lode {
namespace {

namespace fs = std::filesystem;

struct Size {
  double parts = 1;  // of the file
  std::int64_t rows = 0;
  double seconds = 0;
  double gigabytes = 0;  // resident at the most
};

// A project like examples/flights whose file has `parts` times the rows.
Status make_project(const fs::path& folder, double parts) {
  fs::path example = fs::path(LODE_SOURCE_DIR) / "examples/flights";
  fs::create_directories(folder / "data");
  fs::copy(example / "lode.yaml", folder);
  fs::copy(example / "airport-zones.csv", folder);
  TRY(Duck duck, Duck::open({.threads = 2}));
  std::string from = sql_literal((example / "data/flights-3m.parquet").string());
  std::string rows;
  if (parts < 1) {
    rows = fmt::format(
        "SELECT * EXCLUDE (n) FROM (SELECT *, row_number() OVER (ORDER BY date) AS n FROM {}) "
        "WHERE n % {} = 0 ORDER BY n",
        from, static_cast<std::int64_t>(1 / parts));
  } else {
    for (int copy = 0; copy < static_cast<int>(parts); ++copy)
      rows += fmt::format("{}SELECT * REPLACE (date + INTERVAL {} DAY AS date) FROM {}",
                          copy == 0 ? "" : " UNION ALL ", copy * 182, from);
    rows += " ORDER BY date";
  }
  return duck.execute(fmt::format("COPY ({}) TO {} (FORMAT parquet)", rows,
                                  sql_literal((folder / "data/flights-3m.parquet").string())));
}

bool run(const fs::path& folder, Size& size) {
  fs::path lode = fs::read_symlink("/proc/self/exe").parent_path().parent_path() / "lode";
  auto start = std::chrono::steady_clock::now();
  pid_t child = fork();
  if (child == 0) {
    if (freopen((folder / "run.json").c_str(), "w", stdout) == nullptr) _exit(3);
    execl(lode.c_str(), "lode", "run", folder.c_str(), "--json", "--memory", "20GiB",
          static_cast<char*>(nullptr));
    _exit(3);
  }
  int status = 0;
  rusage usage{};
  wait4(child, &status, 0, &usage);
  size.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  size.gigabytes = static_cast<double>(usage.ru_maxrss) / (1024.0 * 1024.0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int main_of(bool tiny) {
  fs::path data = fs::path(LODE_SOURCE_DIR) / "examples/flights/data/flights-3m.parquet";
  if (!Duck::version() || !fs::exists(data)) {
    fmt::print(stderr, "skipped: needs DuckDB and the flights (./dev demo)\n");
    return 77;
  }
  fs::path folder = fs::read_symlink("/proc/self/exe").parent_path() / "scale.bench";
  std::vector<Size> sizes;
  for (double parts : tiny ? std::vector<double>{0.005} : std::vector<double>{0.1, 1, 10}) {
    Size size{.parts = parts, .rows = static_cast<std::int64_t>(parts * 3'000'000)};
    fs::remove_all(folder);
    Status made = make_project(folder, parts);
    if (!made) {
      fmt::print(stderr, "{}\n", made.error().text());
      return 1;
    }
    if (!run(folder, size)) {
      fmt::print(stderr, "the run of {} rows failed; it is kept in {}\n", size.rows,
                 folder.string());
      return 1;
    }
    fmt::print("{:>10} rows {:8.1f} s {:7.2f} GB   {:6.2f} us a row {:6.0f} B a row\n", size.rows,
               size.seconds, size.gigabytes, size.seconds / static_cast<double>(size.rows) * 1e6,
               size.gigabytes * 1073741824.0 / static_cast<double>(size.rows));
    std::fflush(stdout);
  }
  fs::remove_all(folder);
  return 0;
}

}  // namespace
}  // namespace lode

int main(int argc, char** argv) {
  return lode::main_of(argc > 1 && std::string_view(argv[1]) == "--tiny");
}
