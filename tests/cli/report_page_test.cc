#include "cli/report_page.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace lode {
namespace {

using Json = nlohmann::json;

// Between the tags of the element that holds the JSON.
std::string json_in(const std::string& page) {
  std::string open = R"(<script type="application/json" id="run">)";
  std::size_t at = page.find(open);
  EXPECT_NE(at, page.npos);
  at += open.size();
  return page.substr(at, page.find("</script>", at) - at);
}

TEST(ReportPage, HoldsTheJsonAndNothingInItIsMarkup) {
  Json run = {{"project", "</script><script>alert(1)</script><!-- "}, {"note", "a\u2028b\u2029c"}};
  std::string page = report_page(run.dump());
  std::string inside = json_in(page);
  EXPECT_EQ(Json::parse(inside), run);
  EXPECT_EQ(inside.find('<'), inside.npos);
  EXPECT_EQ(inside.find("\u2028"), inside.npos);
  EXPECT_EQ(inside.find("\u2029"), inside.npos);
  EXPECT_EQ(page.size(),
            report_template().size() - std::string("\"the JSON of a run\"").size() + inside.size());
}

TEST(ReportPage, OtherTextsStayAsTheyAre) {
  EXPECT_EQ(json_in_script(R"({"a":"é \u00e2\u0080 > &amp; \" €","b":[1e-7,null]})"),
            R"({"a":"é \u00e2\u0080 > &amp; \" €","b":[1e-7,null]})");
  EXPECT_EQ(json_in_script("\xe2\x80"), "\xe2\x80") << "cut off: not read past its end";
}

TEST(ReportPage, TheTemplateHasOnePlaceForARunAndFetchesNothing) {
  std::string page(report_template());
  std::string place = "\"the JSON of a run\"";
  std::size_t at = page.find(place);
  ASSERT_NE(at, page.npos);
  EXPECT_EQ(page.find(place, at + 1), page.npos);
  EXPECT_EQ(json_in(page), place);
  EXPECT_NE(page.find("default-src 'none'"), page.npos);
  for (const char* fetched : {"src=\"", "<link rel=\"stylesheet\"", "@import", "url(http"})
    EXPECT_EQ(page.find(fetched), page.npos) << fetched;
  EXPECT_LT(page.size(), 1'000'000U);
}

}  // namespace
}  // namespace lode
