// Archives of models, and the texts inside them that are read back: lineages, declarations.
#include "lake/model_lineage.h"
#include "project/definition_text.h"
#include "registry/archive.h"
#include "tests/fuzz/entry.h"

namespace lode::fuzz {
namespace {

void run_archive(std::string_view bytes) {
  auto parts = parse_archive(bytes);
  if (parts) {
    EXPECT_EQ(archive_bytes(*parts).value(), bytes);
  } else {
    EXPECT_TRUE(parts.error().code() == Code::kCorrupt ||
                parts.error().code() == Code::kUnsupported ||
                parts.error().code() == Code::kInvalid)
        << parts.error().text();
  }
}

std::vector<std::string> archive_seeds() {
  return {source_file("tests/registry/golden/archive-1.tar"), archive_bytes({}).value()};
}

const Registration archive_registration({"archive", run_archive, archive_seeds});

void run_lineage(std::string_view bytes) {
  auto lineage = parse_lineage(bytes);
  if (lineage) {
    auto again = parse_lineage(lineage_json(*lineage));
    ASSERT_TRUE(again) << again.error().text();
    EXPECT_EQ(*again, *lineage);
  } else {
    EXPECT_EQ(lineage.error().code(), Code::kCorrupt) << lineage.error().text();
  }
  auto columns = parse_dataset_columns(bytes);
  if (!columns) {
    EXPECT_EQ(columns.error().code(), Code::kCorrupt) << columns.error().text();
  }
}

std::vector<std::string> lineage_seeds() {
  return {"{}",
          R"({"training":"orders","tested":")" + std::string(64, 'a') +
              R"(","sources":[{"name":"o","zone":")" + std::string(64, 'b') +
              R"(","files":[]}],"before":{"name":"m","version":1,"content":")" +
              std::string(64, 'c') + R"("},"processors":2})",
          R"([{"name":"a","type":"int64","nulls":1,"mean":0.5,"deviation":null}])"};
}

const Registration lineage_registration({"lineage", run_lineage, lineage_seeds});

void run_definition(std::string_view bytes) {
  auto lines = definition_lines(bytes);
  if (!lines) {
    EXPECT_EQ(lines.error().code(), Code::kCorrupt) << lines.error().text();
    return;
  }
  auto changes = definition_changes(bytes, bytes);
  ASSERT_TRUE(changes);
  EXPECT_TRUE(changes->empty());
  (void)split_of_definition(bytes);
}

std::vector<std::string> definition_seeds() {
  return {"model 1:m\ntrain 22:..2020-01-20T00:00:00Z\ntest 22:2020-01-20T00:00:00Z..\n",
          "view 1:v\nover 29:source 6:orders\ntime 2:at\n\nby 8:customer\n"};
}

const Registration definition_registration({"definition_text", run_definition, definition_seeds});

}  // namespace
}  // namespace lode::fuzz
