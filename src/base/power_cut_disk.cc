#include "base/power_cut_disk.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <mutex>
#include <set>

namespace lode {
namespace {

constexpr std::size_t kSector = 512;

struct File {
  std::string bytes;        // what a reader sees
  std::size_t durable = 0;  // how many of them have been synced
  Timestamp modified = {};  // the number of the operation, as microseconds
};

// Which names exist. There are two of these: what readers see, and what is on the platter.
struct Names {
  std::map<std::string, std::shared_ptr<File>> files;
  std::set<std::string> directories = {".", "/"};

  bool has(const std::string& path) const {
    return files.contains(path) || directories.contains(path);
  }
  bool is_empty_directory(const std::string& path) const {
    auto below = [&](const std::string& name) {
      return name != path && parent_directory(name) == path;
    };
    return std::ranges::none_of(files, [&](const auto& entry) { return below(entry.first); }) &&
           std::ranges::none_of(directories, below);
  }
};

// One change of names, kept until it is durable.
struct Change {
  enum Kind : std::uint8_t { kLink, kUnlink, kRename };
  Kind kind;
  std::string path;
  std::string to;                     // kRename
  std::shared_ptr<File> file;         // kLink
  std::set<std::string> directories;  // those it is an entry of

  void apply(Names& names) const {
    if (kind == kLink) names.files[path] = file;
    if (kind == kUnlink) {
      names.files.erase(path);
      names.directories.erase(path);
    }
    if (kind == kRename) move(names);
  }

 private:
  void move(Names& names) const {
    auto moved = [&](const std::string& name) { return to + name.substr(path.size()); };
    auto concerned = [&](const std::string& name) {
      return name == path || name.starts_with(path + "/");
    };
    std::map<std::string, std::shared_ptr<File>> files;
    for (auto& [name, kept] : names.files)
      if (concerned(name)) files[moved(name)] = kept;
    std::set<std::string> directories_moved;
    for (const std::string& name : names.directories)
      if (concerned(name)) directories_moved.insert(moved(name));
    std::erase_if(names.files, [&](const auto& entry) { return concerned(entry.first); });
    std::erase_if(names.directories, concerned);
    for (auto& [name, kept] : files) names.files[name] = kept;
    names.directories.merge(directories_moved);
  }
};

std::string plain(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path.starts_with("./") ? path.substr(2) : path;
}

std::unexpected<Error> no_power() { return fail(Code::kIo, "the power is off"); }
std::unexpected<Error> missing(const std::string& path) {
  return fail(Code::kNotFound, "{}: no such file or directory", path);
}

bool intersect(const std::set<std::string>& a, const std::set<std::string>& b) {
  return std::ranges::any_of(a, [&](const std::string& item) { return b.contains(item); });
}

}  // namespace

struct PowerCutDisk::State {
  explicit State(std::uint64_t seed) : random(seed) {}

  // What becomes of a mutating operation.
  enum Fate : std::uint8_t { kRuns, kCutBefore, kCutAfter, kPowerWasOff };
  Fate begin() {
    if (off) return kPowerWasOff;
    ++operations;
    if (left_until_cut-- > 0) return kRuns;
    off = true;
    return random.below(2) == 0 ? kCutBefore : kCutAfter;
  }

  // Runs `effect` unless the power fails before it.
  template <typename Effect>
  Status mutate(Effect effect) {
    Fate fate = begin();
    if (fate == kPowerWasOff || fate == kCutBefore) return no_power();
    Status done = effect();
    if (fate == kCutAfter) return no_power();
    return done;
  }

  void change(Change change) {
    change.apply(seen);
    pending.push_back(std::move(change));
  }

  // Makes durable every pending change of a directory, with those it depends on: a rename between
  // two directories needs the earlier changes of both.
  void sync_directory(const std::string& path) {
    std::set<std::string> wanted = {path};
    std::vector<bool> goes(pending.size(), false);
    for (std::size_t i = pending.size(); i-- > 0;) {
      if (!intersect(pending[i].directories, wanted)) continue;
      goes[i] = true;
      wanted.insert(pending[i].directories.begin(), pending[i].directories.end());
    }
    std::vector<Change> left;
    for (std::size_t i = 0; i < pending.size(); ++i) {
      if (goes[i]) {
        pending[i].apply(durable);
      } else {
        left.push_back(std::move(pending[i]));
      }
    }
    pending = std::move(left);
  }

  // Of each directory a prefix of its pending changes happened.
  void settle_names() {
    std::set<std::string> lost;
    for (const Change& change : pending) {
      if (!intersect(change.directories, lost) && random.below(4) != 0) {
        change.apply(durable);
      } else {
        lost.insert(change.directories.begin(), change.directories.end());
      }
    }
    pending.clear();
  }

  // Some prefix of the unsynced bytes arrived, perhaps with noise in its last sector.
  void settle_content(File& file) {
    std::size_t unsynced = file.bytes.size() - file.durable;
    std::size_t arrived = random.below(unsynced + 1);
    file.bytes.resize(file.durable + arrived);
    if (arrived > 0 && random.below(2) == 0) {
      std::size_t torn = std::min(arrived, 1 + random.below(kSector));
      for (std::size_t i = file.bytes.size() - torn; i < file.bytes.size(); ++i)
        file.bytes[i] = static_cast<char>(random.below(256));
    }
    file.durable = file.bytes.size();
  }

  std::uint64_t used() const {
    std::uint64_t total = 0;
    for (const auto& [name, file] : seen.files) total += file->bytes.size();
    return total;
  }

  Result<std::shared_ptr<File>> find(const std::string& path) const {
    if (off) return no_power();
    auto found = seen.files.find(path);
    if (found != seen.files.end()) return found->second;
    if (seen.directories.contains(path)) return fail(Code::kIo, "{}: is a directory", path);
    return missing(path);
  }

  Result<std::string> read(const std::string& path) const {
    TRY(auto file, find(path));
    std::string bytes = file->bytes;
    for (const auto& flip : flips)
      if (flip.path == path && flip.byte < bytes.size())
        bytes[flip.byte] = static_cast<char>(bytes[flip.byte] ^ (1 << flip.bit));
    return bytes;
  }

  struct Flip {
    std::string path;
    std::uint64_t byte;
    int bit;
  };

  mutable std::mutex mutex;
  Random random;
  Names seen;
  Names durable;
  std::vector<Change> pending;
  bool off = false;
  std::int64_t operations = 0;
  std::int64_t left_until_cut = std::numeric_limits<std::int64_t>::max();
  std::int64_t generation = 0;  // counts restarts; handles of an older one are dead
  std::uint64_t capacity = std::numeric_limits<std::uint64_t>::max();
  std::vector<Flip> flips;
  std::set<std::string> locked;
};

namespace {

class BytesReader final : public RandomReader {
 public:
  explicit BytesReader(std::string bytes) : bytes_(std::move(bytes)) {}
  Result<std::size_t> read(std::uint64_t offset, std::span<char> into) const override {
    if (offset >= bytes_.size()) return std::size_t{0};
    std::size_t count = std::min<std::size_t>(into.size(), bytes_.size() - offset);
    std::memcpy(into.data(), bytes_.data() + offset, count);
    return count;
  }
  std::uint64_t size() const override { return bytes_.size(); }

 private:
  std::string bytes_;
};

}  // namespace

class PowerCutDisk::Handle final : public AppendFile {
 public:
  Handle(std::shared_ptr<State> state, std::shared_ptr<File> file)
      : state_(std::move(state)), file_(std::move(file)), generation_(state_->generation) {}

  Status append(std::string_view bytes) override {
    return with_file([&]() -> Status {
      std::uint64_t used = state_->used();
      std::uint64_t space = state_->capacity > used ? state_->capacity - used : 0;
      file_->bytes.append(bytes.substr(0, space));
      file_->modified = {state_->operations};
      if (bytes.size() > space) return fail(Code::kLimit, "no space left on the disk");
      return {};
    });
  }
  Status sync() override {
    return with_file([&]() -> Status {
      file_->durable = file_->bytes.size();
      return {};
    });
  }
  Status close() override {
    std::lock_guard lock(state_->mutex);
    if (file_ == nullptr) return fail(Code::kInternal, "the file is already closed");
    file_.reset();
    return state_->off || state_->generation != generation_ ? no_power() : Status{};
  }

 private:
  template <typename Effect>
  Status with_file(Effect effect) {
    std::lock_guard lock(state_->mutex);
    if (file_ == nullptr) return fail(Code::kInternal, "the file is already closed");
    if (state_->generation != generation_) return no_power();
    return state_->mutate(effect);
  }

  std::shared_ptr<State> state_;
  std::shared_ptr<File> file_;
  std::int64_t generation_;
};

class PowerCutDisk::Lock final : public FileLock {
 public:
  Lock(std::shared_ptr<State> state, std::string path)
      : state_(std::move(state)), path_(std::move(path)), generation_(state_->generation) {}
  ~Lock() override {
    std::lock_guard lock(state_->mutex);
    if (state_->generation == generation_) state_->locked.erase(path_);
  }

 private:
  std::shared_ptr<State> state_;
  std::string path_;
  std::int64_t generation_;
};

PowerCutDisk::PowerCutDisk(std::uint64_t seed) : state_(std::make_shared<State>(seed)) {}
PowerCutDisk::~PowerCutDisk() = default;

void PowerCutDisk::cut_power_after(std::int64_t operations) {
  std::lock_guard lock(state_->mutex);
  state_->left_until_cut = operations;
}

std::int64_t PowerCutDisk::operations() const {
  std::lock_guard lock(state_->mutex);
  return state_->operations;
}

bool PowerCutDisk::power_is_off() const {
  std::lock_guard lock(state_->mutex);
  return state_->off;
}

void PowerCutDisk::restart() {
  std::lock_guard lock(state_->mutex);
  state_->settle_names();
  for (auto& [name, file] : state_->durable.files) state_->settle_content(*file);
  state_->seen = state_->durable;
  state_->off = false;
  state_->left_until_cut = std::numeric_limits<std::int64_t>::max();
  state_->locked.clear();
  ++state_->generation;
}

void PowerCutDisk::set_capacity(std::uint64_t bytes) {
  std::lock_guard lock(state_->mutex);
  state_->capacity = bytes;
}

void PowerCutDisk::flip_bit(const std::string& path, std::uint64_t byte, int bit) {
  std::lock_guard lock(state_->mutex);
  state_->flips.push_back({plain(path), byte, bit});
}

Result<std::string> PowerCutDisk::read(const std::string& path) {
  std::lock_guard lock(state_->mutex);
  return state_->read(plain(path));
}

Result<std::unique_ptr<RandomReader>> PowerCutDisk::open(const std::string& path) {
  TRY(std::string bytes, read(path));
  return std::make_unique<BytesReader>(std::move(bytes));
}

Result<MappedFile> PowerCutDisk::map(const std::string& path) {
  TRY(std::string bytes, read(path));
  auto owner = std::make_shared<const std::string>(std::move(bytes));
  return MappedFile(*owner, owner);
}

Result<FileInfo> PowerCutDisk::info(const std::string& given) {
  std::lock_guard lock(state_->mutex);
  std::string path = plain(given);
  if (state_->off) return no_power();
  if (state_->seen.directories.contains(path)) return FileInfo{.kind = FileInfo::kDirectory};
  TRY(auto file, state_->find(path));
  return FileInfo{.kind = FileInfo::kFile, .size = file->bytes.size(), .modified = file->modified};
}

Result<std::vector<std::string>> PowerCutDisk::list(const std::string& given) {
  std::lock_guard lock(state_->mutex);
  std::string directory = plain(given);
  if (state_->off) return no_power();
  if (!state_->seen.directories.contains(directory)) return missing(directory);
  std::vector<std::string> names;
  auto add = [&](const std::string& path) {
    if (path != directory && path != "." && parent_directory(path) == directory)
      names.push_back(base_name(path));
  };
  for (const auto& [path, file] : state_->seen.files) add(path);
  for (const std::string& path : state_->seen.directories) add(path);
  std::ranges::sort(names);
  return names;
}

Result<std::unique_ptr<AppendFile>> PowerCutDisk::create(const std::string& given) {
  std::lock_guard lock(state_->mutex);
  std::string path = plain(given);
  std::string parent = parent_directory(path);
  std::shared_ptr<File> file = std::make_shared<File>();
  TRY_VOID(state_->mutate([&]() -> Status {
    if (!state_->seen.directories.contains(parent)) return missing(parent);
    if (state_->seen.has(path)) return fail(Code::kConflict, "{}: file exists", path);
    state_->change({Change::kLink, path, {}, file, {parent}});
    return {};
  }));
  return std::make_unique<Handle>(state_, file);
}

Result<std::unique_ptr<AppendFile>> PowerCutDisk::append(const std::string& path) {
  std::lock_guard lock(state_->mutex);
  TRY(auto file, state_->find(plain(path)));
  return std::make_unique<Handle>(state_, file);
}

Status PowerCutDisk::truncate(const std::string& path, std::uint64_t size) {
  std::lock_guard lock(state_->mutex);
  return state_->mutate([&]() -> Status {
    TRY(auto file, state_->find(plain(path)));
    file->bytes.resize(size);
    file->durable = size;
    file->modified = {state_->operations};
    return {};
  });
}

Status PowerCutDisk::sync_file(const std::string& path) {
  std::lock_guard lock(state_->mutex);
  return state_->mutate([&]() -> Status {
    TRY(auto file, state_->find(plain(path)));
    file->durable = file->bytes.size();
    return {};
  });
}

Status PowerCutDisk::make_directories(const std::string& given) {
  std::string path = plain(given);
  std::string parent = parent_directory(path);
  if (parent != path) {
    auto there = exists(*this, parent);
    if (!there) return fail(there.error());
    if (!*there) TRY_VOID(make_directories(parent));
  }
  std::lock_guard lock(state_->mutex);
  return state_->mutate([&]() -> Status {
    if (state_->seen.files.contains(path) || !state_->seen.directories.contains(parent))
      return fail(Code::kConflict, "making the directory {}: there is a file of that name", path);
    state_->sync_directory(parent);
    state_->seen.directories.insert(path);
    state_->durable.directories.insert(path);
    return {};
  });
}

Status PowerCutDisk::rename(const std::string& given_from, const std::string& given_to) {
  std::lock_guard lock(state_->mutex);
  std::string from = plain(given_from);
  std::string to = plain(given_to);
  return state_->mutate([&]() -> Status {
    Names& seen = state_->seen;
    if (!seen.has(from)) return missing(from);
    if (!seen.directories.contains(parent_directory(to))) return missing(parent_directory(to));
    bool directory = seen.directories.contains(from);
    bool fits = directory ? !seen.files.contains(to) && seen.is_empty_directory(to)
                          : !seen.directories.contains(to);
    if (!fits || to.starts_with(from + "/"))
      return fail(Code::kConflict, "renaming {} to {}: the target does not allow it", from, to);
    Change change{Change::kRename, from, to, nullptr, {}};
    change.directories = {parent_directory(from), parent_directory(to)};
    if (directory) change.directories.insert({from, to});
    state_->change(std::move(change));
    return {};
  });
}

Status PowerCutDisk::remove(const std::string& given) {
  std::lock_guard lock(state_->mutex);
  std::string path = plain(given);
  return state_->mutate([&]() -> Status {
    if (!state_->seen.has(path)) return missing(path);
    bool directory = state_->seen.directories.contains(path);
    if (directory && !state_->seen.is_empty_directory(path))
      return fail(Code::kConflict, "removing {}: the directory is not empty", path);
    Change change{Change::kUnlink, path, {}, nullptr, {parent_directory(path)}};
    if (directory) change.directories.insert(path);
    state_->change(std::move(change));
    return {};
  });
}

Status PowerCutDisk::sync_directory(const std::string& given) {
  std::lock_guard lock(state_->mutex);
  std::string path = plain(given);
  return state_->mutate([&]() -> Status {
    if (!state_->seen.directories.contains(path)) return missing(path);
    state_->sync_directory(path);
    return {};
  });
}

Result<std::uint64_t> PowerCutDisk::free_space(const std::string& path) {
  std::lock_guard lock(state_->mutex);
  if (state_->off) return no_power();
  if (!state_->seen.has(plain(path))) return missing(path);
  std::uint64_t used = state_->used();
  return state_->capacity > used ? state_->capacity - used : 0;
}

Result<std::unique_ptr<FileLock>> PowerCutDisk::lock(const std::string& given) {
  std::string path = plain(given);
  auto there = exists(*this, path);
  if (!there) return fail(there.error());
  if (!*there) {
    auto created = create(path);
    if (!created && created.error().code() != Code::kConflict) return fail(created.error());
  }
  std::lock_guard guard(state_->mutex);
  if (state_->off) return no_power();
  if (!state_->locked.insert(path).second)
    return fail(Code::kConflict, "{} is locked: another lode is at work there", path);
  return std::make_unique<Lock>(state_, path);
}

}  // namespace lode
