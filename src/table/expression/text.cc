// The canonical text of a syntax tree, and the tree's own methods.
#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "base/time.h"
#include "table/expression.h"
#include "table/expression/syntax.h"

namespace lode {
namespace {

struct BindingRow {
  std::string_view name;
  Binding binding;
};
constexpr std::array<BindingRow, 14> kBinary = {{
    {"or", Binding::kOr},
    {"and", Binding::kAnd},
    {"=", Binding::kComparison},
    {"<>", Binding::kComparison},
    {"<", Binding::kComparison},
    {"<=", Binding::kComparison},
    {">", Binding::kComparison},
    {">=", Binding::kComparison},
    {"||", Binding::kOther},
    {"+", Binding::kSum},
    {"-", Binding::kSum},
    {"*", Binding::kProduct},
    {"/", Binding::kProduct},
    {"//", Binding::kProduct},
}};

constexpr std::array<std::string_view, 22> kReserved = {
    "and",    "as",    "between", "case",     "cast", "distinct", "else", "end",
    "escape", "false", "ilike",   "in",       "is",   "like",     "not",  "null",
    "or",     "then",  "true",    "try_cast", "when", "isnull"};

bool is_test(std::string_view name) {
  return name == "is null" || name == "is distinct from" || name == "is not distinct from";
}
bool is_range(std::string_view name) {
  return name == "between" || name == "in" || name == "like" || name == "ilike";
}

// How tightly a node holds together when it is written; brackets are needed inside anything
// tighter.
Binding binding_of(const Node& node) {
  if (node.kind == Node::Kind::kSubscript || node.kind == Node::Kind::kField)
    return Binding::kPostfix;
  if (node.kind == Node::Kind::kLiteral) {
    // A leading minus binds like the operator.
    return literal_text(node.literal)[0] == '-' ? Binding::kMinus : Binding::kPostfix;
  }
  if (node.kind != Node::Kind::kCall) return Binding::kPostfix;
  if (node.name == "-" && node.arguments.size() == 1) return Binding::kMinus;
  if (node.name == "not") return Binding::kNot;
  if (is_test(node.name)) return Binding::kIs;
  if (is_range(node.name)) return Binding::kRange;
  Binding binary = binary_binding(node.name);
  return binary == Binding::kNothing ? Binding::kPostfix : binary;
}

class Printer {
 public:
  std::string out;

  // `floor` as in the parser: a node that binds no tighter gets brackets.
  void print(const Node& node, Binding floor) {
    bool brackets = binding_of(node) <= floor;
    if (brackets) out += '(';
    bare(node);
    if (brackets) out += ')';
  }

 private:
  void bare(const Node& node) {
    switch (node.kind) {
      case Node::Kind::kLiteral:
        out += literal_text(node.literal);
        break;
      case Node::Kind::kColumn:
        out += name_text(node.name);
        break;
      case Node::Kind::kCall:
        call(node);
        break;
      case Node::Kind::kCast:
        out += node.try_cast ? "try_cast(" : "cast(";
        print(*node.arguments[0], Binding::kNothing);
        out += " as " + node.type.text() + ")";
        break;
      case Node::Kind::kCase:
        case_when(node);
        break;
      case Node::Kind::kSubscript:
        print(*node.arguments[0], Binding::kMinus);
        out += '[';
        print(*node.arguments[1], Binding::kNothing);
        out += ']';
        break;
      case Node::Kind::kField:
        field_operand(*node.arguments[0]);
        out += '.';
        out += name_text(node.name);
        break;
    }
  }

  // 1.x would read as a number.
  void field_operand(const Node& node) {
    bool brackets = node.kind == Node::Kind::kLiteral || binding_of(node) <= Binding::kMinus;
    if (brackets) out += '(';
    bare(node);
    if (brackets) out += ')';
  }

  void list(const Node& node, std::size_t begin) {
    out += '(';
    for (std::size_t i = begin; i < node.arguments.size(); ++i) {
      if (i > begin) out += ", ";
      print(*node.arguments[i], Binding::kNothing);
    }
    out += ')';
  }

  void call(const Node& node) {
    const auto& arguments = node.arguments;
    Binding binding = binding_of(node);
    if (binding == Binding::kPostfix) {
      out += node.name;
      list(node, 0);
    } else if (node.name == "-" && arguments.size() == 1) {
      // Brackets around a literal: -(5) is an operation, -5 a constant.
      out += '-';
      bool literal = arguments[0]->kind == Node::Kind::kLiteral;
      print(*arguments[0], literal ? Binding::kPostfix : Binding::kMinus);
    } else if (node.name == "not") {
      out += "not ";
      print(*arguments[0], static_cast<Binding>(static_cast<int>(Binding::kNot) - 1));
    } else if (node.name == "is null") {
      print(*arguments[0], static_cast<Binding>(static_cast<int>(Binding::kIs) - 1));
      out += " is null";
    } else if (node.name == "between") {
      print(*arguments[0], Binding::kRange);
      out += " between ";
      print(*arguments[1], Binding::kRange);
      out += " and ";
      print(*arguments[2], Binding::kRange);
    } else if (node.name == "in") {
      print(*arguments[0], Binding::kRange);
      out += " in ";
      list(node, 1);
    } else {
      binary(node, binding);
      if (arguments.size() > 2) {  // like ... escape
        out += " escape ";
        print(*arguments[2], Binding::kRange);
      }
    }
  }

  void binary(const Node& node, Binding binding) {
    bool chains = binding != Binding::kComparison && binding != Binding::kRange;
    Binding left = chains ? static_cast<Binding>(static_cast<int>(binding) - 1) : binding;
    print(*node.arguments[0], left);
    out += ' ' + node.name + ' ';
    print(*node.arguments[1], binding);
  }

  void case_when(const Node& node) {
    std::size_t i = 0;
    out += "case";
    if (node.has_operand) {
      out += ' ';
      print(*node.arguments[i++], Binding::kNothing);
    }
    while (i + 1 < node.arguments.size()) {
      out += " when ";
      print(*node.arguments[i++], Binding::kNothing);
      out += " then ";
      print(*node.arguments[i++], Binding::kNothing);
    }
    if (node.has_else) {
      out += " else ";
      print(*node.arguments[i], Binding::kNothing);
    }
    out += " end";
  }
};

NodePtr rewrite_node(const NodePtr& node, const std::function<NodePtr(const NodePtr&)>& change) {
  NodePtr current = node;
  std::vector<NodePtr> arguments;
  bool changed = false;
  for (const NodePtr& argument : node->arguments) {
    arguments.push_back(rewrite_node(argument, change));
    changed = changed || arguments.back() != argument;
  }
  if (changed) {
    Node copy = *node;
    copy.arguments = std::move(arguments);
    current = std::make_shared<const Node>(std::move(copy));
  }
  NodePtr other = change(current);
  return other ? other : current;
}

void visit_node(const Node& node, const std::function<void(const Node&)>& see) {
  see(node);
  for (const NodePtr& argument : node.arguments) visit_node(*argument, see);
}

// With exactly as many digits as its type has, so that it reads back with the same type: .5 is
// decimal(1,1), 0.5 decimal(2,1), 5. decimal(1,0).
std::string decimal_literal(Int128 value, const Type& type) {
  std::string digits = decimal_text(value, type.scale);
  bool negative = digits[0] == '-';
  if (negative) digits.erase(0, 1);
  if (type.scale == 0) digits += '.';
  while (digits.size() < std::size_t{type.precision} + 1) digits.insert(0, 1, '0');
  if (digits.size() > std::size_t{type.precision} + 1 && digits[0] == '0') digits.erase(0, 1);
  return negative ? '-' + digits : digits;
}

}  // namespace

Binding binary_binding(std::string_view name) {
  if (name == "%") return Binding::kProduct;
  for (const BindingRow& row : kBinary)
    if (row.name == name) return row.binding;
  return Binding::kNothing;
}

bool is_reserved(std::string_view word) { return std::ranges::count(kReserved, word) > 0; }

std::string lower_ascii(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::string name_text(std::string_view name) {
  auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  bool is_plain = !name.empty() && !(name[0] >= '0' && name[0] <= '9') &&
                  std::ranges::all_of(name, plain) && !is_reserved(lower_ascii(name));
  if (is_plain) return std::string(name);
  std::string out = "\"";
  for (char c : name) {
    if (c == '"') out += c;
    out += c;
  }
  return out + '"';
}

// As a literal is read: year 0 is 0000, where a cast to text says 0001 (BC).
std::string date_literal(std::int64_t days) {
  Civil civil = civil_from_days(days);
  return fmt::format("{:04}-{:02}-{:02}", civil.year, civil.month, civil.day);
}

std::string timestamp_literal(std::int64_t us) {
  Civil civil = civil_from_micros(us);
  std::string text = timestamp_text(us);
  return date_literal(days_from_civil(civil.year, civil.month, civil.day)) +
         text.substr(text.rfind(' '));
}

std::string literal_text(const Literal& literal) {
  if (literal.is_null()) return "null";
  if (const bool* b = std::get_if<bool>(&literal.value)) return *b ? "true" : "false";
  if (const Int128* m = std::get_if<Int128>(&literal.value)) {
    return decimal_literal(*m, literal.type);
  }
  if (const double* d = std::get_if<double>(&literal.value)) {
    std::array<char, 32> room{};
    auto end =
        std::to_chars(room.data(), room.data() + room.size(), *d, std::chars_format::scientific);
    return std::string(room.data(), end.ptr);
  }
  if (const std::int64_t* i = std::get_if<std::int64_t>(&literal.value)) {
    if (literal.type.id == TypeId::kDate) return "date '" + date_literal(*i) + "'";
    if (literal.type.id == TypeId::kTimestamp) return "timestamp '" + timestamp_literal(*i) + "'";
    return fmt::format("{}", *i);
  }
  std::string out = "'";
  for (char c : std::get<std::string>(literal.value)) {
    if (c == '\'') out += c;
    out += c;
  }
  return out + '\'';
}

std::string Expression::text() const {
  Printer printer;
  printer.print(*root_, Binding::kNothing);
  return std::move(printer.out);
}

std::vector<std::string> Expression::columns_used() const {
  std::set<std::string> names;
  visit([&](const Node& node) {
    if (node.kind == Node::Kind::kColumn) names.insert(node.name);
  });
  return {names.begin(), names.end()};
}

Expression Expression::rewrite(const std::function<NodePtr(const NodePtr&)>& change) const {
  return Expression(rewrite_node(root_, change));
}

void Expression::visit(const std::function<void(const Node&)>& see) const {
  visit_node(*root_, see);
}

NodePtr column_node(std::string name) {
  Node node;
  node.kind = Node::Kind::kColumn;
  node.name = std::move(name);
  return std::make_shared<const Node>(std::move(node));
}

NodePtr call_node(std::string function, std::vector<NodePtr> arguments) {
  Node node;
  node.kind = Node::Kind::kCall;
  node.name = std::move(function);
  node.arguments = std::move(arguments);
  return std::make_shared<const Node>(std::move(node));
}

NodePtr literal_node(Literal literal) {
  Node node;
  node.literal = std::move(literal);
  return std::make_shared<const Node>(std::move(node));
}

}  // namespace lode
