#include "cli/leakage_text.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "cli/metric_text.h"
#include "cli/text_table.h"

namespace lode {
namespace {

// As it was made, and what it then was without the suspects: AUC, or R2 of numbers.
std::string rank_text(Task task, const std::vector<std::pair<std::string, Estimate>>& metrics) {
  for (const auto& [name, e] : metrics)
    if (name == shown_metrics(task).rank) return metric_interval(name, e);
  return "";
}

std::string rank_as_made(const ModelReport& model) {
  auto test = model.metrics.find("test");
  if (test == model.metrics.end()) return "";
  std::vector<std::pair<std::string, Estimate>> metrics;
  for (const MetricReport& metric : test->second)
    metrics.emplace_back(metric.name, metric.estimate);
  return rank_text(model.task, metrics);
}

std::int64_t looked(const LeakageReport& leakage) {
  return std::ranges::count_if(leakage.findings, &LeakFinding::looked);
}

std::string found_text(const LeakageReport& leakage) {
  if (!leakage.why_not.empty()) return "nobody looked: " + leakage.why_not;
  std::string out;
  for (const LeakFinding& finding : leakage.findings)
    if (!finding.suspects.empty())
      out += fmt::format("{}{} ({})", out.empty() ? "SUSPECTED: " : ", ", finding.detector,
                         finding.suspects.size());
  return out.empty() ? "nothing found" : out;
}

void print_table(Output& out, const RunReport& report) {
  std::string ranks;
  for (Task task : tasks_of(report))
    ranks +=
        fmt::format("{}{}", ranks.empty() ? "" : " or ", metric_title(shown_metrics(task).rank));
  TextTable table({"model", "looked", "found", ranks});
  for (const ModelReport& m : report.models) {
    table.row({m.name, fmt::format("{} of {}", looked(m.leakage), m.leakage.findings.size()),
               found_text(m.leakage), rank_as_made(m)});
    for (const LeakageRerun& again : m.leakage.reruns)
      table.row({"", "", "  " + again.how,
                 again.why_not.empty() ? rank_text(m.task, again.metrics)
                                       : "not made: " + again.why_not});
  }
  table.print(out);
}

// Sentences that several models share are printed once, with the names of all.
void print_sentences(Output& out, const RunReport& report,
                     std::vector<LeakSuspect> LeakFinding::* of) {
  std::vector<std::pair<std::string, std::string>> lines;  // sentence, models
  for (const ModelReport& m : report.models)
    for (const LeakFinding& finding : m.leakage.findings)
      for (const LeakSuspect& suspect : finding.*of) {
        auto known =
            std::ranges::find(lines, suspect.sentence, &std::pair<std::string, std::string>::first);
        if (known == lines.end())
          lines.emplace_back(suspect.sentence, m.name);
        else
          known->second += ", " + m.name;
      }
  for (const auto& [sentence, models] : lines) out.print("{}: {}\n", models, sentence);
}

void print_not_looked(Output& out, const RunReport& report) {
  std::map<std::pair<std::string, std::string>, std::string> models;  // of detector and reason
  std::map<std::pair<std::string, std::string>, std::size_t> count;
  for (const ModelReport& m : report.models)
    for (const LeakFinding& finding : m.leakage.findings) {
      if (finding.looked) continue;
      std::pair<std::string, std::string> what(finding.detector, finding.why_not);
      models[what] += (count[what]++ == 0 ? " of " : ", ") + m.name;
    }
  for (const auto& [what, names] : models)
    out.print("not looked at: {}{} ({})\n", what.first,
              count[what] == report.models.size() ? "" : names, what.second);
}

}  // namespace

void print_leakage(Output& out, const RunReport& report) {
  if (report.models.empty()) return;
  out.print("\n{}\n", out.bold("Leakage: could a figure come from what is not known in time?"));
  print_table(out, report);
  print_sentences(out, report, &LeakFinding::suspects);
  print_sentences(out, report, &LeakFinding::notes);
  print_not_looked(out, report);
}

}  // namespace lode
