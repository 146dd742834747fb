#include "cli/model_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "cli/metric_text.h"
#include "cli/text_table.h"

namespace lode {
namespace {

constexpr std::size_t kMostRows = 30;  // of a table of what was learned

std::string value_text(const JsonValue& value) {
  switch (value.kind) {
    case JsonValue::Kind::kString:
      return value.text;
    case JsonValue::Kind::kNumber:
      return fmt::format("{:.6g}", value.number);
    case JsonValue::Kind::kNull:
      return "";
    default:
      return std::string(value.raw);
  }
}

std::string member_text(const JsonValue& object, std::string_view name) {
  const JsonValue* member = object.find(name);
  return member == nullptr ? "" : value_text(*member);
}

void print_heading(Output& out, std::string_view heading) {
  out.print("\n{}\n", out.bold(heading));
}

// ---- judged ------------------------------------------------------------------------------------

void print_metrics(Output& out, const JsonValue& judged) {
  const JsonValue* metrics = judged.find("metrics");
  const JsonValue* test = metrics == nullptr ? nullptr : metrics->find("test");
  if (test == nullptr) return;
  print_heading(out, "Judged");
  std::string rows[2];
  for (int i = 0; i < 2; ++i) {
    double count = judged.at(i == 0 ? "train_rows" : "test_rows");
    rows[i] = std::isnan(count) ? "" : fmt::format(" ({:.0f} rows)", count);
  }
  const JsonValue* against = judged.find("against");
  const JsonValue* difference = against == nullptr ? nullptr : against->find("difference");
  std::vector<std::string> headers = {"metric", "training" + rows[0], "test" + rows[1]};
  if (difference != nullptr)
    headers.push_back("test, minus " + value_text(*against->find("model")));
  TextTable table(headers);
  for (const auto& [name, value] : test->members) {
    std::vector<Cell> cells = {name, estimate_text(name, find_estimate(judged, "train", name)),
                               estimate_text(name, &value)};
    if (difference != nullptr) cells.push_back(estimate_text(name, difference->find(name)));
    table.row(std::move(cells));
  }
  table.print(out);
  if (const JsonValue* notes = judged.find("notes"))
    for (const JsonValue& note : notes->items) out.print("note: {}\n", note.text);
}

// ---- made of -----------------------------------------------------------------------------------

// The canonical text of a declaration (project/definition.h): lines `key length:value`, a value
// being text or such lines. Nothing if it is not of that form.
std::optional<std::string> indented_definition(std::string_view text, std::size_t indent) {
  std::string out;
  while (!text.empty()) {
    std::size_t blank = text.find(' ');
    if (blank == text.npos) return std::nullopt;
    std::string_view key = text.substr(0, blank);
    text.remove_prefix(blank + 1);
    std::size_t length = 0;
    auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), length);
    auto digits = static_cast<std::size_t>(end - text.data());
    if (status != std::errc() || text.size() < digits + 1 + length + 1 || text[digits] != ':' ||
        text[digits + 1 + length] != '\n')
      return std::nullopt;
    std::string_view value = text.substr(digits + 1, length);
    text.remove_prefix(digits + 1 + length + 1);
    out += fmt::format("{}{}", std::string(indent, ' '), key);
    auto inner = value.ends_with('\n') ? indented_definition(value, indent + 2) : std::nullopt;
    out += inner ? "\n" + *inner : fmt::format(" {}\n", value);
  }
  return out;
}

void print_encoders(Output& out, const JsonValue& stored) {
  const JsonValue* encoders = stored.find("encoders");
  if (encoders == nullptr || encoders->items.empty()) return;
  print_heading(out, "Columns, and how they were encoded");
  TextTable table({"column", "encoder", "levels", "fitted"});
  for (const JsonValue& encoder : encoders->items) {
    std::string fitted;
    Cell levels;
    for (const auto& [name, value] : encoder.members) {
      if (name == "column" || name == "encoder") continue;
      if (value.is_scalar())
        fitted += fmt::format("{}{} {}", fitted.empty() ? "" : ", ", name, value_text(value));
      else
        levels = Cell(value.items.size() + value.members.size());
    }
    table.row({member_text(encoder, "column"), member_text(encoder, "encoder"), levels, fitted});
  }
  table.print(out);
}

// ---- learned -----------------------------------------------------------------------------------

// By how much an entry matters: its greatest number, signs aside.
double weight_of(const JsonValue& entry) {
  if (entry.kind == JsonValue::Kind::kNumber) return std::abs(entry.number);
  double coefficient = entry.at("coefficient");
  return std::isnan(coefficient) ? 0 : std::abs(coefficient);
}

template <typename Entries, typename Value>
void print_entries(Output& out, std::string_view name, const Entries& entries,
                   const std::vector<std::string>& headers, Value row_of) {
  TextTable table(headers);
  for (std::size_t i = 0; i < std::min(entries.size(), kMostRows); ++i)
    table.row(row_of(*entries[i]));
  print_heading(out, name);
  table.print(out);
  if (entries.size() > kMostRows)
    out.print("the {} largest of {}; --json has them all\n", kMostRows, entries.size());
}

// An array of objects: one row each, a column for each name in them.
void print_list(Output& out, std::string_view name, const JsonValue& list) {
  std::vector<std::string> headers;
  std::vector<const JsonValue*> entries;
  for (const JsonValue& item : list.items) {
    entries.push_back(&item);
    for (const auto& [key, value] : item.members)
      if (std::ranges::find(headers, key) == headers.end()) headers.push_back(key);
  }
  if (entries.size() > kMostRows)
    std::ranges::stable_sort(entries, std::greater(),
                             [](const JsonValue* entry) { return weight_of(*entry); });
  print_entries(out, name, entries, headers, [&](const JsonValue& entry) {
    std::vector<Cell> cells;
    for (const std::string& header : headers) cells.push_back(member_text(entry, header));
    return cells;
  });
}

// An object of numbers: the greatest first, as one reads importances.
void print_numbers(Output& out, std::string_view name, const JsonValue& numbers) {
  std::vector<const std::pair<std::string, JsonValue>*> entries;
  for (const auto& member : numbers.members) entries.push_back(&member);
  std::ranges::stable_sort(entries, std::greater(),
                           [](const auto* entry) { return weight_of(entry->second); });
  print_entries(out, name, entries, {"name", "value"}, [](const auto& entry) {
    return std::vector<Cell>{entry.first, value_text(entry.second)};
  });
}

void print_fitted(Output& out, const JsonValue& stored) {
  const JsonValue* fitted = stored.find("fitted");
  if (fitted == nullptr) return;
  print_heading(out, "Learned");
  for (const auto& [name, value] : fitted->members)
    if (value.is_scalar() && name != "algorithm") out.print("{} {}\n", name, value_text(value));
  for (const auto& [name, value] : fitted->members) {
    if (value.is_scalar() || name == "notes") continue;  // notes are among the judgement's
    if (value.kind == JsonValue::Kind::kArray)
      print_list(out, name, value);
    else
      print_numbers(out, name, value);
  }
}

}  // namespace

std::string estimate_text(std::string_view metric, const JsonValue* estimate) {
  if (estimate == nullptr) return "";
  return metric_interval(metric,
                         {estimate->at("value"), estimate->at("low"), estimate->at("high")});
}

const JsonValue* find_estimate(const JsonValue& judged, std::string_view split,
                               std::string_view metric) {
  const JsonValue* found = judged.find("metrics");
  for (std::string_view name : {split, metric})
    found = found == nullptr ? nullptr : found->find(name);
  return found;
}

void print_model(Output& out, const ModelRecord& model, const JsonValue& judged,
                 const JsonValue& stored) {
  out.print("{} version {}, {}, made by run {} at {}Z\n", out.bold(model.name), model.version,
            model.algorithm, model.run, text(model.created).substr(0, 19));
  out.print("data set  {}\ncontent   {}\nseed      {}, threads {}\n", model.dataset,
            text(model.content), model.seed, model.threads);
  for (const auto& [option, value] : model.options) out.print("option    {} {}\n", option, value);
  if (const JsonValue* chosen = judged.find("chosen")) out.print("chosen    {}\n", chosen->text);
  for (const auto& [library, version] : model.libraries)
    out.print("library   {} {}\n", library, version);
  print_metrics(out, judged);
  print_encoders(out, stored);
  print_fitted(out, stored);
  if (const JsonValue* definition = stored.find("definition")) {
    print_heading(out, "Declared as");
    out.write(indented_definition(definition->text, 0).value_or(definition->text));
  }
}

}  // namespace lode
