#include "serve/score_state.h"

#include <charconv>

namespace lode {
namespace {

constexpr std::string_view kState = "lode-scores";
constexpr std::string_view kJob = "lode-scoring";
constexpr std::int64_t kVersion = 1;

// Lines of `key field ...`, in a fixed order.
class Writer {
 public:
  Writer(std::string_view magic) { line(magic, kVersion); }
  template <typename... Fields>
  void line(std::string_view key, const Fields&... fields) {
    out_ += key;
    ((out_ += fmt::format(" {}", fields)), ...);
    out_ += '\n';
  }
  std::string sealed() const { return fmt::format("{}sum {}\n", out_, text(content_hash(out_))); }

 private:
  std::string out_;
};

std::string hash_text(const std::optional<ContentHash>& hash) {
  return hash ? text(*hash) : "none";
}

// What is not read as it should be leaves `good` false; the text is held against what would be
// written of it, so a reader need not be strict.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  // The next line if it begins with the key; then its fields are taken one by one.
  bool line(std::string_view key) {
    std::size_t end = rest_.find('\n');
    if (end == std::string_view::npos) return false;
    std::string_view line = rest_.substr(0, end);
    if (!line.starts_with(key) || line.size() <= key.size() || line[key.size()] != ' ')
      return false;
    fields_ = line.substr(key.size() + 1);
    rest_.remove_prefix(end + 1);
    return true;
  }
  void need(std::string_view key) { good_ = good_ && line(key); }
  std::string_view word() {
    std::size_t blank = fields_.find(' ');
    std::string_view word = fields_.substr(0, blank);
    fields_.remove_prefix(blank == std::string_view::npos ? fields_.size() : blank + 1);
    return word;
  }
  std::string rest() { return std::string(std::exchange(fields_, {})); }
  bool more() const { return !fields_.empty(); }
  std::int64_t number() {
    std::string_view text = word();
    std::int64_t value = 0;
    auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
    good_ = good_ && status == std::errc() && end == text.data() + text.size();
    return value;
  }
  ContentHash hash() {
    auto parsed = parse_content_hash(word());
    good_ = good_ && parsed.has_value();
    return parsed.value_or(ContentHash());
  }
  std::optional<ContentHash> optional_hash() {
    if (fields_.starts_with("none")) return word(), std::nullopt;
    return hash();
  }
  bool good() const { return good_; }

 private:
  std::string_view rest_;
  std::string_view fields_;
  bool good_ = true;
};

Status check(std::string_view text, std::string_view magic) {
  std::string first = fmt::format("{} {}\n", magic, kVersion);
  if (!text.starts_with(first)) {
    if (text.starts_with(fmt::format("{} ", magic)))
      return fail(Code::kUnsupported,
                  "scores of a version this lode does not read; use the lode that wrote them, or "
                  "`lode score --full`");
    return fail(Code::kCorrupt,
                "not what lode keeps beside scores; `lode score --full` makes them "
                "anew");
  }
  return {};
}

template <typename Kept>
Result<Kept> whole(const Reader& reader, Kept kept, std::string_view text,
                   std::string (*write)(const Kept&)) {
  if (reader.good() && write(kept) == text) return kept;
  return fail(Code::kCorrupt,
              "what lode keeps beside scores is damaged; `lode score --full` makes them anew");
}

// What both have.
template <typename Kept>
void write_question(Writer& out, const Kept& kept) {
  out.line("model", kept.version, text(kept.content), kept.model);
  out.line("definition", text(kept.definition));
  out.line("threshold", kept.threshold);
  out.line("generation", kept.generation);
}

template <typename Kept>
void read_question(Reader& in, Kept& kept) {
  in.need("model");
  kept.version = in.number();
  kept.content = in.hash();
  kept.model = in.rest();
  in.need("definition");
  kept.definition = in.hash();
  in.need("threshold");
  kept.threshold = in.rest();
  in.need("generation");
  kept.generation = in.number();
}

void write_blocks(Writer& out, const RecordBlocks& blocks) {
  for (const std::string& clock : blocks.clocks)
    out.line("clock", clock.empty() ? "-" : clock.c_str());
  for (const RecordBlock& block : blocks.blocks) {
    std::string readings;
    for (const TimeSpan& span : block.clocks)
      readings += fmt::format(" {} {}", span.first, span.last);
    out.line("block", block.seqs.first, block.seqs.last, fmt::format("{}{}", block.rows, readings));
  }
}

RecordBlocks read_blocks(Reader& in) {
  RecordBlocks blocks;
  while (in.line("clock")) {
    std::string clock = in.rest();
    blocks.clocks.push_back(clock == "-" ? "" : clock);
  }
  while (in.line("block")) {
    RecordBlock block;
    block.seqs.first = in.number();
    block.seqs.last = in.number();
    block.rows = in.number();
    while (in.more() && in.good()) {
      std::int64_t first = in.number();
      block.clocks.push_back({first, in.number()});
    }
    if (block.clocks.size() == blocks.clocks.size()) blocks.blocks.push_back(std::move(block));
  }
  return blocks;
}

}  // namespace

std::string score_state_text(const ScoreState& state) {
  Writer out(kState);
  write_question(out, state);
  out.line("cut", state.cut);
  out.line("log", state.entries, state.rows, hash_text(state.log));
  for (const ScoredSource& source : state.sources) {
    out.line("source", text(source.zone), source.name);
    write_blocks(out, source.blocks);
  }
  return out.sealed();
}

Result<ScoreState> parse_score_state(std::string_view text) {
  TRY_VOID(check(text, kState));
  Reader in(text);
  ScoreState state;
  in.need(kState);
  in.word();
  read_question(in, state);
  in.need("cut");
  state.cut = in.number();
  in.need("log");
  state.entries = in.number();
  state.rows = in.number();
  state.log = in.optional_hash();
  while (in.line("source")) {
    ContentHash zone = in.hash();
    std::string name = in.rest();
    state.sources.push_back({std::move(name), zone, read_blocks(in)});
  }
  return whole(in, std::move(state), text, score_state_text);
}

std::string score_job_text(const ScoreJob& job) {
  Writer out(kJob);
  write_question(out, job);
  out.line("arrivals", job.after, job.cut);
  out.line("base", job.base, hash_text(job.base_log));
  out.line("block", job.block);
  for (const auto& [name, zone] : job.sources) out.line("source", text(zone), name);
  out.line("why", job.why.empty() ? "-" : job.why.c_str());
  return out.sealed();
}

Result<ScoreJob> parse_score_job(std::string_view text) {
  TRY_VOID(check(text, kJob));
  Reader in(text);
  ScoreJob job;
  in.need(kJob);
  in.word();
  read_question(in, job);
  in.need("arrivals");
  job.after = in.number();
  job.cut = in.number();
  in.need("base");
  job.base = in.number();
  job.base_log = in.optional_hash();
  in.need("block");
  job.block = in.number();
  while (in.line("source")) {
    ContentHash zone = in.hash();
    job.sources.emplace_back(in.rest(), zone);
  }
  in.need("why");
  job.why = in.rest();
  if (job.why == "-") job.why.clear();
  return whole(in, std::move(job), text, score_job_text);
}

}  // namespace lode
