#include <fmt/format.h>

#include <algorithm>

#include "table/expression.h"
#include "table/expression/function.h"
#include "table/expression/program.h"
#include "table/expression/syntax.h"

namespace lode {
namespace {

using Kind = BoundNode::Kind;

// Types the tree from the leaves up. Every bound node gets a slot; operations on constants are done
// here, once, unless they fail: then they fail on the rows that want them.
class Binder {
 public:
  Binder(const Schema& schema, const BindOptions& options) : schema_(schema), options_(options) {}

  Result<std::shared_ptr<const Program>> run(const Node& node) {
    TRY(BoundPtr root, bind(node));
    auto program = std::make_shared<Program>();
    program->root = root;
    program->type = root->type.type;
    program->inputs = std::move(inputs_);
    program->slots = slots_;
    return program;
  }

 private:
  static std::unexpected<Error> fail_at(const Node& node, const Error& error) {
    return fail(error.at(
        {.file = {}, .line = node.line, .column = node.column, .offset = -1, .field = {}}));
  }
  template <typename... Args>
  static std::unexpected<Error> fail_at(const Node& node, fmt::format_string<Args...> format,
                                        Args&&... args) {
    return fail_at(node, Error(Code::kInvalid, fmt::format(format, std::forward<Args>(args)...)));
  }

  Result<BoundPtr> bind(const Node& node) {
    switch (node.kind) {
      case Node::Kind::kLiteral:
        return constant(node, literal_type(node.literal), node.literal);
      case Node::Kind::kColumn:
        return column(node);
      case Node::Kind::kField:
        return field(node);
      case Node::Kind::kCall:
        return call(node);
      case Node::Kind::kCase:
        return case_when(node);
      case Node::Kind::kCast: {
        TRY(BoundPtr operand, bind(*node.arguments[0]));
        return convert(node, std::move(operand), ValueType{node.type}, node.try_cast);
      }
      case Node::Kind::kSubscript:
        return fail_at(node, "[...] reads a feature view, and there is none of that name here");
    }
    return fail_at(node, "unknown kind of node");
  }

  static ValueType literal_type(const Literal& literal) {
    return literal.is_null() ? ValueType::null() : ValueType{literal.type};
  }

  BoundNode draft(const Node& node, Kind kind, ValueType type) {
    BoundNode bound;
    bound.kind = kind;
    bound.type = std::move(type);
    bound.name = node.kind == Node::Kind::kCall ? node.name : "";
    bound.slot = slots_++;
    bound.line = node.line;
    bound.column = node.column;
    return bound;
  }

  BoundPtr constant(const Node& node, ValueType type, Literal literal) {
    BoundNode bound = draft(node, Kind::kConstant, std::move(type));
    bound.literal = std::move(literal);
    return std::make_shared<const BoundNode>(std::move(bound));
  }

  BoundPtr input(const Node& node, std::vector<std::size_t> path, const Type& type) {
    BoundNode bound = draft(node, Kind::kInput, ValueType{type});
    auto same = std::ranges::find(inputs_, path, &Input::path);
    bound.input = static_cast<std::size_t>(same - inputs_.begin());
    if (same == inputs_.end()) inputs_.push_back({std::move(path), type});
    return std::make_shared<const BoundNode>(std::move(bound));
  }

  Result<BoundPtr> column(const Node& node) {
    std::optional<std::size_t> at = schema_.find(node.name);
    if (!at) return fail_at(node, unknown_name(node.name, "column", schema_.fields()));
    return input(node, {*at}, schema_[*at].type);
  }

  static Error unknown_name(const std::string& name, std::string_view what,
                            const std::vector<Field>& fields) {
    std::vector<std::string_view> names;
    for (const Field& field : fields) names.push_back(field.name);
    std::string message = fmt::format("there is no {} '{}'", what, name);
    std::string_view near = nearest(name, names);
    if (!near.empty())
      message += fmt::format("; did you mean '{}'?", near);
    else if (!names.empty())
      message += fmt::format(
          "; there are {}",
          fmt::join(names.begin(), names.begin() + std::min<std::ptrdiff_t>(20, std::ssize(names)),
                    ", "));
    return Error(Code::kInvalid, std::move(message));
  }

  // A field of a struct column, at any depth.
  Result<BoundPtr> field(const Node& node) {
    TRY(BoundPtr from, bind(*node.arguments[0]));
    if (!from->type.is(TypeId::kStruct) || from->kind != Kind::kInput)
      return fail_at(node, ".{} needs a struct column before it, not {}", node.name,
                     from->type.text());
    const std::vector<Field>& fields = *from->type.type.children;
    auto found = std::ranges::find(fields, node.name, &Field::name);
    if (found == fields.end()) return fail_at(node, unknown_name(node.name, "field", fields));
    std::vector<std::size_t> path = inputs_[from->input].path;
    path.push_back(static_cast<std::size_t>(found - fields.begin()));
    return input(node, std::move(path), found->type);
  }

  // --- calls ---

  Result<BoundPtr> call(const Node& node) {
    if (node.name == "between") return between(node);
    if (node.name == "local") return local(node);
    if (node.name == "if" || node.name == "iff") return if_else(node);
    std::vector<BoundPtr> arguments;
    for (const NodePtr& argument : node.arguments) {
      TRY(BoundPtr bound, bind(*argument));
      arguments.push_back(std::move(bound));
    }
    return apply(node, node.name, std::move(arguments));
  }

  Result<BoundPtr> apply(const Node& node, const std::string& name,
                         std::vector<BoundPtr> arguments) {
    const Function* function = find_function(name);
    if (function == nullptr) return fail_at(node, "'{}' is not a function of rows", name);
    auto resolution = resolve_call(*function, Request{name, arguments});
    if (!resolution) return fail_at(node, resolution.error());
    BoundNode bound = draft(node, resolution->kind, resolution->result);
    bound.name = name;
    bound.kernel = resolution->kernel;
    bound.nulls = function->nulls;
    bound.can_fail = resolution->can_fail;
    bound.reason = resolution->fails.empty() ? function->fails : resolution->fails;
    bound.prepared = std::move(resolution->prepared);
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      TRY(BoundPtr argument,
          convert(node, std::move(arguments[i]), resolution->parameters[i], false));
      bound.can_fail = bound.can_fail || argument->can_fail;
      bound.arguments.push_back(std::move(argument));
    }
    return fold(node, std::move(bound));
  }

  // An operation whose arguments are all constant becomes a constant, unless it fails.
  BoundPtr fold(const Node& node, BoundNode bound) {
    auto whole = std::make_shared<const BoundNode>(std::move(bound));
    for (const BoundPtr& argument : whole->arguments)
      if (argument->kind != Kind::kConstant) return whole;
    if (!whole->first.empty()) return whole;
    auto program = std::make_shared<Program>();
    program->root = whole;
    program->type = whole->type.type;
    program->slots = slots_;
    Table nothing;
    nothing.rows = 1;
    Evaluator evaluator(BoundExpression(program), 1);
    auto values = evaluator.evaluate(nothing, 0, 1);
    if (!values) return whole;
    return constant(node, whole->type, literal_of(whole->type.type, *values));
  }

  static Literal literal_of(const Type& type, const Values& values) {
    if (values.is_null(0)) return {type, std::monostate{}};
    switch (type.id) {
      case TypeId::kBool:
        return {type, values.boolean(0)};
      case TypeId::kDouble:
        return {type, values.float64(0)};
      case TypeId::kDecimal:
        return {type, values.decimal(0)};
      case TypeId::kDate:
        return {type, std::int64_t{values.date(0)}};
      case TypeId::kString:
      case TypeId::kBytes:
        return {type, std::string(values.string(0))};
      default:
        return {type, values.int64(0)};
    }
  }

  Result<BoundPtr> convert(const Node& node, BoundPtr value, const ValueType& to, bool try_cast) {
    if (value->type == to) return value;
    if (value->type.is_null()) {
      Literal null{to.type, std::monostate{}};
      if (value->kind == Kind::kConstant) return constant(node, to, std::move(null));
    }
    Cast cast = find_cast(value->type, to, try_cast);
    if (cast.kernel == nullptr)
      return fail_at(node, "{} cannot be cast to {}", value->type.text(), to.text());
    BoundNode bound = draft(node, Kind::kCall, to);
    bound.name = "cast";
    bound.kernel = cast.kernel;
    bound.reason = cast.reason;
    bound.can_fail = cast.can_fail || value->can_fail;
    bool constant_text =
        value->kind == Kind::kConstant && value->type.is(TypeId::kString) && !try_cast;
    std::string text = constant_text && !value->literal.is_null()
                           ? std::get<std::string>(value->literal.value)
                           : "";
    bound.arguments.push_back(std::move(value));
    BoundPtr folded = fold(node, std::move(bound));
    // A constant that cannot be converted is wrong on every row: said now, at its place.
    if (constant_text && folded->kind != Kind::kConstant)
      return fail_at(node, "'{}' {}", text.substr(0, 60), cast.reason);
    return folded;
  }

  // The value of a node a second time, without evaluating it again.
  BoundPtr share(const Node& node, const BoundPtr& value) {
    if (value->kind == Kind::kConstant || value->kind == Kind::kInput) return value;
    BoundNode bound = draft(node, Kind::kShared, value->type);
    bound.share_of = value.get();
    return std::make_shared<const BoundNode>(std::move(bound));
  }

  Status expect_arguments(const Node& node, std::size_t count) const {
    if (node.arguments.size() == count) return {};
    return fail_at(node, "{} takes {} arguments, not {}", node.name, count, node.arguments.size());
  }

  Result<BoundPtr> between(const Node& node) {
    TRY_VOID(expect_arguments(node, 3));
    TRY(BoundPtr value, bind(*node.arguments[0]));
    TRY(BoundPtr low, bind(*node.arguments[1]));
    TRY(BoundPtr high, bind(*node.arguments[2]));
    TRY(BoundPtr above, apply(node, ">=", {value, low}));
    TRY(BoundPtr below, apply(node, "<=", {share(node, value), high}));
    return apply(node, "and", {above, below});
  }

  Result<BoundPtr> local(const Node& node) {
    TRY_VOID(expect_arguments(node, 1));
    const Node& of = *node.arguments[0];
    if (!options_.local_column)
      return fail_at(node,
                     "local() needs the time of a row and its zone; declare time: and zone: for "
                     "this source");
    if (of.kind != Node::Kind::kColumn || of.name != options_.time_column)
      return fail_at(node, "local() is known for the time column only: local({})",
                     name_text(options_.time_column));
    std::optional<std::size_t> at = schema_.find(*options_.local_column);
    if (!at || schema_[*at].type.id != TypeId::kTimestamp)
      return fail_at(node, "the column '{}' with the local time is missing or not a timestamp",
                     *options_.local_column);
    return input(node, {*at}, schema_[*at].type);
  }

  Result<BoundPtr> condition(const Node& node) {
    TRY(BoundPtr bound, bind(node));
    if (!bound->type.is(TypeId::kBool) && !bound->type.is_null())
      return fail_at(node, "a condition is true or false, not {}", bound->type.text());
    return convert(node, std::move(bound), ValueType{Type::boolean()}, false);
  }

  Result<BoundPtr> if_else(const Node& node) {
    TRY_VOID(expect_arguments(node, 3));
    TRY(BoundPtr when, condition(*node.arguments[0]));
    TRY(BoundPtr then, bind(*node.arguments[1]));
    TRY(BoundPtr otherwise, bind(*node.arguments[2]));
    return choose(node, {}, {when}, {then, otherwise});
  }

  Result<BoundPtr> case_when(const Node& node) {
    std::vector<BoundPtr> first;
    std::vector<BoundPtr> whens;
    std::vector<BoundPtr> values;
    std::size_t i = 0;
    if (node.has_operand) {
      TRY(BoundPtr operand, bind(*node.arguments[i++]));
      first.push_back(std::move(operand));
    }
    while (i + 1 < node.arguments.size()) {
      const Node& when = *node.arguments[i++];
      if (node.has_operand) {
        TRY(BoundPtr value, bind(when));
        TRY(BoundPtr equal, apply(when, "=", {share(when, first[0]), value}));
        whens.push_back(std::move(equal));
      } else {
        TRY(BoundPtr bound, condition(when));
        whens.push_back(std::move(bound));
      }
      TRY(BoundPtr then, bind(*node.arguments[i++]));
      values.push_back(std::move(then));
    }
    if (node.has_else) {
      TRY(BoundPtr otherwise, bind(*node.arguments[i]));
      values.push_back(std::move(otherwise));
    } else {
      values.push_back(constant(node, ValueType::null(), {Type::int64(), std::monostate{}}));
    }
    return choose(node, std::move(first), std::move(whens), std::move(values));
  }

  // values[i] where whens[i] is the first true one, else the last value.
  Result<BoundPtr> choose(const Node& node, std::vector<BoundPtr> first,
                          std::vector<BoundPtr> whens, std::vector<BoundPtr> values) {
    std::optional<ValueType> type = common_type(values);
    if (!type || vector_width(type->type.id) == 0) {
      std::string types;
      for (const BoundPtr& value : values)
        types += (types.empty() ? "" : ", ") + value->type.text();
      return fail_at(node, "the branches have no common type: {}; cast them to one", types);
    }
    BoundNode bound = draft(node, Kind::kCase, *type);
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i < whens.size()) bound.arguments.push_back(whens[i]);
      TRY(BoundPtr value, convert(node, values[i], *type, false));
      bound.arguments.push_back(std::move(value));
    }
    bound.first = std::move(first);
    for (const BoundPtr& part : bound.arguments) bound.can_fail = bound.can_fail || part->can_fail;
    for (const BoundPtr& part : bound.first) bound.can_fail = bound.can_fail || part->can_fail;
    return fold(node, std::move(bound));
  }

  const Schema& schema_;
  const BindOptions& options_;
  std::vector<Input> inputs_;
  std::size_t slots_ = 0;
};

}  // namespace

Result<BoundExpression> bind(const Expression& expression, const Schema& schema,
                             const BindOptions& options) {
  TRY(std::shared_ptr<const Program> program, Binder(schema, options).run(*expression.root()));
  return BoundExpression(std::move(program));
}

}  // namespace lode
