#include <algorithm>
#include <array>
#include <charconv>

#include "base/component.h"
#include "table/expression.h"
#include "table/expression/function.h"
#include "table/expression/lexer.h"
#include "table/expression/syntax.h"

namespace lode {
namespace {

constexpr int kDeepest = 200;

struct Draft {
  NodePtr node;
  int depth = 1;
};

// Operator-precedence parser. Depth is counted both in recursion (brackets) and in the tree it
// makes (a chain of + leans left without recursion), because binding and evaluation recurse over
// the tree.
class Parser {
 public:
  Parser(std::vector<Token> tokens, std::span<const std::string_view> extra_functions)
      : tokens_(std::move(tokens)), extra_functions_(extra_functions) {}

  Result<NodePtr> run() {
    if (peek().kind == Token::Kind::kEnd) return fail(error("the expression is empty"));
    TRY(Draft draft, parse(Binding::kNothing));
    if (peek().kind != Token::Kind::kEnd)
      return fail(error(fmt::format("unexpected {}", describe(peek()))));
    return draft.node;
  }

 private:
  const Token& peek(std::size_t ahead = 0) const {
    return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
  }
  const Token& advance() { return tokens_[at_ + 1 < tokens_.size() ? at_++ : at_]; }

  static std::string describe(const Token& token) {
    if (token.kind == Token::Kind::kEnd) return "end of the expression";
    return fmt::format("'{}'", token.source.substr(0, 40));
  }

  Error error(std::string message) const { return error_at(peek(), std::move(message)); }
  static Error error_at(const Token& token, std::string message) {
    return Error(
        Code::kInvalid, std::move(message),
        {.file = {}, .line = token.line, .column = token.column, .offset = -1, .field = {}});
  }

  bool is_symbol(std::string_view symbol, std::size_t ahead = 0) const {
    return peek(ahead).kind == Token::Kind::kSymbol && peek(ahead).source == symbol;
  }
  bool is_word(std::string_view word, std::size_t ahead = 0) const {
    return peek(ahead).kind == Token::Kind::kWord && lower_ascii(peek(ahead).source) == word;
  }
  bool accept_symbol(std::string_view symbol) {
    if (!is_symbol(symbol)) return false;
    advance();
    return true;
  }
  bool accept_word(std::string_view word) {
    if (!is_word(word)) return false;
    advance();
    return true;
  }
  Status expect_symbol(std::string_view symbol) {
    if (accept_symbol(symbol)) return {};
    return fail(error(fmt::format("expected '{}' before {}", symbol, describe(peek()))));
  }
  Status expect_word(std::string_view word) {
    if (accept_word(word)) return {};
    return fail(error(fmt::format("expected {} before {}", word, describe(peek()))));
  }

  Result<Draft> make(Node node, const Token& place, std::vector<Draft> arguments) {
    int depth = 0;
    for (Draft& argument : arguments) {
      depth = std::max(depth, argument.depth);
      node.arguments.push_back(std::move(argument.node));
    }
    if (depth + 1 > kDeepest) return fail(too_deep(place));
    node.line = place.line;
    node.column = place.column;
    return Draft{std::make_shared<const Node>(std::move(node)), depth + 1};
  }

  static Error too_deep(const Token& place) {
    return Error(
        Code::kLimit, fmt::format("an expression is nested at most {} deep", kDeepest),
        {.file = {}, .line = place.line, .column = place.column, .offset = -1, .field = {}});
  }

  Result<Draft> call(std::string name, const Token& place, std::vector<Draft> arguments) {
    Node node;
    node.kind = Node::Kind::kCall;
    node.name = std::move(name);
    return make(std::move(node), place, std::move(arguments));
  }

  Result<Draft> constant(Literal literal, const Token& place) {
    Node node;
    node.literal = std::move(literal);
    return make(std::move(node), place, {});
  }

  // Everything that binds tighter than `floor`.
  Result<Draft> parse(Binding floor) {
    if (++nesting_ > kDeepest) return fail(too_deep(peek()));
    auto result = parse_operators(floor);
    --nesting_;
    return result;
  }

  Result<Draft> parse_operators(Binding floor) {
    TRY(Draft left, prefix(floor));
    for (;;) {
      Binding binding = next_binding();
      if (binding <= floor) return left;
      TRY(left, infix(std::move(left), binding));
      bool chains = binding != Binding::kComparison && binding != Binding::kRange;
      if (!chains && next_binding() == binding)
        return fail(error(fmt::format(
            "{} does not chain; write (a < b) and (b < c), or use brackets", describe(peek()))));
    }
  }

  Binding next_binding() const {
    const Token& token = peek();
    if (token.kind == Token::Kind::kSymbol) {
      if (token.source == "[" || token.source == "::" || token.source == ".")
        return Binding::kPostfix;
      return binary_binding(token.source == "=="   ? "="
                            : token.source == "!=" ? "<>"
                                                   : token.source);
    }
    if (token.kind != Token::Kind::kWord) return Binding::kNothing;
    std::string word = lower_ascii(token.source);
    if (word == "and" || word == "or") return binary_binding(word);
    if (word == "is" || word == "isnull" || word == "notnull") return Binding::kIs;
    if (word == "between" || word == "in" || word == "like" || word == "ilike")
      return Binding::kRange;
    if (word == "not" &&
        (is_word("between", 1) || is_word("in", 1) || is_word("like", 1) || is_word("ilike", 1)))
      return Binding::kRange;
    return Binding::kNothing;
  }

  Result<Draft> infix(Draft left, Binding binding) {
    if (binding == Binding::kPostfix) return postfix(std::move(left));
    if (binding == Binding::kIs) return is_test(std::move(left));
    if (binding == Binding::kRange) return range(std::move(left));
    const Token& token = advance();
    std::string name = lower_ascii(token.source);
    if (name == "==") name = "=";
    if (name == "!=") name = "<>";
    TRY(Draft right, parse(binding));
    return call(std::move(name), token, pack(std::move(left), std::move(right)));
  }

  static std::vector<Draft> pack(Draft a) {
    std::vector<Draft> out;
    out.push_back(std::move(a));
    return out;
  }
  static std::vector<Draft> pack(Draft a, Draft b) {
    std::vector<Draft> out = pack(std::move(a));
    out.push_back(std::move(b));
    return out;
  }

  Result<Draft> negated(bool negate, const Token& place, Draft draft) {
    if (!negate) return draft;
    return call("not", place, pack(std::move(draft)));
  }

  Result<Draft> is_test(Draft left) {
    const Token& place = advance();
    std::string word = lower_ascii(place.source);
    if (word != "is") {
      TRY(Draft test, call("is null", place, pack(std::move(left))));
      return negated(word == "notnull", place, std::move(test));
    }
    bool negate = accept_word("not");
    if (accept_word("distinct")) {
      TRY_VOID(expect_word("from"));
      TRY(Draft right, parse(Binding::kIs));
      return call(negate ? "is not distinct from" : "is distinct from", place,
                  pack(std::move(left), std::move(right)));
    }
    if (is_word("true") || is_word("false")) {
      TRY(Draft right, prefix(Binding::kIs));
      return call(negate ? "is distinct from" : "is not distinct from", place,
                  pack(std::move(left), std::move(right)));
    }
    if (!accept_word("null"))
      return fail(error(fmt::format(
          "expected null, true, false or distinct from after is, before {}", describe(peek()))));
    TRY(Draft test, call("is null", place, pack(std::move(left))));
    return negated(negate, place, std::move(test));
  }

  Result<Draft> range(Draft left) {
    bool negate = accept_word("not");
    const Token& place = advance();
    std::string word = lower_ascii(place.source);
    std::vector<Draft> arguments = pack(std::move(left));
    if (word == "in") {
      TRY_VOID(expect_symbol("("));
      if (is_symbol(")")) return fail(error("in () needs at least one value"));
      TRY_VOID(list_until(")", arguments));
    } else {
      TRY(Draft first, parse(Binding::kRange));
      arguments.push_back(std::move(first));
      if (word == "between") {
        TRY_VOID(expect_word("and"));
        TRY(Draft second, parse(Binding::kRange));
        arguments.push_back(std::move(second));
      } else if (accept_word("escape")) {
        TRY(Draft escape, parse(Binding::kRange));
        arguments.push_back(std::move(escape));
      }
    }
    TRY(Draft test, call(std::move(word), place, std::move(arguments)));
    return negated(negate, place, std::move(test));
  }

  // Expressions separated by commas, and the closing symbol.
  Status list_until(std::string_view close, std::vector<Draft>& out) {
    if (accept_symbol(close)) return {};
    do {
      TRY(Draft item, parse(Binding::kNothing));
      out.push_back(std::move(item));
    } while (accept_symbol(","));
    return expect_symbol(close);
  }

  Result<Draft> postfix(Draft left) {
    const Token& place = advance();
    Node node;
    if (place.source == "[") {
      node.kind = Node::Kind::kSubscript;
      TRY(Draft index, parse(Binding::kNothing));
      TRY_VOID(expect_symbol("]"));
      return make(std::move(node), place, pack(std::move(left), std::move(index)));
    }
    if (place.source == "::") {
      node.kind = Node::Kind::kCast;
      TRY(node.type, type_name());
      return make(std::move(node), place, pack(std::move(left)));
    }
    node.kind = Node::Kind::kField;
    if (peek().kind != Token::Kind::kWord && peek().kind != Token::Kind::kQuotedName)
      return fail(error(fmt::format("expected a name after '.', before {}", describe(peek()))));
    node.name = advance().value;
    return make(std::move(node), place, pack(std::move(left)));
  }

  Result<Type> type_name() {
    const Token& token = peek();
    std::string name = token.kind == Token::Kind::kWord ? lower_ascii(token.source) : "";
    if (name == "decimal" || name == "numeric") {
      advance();
      return decimal_type(token);
    }
    std::optional<Type> type = type_named(name);
    if (!type)
      return fail(
          error(fmt::format("{} is not a type here; known are bool, int64, double, decimal(10,2), "
                            "string, bytes, date, "
                            "timestamp and SQL's names for them",
                            describe(token))));
    advance();
    return *type;
  }

  Result<Type> decimal_type(const Token& place) {
    if (!accept_symbol("(")) return Type::decimal(18, 3);  // DuckDB's default
    int precision = 0;
    int scale = 0;
    TRY(precision, small_number());
    if (accept_symbol(",")) {
      TRY(scale, small_number());
    }
    TRY_VOID(expect_symbol(")"));
    if (precision < 1 || precision > 38 || scale > precision)
      return fail(error_at(place, fmt::format("decimal({},{}): precision is 1 to 38 and scale 0 to "
                                              "precision",
                                              precision, scale)));
    return Type::decimal(static_cast<std::uint8_t>(precision), static_cast<std::uint8_t>(scale));
  }

  Result<int> small_number() {
    const Token& token = peek();
    int value = 0;
    auto [end, bad] =
        std::from_chars(token.value.data(), token.value.data() + token.value.size(), value);
    if (token.kind != Token::Kind::kInteger || bad != std::errc() || value > 1000)
      return fail(error(fmt::format("expected a number of digits before {}", describe(token))));
    advance();
    return value;
  }

  Result<Draft> prefix(Binding floor) {
    const Token& token = peek();
    if (is_word("not")) {
      if (floor > Binding::kNot)
        return fail(error("not binds weaker than the operator before it; write (not ...)"));
      advance();
      TRY(Draft operand, parse(Binding::kNot));
      return call("not", token, pack(std::move(operand)));
    }
    if (is_symbol("-")) return minus();
    if (is_symbol("+")) {
      advance();
      return parse(Binding::kMinus);
    }
    return primary();
  }

  Result<Draft> minus() {
    const Token& place = advance();
    if (peek().kind == Token::Kind::kInteger && peek().value == "9223372036854775808") {
      advance();
      return constant({Type::int64(), std::numeric_limits<std::int64_t>::min()}, place);
    }
    TRY(Draft operand, parse(Binding::kMinus));
    const Node& node = *operand.node;
    if (node.kind == Node::Kind::kLiteral) {
      Literal literal = node.literal;
      if (auto* i = std::get_if<std::int64_t>(&literal.value);
          i != nullptr && literal.type.id == TypeId::kInt64 && *i > 0) {
        *i = -*i;
        return constant(std::move(literal), place);
      }
      if (auto* d = std::get_if<double>(&literal.value); d != nullptr) {
        *d = -*d;
        return constant(std::move(literal), place);
      }
      if (auto* m = std::get_if<Int128>(&literal.value); m != nullptr) {
        *m = -*m;
        return constant(std::move(literal), place);
      }
    }
    return call("-", place, pack(std::move(operand)));
  }

  Result<Draft> primary() {
    const Token& token = peek();
    switch (token.kind) {
      case Token::Kind::kText: {
        advance();
        return constant({Type::string(), token.value}, token);
      }
      case Token::Kind::kInteger:
      case Token::Kind::kDecimal:
      case Token::Kind::kFloat:
        return number();
      case Token::Kind::kQuotedName:
        advance();
        return column(token.value, token);
      case Token::Kind::kWord:
        return word();
      case Token::Kind::kSymbol:
        if (token.source == "(") {
          advance();
          TRY(Draft inner, parse(Binding::kNothing));
          TRY_VOID(expect_symbol(")"));
          return inner;
        }
        [[fallthrough]];
      case Token::Kind::kEnd:
        break;
    }
    return fail(error(fmt::format("expected a value before {}", describe(token))));
  }

  Result<Draft> number() {
    const Token& token = advance();
    if (token.kind == Token::Kind::kInteger) {
      auto value = parse_integer(token.value);
      if (!value)
        return fail(
            error_at(token, fmt::format("{} is beyond int64; write {}.0 for a decimal or {}e0 "
                                        "for a double",
                                        token.value, token.value, token.value)));
      return constant({Type::int64(), *value}, token);
    }
    if (token.kind == Token::Kind::kFloat) {
      auto value = parse_double(token.value);
      if (!value) return fail(error_at(token, value.error().message()));
      return constant({Type::float64(), *value}, token);
    }
    // 1.50 is decimal(3,2) and 0.5 decimal(2,1): the digits as written, as in DuckDB.
    std::size_t scale = token.value.size() - token.value.find('.') - 1;
    std::size_t precision = std::max<std::size_t>(1, token.value.size() - 1);
    if (precision > 38)
      return fail(error_at(token,
                           "a decimal has at most 38 digits; write it with an exponent (1e40) "
                           "for a double"));
    TRY(Int128 value,
        parse_decimal(token.value, static_cast<int>(precision), static_cast<int>(scale)));
    return constant(
        {Type::decimal(static_cast<std::uint8_t>(precision), static_cast<std::uint8_t>(scale)),
         value},
        token);
  }

  Result<Draft> column(std::string name, const Token& place) {
    Node node;
    node.kind = Node::Kind::kColumn;
    node.name = std::move(name);
    return make(std::move(node), place, {});
  }

  Result<Draft> word() {
    const Token& token = advance();
    std::string name = lower_ascii(token.source);
    if (name == "null") return constant({Type::int64(), std::monostate{}}, token);
    if (name == "true") return constant({Type::boolean(), true}, token);
    if (name == "false") return constant({Type::boolean(), false}, token);
    if (name == "case") return case_when(token);
    if ((name == "date" || name == "timestamp") && peek().kind == Token::Kind::kText)
      return time_literal(name, token);
    if (name == "interval" && begins_interval()) return interval(token);
    if (is_symbol("(")) {
      if (name == "cast" || name == "try_cast") return cast(name == "try_cast", token);
      // `distinct` is a keyword only behind `is`; before a bracket it is the aggregate.
      if (!is_reserved(name) || name == "distinct") return function(std::move(name), token);
    }
    if (is_reserved(name))
      return fail(error_at(token, fmt::format("expected a value before '{}', which is a keyword; a "
                                              "column of that name is written \"{}\"",
                                              token.source, token.source)));
    return column(token.value, token);
  }

  Result<Draft> time_literal(const std::string& name, const Token& place) {
    const Token& text = advance();
    auto value = name == "date" ? parse_date_days(text.value) : parse_timestamp_us(text.value);
    if (!value) return fail(error_at(text, value.error().message()));
    return constant({name == "date" ? Type::date() : Type::timestamp(), *value}, place);
  }

  // A column may be called interval: a value behind the word makes it the literal.
  bool begins_interval() const {
    Token::Kind kind = peek().kind;
    return kind == Token::Kind::kText || kind == Token::Kind::kInteger ||
           kind == Token::Kind::kDecimal || kind == Token::Kind::kFloat || is_symbol("(");
  }

  // interval '3 hours', interval 3 hour, interval '3' hour, interval (n + 1) hour: each becomes the
  // call of a duration's function, hours(3), so that equal lengths have one canonical text.
  Result<Draft> interval(const Token& place) {
    if (accept_symbol("(")) {
      TRY(Draft count, parse(Binding::kNothing));
      TRY_VOID(expect_symbol(")"));
      TRY(std::int64_t unit_us, interval_unit());
      return duration(std::move(count), unit_us, place);
    }
    const Token& value = advance();
    bool has_unit = peek().kind == Token::Kind::kWord && !is_reserved(lower_ascii(peek().source));
    if (value.kind == Token::Kind::kText && !has_unit) {
      auto us = parse_interval_us(value.value);
      if (!us) return fail(error_at(value, us.error().message()));
      return duration(*us, place);
    }
    TRY(std::int64_t unit_us, interval_unit());
    auto count = parse_integer(value.value);
    std::int64_t us = 0;
    bool whole = count && value.value.find_first_of(".eE") == std::string::npos;
    if (!whole || __builtin_mul_overflow(*count, unit_us, &us))
      return fail(error_at(value, fmt::format("'{}' is not a whole number of that unit; a fraction "
                                              "stands in quotes: interval '1.5 hours'",
                                              value.value)));
    return duration(us, place);
  }

  Result<std::int64_t> interval_unit() {
    const Token& token = peek();
    if (token.kind != Token::Kind::kWord)
      return fail(error(fmt::format("expected the unit of the interval, such as hours, before {}",
                                    describe(token))));
    auto us = interval_unit_us(lower_ascii(token.source));
    if (!us) return fail(error(us.error().message()));
    advance();
    return *us;
  }

  Result<Draft> duration(std::int64_t us, const Token& place) {
    DurationUnit unit = duration_unit(us);
    TRY(Draft count, constant({Type::int64(), us / unit.us}, place));
    return call(std::string(unit.function), place, pack(std::move(count)));
  }

  Result<Draft> duration(Draft count, std::int64_t unit_us, const Token& place) {
    DurationUnit unit = duration_unit(unit_us);
    if (unit.us != unit_us) {  // a week is 7 days
      TRY(Draft times, constant({Type::int64(), unit_us / unit.us}, place));
      TRY(count, call("*", place, pack(std::move(count), std::move(times))));
    }
    return call(std::string(unit.function), place, pack(std::move(count)));
  }

  Result<Draft> cast(bool try_cast, const Token& place) {
    TRY_VOID(expect_symbol("("));
    TRY(Draft operand, parse(Binding::kNothing));
    TRY_VOID(expect_word("as"));
    Node node;
    node.kind = Node::Kind::kCast;
    node.try_cast = try_cast;
    TRY(node.type, type_name());
    TRY_VOID(expect_symbol(")"));
    return make(std::move(node), place, pack(std::move(operand)));
  }

  Result<Draft> case_when(const Token& place) {
    Node node;
    node.kind = Node::Kind::kCase;
    std::vector<Draft> arguments;
    if (!is_word("when")) {
      node.has_operand = true;
      TRY(Draft operand, parse(Binding::kNothing));
      arguments.push_back(std::move(operand));
    }
    TRY_VOID(expect_word("when"));
    do {
      TRY(Draft when, parse(Binding::kNothing));
      TRY_VOID(expect_word("then"));
      TRY(Draft then, parse(Binding::kNothing));
      arguments.push_back(std::move(when));
      arguments.push_back(std::move(then));
    } while (accept_word("when"));
    if (accept_word("else")) {
      node.has_else = true;
      TRY(Draft otherwise, parse(Binding::kNothing));
      arguments.push_back(std::move(otherwise));
    }
    TRY_VOID(expect_word("end"));
    return make(std::move(node), place, std::move(arguments));
  }

  Result<Draft> function(std::string name, const Token& place) {
    TRY_VOID(expect_symbol("("));
    if (name == "position") {  // position(part in whole) is strpos(whole, part)
      TRY(Draft part, parse(Binding::kRange));
      TRY_VOID(expect_word("in"));
      TRY(Draft whole, parse(Binding::kNothing));
      TRY_VOID(expect_symbol(")"));
      return call("strpos", place, pack(std::move(whole), std::move(part)));
    }
    if (name == "extract") {  // extract(year from t) is year(t)
      const Token& part = advance();
      TRY_VOID(expect_word("from"));
      TRY_VOID(known(lower_ascii(part.value), part));
      TRY(Draft from, parse(Binding::kNothing));
      TRY_VOID(expect_symbol(")"));
      return call(lower_ascii(part.value), place, pack(std::move(from)));
    }
    TRY_VOID(known(name, place));
    std::vector<Draft> arguments;
    TRY_VOID(list_until(")", arguments));
    return call(std::move(name), place, std::move(arguments));
  }

  Status known(std::string_view name, const Token& place) const {
    if (find_function(name) != nullptr || std::ranges::count(extra_functions_, name) > 0) return {};
    std::vector<std::string_view> names(extra_functions_.begin(), extra_functions_.end());
    for (const Component* component : components("function"))
      if (is_reserved(component->name) || component->name[0] < 'a')
        continue;
      else
        names.push_back(component->name);
    std::string_view near = nearest(name, names);
    std::string message = fmt::format("there is no function '{}'", name);
    if (!near.empty()) message += fmt::format("; did you mean '{}'?", near);
    return fail(error_at(place, std::move(message)));
  }

  std::vector<Token> tokens_;
  std::span<const std::string_view> extra_functions_;
  std::size_t at_ = 0;
  int nesting_ = 0;
};

}  // namespace

Result<Expression> parse_expression(std::string_view text,
                                    std::span<const std::string_view> extra_functions) {
  TRY(std::vector<Token> tokens, tokenize(text));
  TRY(NodePtr root, Parser(std::move(tokens), extra_functions).run());
  return Expression(std::move(root));
}

}  // namespace lode
