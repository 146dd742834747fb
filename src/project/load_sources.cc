// Sources: their columns, times, files and contracts.
#include <algorithm>
#include <array>

#include "base/zone.h"
#include "project/file_pattern.h"
#include "project/loading.h"

namespace lode {
namespace {

constexpr std::array kTimestampOnly = {TypeId::kTimestamp};
constexpr std::array kBoolOnly = {TypeId::kBool};
constexpr Duration kDefaultMaxAhead = minutes(5);
constexpr Duration kDefaultDedupSpan = days(1);

// A constant of a contract as a literal of the column's type.
Result<Literal> literal_of(std::string_view text, const Type& type) {
  switch (type.id) {
    case TypeId::kString:
      return Literal{type, std::string(text)};
    case TypeId::kBool:
      if (text != "true" && text != "false")
        return fail(Code::kInvalid, "'{}' is neither true nor false", text);
      return Literal{type, text == "true"};
    case TypeId::kTimestamp: {
      TRY(ParsedTime time, parse_timestamp(text));
      return Literal{type, time.t.us};
    }
    case TypeId::kDate: {
      TRY(ParsedTime time, parse_timestamp(text));
      if (time.t.us % days(1).us != 0) return fail(Code::kInvalid, "'{}' is not a date", text);
      return Literal{type, time.t.us / days(1).us};
    }
    case TypeId::kInt64:
    case TypeId::kDouble:
    case TypeId::kDecimal: {
      Result<Expression> parsed = parse_expression(text);
      if (!parsed || parsed->root()->kind != Node::Kind::kLiteral ||
          !parsed->root()->literal.type.numeric() || parsed->root()->literal.is_null())
        return fail(Code::kInvalid, "'{}' is not a number", text);
      return parsed->root()->literal;
    }
    default:
      return fail(Code::kInvalid, "a column of type {} cannot be compared", type.text());
  }
}

class SourceReader {
 public:
  SourceReader(Loading& loading, const YamlEntry& entry, Scope& scope)
      : loading_(loading), part_(loading.shape, entry.value), scope_(scope) {
    source_.name = entry.key;
    source_.place = entry.place;
  }

  Source read() {
    read_files();
    read_format();
    read_columns();
    read_time();
    read_zone();
    read_identity();
    begin_decoding();
    read_derive();
    read_known();
    read_contract();
    end_decoding();
    read_lateness();
    source_.profile = part_.flag("profile");
    return std::move(source_);
  }

 private:
  Problems& problems() { return loading_.problems(); }

  void read_files() {
    const YamlNode* node = part_.find("files");
    if (!node) return;
    std::vector<const YamlNode*> patterns;
    if (node->scalar()) patterns.push_back(node);
    for (const YamlNode& item : node->items) patterns.push_back(&item);
    for (const YamlNode* pattern : patterns) {
      if (!pattern->scalar()) continue;
      auto found = find_files(loading_.files, loading_.project.root.string(), pattern->text);
      if (!found) {
        problems().add(pattern->place, found.error().message(), found.error().code());
        continue;
      }
      for (std::string& path : *found) add_file(std::move(path), *pattern);
    }
  }
  void add_file(std::string path, const YamlNode& pattern) {
    std::filesystem::path file = std::filesystem::path(std::move(path)).lexically_normal();
    if (is_among(file, source_.files)) {
      problems().add(pattern.place,
                     fmt::format("'{}' gives {} a second time; its rows would count twice",
                                 pattern.text, file.string()));
      return;
    }
    source_.files.push_back(std::move(file));
  }

  void read_format() {
    const YamlNode* node = part_.find("format");
    if (!node) return;
    if (auto choice = read_component(loading_, *node, "decoder")) {
      require_options(loading_, choice->place, "decoder", choice->name, choice->given);
      source_.format = std::move(choice->name);
      source_.format_options = std::move(choice->options);
    }
  }

  void read_columns() {
    const YamlNode* node = part_.find("columns");
    scope_.unusable = !node;
    if (!node) return;
    if (node->entries.empty()) problems().add(node->place, "a source needs at least one column");
    for (const YamlEntry& entry : node->entries) {
      Result<Type> type = loading_.shape.broken(entry.value)
                              ? Result<Type>(fail(Code::kInvalid, "reported"))
                              : parse_type(entry.value.text);
      if (is_among(entry.key, kRecordColumns)) {
        problems().add(
            entry.place,
            fmt::format("'{}' is a column lode adds to every record; it cannot be declared",
                        entry.key));
      } else if (type) {
        scope_.add(entry.key, *type);
      } else {
        scope_.add_broken(entry.key);
      }
    }
    source_.columns = scope_.schema;
  }

  void read_time() {
    const YamlNode* node = part_.find("time");
    if (!node) return;
    if (node->text == kNoTime) {
      read_no_time();
      return;
    }
    std::optional<Type> type = resolve_column(loading_, *node, scope_);
    if (type && type->id != TypeId::kTimestamp) {
      problems().add(node->place, fmt::format("the time '{}' is of type {}; declare the column as "
                                              "timestamp, or take another",
                                              node->text, type->text()));
    } else if (type) {
      source_.time = node->text;
    }
  }

  // What goes by time then cannot be said: when a row is known, in what order it may come.
  void read_no_time() {
    scope_.timeless = true;
    for (std::string_view key : {"known", "change", "allowed_lateness", "max_ahead", "dedup_span"})
      if (part_.find(key))
        problems().add(
            part_.key_place(key),
            fmt::format("'{}' goes by the time of a row, and this source has none", key));
  }

  void read_zone() {
    const YamlNode* node = part_.find("zone");
    if (!node) return;
    zone_declared_ = true;
    if (node->scalar()) {
      Result<const Zone*> zone = find_zone(node->text);
      if (!zone) {
        problems().add(node->place, zone.error().message());
      } else if (node->text != "UTC") {
        source_.zone.kind = ZoneRule::Kind::kConstant;
        source_.zone.constant = node->text;
      }
      return;
    }
    CheckedMap rule(loading_.shape, *node);
    source_.zone.kind = ZoneRule::Kind::kLookup;
    if (const YamlNode* key = rule.find("key")) {
      std::optional<Type> type = resolve_column(loading_, *key, scope_);
      if (type && type->id != TypeId::kString)
        problems().add(
            key->place,
            fmt::format("the key '{}' of the zone look-up is of type {}; it must be a string",
                        key->text, type->text()));
      source_.zone.lookup_key = key->text;
    }
    if (const YamlNode* lookup = rule.find("lookup")) {
      auto found = find_files(loading_.files, loading_.project.root.string(), lookup->text);
      if (!found) {
        problems().add(lookup->place, found.error().message(), found.error().code());
      } else if (found->size() > 1) {
        problems().add(lookup->place,
                       fmt::format("'{}' is more than one file; name one", lookup->text));
      } else {
        source_.zone.lookup_file = std::filesystem::path(found->front()).lexically_normal();
      }
    }
  }

  // A column that must be of a type with exact equality.
  std::string read_key_column(const CheckedMap& part, std::string_view key) {
    const YamlNode* node = part.find(key);
    if (!node) return {};
    std::optional<Type> type = resolve_column(loading_, *node, scope_);
    if (!type) return {};
    if (type->id != TypeId::kInt64 && type->id != TypeId::kString) {
      problems().add(node->place,
                     fmt::format("'{}' must be a column of type int64 or string; '{}' is {}", key,
                                 node->text, type->text()));
      return {};
    }
    return node->text;
  }

  void read_identity() {
    source_.id = read_key_column(part_, "id");
    source_.partition = read_key_column(part_, "partition");
    std::optional<CheckedMap> change = part_.part("change");
    if (!change) return;
    if (!part_.has("id"))
      problems().add(part_.key_place("change"),
                     "'change' needs an 'id': a correction must say which row it corrects");
    Source::Change declared{read_key_column(*change, "column"), change->text("correction"),
                            change->text("retraction")};
    if (!change->has("correction") && !change->has("retraction")) {
      problems().add(change->place(), "'change' needs 'correction', 'retraction' or both");
    } else if (declared.correction == declared.retraction) {
      problems().add(change->key_place("retraction"),
                     "'correction' and 'retraction' are the same value; they must differ");
    }
    source_.change = std::move(declared);
  }

  // What a row has while it is decoded.
  void begin_decoding() {
    scope_.add(std::string(kLocalColumn), Type::timestamp());
    scope_.options.time_column = source_.time;
    if (zone_declared_ && !source_.time.empty())
      scope_.options.local_column = std::string(kLocalColumn);
    scope_.time_broken = source_.time.empty() && !scope_.timeless;
  }
  // What a record has then.
  void end_decoding() {
    std::vector<Field> fields = record_fields(source_);
    for (const Field& field : scope_.schema.fields())
      if (field.name != kLocalColumn) fields.push_back(field);
    scope_.schema = Schema(std::move(fields));
  }

  void read_derive() {
    const YamlNode* node = part_.find("derive");
    if (!node) return;
    for (const YamlEntry& entry : node->entries) {
      if (scope_.knows(entry.key)) {
        problems().add(
            entry.place,
            fmt::format("'{}' is a column already; give the derived one another name", entry.key));
        continue;
      }
      std::optional<DeclaredExpression> declared = read_expression(loading_, entry.value);
      std::optional<Type> type;
      if (declared) type = check_type(loading_, entry.value, declared->expression, scope_);
      if (!type) {
        scope_.add_broken(entry.key);
        continue;
      }
      scope_.add(entry.key, *type);
      source_.derive.push_back({entry.key, std::move(*declared)});
    }
  }

  void read_known() {
    const YamlNode* node = part_.find("known");
    if (!node || node->text == "assumed" || scope_.timeless) return;
    if (node->text == "recorded") {
      source_.known.mode = KnownRule::Mode::kRecorded;
      return;
    }
    source_.known.mode = KnownRule::Mode::kExpression;
    source_.known.expression =
        read_typed(loading_, *node, scope_, kTimestampOnly, "recorded, assumed or a timestamp");
  }

  void read_contract() {
    const YamlNode* node = part_.find("contract");
    if (!node) return;
    for (const YamlEntry& entry : node->entries) {
      if (loading_.shape.broken(entry.value)) continue;
      if (entry.key == "rules") {
        for (const YamlNode& item : entry.value.items) read_row_rule(item);
      } else {
        read_column_contract(entry);
      }
    }
  }
  void read_row_rule(const YamlNode& node) {
    auto declared = read_typed(loading_, node, scope_, kBoolOnly, "a bool, true for a good row,");
    if (declared) {
      std::string name = declared->expression.text();
      source_.contract.push_back({std::move(name), "", std::move(*declared)});
    }
  }

  void read_column_contract(const YamlEntry& entry) {
    YamlNode name;
    name.kind = YamlNode::Kind::kScalar;
    name.text = entry.key;
    name.place = entry.place;
    std::optional<Type> type = resolve_column(loading_, name, scope_);
    if (!type) return;
    CheckedMap part(loading_.shape, entry.value);
    if (part.flag("required")) {
      add_rule(entry, "required",
               call_node("not", {call_node("is null", {column_node(entry.key)})}),
               part.key_place("required"));
    }
    if (const YamlNode* between = part.find("between")) read_between(entry, *between, *type);
    if (const YamlNode* in = part.find("in")) {
      std::vector<NodePtr> arguments = literals(*in, *type);
      if (arguments.size() == in->items.size()) {
        arguments.insert(arguments.begin(), column_node(entry.key));
        add_rule(entry, "in " + joined(*in), call_node("in", std::move(arguments)), in->place);
      }
    }
    if (const YamlNode* matches = part.find("matches")) {
      if (type->id != TypeId::kString) {
        problems().add(matches->place, fmt::format("'matches' is for strings; '{}' is {}",
                                                   entry.key, type->text()));
        return;
      }
      add_rule(entry, "matches " + matches->text,
               call_node("regexp_full_match",
                         {column_node(entry.key), literal_node({Type::string(), matches->text})}),
               matches->place);
    }
  }

  void read_between(const YamlEntry& entry, const YamlNode& node, const Type& type) {
    if (node.items.size() != 2) {
      problems().add(node.place, "'between' takes two values, [least, greatest]");
      return;
    }
    std::vector<NodePtr> ends = literals(node, type);
    if (ends.size() != 2) return;
    NodePtr rule = call_node("between", {column_node(entry.key), ends[0], ends[1]});
    if (out_of_order(ends[0], ends[1])) {
      problems().add(node.place,
                     fmt::format("between [{}, {}] allows nothing; the least comes first",
                                 node.items[0].text, node.items[1].text));
      return;
    }
    add_rule(entry, fmt::format("between {} and {}", node.items[0].text, node.items[1].text), rule,
             node.place);
  }
  // By evaluating the comparison of the two constants on one row.
  static bool out_of_order(const NodePtr& least, const NodePtr& greatest) {
    Result<BoundExpression> bound = bind(Expression(call_node(">", {least, greatest})), Schema());
    if (!bound || bound->type().id != TypeId::kBool) return false;
    Table one;
    one.rows = 1;
    Result<Column> answer = bound->evaluate(one);
    return answer && !answer->is_null(0) && answer->boolean(0);
  }

  std::vector<NodePtr> literals(const YamlNode& list, const Type& type) {
    std::vector<NodePtr> nodes;
    for (const YamlNode& item : list.items) {
      if (!item.scalar()) continue;
      Result<Literal> literal = literal_of(item.text, type);
      if (literal) {
        nodes.push_back(literal_node(std::move(*literal)));
      } else {
        problems().add(item.place, literal.error().message());
      }
    }
    return nodes;
  }
  static std::string joined(const YamlNode& list) {
    std::string text = "[";
    for (const YamlNode& item : list.items) text += (text.size() > 1 ? ", " : "") + item.text;
    return text + "]";
  }
  void add_rule(const YamlEntry& entry, std::string_view what, NodePtr root, Place place) {
    Expression expression(std::move(root));
    Result<BoundExpression> bound = bind(expression, scope_.schema, scope_.options);
    if (!bound) {
      problems().add(place, bound.error().message());
      return;
    }
    source_.contract.push_back({fmt::format("{}: {}", entry.key, what),
                                entry.key,
                                {expression.text(), expression, place}});
  }

  void read_lateness() {
    source_.allowed_lateness = part_.duration("allowed_lateness").value_or(Duration{});
    source_.max_ahead = part_.duration("max_ahead").value_or(kDefaultMaxAhead);
    source_.dedup_span = part_.duration("dedup_span")
                             .value_or(std::max(kDefaultDedupSpan, source_.allowed_lateness));
    if (part_.find("dedup_span") && source_.dedup_span < source_.allowed_lateness)
      problems().add(
          part_.find("dedup_span")->place,
          fmt::format("dedup_span {} is shorter than allowed_lateness {}: a late repetition "
                      "would count twice; make it at least as long",
                      text(source_.dedup_span), text(source_.allowed_lateness)));
  }

  Loading& loading_;
  CheckedMap part_;
  Scope& scope_;
  Source source_;
  bool zone_declared_ = false;
};

}  // namespace

void load_sources(Loading& loading, const YamlNode& sources) {
  for (const YamlEntry& entry : sources.entries) {
    loading.claim("source", entry);
    Scope& scope = loading.sources[entry.key];
    if (!entry.value.map()) {
      scope.unusable = true;
      continue;
    }
    loading.project.sources.push_back(SourceReader(loading, entry, scope).read());
  }
}

}  // namespace lode
