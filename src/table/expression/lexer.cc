#include "table/expression/lexer.h"

#include <array>

namespace lode {
namespace {

constexpr std::size_t kLongestText = 64 * 1024;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool is_word(char c) { return is_word_start(c) || is_digit(c) || c == '$'; }

// Longest first, so that "//" is not two slashes.
constexpr std::array<std::string_view, 24> kSymbols = {
    "<=", ">=", "<>", "!=", "==", "||", "//", "::", "(", ")", "[", "]",
    ",",  ".",  "+",  "-",  "*",  "/",  "%",  "<",  ">", "=", ":", ";"};

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Result<std::vector<Token>> run() {
    if (text_.size() > kLongestText)
      return fail(Code::kLimit, "an expression is at most {} bytes long; this one has {}",
                  kLongestText, text_.size());
    std::vector<Token> tokens;
    for (;;) {
      skip_blanks();
      TRY(Token token, next());
      tokens.push_back(std::move(token));
      if (tokens.back().kind == Token::Kind::kEnd) return tokens;
    }
  }

 private:
  void skip_blanks() {
    while (at_ < text_.size()) {
      char c = text_[at_];
      if (c == '\n') {
        ++line_;
        line_begin_ = ++at_;
      } else if (c == ' ' || c == '\t' || c == '\r') {
        ++at_;
      } else if (c == '-' && text_.substr(at_, 2) == "--") {
        while (at_ < text_.size() && text_[at_] != '\n') ++at_;
      } else {
        return;
      }
    }
  }

  Where here() const {
    return {.file = {},
            .line = line_,
            .column = static_cast<std::int64_t>(at_ - line_begin_) + 1,
            .offset = -1,
            .field = {}};
  }

  Token token(Token::Kind kind, std::size_t end) {
    Token out;
    out.kind = kind;
    out.source = text_.substr(at_, end - at_);
    out.value = out.source;
    out.line = line_;
    out.column = static_cast<std::int64_t>(at_ - line_begin_) + 1;
    at_ = end;
    return out;
  }

  Result<Token> next() {
    if (at_ == text_.size()) return token(Token::Kind::kEnd, at_);
    char c = text_[at_];
    if (c == '\'') return quoted(Token::Kind::kText, '\'');
    if (c == '"') return quoted(Token::Kind::kQuotedName, '"');
    if (is_digit(c) || (c == '.' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1])))
      return number();
    if (is_word_start(c)) {
      std::size_t end = at_ + 1;
      while (end < text_.size() && is_word(text_[end])) ++end;
      return token(Token::Kind::kWord, end);
    }
    for (std::string_view symbol : kSymbols)
      if (text_.substr(at_).starts_with(symbol))
        return token(Token::Kind::kSymbol, at_ + symbol.size());
    return fail(
        Error(Code::kInvalid, fmt::format("unexpected character {}", printable(c)), here()));
  }

  static std::string printable(char c) {
    if (c > ' ' && c < 0x7f) return fmt::format("'{}'", c);
    return fmt::format("0x{:02x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
  }

  // A doubled quote stands for one; lines may be crossed.
  Result<Token> quoted(Token::Kind kind, char quote) {
    Where begin = here();
    std::string value;
    std::size_t end = at_ + 1;
    std::int64_t lines = 0;
    std::size_t last_line_begin = line_begin_;
    for (;; ++end) {
      if (end >= text_.size())
        return fail(Error(Code::kInvalid,
                          fmt::format("the {} begun here has no closing {}",
                                      quote == '"' ? "name" : "text", quote),
                          begin));
      if (text_[end] == '\0')
        return fail(Error(Code::kInvalid, "a zero byte inside quotes is not allowed", begin));
      if (text_[end] == '\n') {
        ++lines;
        last_line_begin = end + 1;
      }
      if (text_[end] == quote) {
        if (end + 1 >= text_.size() || text_[end + 1] != quote) break;
        ++end;
      }
      value += text_[end];
    }
    if (kind == Token::Kind::kQuotedName && value.empty())
      return fail(Error(Code::kInvalid, "a name in quotes cannot be empty", begin));
    Token out = token(kind, end + 1);
    out.value = std::move(value);
    line_ += lines;
    line_begin_ = last_line_begin;
    return out;
  }

  // 12, 1_000, 1.5, .5, 5., 1e3: SQL's exact and approximate numbers.
  Result<Token> number() {
    std::size_t end = at_;
    std::string digits;
    auto take_digits = [&] {
      while (end < text_.size() &&
             (is_digit(text_[end]) || (text_[end] == '_' && end > at_ && is_digit(text_[end - 1]) &&
                                       end + 1 < text_.size() && is_digit(text_[end + 1])))) {
        if (text_[end] != '_') digits += text_[end];
        ++end;
      }
    };
    Token::Kind kind = Token::Kind::kInteger;
    take_digits();
    if (end < text_.size() && text_[end] == '.') {
      kind = Token::Kind::kDecimal;
      digits += '.';
      ++end;
      take_digits();
    }
    if (end < text_.size() && (text_[end] == 'e' || text_[end] == 'E')) {
      kind = Token::Kind::kFloat;
      digits += 'e';
      ++end;
      if (end < text_.size() && (text_[end] == '+' || text_[end] == '-')) digits += text_[end++];
      take_digits();
    }
    bool complete = is_digit(digits.back()) || (digits.back() == '.' && digits.size() > 1);
    if (!complete || (end < text_.size() && is_word(text_[end])))
      return fail(Error(Code::kInvalid,
                        fmt::format("'{}' is not a number", text_.substr(at_, end + 1 - at_)),
                        here()));
    Token out = token(kind, end);
    out.value = std::move(digits);
    return out;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_begin_ = 0;
  std::int64_t line_ = 1;
};

}  // namespace

Result<std::vector<Token>> tokenize(std::string_view text) { return Lexer(text).run(); }

}  // namespace lode
