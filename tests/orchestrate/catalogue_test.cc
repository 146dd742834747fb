#include "orchestrate/catalogue.h"

#include <gtest/gtest.h>

#include "orchestrate/kept_rows.h"
#include "orchestrate/source_run.h"
#include "tests/project/temporary_project.h"

namespace lode {
namespace {

constexpr std::string_view kProject = R"(lode: 1
project: shop
sources:
  a: {files: a.csv, columns: {at: timestamp, n: int64}, time: at, known: at}
labels:
  big: {about: a, value: n > 1, known: at + hours(1)}
training:
  rows: {rows: a, label: big, columns: {n: n}}
)";

Column numbers(const std::vector<std::int64_t>& values) {
  ColumnBuilder builder(Type::int64());
  for (std::int64_t value : values) builder.append_int64(value);
  return builder.finish();
}

// Rows in the order of their originals, whose seqs are 4, 9, 7: the second is a correction.
TrainingTable training(const std::string& column) {
  TrainingTable out;
  out.columns.schema = Schema({{column, Type::int64()}});
  out.columns.columns = {numbers({40, 90, 70})};
  out.columns.rows = 3;
  out.seq = {4, 9, 7};
  out.time = {400, 500, 700};
  out.known = {401, 901, 701};
  out.target = {0, 1, 0.5};
  return out;
}

std::vector<std::string> names_of(const Table& table) {
  std::vector<std::string> names;
  for (const Field& field : table.schema.fields()) names.push_back(field.name);
  return names;
}

template <typename T>
std::vector<T> values_of(const Table& table, std::string_view name) {
  const T* values = table.find(name)->values.as<T>();
  return {values, values + table.rows};
}

using Whole = std::vector<std::int64_t>;
using Numbers = std::vector<double>;

TEST(KeptRows, ATrainingSetStandsInTheOrderOfItsSeqs) {
  Table table = training_rows(training("n"));
  EXPECT_EQ(names_of(table), (std::vector<std::string>{"_seq", "_t", "target", "known", "n"}));
  EXPECT_EQ(values_of<std::int64_t>(table, "_seq"), (Whole{4, 7, 9}));
  EXPECT_EQ(values_of<std::int64_t>(table, "_t"), (Whole{400, 700, 500}));
  EXPECT_EQ(values_of<double>(table, "target"), (Numbers{0, 0.5, 1}));
  EXPECT_EQ(values_of<std::int64_t>(table, "known"), (Whole{401, 701, 901}));
  EXPECT_EQ(values_of<std::int64_t>(table, "n"), (Whole{40, 70, 90}));
}

TEST(KeptRows, AColumnOfTheSetKeepsItsName) {
  EXPECT_EQ(names_of(training_rows(training("target"))),
            (std::vector<std::string>{"_seq", "_t", "_target", "known", "target"}));
}

TEST(KeptRows, ScoresStandBesideTheirRows) {
  std::vector<std::int64_t> rows = {1, 2};
  std::vector<double> scores = {0.9, 0.3};
  Table table = score_rows(training("n"), rows, scores);
  EXPECT_EQ(names_of(table), (std::vector<std::string>{"_seq", "_t", "target", "score"}));
  EXPECT_EQ(values_of<std::int64_t>(table, "_seq"), (Whole{7, 9}));
  EXPECT_EQ(values_of<std::int64_t>(table, "_t"), (Whole{700, 500}));
  EXPECT_EQ(values_of<double>(table, "target"), (Numbers{0.5, 1}));
  EXPECT_EQ(values_of<double>(table, "score"), (Numbers{0.3, 0.9}));
}

class Catalogue : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_.write("lode.yaml", kProject);
    folder_.write("a.csv", "at,n\n");
    project_ = folder_.load();
    ASSERT_NE(project_, nullptr);
    path_ = training_path(*project_, "rows");
  }
  Status keep_as(std::string_view name) {
    return keep(*project_, posix_files(), path_, name, training_rows(training("n")));
  }
  std::vector<StoredZone> zones() const { return stored_zones(*project_, posix_files()).value(); }

  TemporaryProject folder_;
  std::shared_ptr<const Project> project_;
  std::string path_;
};

TEST_F(Catalogue, HoldsWhatWasKeptUnderItsName) {
  EXPECT_TRUE(zones().empty());
  EXPECT_FALSE(is_kept(posix_files(), path_, "d1"));
  ASSERT_TRUE(keep_as("d1"));
  EXPECT_TRUE(is_kept(posix_files(), path_, "d1"));
  EXPECT_FALSE(is_kept(posix_files(), path_, "d2"));
  ASSERT_EQ(zones().size(), 1U);
  EXPECT_EQ(zones()[0].group, "training");
  EXPECT_EQ(zones()[0].name, "rows");
  EXPECT_EQ(zones()[0].rows, 3);
  EXPECT_EQ(zones()[0].parts.size(), 1U);
  ASSERT_TRUE(keep_as("d2"));
  EXPECT_FALSE(is_kept(posix_files(), path_, "d1"));
  EXPECT_TRUE(is_kept(posix_files(), path_, "d2"));
  EXPECT_EQ(zones()[0].rows, 3) << "in place of the old rows, not behind them";
}

TEST_F(Catalogue, ADamagedReceiptOrZoneIsNotKept) {
  ASSERT_TRUE(keep_as("d1"));
  std::string receipt = posix_files().read(path_ + ".receipt").value();
  for (std::size_t byte = 0; byte < receipt.size(); ++byte) {
    std::string damaged = receipt;
    damaged[byte] = static_cast<char>(damaged[byte] ^ 1);
    ASSERT_TRUE(write_atomically(posix_files(), path_ + ".receipt", damaged));
    EXPECT_FALSE(is_kept(posix_files(), path_, "d1")) << byte;
  }
  ASSERT_TRUE(write_atomically(posix_files(), path_ + ".receipt", receipt));
  EXPECT_TRUE(is_kept(posix_files(), path_, "d1"));
  ASSERT_TRUE(posix_files().remove(path_ + "/HEAD"));
  EXPECT_FALSE(is_kept(posix_files(), path_, "d1"));
  ASSERT_TRUE(keep_as("d1"));
  EXPECT_TRUE(is_kept(posix_files(), path_, "d1"));
}

TEST_F(Catalogue, NoRowsAreNoZone) {
  ASSERT_TRUE(keep_as("d1"));
  Table empty;
  ASSERT_TRUE(keep(*project_, posix_files(), path_, "d2", empty));
  EXPECT_TRUE(zones().empty());
}

TEST_F(Catalogue, AStoredModelIsCheckedBeforeItIsShown) {
  std::string model = "lode-model 1 12\n{\"name\":\"m\"}and bytes";
  ContentHash content = content_hash(model);
  std::string path = model_path(*project_, text(content));
  auto header = [&] { return stored_model_header(*project_, posix_files(), content); };
  EXPECT_EQ(header().error().code(), Code::kNotFound);
  ASSERT_TRUE(posix_files().make_directories(parent_directory(path)));
  ASSERT_TRUE(write_atomically(posix_files(), path, model));
  EXPECT_EQ(header().value(), "{\"name\":\"m\"}");
  // Version 1 has no encoders: it is shown, and cannot score.
  EXPECT_EQ(load_stored_model(*project_, posix_files(), content).error().code(),
            Code::kUnsupported);
  ASSERT_TRUE(write_atomically(posix_files(), path, model + "!"));
  EXPECT_EQ(header().error().code(), Code::kCorrupt);
}

TEST_F(Catalogue, AStoredModelOfANewerVersionIsRefusedAsOne) {
  std::string model = "lode-model 4 12\n{\"name\":\"m\"}and bytes";
  std::string path = model_path(*project_, text(content_hash(model)));
  ASSERT_TRUE(posix_files().make_directories(parent_directory(path)));
  ASSERT_TRUE(write_atomically(posix_files(), path, model));
  Error error = stored_model_header(*project_, posix_files(), content_hash(model)).error();
  EXPECT_EQ(error.code(), Code::kUnsupported);
  EXPECT_EQ(error.text(), path +
                              ": not a stored model of version 1 to 3, which are what this lode "
                              "reads; use the lode that wrote it, or `lode run` to make it anew");
}

TEST_F(Catalogue, ASourceHasRecordsOnceItsZoneIsWhole) {
  const Source& source = project_->sources[0];
  EXPECT_FALSE(has_records(*project_, posix_files(), source).value());
  ASSERT_TRUE(keep(*project_, posix_files(), raw_zone_path(*project_, source), "raw",
                   training_rows(training("n"))));
  EXPECT_TRUE(has_records(*project_, posix_files(), source).value());
}

}  // namespace
}  // namespace lode
