#include "orchestrate/receipt.h"

#include <charconv>

namespace lode {
namespace {

constexpr std::string_view kFormat = "lode-receipt ";
constexpr std::string_view kFirstLine = "lode-receipt 1";

// Lines of `word rest`.
class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) {}

  // The rest of the next line if it begins with `word`.
  std::optional<std::string_view> take(std::string_view word) {
    std::size_t end = text_.find('\n');
    std::string_view line = text_.substr(0, end);
    if (end == std::string_view::npos || !line.starts_with(word) || line.size() <= word.size() ||
        line[word.size()] != ' ')
      return std::nullopt;
    text_.remove_prefix(end + 1);
    return line.substr(word.size() + 1);
  }
  bool first_line() {
    std::string expected = std::string(kFirstLine) + "\n";
    if (!text_.starts_with(expected)) return false;
    text_.remove_prefix(expected.size());
    return true;
  }
  bool at_end() const { return text_.empty(); }

 private:
  std::string_view text_;
};

std::optional<std::int64_t> number(std::optional<std::string_view> text) {
  std::int64_t value = 0;
  if (!text) return std::nullopt;
  auto [end, status] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (status != std::errc() || end != text->data() + text->size() || value < 0) return std::nullopt;
  return value;
}

std::optional<ContentHash> hash(std::optional<std::string_view> text) {
  if (!text) return std::nullopt;
  Result<ContentHash> parsed = parse_content_hash(*text);
  return parsed ? std::optional(*parsed) : std::nullopt;
}

// The sum of everything before it: a flipped bit must not pass for another receipt.
std::string sealed(std::string body) {
  std::string sum = text(content_hash(body));
  return body + "sum " + sum + "\n";
}

}  // namespace

std::string receipt_text(const Receipt& receipt) {
  std::string out = fmt::format("{}\ndefinition {}\n", kFirstLine, text(receipt.definition));
  for (const Receipt::File& file : receipt.files)
    out += fmt::format("file {} {}\n", text(file.hash), file.name);
  out += fmt::format("zone {}\n", text(receipt.zone));
  if (receipt.aside) out += fmt::format("aside {}\n", text(*receipt.aside));
  out += fmt::format("first_seq {}\nrows {}\n", receipt.first_seq, receipt.rows);
  return sealed(std::move(out));
}

Result<Receipt> parse_receipt(std::string_view text) {
  auto corrupt = [] {
    return fail(Code::kCorrupt,
                "a receipt that lode did not write; remove .lode and run again to rebuild it");
  };
  constexpr std::size_t kSumLine = 4 + 64 + 1;
  if (text.size() < kSumLine || sealed(std::string(text.substr(0, text.size() - kSumLine))) != text)
    return corrupt();
  std::string_view version = text.substr(0, text.find('\n'));
  if (version.starts_with(kFormat) && version != kFirstLine)
    return fail(
        Code::kUnsupported,
        "a receipt of version {}, and this lode reads version 1; use the lode that wrote it, "
        "or remove .lode and run again",
        version.substr(kFormat.size()));
  Lines lines(text.substr(0, text.size() - kSumLine));
  Receipt receipt;
  if (!lines.first_line()) return corrupt();
  auto definition = hash(lines.take("definition"));
  if (!definition) return corrupt();
  receipt.definition = *definition;
  while (auto file = lines.take("file")) {
    auto file_hash = hash(file->substr(0, 64));
    if (!file_hash || file->size() < 66) return corrupt();
    receipt.files.push_back({*file_hash, std::string(file->substr(65))});
  }
  auto zone = hash(lines.take("zone"));
  if (auto aside = lines.take("aside")) {
    receipt.aside = hash(aside);
    if (!receipt.aside) return corrupt();
  }
  auto first_seq = number(lines.take("first_seq"));
  auto rows = number(lines.take("rows"));
  if (!zone || !first_seq || !rows || !lines.at_end()) return corrupt();
  receipt.zone = *zone;
  receipt.first_seq = *first_seq;
  receipt.rows = *rows;
  // Strictness for free: what is read must be what would be written.
  if (receipt_text(receipt) != text) return corrupt();
  return receipt;
}

}  // namespace lode
