#include "cli/sql_tables.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "base/stored_json.h"
#include "orchestrate/run_log.h"

namespace lode {
namespace {

// As orchestrate/source_run.cc writes them.
constexpr std::string_view kNothingAside =
    "SELECT CAST(NULL AS BIGINT) AS _seq, '' AS cause, '' AS file, CAST(NULL AS BIGINT) AS row, "
    "CAST(NULL AS BIGINT) AS line, '' AS field, '' AS reason, ''::BLOB AS raw WHERE false";

// A small table, filled row by row.
class Rows {
 public:
  Rows(std::string name, std::vector<Field> fields)
      : name_(std::move(name)), schema_(std::move(fields)) {
    for (const Field& field : schema_.fields()) columns_.emplace_back(field.type);
  }

  // Values of a row, one call each, in the order of the fields.
  Rows& add(std::string_view value) { return next().append_string(value), *this; }
  Rows& add(const std::string& value) { return add(std::string_view(value)); }
  Rows& add(std::int64_t value) { return next().append_int64(value), *this; }
  Rows& add(double value) {
    if (std::isnan(value)) return add_null();
    return next().append_double(value), *this;
  }
  Rows& add(Timestamp value) { return add(value.us); }
  Rows& add_null() { return next().append_null(), *this; }

  // As meta.NAME.
  Status create(const Duck& duck) {
    Table table;
    table.schema = schema_;
    table.rows = columns_.front().length();
    for (ColumnBuilder& column : columns_) table.columns.push_back(column.finish());
    std::string stored = "meta_" + name_;
    TRY_VOID(duck.create_table(stored, schema_));
    if (table.rows > 0) TRY_VOID(duck.append(stored, table));
    return duck.execute(fmt::format("CREATE VIEW meta.{} AS SELECT * FROM main.{}",
                                    sql_identifier(name_), sql_identifier(stored)));
  }

 private:
  ColumnBuilder& next() {
    ColumnBuilder& column = columns_[at_];
    at_ = (at_ + 1) % columns_.size();
    return column;
  }

  std::string name_;
  Schema schema_;
  std::vector<ColumnBuilder> columns_;
  std::size_t at_ = 0;
};

// Of a run's id, which RunLog writes as a number.
std::int64_t run_number(std::string_view id) {
  std::int64_t number = 0;
  std::from_chars(id.data(), id.data() + id.size(), number);
  return number;
}

struct RecordTables {
  Rows runs{"runs",
            {{"run", Type::int64()},
             {"started", Type::timestamp()},
             {"ended", Type::timestamp()},
             {"state", Type::string()},
             {"error", Type::string()}}};
  Rows stations{"stations",
                {{"run", Type::int64()},
                 {"place", Type::int64()},
                 {"station", Type::string()},
                 {"units", Type::int64()},
                 {"unit", Type::string()},
                 {"seconds", Type::float64()},
                 {"kind", Type::string()},
                 {"cpu_seconds", Type::float64()},
                 {"bytes_read", Type::int64()},
                 {"bytes_written", Type::int64()},
                 {"memory", Type::int64()},
                 {"started", Type::timestamp()},
                 {"span", Type::int64()},
                 {"parent", Type::int64()}}};
  Rows counters{"counters",
                {{"run", Type::int64()},
                 {"counter", Type::string()},
                 {"labels", Type::string()},
                 {"value", Type::int64()}}};
  Rows models{"models",
              {{"name", Type::string()},
               {"version", Type::int64()},
               {"run", Type::int64()},
               {"created", Type::timestamp()},
               {"algorithm", Type::string()},
               {"dataset", Type::string()},
               {"content", Type::string()},
               {"threads", Type::int64()},
               {"judged", Type::string()}}};
  Rows metrics{"metrics",
               {{"model", Type::string()},
                {"version", Type::int64()},
                {"split", Type::string()},
                {"metric", Type::string()},
                {"value", Type::float64()},
                {"low", Type::float64()},
                {"high", Type::float64()}}};
  Rows scorings{"scorings",
                {{"run", Type::int64()},
                 {"scores", Type::string()},
                 {"model", Type::string()},
                 {"version", Type::int64()},
                 {"selection", Type::string()},
                 {"records_read", Type::int64()},
                 {"scored", Type::int64()},
                 {"unchanged", Type::int64()},
                 {"gone", Type::int64()},
                 {"standing", Type::int64()},
                 {"seconds", Type::float64()}}};

  void add(const RunRecord& run) {
    std::int64_t number = run_number(run.id);
    runs.add(number).add(run.started);
    run.ended ? runs.add(*run.ended) : runs.add_null();
    runs.add(run_state_text(run)).add(run.error);
    std::int64_t place = 0;
    for (const StationRecord& s : run.stations) {
      stations.add(number).add(++place).add(s.name).add(s.units).add(s.unit).add(s.seconds);
      add_measured(s);
    }
    for (const CounterRecord& c : run.counters)
      counters.add(number).add(c.name).add(c.labels).add(c.value);
  }

  // Null for stations of before version 3 of the run records.
  void add_measured(const StationRecord& s) {
    if (s.kind == StationKind::kUnknown) {
      for (int i = 0; i < 8; ++i) stations.add_null();
      return;
    }
    stations.add(station_kind_name(s.kind))
        .add(s.cpu_seconds)
        .add(s.bytes_read)
        .add(s.bytes_written)
        .add(s.memory)
        .add(s.started)
        .add(static_cast<std::int64_t>(s.span))
        .add(static_cast<std::int64_t>(s.parent));
  }

  Status add(const ModelRecord& model) {
    models.add(model.name)
        .add(model.version)
        .add(run_number(model.run))
        .add(model.created)
        .add(model.algorithm)
        .add(model.dataset)
        .add(text(model.content))
        .add(std::int64_t{model.threads})
        .add(model.metrics_json);
    TRY(JsonValue judged, parse_json(model.metrics_json));
    const JsonValue* splits = judged.find("metrics");
    if (splits == nullptr) return {};
    for (const auto& [split, named] : splits->members)
      for (const auto& [metric, estimate] : named.members) {
        metrics.add(model.name).add(model.version).add(split).add(metric);
        for (std::string_view part : {"value", "low", "high"}) metrics.add(estimate.at(part));
      }
    return {};
  }

  void add(const ScoringRecord& one) {
    scorings.add(run_number(one.run));
    one.name.empty() ? scorings.add_null() : scorings.add(one.name);
    scorings.add(one.model).add(one.version).add(one.selection).add(one.records_read);
    scorings.add(one.scored).add(one.unchanged).add(one.gone).add(one.standing).add(one.seconds);
  }

  Status create(const Duck& duck) {
    for (Rows* rows : {&runs, &stations, &counters, &models, &metrics, &scorings})
      TRY_VOID(rows->create(duck));
    return {};
  }
};

// Words of a statement up to where its kind is known; comments, blanks and brackets are skipped.
class Words {
 public:
  explicit Words(std::string_view sql) : sql_(sql) {}

  // The next word in lower case; "" at the end and before anything else.
  std::string next() {
    while (skip_one()) {
    }
    std::string word;
    for (; at_ < sql_.size() && is_letter(sql_[at_]); ++at_)
      word += static_cast<char>(sql_[at_] | 0x20);
    return word;
  }

 private:
  static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

  bool skip_one() {
    std::string_view rest = sql_.substr(at_);
    if (rest.empty()) return false;
    if (rest.starts_with("--")) {
      at_ += std::min(rest.find('\n'), rest.size());
      return true;
    }
    if (rest.starts_with("/*")) {
      skip_comment();
      return true;
    }
    if (!std::string_view(" \t\r\n\f\v(").contains(rest[0])) return false;
    ++at_;
    return true;
  }

  void skip_comment() {  // they nest
    int depth = 0;
    do {
      std::string_view rest = sql_.substr(at_);
      if (rest.starts_with("/*")) {
        ++depth;
        at_ += 2;
      } else if (rest.starts_with("*/")) {
        --depth;
        at_ += 2;
      } else {
        ++at_;
      }
    } while (depth > 0 && at_ < sql_.size());
  }

  std::string_view sql_;
  std::size_t at_ = 0;
};

}  // namespace

Status create_zone_views(const Duck& duck, const std::vector<StoredZone>& zones) {
  for (const char* schema : {"raw", "aside", "training", "scores", "kept", "meta"})
    TRY_VOID(duck.execute(fmt::format("CREATE SCHEMA {}", sql_identifier(schema))));
  auto create = [&](std::string_view group, std::string_view name, std::string_view query) {
    return duck.execute(
        fmt::format("CREATE VIEW {}.{} AS {}", sql_identifier(group), sql_identifier(name), query));
  };
  for (const StoredZone& zone : zones) {
    std::string files;
    for (const std::string& part : zone.parts)
      files += (files.empty() ? "" : ", ") + sql_literal(part);
    TRY_VOID(create(zone.group, zone.name,
                    fmt::format("SELECT * FROM read_parquet([{}]{})", files,
                                zone.one_schema ? "" : ", union_by_name = true")));
    bool aside = std::ranges::any_of(zones, [&](const StoredZone& other) {
      return other.group == "aside" && other.name == zone.name;
    });
    if (zone.group == "raw" && !aside) TRY_VOID(create("aside", zone.name, kNothingAside));
  }
  return {};
}

Status create_score_views(const Duck& duck, const std::vector<StoredScores>& scores) {
  std::map<std::pair<std::string, std::string>, std::string> queries;
  for (const StoredScores& one : scores) {
    std::string& query = queries[{one.zone.group, one.zone.name}];
    query +=
        fmt::format("{}({})", query.empty() ? "" : " UNION ALL BY NAME ", standing_scores_sql(one));
  }
  for (const auto& [name, query] : queries)
    TRY_VOID(duck.execute(fmt::format("CREATE VIEW {}.{} AS {}", sql_identifier(name.first),
                                      sql_identifier(name.second), query)));
  return {};
}

Status create_record_tables(const Duck& duck, const Project& project, FileSystem& files) {
  RecordTables tables;
  TRY(bool there, exists(files, run_records_path(project)));
  if (there) {
    TRY(std::unique_ptr<MetadataStore> store, open_run_records(files, project));
    TRY(std::vector<RunRecord> runs, store->runs(project.name, std::numeric_limits<int>::max()));
    find_interrupted(files, project, runs);
    for (auto run = runs.rbegin(); run != runs.rend(); ++run) tables.add(*run);
    TRY(std::vector<ModelRecord> models, store->models(project.name, ""));
    for (const ModelRecord& model : models) TRY_VOID(tables.add(model));
    TRY(std::vector<ScoringRecord> scorings, store->scorings(project.name));
    for (const ScoringRecord& scoring : scorings) tables.add(scoring);
  }
  return tables.create(duck);
}

bool may_read(std::string_view sql, const StoredZone& zone) {
  auto lower = [](std::string_view text) {
    std::string out(text);
    for (char& c : out)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
    return out;
  };
  std::string text = lower(sql);
  // query('...') and query_table('...'); a name with a quote in it is written in another way.
  return text.contains(lower(zone.name)) || text.contains("query") || zone.name.contains('"');
}

Status check_only_reads(std::string_view sql) {
  constexpr std::array<std::string_view, 10> kReading = {"select", "with",     "from", "values",
                                                         "table",  "describe", "show", "summarize",
                                                         "pivot",  "unpivot"};
  Words words(sql);
  std::string word = words.next();
  if (word == "explain") {
    word = words.next();
    if (word == "analyze") word = words.next();
  }
  if (std::ranges::find(kReading, word) != kReading.end()) return {};
  if (word.empty()) return fail(Code::kInvalid, "there is no SQL statement; begin with SELECT");
  return fail(Code::kInvalid,
              "lode sql only reads, and takes no {} statement; begin with SELECT, WITH, FROM, "
              "VALUES, DESCRIBE, SHOW, SUMMARIZE or EXPLAIN",
              word);
}

}  // namespace lode
