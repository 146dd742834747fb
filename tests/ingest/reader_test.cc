// Finding a decoder, and packed files.
#include "ingest/reader.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/ingest/gzip.h"

namespace lode {
namespace {

class Reader : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = std::filesystem::temp_directory_path() /
                 fmt::format("lode-reader-{}-{}", ::getpid(),
                             testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(directory_);
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::string write(std::string_view name, std::string_view bytes) {
    std::string path = directory_ / name;
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }

  // The sum of column a, or the error.
  Result<std::int64_t> sum(const std::string& path, ReadOptions options = {}) {
    options.wanted = Schema({{"a", Type::int64()}});
    TRY(auto reader, open_reader(posix_files(), path, options));
    std::int64_t total = 0;
    while (true) {
      TRY(auto batch, reader->next());
      if (!batch) return total;
      for (std::int64_t i = 0; i < batch->table.rows; ++i)
        total += batch->table.columns[0].int64(i);
    }
  }

  std::filesystem::path directory_;
};

TEST_F(Reader, FindsTheDecoderByEndingOrByName) {
  EXPECT_EQ(sum(write("t.csv", "a\n1\n2\n")).value(), 3);
  EXPECT_EQ(sum(write("t.csv.gz", gzip("a\n1\n2\n"))).value(), 3);
  std::string path = write("noending", "a\n1\n");
  EXPECT_EQ(sum(path).error().message(),
            "the ending of 'noending' does not say its format; give format: one of csv, parquet");
  EXPECT_EQ(sum(path, {.format = "csv"}).value(), 1);
  EXPECT_EQ(sum(path, {.format = "parqet"}).error().message(),
            "unknown format 'parqet'; did you mean 'parquet'?");
  EXPECT_EQ(sum(path, {.format = "orc"}).error().message(),
            "unknown format 'orc'; there are csv, parquet");
}

TEST_F(Reader, OptionsAreChecked) {
  std::string path = write("t.csv", "a;b\n1;2\n");
  auto with = [&](std::string name, std::string value) {
    return sum(path, {.format_options = {{std::move(name), std::move(value)}}});
  };
  EXPECT_EQ(with("delimiter", ";").value(), 1);
  EXPECT_EQ(with("delimeter", ";").error().message(),
            "decoder csv has no option 'delimeter'; did you mean 'delimiter'?");
  EXPECT_EQ(
      with("delimiter", "0").error().message(),
      "delimiter is one ASCII sign that is not part of numbers, such as , ; | or the word tab; "
      "not '0'");
  EXPECT_EQ(with("header", "yes").error().message(), "option header: 'yes' is not true or false");
  EXPECT_EQ(with("quote", ",").error().message(),
            "delimiter and quote are both ','; they must differ");
}

TEST_F(Reader, NoColumnsOrNoFile) {
  std::string path = write("t.csv", "a\n1\n");
  EXPECT_EQ(open_reader(posix_files(), path, {}).error().code(), Code::kInvalid);
  EXPECT_EQ(sum(directory_ / "none.csv").error().code(), Code::kNotFound);
}

TEST_F(Reader, GzipInMembersAndUnderAnyName) {
  EXPECT_EQ(sum(write("t.csv.gz", gzip("a\n1\n") + gzip("2\n4\n"))).value(), 7);
  EXPECT_EQ(sum(write("t.csv", gzip("a\n5\n"))).value(), 5);
}

TEST_F(Reader, DamagedGzipIsAnErrorThatNamesTheFile) {
  std::string text = "a\n";
  for (int i = 0; i < 20000; ++i) text += fmt::format("{}\n", i * 7919 % 10007);
  std::string whole = gzip(text);
  std::string path = write("cut.csv.gz", whole.substr(0, whole.size() / 2));
  Error cut = sum(path).error();
  EXPECT_EQ(cut.code(), Code::kCorrupt);
  EXPECT_EQ(cut.text(), path + ": the gzip file ends too early; get it again");
  whole[whole.size() / 2] = static_cast<char>(whole[whole.size() / 2] ^ 0x10);
  EXPECT_EQ(sum(write("flip.csv.gz", whole)).error().code(), Code::kCorrupt);
  EXPECT_EQ(sum(write("tail.csv.gz", gzip("a\n1\n") + "junk")).error().code(), Code::kCorrupt);
}

TEST_F(Reader, RowsAByteByTheFirstRows) {
  const ReadOptions options{.wanted = Schema({{"a", Type::int64()}})};
  std::string text = "a\n";
  for (int i = 0; i < 50'000; ++i) text += std::to_string(100'000 + i) + "\n";  // 7 bytes a row
  auto rows = [&](std::string_view name, std::string_view bytes) {
    return rows_a_byte(posix_files(), write(name, bytes), options).value() *
           static_cast<double>(bytes.size());
  };
  EXPECT_NEAR(rows("long.csv", text), 50'000, 5);
  EXPECT_NEAR(rows("two.csv", "a\n1\n2\n"), 2, 1e-9);
  EXPECT_EQ(rows("none.csv", "a\n"), 0);
  EXPECT_EQ(rows("empty.csv", ""), 0);
  EXPECT_NEAR(rows("short.csv.gz", gzip("a\n1\n2\n3\n")), 3, 1e-9) << "all of it was read";
  double packed = rows("long.csv.gz", gzip(text));  // a text of numbers: packed to a fifth or so
  EXPECT_GT(packed, 10'000);
  EXPECT_LT(packed, 250'000);
  EXPECT_FALSE(rows_a_byte(posix_files(), write("x.csv", "b\n1\n"), options)) << "no column a";
}

}  // namespace
}  // namespace lode
