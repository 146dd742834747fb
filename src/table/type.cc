#include "table/type.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace lode {
namespace {

struct NamedType {
  std::string_view name;
  TypeId id;
};

// Simple types by the name text() gives them; decimal, list and struct have forms of their own.
constexpr std::array<NamedType, 7> kSimple = {{
    {"bool", TypeId::kBool},
    {"int64", TypeId::kInt64},
    {"double", TypeId::kDouble},
    {"string", TypeId::kString},
    {"bytes", TypeId::kBytes},
    {"date", TypeId::kDate},
    {"timestamp", TypeId::kTimestamp},
}};

constexpr int kDeepestType = 32;

// Recursive descent over type names: name | decimal(p,s) | list<T> | struct<name: T, ...>.
class TypeParser {
 public:
  explicit TypeParser(std::string_view text) : text_(text) {}

  Result<Type> parse() {
    TRY(Type type, type_at(0));
    skip_blanks();
    if (at_ != text_.size()) return fail(unexpected());
    return type;
  }

 private:
  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }

  bool accept(char c) {
    skip_blanks();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  Error unexpected() const {
    return Error(
        Code::kInvalid,
        fmt::format(
            "'{}' is not a type{}; write bool, int64, double, decimal(10,2), string, bytes, "
            "date, timestamp, list<int64> or struct<a: int64, b: string>",
            text_, at_ == 0 ? "" : fmt::format(": stopped at position {}", at_ + 1)));
  }

  std::string_view word() {
    skip_blanks();
    std::size_t begin = at_;
    while (at_ < text_.size() &&
           std::string_view("<>(),: \t").find(text_[at_]) == std::string_view::npos)
      ++at_;
    return text_.substr(begin, at_ - begin);
  }

  // A field's name: plain, or in double quotes with "" for a quote in it.
  Result<std::string> field_name() {
    skip_blanks();
    if (at_ == text_.size() || text_[at_] != '"') {
      std::string name(word());
      if (name.empty()) return fail(unexpected());
      return name;
    }
    std::string name;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] != '"') {
        name += text_[at_];
      } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
        name += text_[++at_];
      } else {
        ++at_;
        return name;
      }
    }
    return fail(unexpected());
  }

  Result<int> number() {
    std::string_view digits = word();
    int value = 0;
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size()) return fail(unexpected());
    return value;
  }

  Result<Type> decimal() {
    if (!accept('(')) return fail(unexpected());
    TRY(int precision, number());
    int scale = 0;
    if (accept(',')) {
      TRY(scale, number());
    }
    if (!accept(')')) return fail(unexpected());
    if (precision < 1 || precision > 38 || scale < 0 || scale > precision)
      return fail(Code::kInvalid, "decimal({},{}): precision is 1 to 38 and scale 0 to precision",
                  precision, scale);
    return Type::decimal(static_cast<std::uint8_t>(precision), static_cast<std::uint8_t>(scale));
  }

  Result<Type> structure(int depth) {
    if (!accept('<')) return fail(unexpected());
    std::vector<Field> fields;
    if (accept('>')) return Type::structure({});
    do {
      TRY(std::string name, field_name());
      if (!accept(':')) return fail(unexpected());
      TRY(Type type, type_at(depth + 1));
      if (std::ranges::any_of(fields, [&](const Field& f) { return f.name == name; }))
        return fail(Code::kInvalid, "'{}': two fields are named '{}'", text_, name);
      fields.push_back({std::move(name), std::move(type)});
    } while (accept(','));
    if (!accept('>')) return fail(unexpected());
    return Type::structure(std::move(fields));
  }

  Result<Type> type_at(int depth) {
    if (depth > kDeepestType)
      return fail(Code::kLimit, "types may be nested {} levels deep", kDeepestType);
    std::size_t begin = at_;
    std::string_view name = word();
    for (const NamedType& simple : kSimple)
      if (simple.name == name) return Type{simple.id};
    if (name == "decimal") return decimal();
    if (name == "struct") return structure(depth);
    if (name == "list") {
      if (!accept('<')) return fail(unexpected());
      TRY(Type element, type_at(depth + 1));
      if (!accept('>')) return fail(unexpected());
      return Type::list(std::move(element));
    }
    at_ = begin;
    skip_blanks();
    return fail(unexpected());
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

// Field names that the parser would not read back as one word are quoted.
std::string quoted_if_needed(const std::string& name) {
  bool plain = !name.empty() && name.find_first_of("<>(),: \t\"") == std::string::npos;
  if (plain) return name;
  std::string out = "\"";
  for (char c : name) {
    if (c == '"') out += c;
    out += c;
  }
  return out + '"';
}

}  // namespace

Type Type::list(Type element) {
  Type type{TypeId::kList};
  type.children = std::make_shared<const std::vector<Field>>(1, Field{"item", std::move(element)});
  return type;
}

Type Type::structure(std::vector<Field> fields) {
  Type type{TypeId::kStruct};
  type.children = std::make_shared<const std::vector<Field>>(std::move(fields));
  return type;
}

std::string Type::text() const {
  for (const NamedType& simple : kSimple)
    if (simple.id == id) return std::string(simple.name);
  if (id == TypeId::kDecimal) return fmt::format("decimal({},{})", precision, scale);
  if (id == TypeId::kList) return fmt::format("list<{}>", children->front().type.text());
  std::string out = "struct<";
  for (const Field& field : *children) {
    if (out.size() > 7) out += ", ";
    out += quoted_if_needed(field.name) + ": " + field.type.text();
  }
  return out + '>';
}

bool Type::operator==(const Type& other) const {
  if (id != other.id || precision != other.precision || scale != other.scale) return false;
  if (children == other.children) return true;
  if (!children || !other.children) return false;
  if (id == TypeId::kList) return children->front().type == other.children->front().type;
  return *children == *other.children;
}

Result<Type> parse_type(std::string_view text) { return TypeParser(text).parse(); }

std::optional<std::size_t> Schema::find(std::string_view name) const {
  for (std::size_t i = 0; i < fields_.size(); ++i)
    if (fields_[i].name == name) return i;
  return std::nullopt;
}

}  // namespace lode
