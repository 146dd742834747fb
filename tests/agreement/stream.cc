#include "tests/agreement/stream.h"

#include <algorithm>
#include <stdexcept>

namespace lode::agreement {
namespace {

constexpr std::int64_t kHour = 3'600'000'000;

DeclaredExpression declared(const std::string& text) { return {text, *parse_expression(text), {}}; }

std::vector<Window> windows() {
  auto sliding = [](std::int64_t us, bool exact) {
    return Window{.kind = Window::Kind::kSliding, .width = {us}, .exact = exact};
  };
  return {sliding(kHour, false),
          sliding(24 * kHour, false),
          sliding(30 * kHour, false),  // paned
          sliding(30 * kHour, true),
          Window{.kind = Window::Kind::kTumbling, .width = {2 * kHour}},
          Window{.kind = Window::Kind::kLast, .count = 3},
          Window{.kind = Window::Kind::kAll}};
}

std::vector<AggregateValue> aggregate_values(bool label) {
  std::vector<AggregateValue> values;
  auto add = [&](const std::string& aggregate, const std::string& column, double quantum) {
    AggregateValue value;
    value.name = aggregate + (column.empty() ? "" : "_" + column);
    value.aggregate = aggregate;
    if (!column.empty()) value.argument = declared(column);
    value.quantum = quantum;
    values.push_back(std::move(value));
  };
  add("count", "", 0);
  add("time_since", "", 0);
  std::vector<std::string> columns = {"x", "n", "b"};
  if (label) columns.emplace_back("value");
  for (const std::string& column : columns) {
    double quantum = column == "x" ? 0.01 : 0;
    for (const char* aggregate :
         {"sum", "mean", "variance", "min", "max", "first", "last", "distinct"})
      add(aggregate, column, quantum);
  }
  return values;
}

std::optional<std::string> random_key(Random& random, const char* prefix, std::uint64_t keys) {
  if (random.chance(0.05)) return std::nullopt;
  // A hot key has half of the records.
  std::uint64_t key = random.chance(0.5) ? 0 : random.below(keys);
  return prefix + std::to_string(key);
}

void fill_label(StreamArrival& a) {
  if (a.n) {
    a.label_value = *a.n % 3 == 0 ? std::nullopt : std::optional(*a.n % 2 == 0 ? 1 : 0);
    if (*a.n % 7 != 0) a.label_known = a.t + (std::abs(*a.n) % 5) * kHour / 2;
  } else {
    a.label_value = std::nullopt;
    a.label_known = std::nullopt;
  }
}

void fill_payload(StreamArrival& a, Random& random) {
  a.key_a = random_key(random, "a", 4);
  a.key_b = random_key(random, "b", 3);
  a.x = random.chance(0.1)
            ? std::nullopt
            : std::optional((static_cast<double>(random.below(2001)) - 1000) / 100.0);
  a.n = random.chance(0.1) ? std::nullopt
                           : std::optional(static_cast<std::int64_t>(random.below(13)) - 6);
  a.b = random.chance(0.1) ? std::nullopt : std::optional(random.chance(0.5));
  fill_label(a);
}

void clear_payload(StreamArrival& a) {
  a.key_a = a.key_b = std::nullopt;
  a.x = std::nullopt;
  a.n = std::nullopt;
  a.b = std::nullopt;
  a.label_value = a.label_known = std::nullopt;
}

class Generator {
 public:
  // Every second stream is without corrections and retractions: there state answers nearly all
  // reads, while a corrected key is replay's for good.
  Generator(std::uint64_t seed, const Project& project)
      : random_(seed), project_(project), changes_(seed % 2 == 0) {}

  Stream make() {
    stream_.rules.allowed_lateness = {static_cast<std::int64_t>(random_.below(4)) * kHour};
    stream_.rules.max_ahead = {static_cast<std::int64_t>(random_.below(2)) * kHour};
    stream_.rules.dedup_span = {stream_.rules.allowed_lateness.us +
                                static_cast<std::int64_t>(random_.below(3)) * kHour};
    parts_ = std::min<std::uint64_t>(1 + random_.below(4), 3);
    unit_ = random_.chance(0.5) ? kHour / 2 : 1;  // coarse times tie often
    stream_.rules.idle_after = {static_cast<std::int64_t>(3 + random_.below(8)) * unit_};
    std::int64_t size = 60 + static_cast<std::int64_t>(random_.below(80));
    for (std::int64_t seq = 0; seq < size; ++seq) {
      stream_.arrivals.push_back(arrival(seq));
      if (random_.chance(0.1)) tick(seq);
    }
    add_reads();
    return std::move(stream_);
  }

 private:
  std::int64_t step(std::uint64_t range) {
    return static_cast<std::int64_t>(random_.below(range)) * unit_;
  }

  StreamArrival arrival(std::int64_t seq) {
    std::uint64_t dice = random_.below(100);
    StreamArrival a;
    if (dice < 12 && !stream_.arrivals.empty()) {
      a = again();
    } else {
      now_ += random_.chance(0.05) ? 20 * kHour : step(3);
      a.id = static_cast<std::int64_t>(random_.below(1000));
      a.part = part();
      a.t = now_of(a.part) - step(6) + (random_.chance(0.06) ? 2 * kHour : 0);
      fill_payload(a, random_);
      a.known = std::max(now_, a.t - 3 * kHour / 2) + (random_.chance(0.3) ? step(4) : 0);
      if (random_.chance(0.1)) a.known = a.t;
      if (changes_ && dice >= 96) {  // a correction of a record that may never come
        a.kind = RecordKind::kCorrection;
      }
    }
    a.seq = seq;
    a.arrived = now_;
    return a;
  }

  // Time passes, and the clock is told.
  void tick(std::int64_t seq) {
    now_ += step(3);
    stream_.ticks.push_back({seq, now_});
  }

  // Something said before: repeated, contradicted, corrected or taken back.
  StreamArrival again() {
    StreamArrival a = stream_.arrivals[random_.below(stream_.arrivals.size())];
    a.part = part();
    a.known = std::max(a.known, now_);
    switch (random_.below(changes_ ? 5 : 2)) {
      case 0:
        break;  // a duplicate
      case 1:
        fill_payload(a, random_);  // a conflict, or a second instance
        a.t += step(5);
        fill_label(a);
        break;
      case 2:
      case 3:
        a.kind = RecordKind::kCorrection;
        fill_payload(a, random_);
        a.t += step(5) - step(5);
        fill_label(a);
        break;
      default:
        a.kind = RecordKind::kRetraction;
        clear_payload(a);
    }
    if (a.kind == RecordKind::kRetraction) clear_payload(a);
    return a;
  }

  // Partition 2 falls silent for a while and then goes on where it was.
  std::string part() {
    std::uint64_t p = random_.below(parts_);
    bool silent = stream_.arrivals.size() > 30 && stream_.arrivals.size() < 60;
    if (silent && !fell_silent_) fell_silent_ = now_;
    return "p" + std::to_string(p == 2 && silent ? 0 : p);
  }

  // What time it is where a partition's records are made: after its silence partition 2 lags.
  std::int64_t now_of(const std::string& part) {
    if (part != "p2" || !fell_silent_) return now_;
    *fell_silent_ += step(3);
    return *fell_silent_;
  }

  // Reads of a view at a cut are asked in one call: several points of one key and several keys.
  void add_reads() {
    auto last = static_cast<std::int64_t>(stream_.arrivals.size()) - 1;
    std::vector<std::int64_t> cuts = {last};
    for (int i = 0; i < 5; ++i)
      cuts.push_back(static_cast<std::int64_t>(random_.below(stream_.arrivals.size())));
    std::ranges::sort(cuts);
    for (std::int64_t cut : cuts)
      for (int i = 0; i < 3; ++i) {
        std::size_t view = random_.below(project_.views.size());
        std::uint64_t together = 1 + random_.below(7);
        for (std::uint64_t n = 0; n < together; ++n) add_read(cut, view, n > 0);
      }
  }

  void add_read(std::int64_t cut, std::size_t view, bool follows) {
    if (follows && random_.chance(0.05)) {  // the same again
      stream_.reads.push_back(stream_.reads.back());
      return;
    }
    StreamRead read;
    read.view = view;
    read.s = cut;
    const StreamArrival& near = stream_.arrivals[random_.below(stream_.arrivals.size())];
    read.t0 = near.t + (random_.chance(0.5) ? 0 : step(8));
    if (random_.chance(0.4))  // as a decision when the cut had just come
      read.t0 = stream_.arrivals[static_cast<std::size_t>(cut)].arrived + step(4);
    read.k = random_.chance(0.7) ? read.t0 : near.known + step(5) - step(5);
    bool a = project_.views[view].by == "key_a";
    read.key = (a ? "a" : "b") + std::to_string(random_.chance(0.5) ? 0 : random_.below(5));
    if (random_.chance(0.03)) read.key = std::nullopt;
    stream_.reads.push_back(read);
  }

  Random random_;
  const Project& project_;
  bool changes_;
  Stream stream_;
  std::uint64_t parts_ = 1;
  std::int64_t unit_ = 1;
  std::int64_t now_ = -5 * kHour;  // streams cross 1970
  std::optional<std::int64_t> fell_silent_;
};

PayloadHash payload_of(const StreamArrival& a) {
  auto part = [](const auto& value) {
    return value ? fmt::format("1{}|", *value) : std::string("0|");
  };
  std::string bytes =
      fmt::format("{}|", a.t) + part(a.key_a) + part(a.key_b) + part(a.x) + part(a.n) + part(a.b);
  return {hash64(std::string_view(bytes)), hash64(std::string_view(bytes + "#"))};
}

}  // namespace

std::shared_ptr<const Project> stream_project(bool text_ids) {
  auto project = std::make_shared<Project>();
  project->name = "streams";
  Source source;
  source.name = "events";
  source.columns = Schema({{"id", text_ids ? Type::string() : Type::int64()},
                           {"ts", Type::timestamp()},
                           {"key_a", Type::string()},
                           {"key_b", Type::string()},
                           {"x", Type::float64()},
                           {"n", Type::int64()},
                           {"b", Type::boolean()},
                           {"op", Type::string()},
                           {"label_value", Type::int64()},
                           {"label_known", Type::timestamp()}});
  source.time = "ts";
  source.id = "id";
  source.change = Source::Change{"op", "u", "d"};
  source.known.mode = KnownRule::Mode::kRecorded;
  project->sources.push_back(source);
  project->labels.push_back(
      {"outcome", {}, "events", declared("label_value"), declared("label_known")});
  for (bool label : {false, true})
    for (const std::string by : {"key_a", "key_b"})
      for (const Window& window : windows())
        for (bool current : {false, true}) {
          View view;
          view.name = fmt::format("v{}", project->views.size());
          view.over = label ? "outcome" : "events";
          view.over_label = label;
          view.by = by;
          view.windows = {window};
          view.include_current = current;
          view.distinct_limit = 4;
          view.values = aggregate_values(label);
          project->views.push_back(std::move(view));
        }
  return project;
}

Stream random_stream(std::uint64_t seed, const Project& project) {
  return Generator(seed, project).make();
}

bool has_text_ids(const Project& project) {
  return project.sources[0].columns[0].type.id == TypeId::kString;
}

std::string id_text(std::int64_t number) {
  if (number == 0) return "";
  std::string digits = std::to_string(number);
  switch (number % 4) {
    case 0:
      return digits;
    case 1:
      return "order-of-2001-" + digits;  // alike for longer than a word
    case 2:
      return "\xc3\xa9" + digits;  // above every ASCII byte, if bytes are not signed
    default:
      return "order-of-2001-" + digits + "-b";  // begins with another, or goes on before it
  }
}

StreamTaker::StreamTaker(const Project& project, const StreamRules& rules)
    : text_ids_(has_text_ids(project)),
      idle_after_(rules.idle_after),
      acceptance_({rules.allowed_lateness, rules.max_ahead, rules.dedup_span, false}) {}

Verdict StreamTaker::take(const StreamArrival& a) {
  std::string id = text_ids_ ? id_text(a.id) : std::to_string(a.id);
  Verdict verdict = acceptance_.judge({a.kind, a.part, id, a.t, a.known, payload_of(a)});
  heard_[a.part] = a.arrived;
  idle_.erase(a.part);
  move_watermark();
  return verdict;
}

void StreamTaker::tick(const StreamTick& tick) {
  for (const auto& [part, at] : heard_)
    if (tick.now - at >= idle_after_.us) idle_.insert(part);
  move_watermark();
}

// Where all are idle it stands.
void StreamTaker::move_watermark() {
  std::optional<std::int64_t> least;
  for (const auto& [part, at] : heard_) {
    std::optional<Timestamp> mark = acceptance_.watermark(part);
    if (mark && !idle_.contains(part)) least = std::min(least.value_or(mark->us), mark->us);
  }
  if (least) watermark_ = std::max(watermark_.value_or(*least), *least);
}

std::vector<Verdict> judge(const Project& project, const Stream& stream) {
  StreamTaker taker(project, stream.rules);
  std::vector<Verdict> verdicts;
  for (const StreamArrival& arrival : stream.arrivals) verdicts.push_back(taker.take(arrival));
  return verdicts;
}

Table records_of(const Project& project, const Stream& stream, const std::vector<Verdict>& verdicts,
                 std::size_t begin, std::size_t end) {
  Schema schema = *project.record_schema(project.sources[0]);
  std::vector<ColumnBuilder> builders;
  for (const Field& field : schema.fields()) builders.emplace_back(field.type);
  auto text = [](ColumnBuilder& out, const std::optional<std::string>& value) {
    value ? out.append_string(*value) : out.append_null();
  };
  auto whole = [](ColumnBuilder& out, const std::optional<std::int64_t>& value) {
    value ? out.append_int64(*value) : out.append_null();
  };
  bool text_ids = has_text_ids(project);
  std::int64_t rows = 0;
  for (std::size_t i = begin; i < end; ++i) {
    if (verdicts[i] != Verdict::kAccepted) continue;
    const StreamArrival& a = stream.arrivals[i];
    ++rows;
    for (std::size_t c = 0; c < schema.size(); ++c) {
      ColumnBuilder& out = builders[c];
      const std::string& name = schema[c].name;
      if (name == kSeqColumn)
        out.append_int64(a.seq);
      else if (name == kKindColumn)
        out.append_int64(static_cast<std::int64_t>(a.kind));
      else if (name == kIdColumn || name == "id")
        text_ids ? out.append_string(id_text(a.id)) : out.append_int64(a.id);
      else if (name == kTimeColumn || name == kLocalColumn || name == "ts")
        out.append_int64(a.t);
      else if (name == kKnownColumn)
        out.append_int64(a.known);
      else if (name == "key_a")
        text(out, a.key_a);
      else if (name == "key_b")
        text(out, a.key_b);
      else if (name == "x")
        a.x ? out.append_double(*a.x) : out.append_null();
      else if (name == "n")
        whole(out, a.n);
      else if (name == "b")
        a.b ? out.append_bool(*a.b) : out.append_null();
      else if (name == "op")
        out.append_null();
      else if (name == "label_value")
        whole(out, a.label_value);
      else if (name == "label_known")
        whole(out, a.label_known);
      else
        throw std::logic_error("no value for column " + name);
    }
  }
  Table table;
  table.schema = schema;
  table.rows = rows;
  for (ColumnBuilder& builder : builders) table.columns.push_back(builder.finish());
  return table;
}

}  // namespace lode::agreement
