// A disk in memory for tests, that keeps apart what a program wrote and what a disk must still have
// after the power fails. Code that stores anything runs against it with a cut at every operation.
//
// Model: bytes appended since the last sync of a file may survive as any prefix, the last 512-byte
// sector of it torn. A name made, renamed or removed since the last sync of its directory may or
// may not have happened; of one directory the changes survive in order (as on ext4 and xfs). A lost
// rename leaves the old name. Which of these happens is drawn from the seed.
// Threads: safe from several threads, under one lock.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/random.h"

namespace lode {

class PowerCutDisk final : public FileSystem {
 public:
  explicit PowerCutDisk(std::uint64_t seed);
  ~PowerCutDisk() override;

  // The power fails in the middle of the n-th mutating operation from now (0 = the next one). It
  // may have taken effect or not; it and all later calls fail with kIo until restart().
  void cut_power_after(std::int64_t operations);
  // Mutating operations so far: create, append, sync, truncate, rename, remove, make_directories.
  std::int64_t operations() const;
  bool power_is_off() const;
  // Power on again, with what survived. Handles opened before stay dead; locks are gone.
  void restart();

  // Appends fail with kLimit once all files together would hold more; the part that fits is
  // written.
  void set_capacity(std::uint64_t bytes);
  // From now on reads of the file see this bit inverted.
  void flip_bit(const std::string& path, std::uint64_t byte, int bit);

  Result<std::string> read(const std::string& path) override;
  Result<std::unique_ptr<RandomReader>> open(const std::string& path) override;
  Result<MappedFile> map(const std::string& path) override;
  Result<FileInfo> info(const std::string& path) override;
  Result<std::vector<std::string>> list(const std::string& directory) override;
  Result<std::unique_ptr<AppendFile>> create(const std::string& path) override;
  Result<std::unique_ptr<AppendFile>> append(const std::string& path) override;
  Status truncate(const std::string& path, std::uint64_t size) override;
  Status sync_file(const std::string& path) override;
  Status make_directories(const std::string& path) override;
  Status rename(const std::string& from, const std::string& to) override;
  Status remove(const std::string& path) override;
  Status sync_directory(const std::string& path) override;
  Result<std::uint64_t> free_space(const std::string& path) override;
  Result<std::unique_ptr<FileLock>> lock(const std::string& path) override;

 private:
  struct State;
  class Handle;
  class Lock;
  std::shared_ptr<State> state_;
};

}  // namespace lode
