#include "tests/agreement/reference.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>

namespace lode::agreement {
namespace {

std::string read_script(const std::string& name) {
  std::ifstream in(std::string(LODE_SOURCE_DIR) + "/tests/reference/" + name);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

// A table to be appended, built column by column.
class Rows {
 public:
  explicit Rows(std::vector<Field> fields) : schema_(std::move(fields)) {
    for (const Field& field : schema_.fields()) builders_.emplace_back(field.type);
  }
  Rows& whole(const std::optional<std::int64_t>& value) {
    value ? next().append_int64(*value) : next().append_null();
    return *this;
  }
  Rows& text(const std::optional<std::string>& value) {
    value ? next().append_string(*value) : next().append_null();
    return *this;
  }
  Rows& number(const std::optional<double>& value) {
    value ? next().append_double(*value) : next().append_null();
    return *this;
  }
  Rows& flag(const std::optional<bool>& value) {
    value ? next().append_bool(*value) : next().append_null();
    return *this;
  }
  Table finish() {
    Table table;
    table.schema = schema_;
    table.rows = builders_[0].length();
    for (ColumnBuilder& builder : builders_) table.columns.push_back(builder.finish());
    return table;
  }

 private:
  ColumnBuilder& next() { return builders_[at_++ % builders_.size()]; }
  Schema schema_;
  std::vector<ColumnBuilder> builders_;
  std::size_t at_ = 0;
};

std::vector<Field> fields(const std::string& names_and_types) {
  std::vector<Field> out;
  std::istringstream in(names_and_types);
  std::string name;
  std::string type;
  while (in >> name >> type) out.push_back({name, *parse_type(type)});
  return out;
}

Status put(const Duck& duck, const std::string& name, Table table) {
  TRY_VOID(duck.create_table(name, table.schema));
  return duck.append(name, table);
}

std::string kind_text(RecordKind kind) {
  return kind == RecordKind::kOriginal     ? "original"
         : kind == RecordKind::kCorrection ? "correction"
                                           : "retraction";
}

std::string window_kind(Window::Kind kind) {
  switch (kind) {
    case Window::Kind::kSliding:
      return "sliding";
    case Window::Kind::kTumbling:
      return "tumbling";
    case Window::Kind::kLast:
      return "last";
    default:
      return "all";
  }
}

Status put_inputs(const Duck& duck, const Project& project, const std::vector<Stream>& streams) {
  Rows sources(
      fields("stream int64 source string allowed_lateness int64 max_ahead int64 "
             "dedup_span int64 id_is_position bool"));
  Rows quanta(fields("stream int64 x_quantum double"));
  Rows arrivals(
      fields("stream int64 seq int64 source string part string kind string id_n int64 id_s string "
             "t int64 known int64 broken bool key_a string key_b string x double n int64 b bool "
             "label_value int64 label_known int64"));
  Rows views(
      fields("stream int64 view string over_kind string source string key_col string "
             "window_kind string w int64 exact bool last_n int64 include_current bool "
             "distinct_limit int64"));
  Rows reads(fields("stream int64 read_no int64 view string key string t0 int64 k int64 s int64"));
  bool text_ids = has_text_ids(project);
  for (std::size_t i = 0; i < streams.size(); ++i) {
    const Stream& stream = streams[i];
    auto number = static_cast<std::int64_t>(i);
    sources.whole(number).text("events").whole(stream.rules.allowed_lateness.us);
    sources.whole(stream.rules.max_ahead.us).whole(stream.rules.dedup_span.us).flag(false);
    quanta.whole(number).number(0.01);
    for (const StreamArrival& a : stream.arrivals) {
      arrivals.whole(number).whole(a.seq).text("events").text(a.part).text(kind_text(a.kind));
      arrivals.whole(text_ids ? std::nullopt : std::optional(a.id));
      arrivals.text(text_ids ? std::optional(id_text(a.id)) : std::nullopt);
      arrivals.whole(a.t).whole(a.known).flag(false);
      arrivals.text(a.key_a).text(a.key_b).number(a.x).whole(a.n).flag(a.b);
      arrivals.whole(a.label_value).whole(a.label_known);
    }
    for (const View& view : project.views) {
      const Window& w = view.windows[0];
      views.whole(number).text(view.name).text(view.over_label ? "label" : "source");
      views.text("events").text(view.by).text(window_kind(w.kind)).whole(w.width.us);
      views.flag(w.exact).whole(w.count).flag(view.include_current).whole(view.distinct_limit);
    }
    for (std::size_t r = 0; r < stream.reads.size(); ++r) {
      const StreamRead& read = stream.reads[r];
      reads.whole(number).whole(static_cast<std::int64_t>(r)).text(project.views[read.view].name);
      reads.text(read.key).whole(read.t0).whole(read.k).whole(read.s);
    }
  }
  TRY_VOID(put(duck, "sources", sources.finish()));
  TRY_VOID(put(duck, "quanta", quanta.finish()));
  TRY_VOID(put(duck, "arrivals", arrivals.finish()));
  TRY_VOID(put(duck, "views", views.finish()));
  return put(duck, "reads", reads.finish());
}

std::int64_t whole_at(const Table& table, std::int64_t row, const std::string& name,
                      std::int64_t null_value) {
  const Column* column = table.find(name);
  if (column->is_null(row)) return null_value;
  if (column->type.id == TypeId::kBool) return column->boolean(row) ? 1 : 0;
  return column->int64(row);
}

// min, max, first, last of a column as the engine keeps them.
std::int64_t kept_at(const Table& table, std::int64_t row, const std::string& name,
                     const Kept& kept) {
  const Column* column = table.find(name);
  if (column->is_null(row)) return kNoValue;
  if (column->type.id != TypeId::kDouble) return whole_at(table, row, name, kNoValue);
  double value = column->float64(row);
  if (kept.keep == Keep::kOrdered) return ordered_of_double(value);
  return *to_quanta(value, kept.quantum);
}

// An exact decimal integer as 256 bits.
Int256 wide_of(std::string_view digits) {
  Int256 value;
  for (char c : digits) {
    Int256 times_ten;
    for (int i = 0; i < 10; ++i) times_ten += value;
    value = times_ten;
    value += Int256::from(c - '0');
  }
  return value;
}

}  // namespace

Result<ReferenceAnswers> run_reference(const Project& project, const std::vector<Stream>& streams) {
  TRY(Duck duck, Duck::open({.threads = 2}));
  TRY_VOID(put_inputs(duck, project, streams));
  TRY_VOID(duck.execute(read_script("acceptance.sql")));
  TRY_VOID(duck.execute(read_script("read.sql")));
  ReferenceAnswers out;
  TRY(Table verdicts, duck.query_all("SELECT stream, verdict FROM verdicts ORDER BY stream, seq"));
  out.verdicts.resize(streams.size());
  for (std::int64_t i = 0; i < verdicts.rows; ++i)
    out.verdicts[static_cast<std::size_t>(verdicts.columns[0].int64(i))].emplace_back(
        verdicts.columns[1].string(i));
  TRY(out.answers, duck.query_all("SELECT * FROM answers ORDER BY stream, read_no"));
  std::int64_t row = 0;
  for (const Stream& stream : streams) {
    out.first_answer.push_back(row);
    row += static_cast<std::int64_t>(stream.reads.size());
  }
  if (row != out.answers.rows)
    return fail(Code::kInternal, "the reference answered {} of {} reads", out.answers.rows, row);
  return out;
}

Result<ReferenceParts> parts_at(const Table& answers, std::int64_t row, const std::string& column,
                                const Kept& kept, std::int64_t t0) {
  ReferenceParts out;
  Parts& parts = out.parts;
  parts.rows = whole_at(answers, row, "cnt", 0);
  std::int64_t since = whole_at(answers, row, "time_since", kNoValue);
  parts.last_time = since == kNoValue ? kNoValue : t0 - since;
  if (column.empty()) return out;
  parts.count = whole_at(answers, row, "cnt_nn_" + column, 0);
  const Column* sum = answers.find("sum_" + column + "_q");
  if (!sum->is_null(row)) parts.sum = sum->decimal(row);
  const Column* squares = answers.find("sumsq_" + column + "_q");
  if (!squares->is_null(row)) parts.squares = wide_of(squares->string(row));
  parts.least = kept_at(answers, row, "min_" + column, kept);
  parts.greatest = kept_at(answers, row, "max_" + column, kept);
  parts.first = kept_at(answers, row, "first_" + column, kept);
  parts.last = kept_at(answers, row, "last_" + column, kept);
  parts.distinct = whole_at(answers, row, "distinct_" + column, 0);
  const Column* over = answers.find("over_limit_" + column);
  parts.distinct_over_limit = !over->is_null(row) && over->boolean(row);
  return out;
}

}  // namespace lode::agreement
