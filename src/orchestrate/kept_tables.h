// Writes tables that a run keeps for those who look (orchestrate/catalogue.h), several at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "base/memory_budget.h"
#include "base/parallel.h"
#include "orchestrate/stations.h"
#include "project/project.h"
#include "table/column.h"

namespace lode {

struct KeptTable {
  std::string path;
  std::string content;  // name of what it is made of
  std::int64_t rows;
  std::int64_t columns;
  std::function<Table()> make;
};

struct KeepingMeans {
  const Project& project;
  FileSystem& files;
  ThreadPool& pool;
  const CancelToken& cancel;
  MemoryBudget& budget;
  Stations& stations;
};

// As one station of this name; none if all are kept already. As many at once as there are threads
// and as fit into memory: each is written by one thread. kLimit when not even one fits.
Status keep_tables(const std::string& name, std::vector<KeptTable> tables,
                   const KeepingMeans& means);

}  // namespace lode
