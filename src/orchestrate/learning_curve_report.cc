#include "orchestrate/learning_curve_report.h"

#include "base/json.h"
#include "orchestrate/report.h"

namespace lode {

void write_learning_curve(JsonWriter& json, const LearningCurve& curve) {
  if (curve.model.empty()) return;
  json.key("learning_curve").begin_object().field("model", curve.model);
  if (!curve.why_not.empty()) json.field("why_not", curve.why_not);
  if (!curve.points.empty()) {
    json.field("metric", curve.metric)
        .field("test_rows", curve.test_rows)
        .field("helps", curve.helps)
        .field("says", curve.says)
        .key("points")
        .begin_array();
    for (const LearningPoint& point : curve.points) {
      json.begin_object().field("share", point.share).field("rows", point.rows);
      if (!point.why_not.empty()) {
        json.field("why_not", point.why_not).end_object();
        continue;
      }
      json.key("value");
      write_estimate(json, point.value);
      json.key("more");
      write_estimate(json, point.more);
      json.end_object();
    }
    json.end_array();
  }
  json.end_object();
}

}  // namespace lode
