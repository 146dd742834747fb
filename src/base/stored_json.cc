#include "base/stored_json.h"

#include <charconv>
#include <limits>

namespace lode {
namespace {

constexpr int kDeepest = 64;

class JsonReader {
 public:
  explicit JsonReader(std::string_view text) : text_(text) {}

  Result<JsonValue> document() {
    TRY(JsonValue value, any(0));
    skip_blanks();
    if (at_ != text_.size()) return wrong("more text behind the document");
    return value;
  }

 private:
  std::unexpected<Error> wrong(std::string_view what) const {
    return fail(Code::kCorrupt, "stored JSON is damaged at byte {}: {}", at_, what);
  }

  void skip_blanks() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").contains(text_[at_])) ++at_;
  }

  bool take(char c) {
    skip_blanks();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  bool take_word(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  Result<JsonValue> any(int depth) {
    skip_blanks();
    if (depth > kDeepest) return wrong("nested too deep");
    std::size_t begin = at_;
    TRY(JsonValue value, one(depth));
    value.raw = text_.substr(begin, at_ - begin);
    return value;
  }

  Result<JsonValue> one(int depth) {
    JsonValue value;
    if (at_ == text_.size()) return wrong("a value is missing");
    switch (text_[at_]) {
      case '{':
        return object(depth);
      case '[':
        return array(depth);
      case '"': {
        value.kind = JsonValue::Kind::kString;
        TRY(value.text, string());
        return value;
      }
      default:
        break;
    }
    if (take_word("null")) return value;
    value.kind = JsonValue::Kind::kBool;
    value.number = 1;
    if (take_word("true")) return value;
    value.number = 0;
    if (take_word("false")) return value;
    return number();
  }

  Result<JsonValue> number() {
    JsonValue value;
    value.kind = JsonValue::Kind::kNumber;
    if (!std::string_view("-0123456789").contains(text_[at_])) return wrong("no value");
    const char* begin = text_.data() + at_;
    auto [end, status] = std::from_chars(begin, text_.data() + text_.size(), value.number);
    if (status != std::errc()) return wrong("no value");
    at_ += static_cast<std::size_t>(end - begin);
    return value;
  }

  Result<JsonValue> array(int depth) {
    JsonValue value;
    value.kind = JsonValue::Kind::kArray;
    ++at_;
    if (take(']')) return value;
    do {
      TRY(JsonValue item, any(depth + 1));
      value.items.push_back(std::move(item));
    } while (take(','));
    if (!take(']')) return wrong("a ] is missing");
    return value;
  }

  Result<JsonValue> object(int depth) {
    JsonValue value;
    value.kind = JsonValue::Kind::kObject;
    ++at_;
    if (take('}')) return value;
    do {
      skip_blanks();
      TRY(std::string name, string());
      if (!take(':')) return wrong("a : is missing");
      TRY(JsonValue member, any(depth + 1));
      value.members.emplace_back(std::move(name), std::move(member));
    } while (take(','));
    if (!take('}')) return wrong("a } is missing");
    return value;
  }

  Result<std::string> string() {
    if (!take_word("\"")) return wrong("a text is missing");
    std::string out;
    while (at_ < text_.size() && text_[at_] != '"') {
      if (text_[at_] == '\\') {
        TRY_VOID(escape(out));
      } else {
        out += text_[at_++];
      }
    }
    if (!take_word("\"")) return wrong("a text does not end");
    return out;
  }

  Status escape(std::string& out) {
    constexpr std::string_view kLetters = "\"\\/bfnrt";
    constexpr std::string_view kMeant = "\"\\/\b\f\n\r\t";
    ++at_;
    if (take_word("u")) return code_point(out);
    std::size_t which = at_ < text_.size() ? kLetters.find(text_[at_]) : kLetters.npos;
    if (which == kLetters.npos) return wrong("an unknown escape");
    out += kMeant[which];
    ++at_;
    return {};
  }

  // JsonWriter escapes control characters only; pairs of surrogates are not among them.
  Status code_point(std::string& out) {
    unsigned code = 0;
    std::string_view digits = text_.substr(at_, 4);
    auto [end, status] = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
    if (digits.size() < 4 || status != std::errc() || end != digits.data() + 4 || code >= 0x80)
      return wrong("an escape that lode does not write");
    at_ += 4;
    out += static_cast<char>(code);
    return {};
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

const JsonValue* JsonValue::find(std::string_view name) const {
  for (const auto& [key, value] : members)
    if (key == name) return &value;
  return nullptr;
}

double JsonValue::at(std::string_view name) const {
  const JsonValue* member = find(name);
  if (member == nullptr || member->kind != Kind::kNumber)
    return std::numeric_limits<double>::quiet_NaN();
  return member->number;
}

Result<JsonValue> parse_json(std::string_view text) { return JsonReader(text).document(); }

}  // namespace lode
