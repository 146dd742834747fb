#include "orchestrate/receipt.h"

#include <charconv>

namespace lode {
namespace {

constexpr std::string_view kMagic = "lode-receipt";

// Fields of a line are separated by one blank; a name is the rest of its line.
std::optional<std::string_view> next_field(std::string_view& line) {
  if (line.empty()) return std::nullopt;
  std::size_t blank = line.find(' ');
  std::string_view field = line.substr(0, blank);
  line.remove_prefix(blank == std::string_view::npos ? line.size() : blank + 1);
  return field.empty() ? std::nullopt : std::optional(field);
}

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
  bool at_end() const { return text_.empty(); }

 private:
  std::string_view text_;
};

// A line feed in a file's name must not end its line.
std::string escaped(std::string_view name) {
  std::string out;
  for (char c : name) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out;
}

std::optional<std::string> unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    ++i;
    if (i == text.size() || (text[i] != '\\' && text[i] != 'n')) return std::nullopt;
    out += text[i] == 'n' ? '\n' : '\\';
  }
  return out.empty() ? std::nullopt : std::optional(std::move(out));
}

// The sum of everything before it: a flipped bit must not pass for another receipt.
std::string sealed(const std::string& body) {
  std::string sum = text(content_hash(body));
  return body + "sum " + sum + "\n";
}

constexpr std::int64_t kVersion = 3;

// "byte,row,line,ending,before,state", or "-" for a file that cannot be read on; in version 2
// without byte and before.
std::string end_text(const std::optional<ReadPosition>& end, std::int64_t version) {
  if (!end) return "-";
  auto ending = static_cast<int>(end->ending);
  if (version == 2)
    return fmt::format("{},{},{},{}", end->row, end->line, ending == 0 ? 0 : 1, end->state);
  std::string before = end->before ? text(*end->before) : "-";
  return fmt::format("{},{},{},{},{},{}", end->byte, end->row, end->line, ending, before,
                     end->state);
}

// Fields end with a comma, but for the last.
std::optional<std::string_view> field_of(std::string_view& text) {
  std::size_t comma = text.find(',');
  if (comma == std::string_view::npos) return std::nullopt;
  std::string_view field = text.substr(0, comma);
  text.remove_prefix(comma + 1);
  return field;
}

bool parse_end(std::string_view text, std::int64_t version, Receipt::File& file) {
  if (text == "-") return true;
  auto byte = version == 2 ? std::optional(file.bytes) : number(field_of(text));
  auto row = number(field_of(text));
  auto line = number(field_of(text));
  auto ending = number(field_of(text));
  if (!byte || !row || !line || !ending || *ending > (version == 2 ? 1 : 2)) return false;
  if (version == 2 && *ending == 1) ending = 2;
  ReadPosition end{*byte, *row, *line, {}, static_cast<ReadPosition::Ending>(*ending), {}};
  if (version > 2) {
    auto before = field_of(text);
    if (before != "-") {
      end.before = hash(before);
      if (!end.before) return false;
    }
  }
  end.state = text;
  file.end = std::move(end);
  return true;
}

bool parse_file(std::string_view line, std::int64_t version, Receipt& receipt) {
  Receipt::File& file = receipt.files.emplace_back();
  auto file_hash = hash(next_field(line));
  auto bytes = number(next_field(line));
  auto end = next_field(line);
  auto name = unescaped(line);
  if (!file_hash || !bytes || !end || !name) return false;
  file.hash = *file_hash;
  file.bytes = *bytes;
  file.name = *std::move(name);
  return parse_end(*end, version, file);
}

bool parse_stretch(std::string_view line, Receipt& receipt) {
  auto file = number(next_field(line));
  auto first_seq = number(next_field(line));
  auto rows = number(next_field(line));
  if (!file || !first_seq || !rows || !line.empty()) return false;
  if (std::cmp_greater_equal(*file, receipt.files.size())) return false;
  receipt.stretches.push_back({*file, *first_seq, *rows});
  return true;
}

bool parse_zones(Lines& lines, Receipt& receipt) {
  if (auto zone = lines.take("zone")) {
    receipt.zone = hash(zone);
    if (!receipt.zone) return false;
  }
  if (auto aside = lines.take("aside")) {
    receipt.aside = hash(aside);
    if (!receipt.aside) return false;
  }
  return true;
}

bool parse_2_or_3(Lines& lines, std::int64_t version, Receipt& receipt) {
  while (auto file = lines.take("file"))
    if (!parse_file(*file, version, receipt)) return false;
  std::int64_t seq = 0;
  while (auto stretch = lines.take("stretch")) {
    if (!parse_stretch(*stretch, receipt) || receipt.stretches.back().first_seq < seq) return false;
    seq = receipt.stretches.back().first_seq + receipt.stretches.back().rows;
  }
  auto next_seq = number(lines.take("next_seq"));
  if (!next_seq || *next_seq < seq) return false;
  receipt.next_seq = *next_seq;
  return parse_zones(lines, receipt);
}

// Files without sizes, whose rows had consecutive seqs, without saying which had how many: all of
// them are put down to the first.
bool parse_1(Lines& lines, Receipt& receipt) {
  while (auto line = lines.take("file")) {
    auto file_hash = hash(line->substr(0, 64));
    if (!file_hash || line->size() < 66) return false;
    receipt.files.push_back({*file_hash, std::string(line->substr(65))});
  }
  if (!parse_zones(lines, receipt) || !receipt.zone) return false;
  auto first_seq = number(lines.take("first_seq"));
  auto rows = number(lines.take("rows"));
  if (!first_seq || !rows) return false;
  if (!receipt.files.empty()) receipt.stretches.push_back({0, *first_seq, *rows});
  receipt.next_seq = *first_seq + *rows;
  return true;
}

std::string text_of(const Receipt& receipt, std::int64_t version) {
  std::string out =
      fmt::format("{} {}\ndefinition {}\n", kMagic, version, text(receipt.definition));
  for (const Receipt::File& file : receipt.files)
    out += fmt::format("file {} {} {} {}\n", text(file.hash), file.bytes,
                       end_text(file.end, version), escaped(file.name));
  for (const Receipt::Stretch& stretch : receipt.stretches)
    out += fmt::format("stretch {} {} {}\n", stretch.file, stretch.first_seq, stretch.rows);
  out += fmt::format("next_seq {}\n", receipt.next_seq);
  if (receipt.zone) out += fmt::format("zone {}\n", text(*receipt.zone));
  if (receipt.aside) out += fmt::format("aside {}\n", text(*receipt.aside));
  return sealed(std::move(out));
}

}  // namespace

std::int64_t Receipt::rows() const {
  std::int64_t rows = 0;
  for (const Stretch& stretch : stretches) rows += stretch.rows;
  return rows;
}

std::int64_t Receipt::first_seq() const {
  return stretches.empty() ? next_seq : stretches.front().first_seq;
}

std::string receipt_text(const Receipt& receipt) { return text_of(receipt, kVersion); }

Result<Receipt> parse_receipt(std::string_view text) {
  auto corrupt = [] {
    return fail(Code::kCorrupt,
                "a receipt that lode did not write; remove .lode and run again to rebuild it");
  };
  constexpr std::size_t kSumLine = 4 + 64 + 1;
  if (text.size() < kSumLine || sealed(std::string(text.substr(0, text.size() - kSumLine))) != text)
    return corrupt();
  Lines lines(text.substr(0, text.size() - kSumLine));
  auto version = number(lines.take(kMagic));
  if (!version || *version < 1) return corrupt();
  if (*version > kVersion)
    return fail(Code::kUnsupported,
                "a receipt of version {}, and this lode reads versions 1 to {}; use the lode that "
                "wrote it, or remove .lode and run again",
                *version, kVersion);
  Receipt receipt;
  auto definition = hash(lines.take("definition"));
  if (!definition) return corrupt();
  receipt.definition = *definition;
  bool parsed = *version == 1 ? parse_1(lines, receipt) : parse_2_or_3(lines, *version, receipt);
  if (!parsed || !lines.at_end()) return corrupt();
  // One receipt, one text: no leading zeros, no other letters for a hash.
  if (*version > 1 && text_of(receipt, *version) != text) return corrupt();
  return receipt;
}

}  // namespace lode
