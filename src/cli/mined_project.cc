#include "cli/mined_project.h"

#include <fmt/ranges.h>

#include "ingest/text_value.h"
#include "telemetry/quantity.h"

namespace lode {
namespace {

std::string chosen(const CommandContext& context, std::string_view option) {
  const std::string& text = context.options.text(option);
  return text == kGuess ? std::string() : text;
}

std::vector<std::string> dropped(const CommandContext& context) {
  std::vector<std::string> names;
  std::string_view rest = context.options.text("drop");
  if (rest == "none") return names;
  while (!rest.empty()) {
    std::size_t comma = std::min(rest.find(','), rest.size());
    if (comma > 0) names.emplace_back(rest.substr(0, comma));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return names;
}

std::string dialect_text(const TableProfile& profile) {
  if (profile.parquet) return "Parquet";
  const CsvDialect& dialect = profile.dialect;
  std::string_view between = "comma";
  if (dialect.delimiter == '\t') between = "tab";
  if (dialect.delimiter == ';') between = "semicolon";
  if (dialect.delimiter == '|') between = "bar";
  return fmt::format("{} between fields{}", between,
                     dialect.header ? "" : ", no header: columns are c1, c2, ...");
}

// What a repeated flag was given, each COLUMN=WORD.
Result<std::vector<ColumnWish>> column_wishes(const CommandContext& context,
                                              std::string_view option,
                                              std::span<const std::string_view> known) {
  std::vector<ColumnWish> wishes;
  std::string all = chosen(context, option);
  std::string_view rest = all;
  while (!rest.empty()) {
    std::size_t end = std::min(rest.find('\n'), rest.size());
    TRY(ColumnWish wish,
        parse_column_wish(fmt::format("--{}", option), rest.substr(0, end), known));
    wishes.push_back(std::move(wish));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return wishes;
}

Result<ProfileWishes> reading_wishes(const CommandContext& context) {
  ProfileWishes wishes;
  std::string header = chosen(context, "header");
  if (!header.empty()) wishes.csv.header = header == "yes";
  if (std::string sign = chosen(context, "delimiter"); !sign.empty()) {
    TRY(wishes.csv.delimiter, parse_csv_character("--delimiter", sign));
  }
  if (std::string sign = chosen(context, "quote"); !sign.empty()) {
    wishes.csv.quote = '\0';
    if (sign != "none") {
      TRY(wishes.csv.quote, parse_csv_character("--quote", sign));
    }
  }
  if (std::string words = chosen(context, "null"); !words.empty()) {
    wishes.nulls = parse_csv_nulls(words);
    std::erase(*wishes.nulls, "");
    wishes.nulls->insert(wishes.nulls->begin(), "");
  }
  std::string dates = chosen(context, "dates");
  if (dates.empty()) return wishes;
  wishes.dates = find_date_form(dates);
  if (!wishes.dates)
    return fail(Code::kInvalid, "--dates is one of {}; not '{}'", fmt::join(kDateForms, ", "),
                dates);
  return wishes;
}

// A project takes these signs for a pattern of several files.
Status check_file_name(const std::string& path) {
  if (path.find_first_of("*?") == path.npos && check_string(path) == nullptr) return {};
  return fail(Error(Code::kInvalid,
                    "a project cannot name this file: its path has a * or ?, or is not UTF-8; "
                    "rename it",
                    {.file = path}));
}

std::unexpected<Error> ask_for_target(const TableProfile& profile) {
  constexpr std::size_t kShown = 40;
  std::string names;
  for (std::size_t c = 0; c < std::min(kShown, profile.columns.size()); ++c)
    names += (c > 0 ? ", " : "") + profile.columns[c].name;
  if (profile.columns.size() > kShown) names += ", ...";
  return fail(Error(Code::kInvalid,
                    "say what to predict with --target COLUMN; the file has " + names,
                    {.file = profile.path}));
}

}  // namespace

Result<MinedFile> look_through(CommandContext& context, const std::string& path,
                               std::string_view target_unsaid) {
  MinedFile mined;
  TRY_VOID(check_file_name(path));
  TRY(ProfileWishes reading, reading_wishes(context));
  auto advance = [](std::int64_t) {};
  TRY(mined.profile, profile_table(context.files, path, reading, context.cancel, advance));
  if (!context.json && !context.quiet) {
    context.out.print("{}: {} rows, {} columns, {}\n", base_name(path),
                      with_thousands(mined.profile.rows), mined.profile.columns.size(),
                      dialect_text(mined.profile));
    TRY_VOID(context.out.flush());
  }
  MiningWishes wishes{chosen(context, "target"), chosen(context, "positive"),
                      chosen(context, "time"),   chosen(context, "entity"),
                      dropped(context),          context.options.integer("seed")};
  TRY(wishes.types, column_wishes(context, "type", kWishedTypes));
  TRY(wishes.roles, column_wishes(context, "role", kWishedRoles));
  if (wishes.target.empty()) wishes.target = target_unsaid;
  if (wishes.target.empty()) return ask_for_target(mined.profile);
  TRY(mined.plan, plan_mining(mined.profile, wishes));
  return mined;
}

Status write_new_file(FileSystem& files, const std::string& path, std::string_view text) {
  TRY(bool there, exists(files, path));
  if (there)
    return fail(Error(Code::kConflict, "the file is there already; give another name, or remove it",
                      {.file = path}));
  return write_atomically(files, path, text);
}

}  // namespace lode
