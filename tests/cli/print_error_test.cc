#include "cli/print_error.h"

#include <gtest/gtest.h>

#include <vector>

namespace lode {
namespace {

const Error kUnknownKey(Code::kInvalid, "unknown key 'windw'; did you mean 'window'?",
                        {.file = "lode.yaml", .line = 3, .column = 7});
const Error kBadField(Code::kCorrupt, "the sum is wrong",
                      {.file = "a.csv", .offset = 12, .field = "delay"});

TEST(PrintErrors, TextGoesToStandardError) {
  MemoryOutput out;
  MemoryOutput err;
  EXPECT_EQ(print_errors({&kUnknownKey, 1}, false, out, err), 2);
  EXPECT_EQ(out.text(), "");
  EXPECT_EQ(err.text(), "error: lode.yaml:3:7: unknown key 'windw'; did you mean 'window'?\n");
}

TEST(PrintErrors, SeveralAreCounted) {
  MemoryOutput out;
  MemoryOutput err;
  std::vector<Error> errors = {kBadField, kUnknownKey};
  EXPECT_EQ(print_errors(errors, false, out, err), 6) << "the first decides";
  EXPECT_EQ(err.text(),
            "error: a.csv offset 12 field delay: the sum is wrong\n"
            "error: lode.yaml:3:7: unknown key 'windw'; did you mean 'window'?\n"
            "2 errors\n");
}

TEST(PrintErrors, JsonIsOneObjectOnStandardOutput) {
  MemoryOutput out;
  MemoryOutput err;
  EXPECT_EQ(print_errors({&kUnknownKey, 1}, true, out, err), 2);
  EXPECT_EQ(err.text(), "");
  EXPECT_EQ(out.text(),
            R"({"error":{"code":"invalid","message":"unknown key 'windw'; did you mean 'window'?",)"
            R"("file":"lode.yaml","line":3,"column":7}})"
            "\n");
}

TEST(PrintErrors, JsonOfSeveralHasAll) {
  MemoryOutput out;
  MemoryOutput err;
  std::vector<Error> errors = {kBadField, Error(Code::kIo, "gone")};
  EXPECT_EQ(print_errors(errors, true, out, err), 6);
  std::string first =
      R"({"code":"corrupt","message":"the sum is wrong","file":"a.csv","offset":12,"field":"delay"})";
  EXPECT_EQ(out.text(), R"({"error":)" + first + R"(,"errors":[)" + first +
                            R"(,{"code":"io","message":"gone"}]})"
                            "\n");
}

TEST(PrintErrors, ABugAsksForAReport) {
  MemoryOutput out;
  MemoryOutput err;
  Error bug(Code::kInternal, "impossible");
  EXPECT_EQ(print_errors({&bug, 1}, false, out, err), 70);
  EXPECT_NE(err.text().find("please report it"), std::string::npos);
}

}  // namespace
}  // namespace lode
