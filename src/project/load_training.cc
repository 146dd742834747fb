// Training sets: columns over the row and over views read as of the row's time.
#include "project/loading.h"

namespace lode {
namespace {

bool is_read(const Node& node) { return node.kind == Node::Kind::kSubscript; }

class TrainingReader {
 public:
  TrainingReader(Loading& loading, const YamlEntry& entry, Scope& scope)
      : loading_(loading), part_(loading.shape, entry.value), scope_(scope) {
    set_.name = entry.key;
    set_.place = entry.place;
  }

  TrainingSet read() {
    set_.rows = part_.text("rows");
    const Scope* rows = resolve(loading_, part_, "rows", "source", loading_.sources);
    rows_.unusable = true;
    if (rows) rows_ = *rows;
    read_label();
    read_where();
    const YamlNode* columns = part_.find("columns");
    scope_.unusable = !columns;
    if (columns && columns->entries.empty())
      problems().add(columns->place, "a training set needs at least one column");
    if (columns)
      for (const YamlEntry& entry : columns->entries) read_column(entry);
    scope_.timeless = rows_.timeless;
    return std::move(set_);
  }

 private:
  Problems& problems() { return loading_.problems(); }

  void read_label() {
    set_.label = part_.text("label");
    if (!resolve(loading_, part_, "label", "label", loading_.labels)) return;
    auto about = loading_.label_sources.find(set_.label);
    if (about == loading_.label_sources.end() || !loading_.sources.contains(about->second)) return;
    if (rows_.unusable || about->second == set_.rows) return;
    problems().add(
        part_.find("label")->place,
        fmt::format("the label '{}' is about '{}', the rows are '{}'; both must be of one source",
                    set_.label, about->second, set_.rows));
  }

  void read_where() {
    const YamlNode* node = part_.find("where");
    if (!node) return;
    std::optional<DeclaredExpression> declared = read_expression(loading_, *node);
    if (!declared) return;
    const Node* read = nullptr;
    declared->expression.visit([&](const Node& part) {
      if (!read && is_read(part)) read = &part;
    });
    if (read) {
      problems().add(node->place,
                     "'where' is over the row's columns alone; it cannot read a feature view");
      return;
    }
    std::optional<Type> type = check_type(loading_, *node, declared->expression, rows_);
    if (type && type->id != TypeId::kBool) {
      problems().add(node->place, fmt::format("'{}' is of type {}; a bool is needed here",
                                              node->text, type->text()));
    } else if (type) {
      set_.where = std::move(*declared);
    }
  }

  void read_column(const YamlEntry& entry) {
    std::optional<DeclaredExpression> declared = read_expression(loading_, entry.value);
    if (!declared) {
      scope_.add_broken(entry.key);
      return;
    }
    if (is_read(*declared->expression.root())) {
      expand(entry, *declared);
      return;
    }
    std::optional<Type> type = check_column(entry.value, declared->expression);
    if (!type) {
      scope_.add_broken(entry.key);
      return;
    }
    scope_.add(entry.key, *type);
    set_.columns.push_back({entry.key, std::move(*declared)});
  }

  // out: departures[origin]  becomes  out.n: departures[origin].n, out.late:
  // departures[origin].late
  void expand(const YamlEntry& entry, const DeclaredExpression& declared) {
    const NodePtr& read = declared.expression.root();
    const ViewFacts* view = check_read(entry.value, *read);
    if (!view || view->values.unusable || !view->values.broken.empty()) {
      scope_.unusable = true;  // which columns there would be is not known
      return;
    }
    for (const Field& field : view->values.schema.fields()) {
      Node node;
      node.kind = Node::Kind::kField;
      node.name = field.name;
      node.arguments = {read};
      node.line = read->line;
      node.column = read->column;
      Expression expression(std::make_shared<const Node>(std::move(node)));
      std::string name = entry.key + "." + field.name;
      scope_.add(name, field.type);
      set_.columns.push_back({name, {expression.text(), expression, declared.place}});
    }
  }

  // The type of a column; reads of views are typed by the views.
  std::optional<Type> check_column(const YamlNode& node, const Expression& expression) {
    Scope scope = rows_;
    bool good = true;
    Expression plain = expression.rewrite([&](const NodePtr& part) -> NodePtr {
      if (part->kind != Node::Kind::kField || !is_read(*part->arguments[0])) return nullptr;
      std::optional<Type> type = check_value(node, *part);
      if (!type) {
        good = false;
        return nullptr;
      }
      Node stand_in;
      stand_in.kind = Node::Kind::kColumn;
      stand_in.name = Expression(part).text();
      stand_in.line = part->line;
      stand_in.column = part->column;
      if (!scope.schema.find(stand_in.name)) scope.add(stand_in.name, *type);
      return std::make_shared<const Node>(std::move(stand_in));
    });
    if (!good) return std::nullopt;
    const Node* whole = nullptr;
    plain.visit([&](const Node& part) {
      if (!whole && is_read(part)) whole = &part;
    });
    if (whole) {
      report_whole(node, *whole);
      return std::nullopt;
    }
    std::optional<Type> type = check_type(loading_, node, plain, scope);
    if (type && (type->id == TypeId::kList || type->id == TypeId::kStruct)) {
      problems().add(node.place, fmt::format("'{}' is of type {}; a column is one plain value",
                                             node.text, type->text()));
      return std::nullopt;
    }
    return type;
  }

  // A read in the middle of an expression without the value that is wanted.
  void report_whole(const YamlNode& node, const Node& read) {
    const ViewFacts* view = check_read(node, read);
    if (!view || view->values.unusable) return;
    std::string values;
    for (const std::string& name : names_of(view->values.schema))
      values += (values.empty() ? "" : ", ") + name;
    problems().add(place_inside(node, read.arguments[0]->line, read.arguments[0]->column),
                   fmt::format("say which value of the feature view is meant: {}.NAME, of {}",
                               Expression(std::make_shared<const Node>(read)).text(), values));
  }

  // departures[origin].late
  std::optional<Type> check_value(const YamlNode& node, const Node& field) {
    const ViewFacts* view = check_read(node, *field.arguments[0]);
    if (!view || view->values.unusable || view->values.broken.contains(field.name))
      return std::nullopt;
    if (auto at = view->values.schema.find(field.name)) return view->values.schema[*at].type;
    std::vector<std::string> names = names_of(view->values.schema);
    problems().add(place_inside(node, field.line, field.column),
                   unknown_word(fmt::format("value of {}", field.arguments[0]->arguments[0]->name),
                                field.name, std::span<const std::string>(names)));
    return std::nullopt;
  }

  // departures[origin]: the view, and a key of its type.
  const ViewFacts* check_read(const YamlNode& node, const Node& read) {
    const Node& name = *read.arguments[0];
    Place place = place_inside(node, name.line, name.column);
    if (name.kind != Node::Kind::kColumn) {
      problems().add(place,
                     "only a feature view can be read with [...], such as departures[origin]");
      return nullptr;
    }
    auto view = loading_.views.find(name.name);
    if (view == loading_.views.end()) {
      std::vector<std::string> names = names_of(loading_.views);
      problems().add(place,
                     unknown_word("feature view", name.name, std::span<const std::string>(names)));
      return nullptr;
    }
    Expression key(read.arguments[1]);
    const Node* inner = nullptr;
    key.visit([&](const Node& part) {
      if (!inner && is_read(part)) inner = &part;
    });
    if (inner) {
      problems().add(
          place_inside(node, inner->line, inner->column),
          "the key of a read is over the row's columns alone; it cannot read a feature view");
      return nullptr;
    }
    if (rows_.timeless) {
      problems().add(place, fmt::format("'{}' has no time (`time: none`), so there is no moment at "
                                        "which its rows could read a feature view",
                                        set_.rows));
      return nullptr;
    }
    std::optional<Type> type = check_type(loading_, node, key, rows_);
    if (!type || !view->second.key) return nullptr;
    if (*type == *view->second.key) return &view->second;
    problems().add(place_inside(node, key.root()->line, key.root()->column),
                   fmt::format("the key of {} is {}, '{}' is {}; give a key of the same type",
                               name.name, view->second.key->text(), key.text(), type->text()));
    return nullptr;
  }

  Loading& loading_;
  CheckedMap part_;
  Scope& scope_;
  Scope rows_;
  TrainingSet set_;
};

}  // namespace

void load_training(Loading& loading, const YamlNode& training) {
  for (const YamlEntry& entry : training.entries) {
    Scope& scope = loading.training[entry.key];
    if (!entry.value.map()) {
      scope.unusable = true;
      continue;
    }
    loading.project.training.push_back(TrainingReader(loading, entry, scope).read());
  }
}

}  // namespace lode
