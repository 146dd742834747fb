#include "orchestrate/kept_step.h"

#include <elf.h>
#include <link.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "orchestrate/source_run.h"

namespace lode {
namespace {

constexpr std::string_view kHead = "lode-step 1\n";

Error damaged() { return Error(Code::kCorrupt, "not a kept step, or a damaged one"); }

std::string sum_line(std::string_view before) {
  return fmt::format("sum {}\n", text(content_hash(before)));
}

// Takes a line off the front, without its end.
std::optional<std::string_view> take_line(std::string_view& rest) {
  std::size_t end = rest.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return line;
}

// "WORD NUMBER"; the number has no other spelling.
std::optional<std::int64_t> number_after(std::string_view line, std::string_view word) {
  if (!line.starts_with(word) || line.size() <= word.size() + 1 || line[word.size()] != ' ')
    return std::nullopt;
  line.remove_prefix(word.size() + 1);
  std::int64_t number = 0;
  auto [stopped, status] = std::from_chars(line.data(), line.data() + line.size(), number);
  if (status != std::errc() || number < 0 || fmt::format("{}", number) != line) return std::nullopt;
  return number;
}

std::optional<StepInput> input_of(std::string_view line) {
  constexpr std::string_view kWord = "input ";
  constexpr std::size_t kDigits = 64;
  if (!line.starts_with(kWord) || line.size() < kWord.size() + kDigits + 2) return std::nullopt;
  line.remove_prefix(kWord.size());
  Result<ContentHash> hash = parse_content_hash(line.substr(0, kDigits));
  if (!hash || text(*hash) != line.substr(0, kDigits) || line[kDigits] != ' ') return std::nullopt;
  return StepInput{std::string(line.substr(kDigits + 1)), *hash};
}

// The note that the linker leaves in every build.
int find_build_id(dl_phdr_info* info, std::size_t, void* found) {
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const auto& header = info->dlpi_phdr[i];
    if (header.p_type != PT_NOTE) continue;
    const char* at = reinterpret_cast<const char*>(info->dlpi_addr + header.p_vaddr);
    const char* end = at + header.p_memsz;
    while (at + sizeof(ElfW(Nhdr)) <= end) {
      ElfW(Nhdr) note;
      std::memcpy(&note, at, sizeof(note));
      at += sizeof(note);
      auto padded = [](std::size_t size) { return (size + 3) / 4 * 4; };
      std::string_view name(at, note.n_namesz);
      at += padded(note.n_namesz);
      if (note.n_type == NT_GNU_BUILD_ID && name == std::string_view("GNU\0", 4))
        static_cast<std::string*>(found)->assign(at, note.n_descsz);
      at += padded(note.n_descsz);
    }
  }
  return 1;  // the first object is the program
}

}  // namespace

std::string_view step_kind_name(StepKind kind) {
  switch (kind) {
    case StepKind::kSource:
      return "source";
    case StepKind::kTraining:
      return "training set";
    case StepKind::kModel:
      return "model";
    case StepKind::kLeaderboards:
      return "leaderboards";
    case StepKind::kWalk:
      return "retraining";
    case StepKind::kScores:
      return "scores";
    case StepKind::kProfile:
      return "profile";
  }
  return "";
}

ContentHash hash_of(const StepInputs& inputs) {
  ContentHasher hasher;
  for (const StepInput& input : inputs) {
    hasher.add_field(input.what);
    hasher.add_field(text(input.is));
  }
  return hasher.finish();
}

std::string what_changed(const StepInputs& was, const StepInputs& is) {
  std::vector<std::string> changed;
  for (const StepInput& now : is)
    if (std::ranges::find(was, now) == was.end()) changed.push_back(now.what);
  for (const StepInput& then : was)
    if (std::ranges::find(is, then.what, &StepInput::what) == is.end())
      changed.push_back(then.what);
  std::string out;
  for (std::size_t i = 0; i < changed.size(); ++i)
    out += (i == 0 ? "" : i + 1 == changed.size() ? " and " : ", ") + changed[i];
  return out.empty() ? out : out + " changed";
}

std::string kept_step_text(const KeptStep& step) {
  std::string out = fmt::format("{}run {}\n", kHead, step.run);
  for (const StepInput& input : step.inputs)
    out += fmt::format("input {} {}\n", text(input.is), input.what);
  out += fmt::format("outcome {}\n", step.outcome.size());
  out += step.outcome;
  out += '\n';
  return out + sum_line(out);
}

Result<KeptStep> parse_kept_step(std::string_view bytes) {
  const std::size_t kSum = sum_line("").size();
  if (bytes.size() < kSum) return fail(damaged());
  std::string_view rest = bytes.substr(0, bytes.size() - kSum);
  if (bytes.substr(rest.size()) != sum_line(rest)) return fail(damaged());
  if (!rest.starts_with(kHead))
    return fail(Code::kUnsupported,
                "a kept step of another version; this lode knows 'lode-step 1'");
  rest.remove_prefix(kHead.size());
  KeptStep step;
  std::optional<std::string_view> line = take_line(rest);
  std::optional<std::int64_t> run = line ? number_after(*line, "run") : std::nullopt;
  if (!run) return fail(damaged());
  step.run = *run;
  while ((line = take_line(rest)) && line->starts_with("input ")) {
    std::optional<StepInput> input = input_of(*line);
    if (!input) return fail(damaged());
    step.inputs.push_back(*std::move(input));
  }
  std::optional<std::int64_t> size = line ? number_after(*line, "outcome") : std::nullopt;
  if (!size || rest.size() != static_cast<std::size_t>(*size) + 1 || rest.back() != '\n')
    return fail(damaged());
  rest.remove_suffix(1);
  step.outcome = rest;
  return step;
}

std::string kept_step_path(const Project& project, StepKind kind, std::string_view name) {
  std::string folder(step_kind_name(kind));
  std::ranges::replace(folder, ' ', '-');
  return state_path(project, fmt::format("steps/{}/{}", folder, name));
}

Status keep_step(FileSystem& files, const Project& project, StepKind kind, std::string_view name,
                 const KeptStep& step) {
  std::string path = kept_step_path(project, kind, name);
  TRY_VOID(files.make_directories(parent_directory(path)));
  return write_atomically(files, path, kept_step_text(step));
}

std::optional<KeptStep> kept_step(FileSystem& files, const Project& project, StepKind kind,
                                  std::string_view name) {
  Result<std::string> bytes = files.read(kept_step_path(project, kind, name));
  if (!bytes) return std::nullopt;
  Result<KeptStep> step = parse_kept_step(*bytes);
  return step ? std::optional(*std::move(step)) : std::nullopt;
}

ContentHash build_of_lode() {
  static const ContentHash build = [] {
    std::string id;
    (void)::dl_iterate_phdr(find_build_id, &id);
    return content_hash(id.empty() ? std::string_view(LODE_VERSION) : std::string_view(id));
  }();
  return build;
}

}  // namespace lode
