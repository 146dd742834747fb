#include "orchestrate/view_report.h"

#include <fmt/format.h>

namespace lode {
namespace {

std::string windows_text(const View& view) {
  std::string out;
  for (const Window& window : view.windows) {
    if (!out.empty()) out += ", ";
    switch (window.kind) {
      case Window::Kind::kSliding:
        out += text(window.width) + (window.paned() ? " (panes)" : "");
        break;
      case Window::Kind::kTumbling:
        out += "tumbling " + text(window.width);
        break;
      case Window::Kind::kLast:
        out += fmt::format("last {}", window.count);
        break;
      case Window::Kind::kAll:
        out += "all";
        break;
    }
  }
  return out;
}

}  // namespace

std::vector<ViewReport> describe_views(const Project& project) {
  std::vector<ViewReport> views;
  for (const View& view : project.views) {
    ViewReport& out = views.emplace_back();
    out.name = view.name;
    out.over = view.over;
    out.by = view.by;
    out.windows = windows_text(view);
    for (const AggregateValue& value : view.values) out.values.push_back(value.name);
    for (const NamedExpression& value : view.derived) out.values.push_back(value.name);
  }
  return views;
}

}  // namespace lode
