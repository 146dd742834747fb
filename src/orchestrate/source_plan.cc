#include "orchestrate/source_plan.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <span>
#include <utility>

namespace lode {
namespace {

using Kind = SourcePlan::Kind;

// A file's name is what the project calls it, links and all: what a link points at may change its
// place, and then it is the same file, or another one under the same name.
std::string name_of(const Project& project, const std::filesystem::path& file) {
  return file.lexically_relative(project.root.lexically_normal()).string();
}

// Hashes a file as long as it is when opened. `first`: also the hash of so many bytes of it.
struct Hashes {
  ContentHash whole;
  std::optional<ContentHash> first;
  std::int64_t bytes = 0;
};

Result<Hashes> hashes_of(FileSystem& files, const std::string& path, std::int64_t first) {
  TRY(std::unique_ptr<RandomReader> reader, files.open(path));
  Hashes out;
  auto size = static_cast<std::int64_t>(reader->size());
  ContentHasher hasher;
  std::string buffer(std::size_t{1} << 20, '\0');
  while (out.bytes < size) {
    std::int64_t stop = first > out.bytes ? std::min(first, size) : size;
    auto most = static_cast<std::size_t>(
        std::min(stop - out.bytes, static_cast<std::int64_t>(buffer.size())));
    TRY(std::size_t got,
        reader->read(static_cast<std::uint64_t>(out.bytes), std::span<char>(buffer).first(most)));
    if (got == 0) break;
    hasher.add(std::string_view(buffer).substr(0, got));
    out.bytes += static_cast<std::int64_t>(got);
    if (out.bytes == first) out.first = ContentHasher(hasher).finish();
  }
  out.whole = hasher.finish();
  return out;
}

class Planner {
 public:
  Planner(const Source& source, const Receipt& old, std::int64_t next_seq, int threads)
      : source_(source), old_(old), next_seq_(next_seq), threads_(threads) {}

  // Holds a declared file against the receipt.
  Status match(FileSystem& files, const std::string& path, const std::string& name) {
    auto before = std::ranges::find(old_.files, name, &Receipt::File::name);
    bool known = before != old_.files.end();
    TRY(Hashes now, hashes_of(files, path, known ? before->bytes : -1));
    SourcePlan::File& file = plan_.declared.emplace_back();
    file = {path, {now.whole, name, now.bytes, {}}};
    std::int64_t number = known ? before - old_.files.begin() : -1;
    number_.push_back(number);
    if (!known || now.whole == before->hash) return {};
    TRY(std::optional<Error> wrong, check_growth(files, path, now, *before));
    if (wrong && !refused_)
      refused_ =
          Error(wrong->code(), wrong->message(), {.file = name, .line = wrong->where().line});
    return {};
  }

  void look_for_lost_files() {
    for (const Receipt::File& file : old_.files)
      if (std::ranges::find(plan_.declared, file.name, [](const SourcePlan::File& f) {
            return f.now.name;
          }) == plan_.declared.end())
        (void)refuse(file.name,
                     "the file was read and is not among the source's files any more; put it "
                     "back, or read the source anew without it: lode run --replace");
  }

  const std::optional<Error>& refused() const { return refused_; }

  SourcePlan plan(bool replaced, const ContentHash& definition) {
    bool again = old_.definition != definition || !old_.zone;
    // Which file has how many rows stands in receipts since version 2.
    bool version_1 = !old_.files.empty() && old_.files.front().bytes < 0;
    std::vector<Stretch> news = match_numbers();
    if (replaced || (version_1 && (again || !news.empty()))) {
      read_afresh(next_seq_, plan_);
      return std::move(plan_);
    }
    plan_.kind = news.empty() ? Kind::kReuse : Kind::kAppend;
    if (again) {
      plan_.kind = Kind::kAgain;
      read_again();
      for (Stretch& stretch : news) stretch.from.reset();
    }
    std::ranges::move(news, std::back_inserter(plan_.stretches));
    return std::move(plan_);
  }

 private:
  // Nothing if the file, which is not as it was, is what it was and more behind it; else what is
  // wrong with it.
  Result<std::optional<Error>> check_growth(FileSystem& files, const std::string& path,
                                            const Hashes& now, const Receipt::File& before) const {
    auto conflict = [](std::string_view why) {
      return Error(Code::kConflict, fmt::format("{}; to read it anew: lode run --replace", why));
    };
    bool same_bytes = before.bytes > 0 && now.first == before.hash;
    if (!before.end && same_bytes)
      return conflict(
          "the file has grown, and an earlier version of lode, which read it, did not write down "
          "from where it can be read on: put new rows into a new file");
    ReadOptions options = read_options(source_, threads_);
    options.end_byte = static_cast<std::uint64_t>(now.bytes);
    bool continues = same_bytes;
    if (!same_bytes && before.end && before.end->before) {
      TRY(continues, begins_as_read(files, path, options, *before.end));
    }
    if (!continues)
      return conflict(
          "the file changed since it was read, and what was made of it would change without a "
          "trace");
    if (before.end->ending == ReadPosition::Ending::kOpen)
      return conflict(
          "the file has grown, but when it was read it ended within a record, or within a quote "
          "that was not closed, which may be another one now");
    if (before.end->ending == ReadPosition::Ending::kSettled) return std::nullopt;
    // Whether the last record has got its line end is the reader's to say.
    options.from = before.end;
    auto reader = open_reader(files, path, options);
    if (reader) return std::nullopt;
    if (reader.error().code() != Code::kConflict) return fail(reader.error());
    return conflict(reader.error().message()).at(reader.error().where());
  }

  Status refuse(const std::string& name, const char* why) {
    if (!refused_) refused_ = Error(Code::kConflict, why, {.file = name});
    return {};
  }

  // Gives new files their numbers; returns what of the files has no seqs yet.
  std::vector<Stretch> match_numbers() {
    std::vector<Stretch> news;
    plan_.files = old_.files;
    paths_.resize(old_.files.size());
    for (std::size_t i = 0; i < plan_.declared.size(); ++i) {
      SourcePlan::File& file = plan_.declared[i];
      std::int64_t number = number_[i];
      Stretch stretch;
      if (number >= 0) {
        auto at = static_cast<std::size_t>(number);
        paths_[at] = file.path;
        stretch.from = file.now.end = old_.files[at].end;
        bool same = file.now.hash == old_.files[at].hash;
        plan_.files[at] = file.now;
        if (same) continue;
      } else {
        number = static_cast<std::int64_t>(plan_.files.size());
        plan_.files.push_back(file.now);
      }
      stretch.path = file.path;
      stretch.file = number;
      stretch.end_byte = static_cast<std::uint64_t>(file.now.bytes);
      stretch.first_seq = news.empty() ? next_seq_ : -1;
      news.push_back(std::move(stretch));
    }
    return news;
  }

  // What the receipt gave seqs to. The last stretch of a file ends where the file ended then, so
  // that it is noticed if there are now more or fewer rows.
  void read_again() {
    constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();
    std::vector<std::size_t> last(old_.files.size(), kNone);
    for (std::size_t i = 0; i < old_.stretches.size(); ++i)
      last[static_cast<std::size_t>(old_.stretches[i].file)] = i;
    for (std::size_t i = 0; i < old_.stretches.size(); ++i) {
      const Receipt::Stretch& before = old_.stretches[i];
      bool is_last = last[static_cast<std::size_t>(before.file)] == i;
      add_due(before.file, is_last ? -1 : before.rows, before.first_seq);
      plan_.due.push_back(before.rows);
    }
    for (std::size_t file = 0; file < last.size(); ++file) {
      if (last[file] != kNone) continue;  // else it has a header and no rows
      add_due(static_cast<std::int64_t>(file), -1, -1);
      plan_.due.push_back(0);
    }
  }

  void add_due(std::int64_t file, std::int64_t rows, std::int64_t first_seq) {
    auto at = static_cast<std::size_t>(file);
    const Receipt::File& before = old_.files[at];
    // Bytes of a file that was packed or written anew do not say where it ended.
    std::int64_t end_byte = before.end ? plan_.files[at].bytes : before.bytes;
    plan_.stretches.push_back(
        {paths_[at], file, static_cast<std::uint64_t>(end_byte), rows, first_seq, {}, before.end});
  }

  const Source& source_;
  const Receipt& old_;
  std::int64_t next_seq_;
  int threads_;
  SourcePlan plan_;
  std::vector<std::int64_t> number_;  // of the declared files in the receipt, or -1
  std::vector<std::string> paths_;    // of the receipt's files
  std::optional<Error> refused_;
};

}  // namespace

void read_afresh(std::int64_t next_seq, SourcePlan& plan) {
  plan.kind = Kind::kFresh;
  plan.due.clear();
  plan.files.clear();
  plan.stretches.clear();
  for (const SourcePlan::File& file : plan.declared) {
    auto number = static_cast<std::int64_t>(plan.files.size());
    plan.files.push_back(file.now);
    plan.files.back().end.reset();
    plan.stretches.push_back({file.path,
                              number,
                              static_cast<std::uint64_t>(file.now.bytes),
                              -1,
                              number == 0 ? next_seq : -1,
                              {},
                              {}});
  }
}

Result<SourcePlan> plan_source(FileSystem& files, const Project& project, const Source& source,
                               const ContentHash& definition, const std::optional<Receipt>& old,
                               std::int64_t next_seq, int threads, bool replace) {
  const Receipt none;
  Planner planner(source, old ? *old : none, next_seq, threads);
  for (const auto& file : source.files)
    TRY_VOID(planner.match(files, file.string(), name_of(project, file)));
  planner.look_for_lost_files();
  if (planner.refused() && !replace) return fail(*planner.refused());
  return planner.plan(!old || planner.refused(), definition);
}

bool put_read(const SourcePlan& plan, const std::vector<StretchRead>& done, Receipt& receipt) {
  receipt.files = plan.files;
  for (std::size_t i = 0; i < done.size(); ++i) {
    const StretchRead& read = done[i];
    if (i < plan.due.size() && plan.due[i] != read.rows) return false;
    Receipt::File& file = receipt.files[static_cast<std::size_t>(read.file)];
    bool whole = read.end && (read.end->before || read.end->byte == file.bytes);
    file.end = whole ? read.end : std::nullopt;
    if (read.rows == 0) continue;
    // What goes on where the last one ended, in file and in seq, is read again in one go with it.
    if (!receipt.stretches.empty() && receipt.stretches.back().file == read.file &&
        receipt.stretches.back().first_seq + receipt.stretches.back().rows == read.first_seq)
      receipt.stretches.back().rows += read.rows;
    else
      receipt.stretches.push_back({read.file, read.first_seq, read.rows});
    receipt.next_seq = std::max(receipt.next_seq, read.first_seq + read.rows);
  }
  return true;
}

}  // namespace lode
