#include "features/facts.h"

#include <algorithm>
#include <cmath>

namespace lode {
namespace {

// A pair of rows of the record table: where a fact's key and columns come from, and where its time
// and `value` do. For a group over a source they are the same row.
struct Pair {
  std::int64_t row;
  std::int64_t label_row;
  std::int64_t time;
  std::int64_t visible_from;
  std::int64_t visible_to;
  std::int64_t order_seq;
};

struct LabelColumns {
  Column value;
  std::vector<std::int64_t> known;  // kForever where the known expression is null
};

Result<LabelColumns> label_columns(const Group& group, const Table& records) {
  LabelColumns columns;
  TRY(columns.value, group.label_value->evaluate(records));
  TRY(Column known_column, group.label_known->evaluate(records));
  const Column* own_known = records.find(kKnownColumn);
  columns.known.resize(static_cast<std::size_t>(records.rows));
  for (std::int64_t i = 0; i < records.rows; ++i)
    columns.known[static_cast<std::size_t>(i)] =
        known_column.is_null(i) ? kForever : std::max(known_column.int64(i), own_known->int64(i));
  return columns;
}

std::vector<Pair> record_pairs(const std::vector<Version>& versions, const Table& records) {
  const Column* time = records.find(kTimeColumn);
  std::vector<Pair> pairs;
  pairs.reserve(versions.size());
  for (const Version& v : versions)
    if (!v.retraction && v.visible_from < v.visible_to)
      pairs.push_back(
          {v.row, v.row, time->int64(v.row), v.visible_from, v.visible_to, v.order_seq});
  return pairs;
}

// Of one instance, docs/semantics.md 5: each label version meets the row versions visible beside
// it.
void add_label_pairs(std::span<const Version> instance, const LabelColumns& label,
                     std::vector<Pair>& pairs) {
  std::int64_t hidden_from = kForever;
  for (std::size_t l = instance.size(); l-- > 0;) {
    if (instance[l].retraction) continue;
    std::int64_t label_row = instance[l].row;
    std::int64_t known = label.known[static_cast<std::size_t>(label_row)];
    std::int64_t label_to = hidden_from;
    hidden_from = std::min(hidden_from, known);
    if (label.value.is_null(label_row)) continue;
    for (const Version& v : instance) {
      std::int64_t from = std::max(known, v.visible_from);
      std::int64_t to = std::min(label_to, v.visible_to);
      if (!v.retraction && from < to)
        pairs.push_back({v.row, label_row, known, from, to, v.order_seq});
    }
  }
}

std::vector<Pair> label_pairs(const std::vector<Version>& versions, const LabelColumns& label) {
  std::vector<Pair> pairs;
  pairs.reserve(versions.size());
  for (std::size_t begin = 0; begin < versions.size();) {
    std::size_t end = begin + 1;
    while (end < versions.size() && versions[end].instance == versions[begin].instance) ++end;
    add_label_pairs(std::span(versions).subspan(begin, end - begin), label, pairs);
    begin = end;
  }
  return pairs;
}

// The table the slots read: the records' columns by `row`, the label's value by `label_row`.
Table slot_table(const Group& group, const Table& records, const std::vector<Pair>& pairs,
                 const LabelColumns* label) {
  bool identity = std::cmp_equal(pairs.size(), records.rows);
  for (std::size_t i = 0; identity && i < pairs.size(); ++i)
    identity = std::cmp_equal(pairs[i].row, i) && std::cmp_equal(pairs[i].label_row, i);
  Table table;
  table.schema = group.schema;
  table.rows = static_cast<std::int64_t>(pairs.size());
  if (identity) {
    table.columns = records.columns;
    if (label != nullptr) table.columns.push_back(label->value);
    return table;
  }
  std::vector<std::int64_t> rows;
  std::vector<std::int64_t> label_rows;
  for (const Pair& pair : pairs) {
    rows.push_back(pair.row);
    label_rows.push_back(pair.label_row);
  }
  for (const Column& column : records.columns) table.columns.push_back(column.take(rows));
  if (label != nullptr) table.columns.push_back(label->value.take(label_rows));
  return table;
}

std::vector<std::int64_t> ids_of(const Column& ids, const std::vector<Pair>& pairs,
                                 TextPool& texts) {
  std::vector<std::int64_t> out;
  out.reserve(pairs.size());
  for (const Pair& pair : pairs)
    out.push_back(ids.type.id == TypeId::kString ? texts.intern(ids.string(pair.row))
                                                 : ids.int64(pair.row));
  return out;
}

// Drops facts with a null key or a label that is never known, and sets the columns.
Facts facts_of(const Group& group, const Table& records, const std::vector<Pair>& pairs,
               const std::vector<std::int64_t>& keys,
               const std::vector<std::vector<std::int64_t>>& slots, TextPool& texts) {
  Facts facts;
  std::vector<std::int64_t> ids;
  if (group.layout.store_order) ids = ids_of(*records.find(kIdColumn), pairs, texts);
  bool changing = std::ranges::any_of(pairs, [](const Pair& p) { return p.visible_to < kForever; });
  facts.values.reserve(pairs.size() * slots.size());
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if (keys[i] < 0 || pairs[i].time == kForever) continue;
    facts.key.push_back(keys[i]);
    facts.time.push_back(pairs[i].time);
    facts.visible_from.push_back(pairs[i].visible_from);
    if (changing) facts.visible_to.push_back(pairs[i].visible_to);
    if (group.layout.store_order) {
      facts.id.push_back(ids[i]);
      facts.seq.push_back(pairs[i].order_seq);
    }
    facts.row.push_back(pairs[i].row);
    for (const auto& slot : slots) facts.values.push_back(slot[i]);
  }
  return facts;
}

std::optional<std::int64_t> kept_value(const Column& column, std::int64_t i, const Kept& kept,
                                       TextPool& texts) {
  switch (column.type.id) {
    case TypeId::kBool:
      return column.boolean(i) ? 1 : 0;
    case TypeId::kDate:
      return column.date(i);
    case TypeId::kString:
    case TypeId::kBytes:
      return texts.intern(column.string(i));
    case TypeId::kDecimal: {
      Int128 value = column.decimal(i);
      if (value > std::numeric_limits<std::int64_t>::max() || value <= kNoValue)
        return std::nullopt;
      return static_cast<std::int64_t>(value);
    }
    case TypeId::kDouble:
      if (kept.keep == Keep::kQuanta) return to_quanta(column.float64(i), kept.quantum);
      if (!std::isfinite(column.float64(i))) return std::nullopt;
      return ordered_of_double(column.float64(i));
    default:
      if (column.int64(i) == kNoValue) return std::nullopt;
      return column.int64(i);
  }
}

}  // namespace

Result<std::vector<std::int64_t>> kept_values(const Column& column, const Kept& kept,
                                              TextPool& texts) {
  std::vector<std::int64_t> out(static_cast<std::size_t>(column.length), kNoValue);
  for (std::int64_t i = 0; i < column.length; ++i) {
    if (column.is_null(i)) continue;
    std::optional<std::int64_t> value = kept_value(column, i, kept, texts);
    if (!value)
      return fail(Error(Code::kInvalid,
                        "a value that is no whole number of its quantum, not finite, or past 63 "
                        "bits; round it or declare another quantum",
                        {.offset = i}));
    out[static_cast<std::size_t>(i)] = *value;
  }
  return out;
}

std::vector<std::int64_t> unkeepable_rows(const Column& column, const Kept& kept) {
  std::vector<std::int64_t> rows;
  TextPool texts;
  for (std::int64_t i = 0; i < column.length; ++i)
    if (!column.is_null(i) && !kept_value(column, i, kept, texts)) rows.push_back(i);
  return rows;
}

Result<Facts> make_facts(const Group& group, const Table& records, std::int64_t cut,
                         KeyIndex& key_index, TextPool& texts) {
  TRY(std::vector<Version> versions, versions_of(records, cut));
  std::optional<LabelColumns> label;
  if (group.label != nullptr) {
    TRY(label, label_columns(group, records));
  }
  std::vector<Pair> pairs = label ? label_pairs(versions, *label) : record_pairs(versions, records);
  Table table = slot_table(group, records, pairs, label ? &*label : nullptr);

  std::vector<std::vector<std::int64_t>> slots;
  for (std::size_t s = 0; s < group.slots.size(); ++s) {
    TRY(Column column, group.slots[s].evaluate(table));
    auto kept = kept_values(column, group.layout.slots[s], texts);
    if (!kept) {
      std::int64_t row = pairs[static_cast<std::size_t>(kept.error().where().offset)].row;
      return fail(Error(kept.error().code(), kept.error().message(),
                        {.file = group.source->name,
                         .offset = records.find(kSeqColumn)->int64(row),
                         .field = group.slot_texts[s]}));
    }
    slots.push_back(*std::move(kept));
  }
  std::vector<std::int64_t> keys = add_keys(key_index, *table.find(group.by));
  return facts_of(group, records, pairs, keys, slots, texts);
}

}  // namespace lode
