// Files that grow, new files beside old ones, and sources that come later: what was given a seq
// keeps it, and only what is new is read.
// covers: orchestrate/source_plan
#include <cstdlib>
#include <regex>

#include "base/random.h"
#include "table/duckdb.h"
#include "tests/e2e/process.h"
#include "tests/ingest/gzip.h"

namespace lode {
namespace {

constexpr std::string_view kSources = R"(lode: 1
project: shop
sources:
  orders:
    files: "orders*.csv"
    columns: {id: int64, at: timestamp, customer: string, amount: int64}
    time: at
    id: id
    allowed_lateness: 2h
    contract:
      amount: {between: [0, 90]}
)";
constexpr std::string_view kRest = R"(labels:
  big: {about: orders, value: amount > 50, known: at + hours(3)}
features:
  spending: {over: orders, by: customer, window: 2d, values: {total: sum(amount)}}
training:
  orders:
    rows: orders
    label: big
    columns: {amount: amount, spent: "spending[customer].total"}
)";
constexpr std::string_view kHeader = "id,at,customer,amount\n";

// Rows [begin, end) of one list: some late, some twice under one id, some out of the contract.
std::string rows(int begin, int end) {
  std::string csv;
  for (int i = begin; i < end; ++i) {
    int id = i % 11 == 0 && i > 11 ? i - 11 : i;
    int minute = i % 13 == 0 && i > 200 ? i - 200 : i;
    csv += fmt::format("{},2020-01-{:02} {:02}:{:02}:00,c{},{}\n", id, 1 + minute / 1440,
                       minute / 60 % 24, minute % 60, i % 7, i * 37 % 100);
  }
  return csv;
}

class Growth : public ::testing::Test {
 protected:
  void SetUp() override { declare(std::string(kSources)); }
  void declare(const std::string& sources) {
    folder_.write("lode.yaml", sources + std::string(kRest));
  }
  ProcessResult lode(const std::vector<std::string>& words) {
    return run_binary(words, folder_.path());
  }
  std::string run(const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {"run", "--quiet", "--json"};
    words.insert(words.end(), more.begin(), more.end());
    ProcessResult result = lode(words);
    EXPECT_EQ(result.exit, 0) << result.err;
    return result.out;
  }
  std::string refused() {
    ProcessResult result = lode({"run", "--quiet"});
    EXPECT_EQ(result.exit, 4) << result.out;
    return result.err;
  }
  std::string sql(const std::string& query) {
    ProcessResult result = lode({"sql", query, "--json"});
    EXPECT_EQ(result.exit, 0) << result.err;
    return result.out;
  }
  // Everything that was read and made, without the names of files.
  std::string all() {
    return sql("SELECT * FROM raw.orders ORDER BY _seq") +
           sql("SELECT _seq, cause, line, field, reason FROM aside.orders ORDER BY _seq") +
           sql("SELECT * FROM training.orders ORDER BY _seq");
  }
  static std::string dataset(const std::string& json) {
    std::size_t at = json.find("\"dataset\":\"");
    return at == std::string::npos ? "" : json.substr(at + 11, 64);
  }

  ScratchFolder folder_;
};

TEST_F(Growth, AFileThatGrewReadsAsIfItHadBeenReadAtOnce) {
  for (int size : {300, 301, 700, 1000}) {
    folder_.write("orders.csv", std::string(kHeader) + rows(0, size));
    run();
  }
  std::string grown = all();
  EXPECT_NE(grown.find("\"late\""), std::string::npos);
  EXPECT_NE(grown.find("\"conflict\""), std::string::npos);
  std::filesystem::remove_all(folder_.path() + "/.lode");
  run();
  EXPECT_EQ(all(), grown);
}

TEST_F(Growth, OnlyWhatIsNewIsRead) {
  folder_.write("orders.csv", std::string(kHeader) + rows(0, 500));
  EXPECT_NE(run().find("\"rows_read\":500,\"rows\":500"), std::string::npos);
  folder_.write("orders.csv", std::string(kHeader) + rows(0, 520));
  folder_.write("orders-0.csv", std::string(kHeader) + rows(520, 530));
  EXPECT_NE(run().find("\"rows_read\":30,\"rows\":530"), std::string::npos);
  EXPECT_NE(run().find("\"rows_read\":0,\"rows\":530"), std::string::npos);
}

// A new file gets the next number, wherever its name stands among the others.
TEST_F(Growth, ANewFileComesLast) {
  folder_.write("orders-b.csv", std::string(kHeader) + rows(0, 10));
  run();
  folder_.write("orders-a.csv", std::string(kHeader) + rows(12, 20));
  run();
  EXPECT_EQ(sql("SELECT min(_seq) AS first, max(_seq) AS last FROM raw.orders WHERE id >= 12"),
            "{\"rows\":[{\"first\":10,\"last\":17}]}\n");
}

TEST_F(Growth, ReadAgainUnderAnotherDeclarationRowsKeepTheirSeqs) {
  folder_.write("orders.csv", std::string(kHeader) + rows(0, 100));
  run();
  folder_.write("orders-0.csv", std::string(kHeader) + rows(200, 250));
  run();
  folder_.write("orders.csv", std::string(kHeader) + rows(0, 150));
  run();
  std::string before = sql("SELECT _seq, id, _t FROM raw.orders WHERE amount < 80 ORDER BY _seq");
  std::string sources(kSources);
  sources.replace(sources.find("[0, 90]"), 7, "[0, 80]");
  declare(sources);
  folder_.write("orders.csv", std::string(kHeader) + rows(0, 160));  // and grows meanwhile
  EXPECT_NE(run().find("\"rows_read\":210,\"rows\":210"), std::string::npos);
  EXPECT_EQ(sql("SELECT _seq, id, _t FROM raw.orders WHERE amount < 80 AND _seq < 200 "
                "ORDER BY _seq"),
            before);
}

// Other rows than were given seqs: quotes that no longer count.
TEST_F(Growth, FilesThatADeclarationSplitsIntoOtherRowsGetNewSeqs) {
  folder_.write("orders.csv",
                std::string(kHeader) + rows(0, 9) + "9,2020-01-01 01:00:00,\"two\nlines\",5\n");
  run();
  std::string sources(kSources);
  sources.replace(sources.find("    time: at"), 12,
                  "    format: {csv: {quote: none}}\n    time: at");
  declare(sources);
  EXPECT_NE(run().find("\"rows\":11"), std::string::npos);
  EXPECT_EQ(sql("SELECT min(_seq) AS first FROM raw.orders"), "{\"rows\":[{\"first\":10}]}\n");
}

TEST_F(Growth, SourcesThatComeLaterOrStandElsewhereChangeNoSeq) {
  folder_.write("orders.csv", std::string(kHeader) + rows(0, 50));
  folder_.write("visits.csv", "at\n2020-01-01 00:00:00\n2020-01-01 00:01:00\n");
  std::string first = dataset(run());
  std::string visits = "  visits: {files: visits.csv, columns: {at: timestamp}, time: at}\n";
  std::string sources(kSources);
  std::size_t front = sources.find("  orders:");
  declare(sources.substr(0, front) + visits + sources.substr(front));
  std::string with_visits = dataset(run());
  EXPECT_EQ(sql("SELECT min(_seq) AS first FROM raw.visits"), "{\"rows\":[{\"first\":50}]}\n");
  EXPECT_EQ(sql("SELECT min(_seq) AS first FROM raw.orders"), "{\"rows\":[{\"first\":0}]}\n");
  declare(sources + visits);
  EXPECT_EQ(dataset(run()), with_visits) << "their order in lode.yaml says nothing";
  declare(sources);
  EXPECT_EQ(dataset(run()), first);
  // The seqs of a source that is no longer declared are not given again.
  folder_.write("orders.csv", std::string(kHeader) + rows(0, 51));
  run();
  EXPECT_EQ(sql("SELECT max(_seq) AS last FROM raw.orders"), "{\"rows\":[{\"last\":52}]}\n");
}

TEST_F(Growth, WhatChangedOtherwiseIsRefused) {
  folder_.write("orders.csv", std::string(kHeader) + rows(0, 50));
  run();
  std::string before = all();
  folder_.write("orders.csv", std::string(kHeader) + rows(0, 49));
  EXPECT_NE(refused().find("changed"), std::string::npos);
  folder_.write("orders.csv", std::string(kHeader) + rows(1, 60));
  EXPECT_NE(refused().find("changed"), std::string::npos);
  std::filesystem::rename(folder_.path() + "/orders.csv", folder_.path() + "/orders-2.csv");
  std::string gone = refused();
  EXPECT_NE(gone.find("orders.csv"), std::string::npos) << gone;
  EXPECT_NE(gone.find("--replace"), std::string::npos) << gone;
  folder_.write("orders.csv", std::string(kHeader) + rows(0, 50));
  std::filesystem::remove(folder_.path() + "/orders-2.csv");
  run();
  EXPECT_EQ(all(), before) << "nothing was lost by the refusals";
  // A replaced source has new seqs: the old ones were given to other rows.
  folder_.write("orders.csv", std::string(kHeader) + rows(1, 60));
  run({"--replace"});
  EXPECT_EQ(sql("SELECT min(_seq) AS first FROM raw.orders"), "{\"rows\":[{\"first\":50}]}\n");
}

TEST_F(Growth, ALastRecordWithoutALineEndGoesOnWithOneAlone) {
  std::string first = std::string(kHeader) + "1,2020-01-01 00:00:00,c,1";
  folder_.write("orders.csv", first);
  run();
  folder_.write("orders.csv", first + "2\n");
  std::string said = refused();
  EXPECT_NE(said.find("orders.csv:2: the last record had no line end"), std::string::npos) << said;
  EXPECT_NE(said.find("lode run --replace"), std::string::npos) << said;
  folder_.write("orders.csv", first + "\r\n2,2020-01-01 00:01:00,c,2");
  EXPECT_NE(run().find("\"rows_read\":1,\"rows\":2"), std::string::npos);
  folder_.write("orders.csv", first + "\r\n2,2020-01-01 00:01:00,c,2\n");
  EXPECT_NE(run().find("\"rows_read\":0,\"rows\":2"), std::string::npos);
  EXPECT_EQ(sql("SELECT _seq, id, amount FROM raw.orders ORDER BY _seq"),
            "{\"rows\":[{\"_seq\":0,\"id\":1,\"amount\":1},{\"_seq\":1,\"id\":2,\"amount\":2}]}\n");
  // Within a quote a line end is text.
  folder_.write("orders-2.csv", std::string(kHeader) + "7,2020-01-01 00:00:00,\"c");
  run();
  folder_.write("orders-2.csv", std::string(kHeader) + "7,2020-01-01 00:00:00,\"c\nd\",1\n");
  EXPECT_NE(refused().find("within a quote"), std::string::npos);
}

// A second member behind the first, and the whole text packed anew.
TEST_F(Growth, APackedFileThatGrewReadsAsIfItHadBeenReadAtOnce) {
  std::string sources(kSources);
  sources.replace(sources.find("orders*.csv"), 11, "orders.csv.gz");
  declare(sources);
  std::string name = "orders.csv.gz";
  std::string first = gzip(std::string(kHeader) + rows(0, 300));
  folder_.write(name, first);
  run();
  folder_.write(name, first + gzip(rows(300, 400)));
  EXPECT_NE(run().find("\"rows_read\":100,\"rows\":400"), std::string::npos);
  folder_.write(name, gzip(std::string(kHeader) + rows(0, 700)));
  EXPECT_NE(run().find("\"rows_read\":300,\"rows\":700"), std::string::npos);
  std::string grown = all();
  // Three growths that follow each other are one stretch, read again in one go.
  std::string receipt = posix_files().read(folder_.path() + "/.lode/shop/receipts/orders").value();
  EXPECT_NE(receipt.find("\nstretch 0 0 700\nnext_seq"), std::string::npos) << receipt;
  folder_.write(name, gzip(std::string(kHeader) + rows(1, 800)));
  EXPECT_NE(refused().find("changed"), std::string::npos);
  // Read again under another declaration, and grown meanwhile.
  folder_.write(name, gzip(std::string(kHeader) + rows(0, 750)));
  sources.replace(sources.find("[0, 90]"), 7, "[0, 80]");
  declare(sources);
  EXPECT_NE(run().find("\"rows_read\":750,\"rows\":750"), std::string::npos);
  sources.replace(sources.find("[0, 80]"), 7, "[0, 90]");
  declare(sources);
  folder_.write(name, gzip(std::string(kHeader) + rows(0, 700)));
  std::filesystem::remove_all(folder_.path() + "/.lode");
  run();
  EXPECT_EQ(all(), grown);
}

// Parquet has no end to add to: it is written anew, and known again by the values of its rows.
TEST_F(Growth, AParquetFileWithMoreRowsReadsAsIfItHadBeenReadAtOnce) {
  if (!Duck::version()) GTEST_SKIP() << "there is no DuckDB";
  std::string sources(kSources);
  sources.replace(sources.find("orders*.csv"), 11, "orders.parquet");
  declare(sources);
  auto write = [&](int begin, int end) {
    folder_.write("rows.csv", std::string(kHeader) + rows(begin, end));
    ASSERT_TRUE(Duck::open().value().execute(fmt::format(
        "COPY (FROM read_csv('{0}/rows.csv')) TO '{0}/orders.parquet'", folder_.path())));
  };
  write(0, 300);
  run();
  write(0, 900);
  EXPECT_NE(run().find("\"rows_read\":600,\"rows\":900"), std::string::npos);
  std::string grown = all();
  EXPECT_NE(run().find("\"rows_read\":0,\"rows\":900"), std::string::npos);
  write(1, 1000);
  EXPECT_NE(refused().find("changed"), std::string::npos);
  write(0, 800);
  EXPECT_NE(refused().find("changed"), std::string::npos) << "rows are gone";
  write(0, 900);
  sources.replace(sources.find("[0, 90]"), 7, "[0, 80]");
  declare(sources);
  EXPECT_NE(run().find("\"rows_read\":900,\"rows\":900"), std::string::npos);
  EXPECT_EQ(sql("SELECT max(_seq) AS last FROM aside.orders"), "{\"rows\":[{\"last\":897}]}\n");
  sources.replace(sources.find("[0, 80]"), 7, "[0, 90]");
  declare(sources);
  run();
  EXPECT_EQ(all(), grown);
  std::filesystem::remove_all(folder_.path() + "/.lode");
  run();
  EXPECT_EQ(all(), grown);
}

TEST_F(Growth, AFileNameMayHoldALineFeed) {
  folder_.write("orders\n1.csv", std::string(kHeader) + rows(0, 20));
  std::string first = dataset(run());
  EXPECT_EQ(dataset(run()), first);
}

// A link is the file by the name it has in the project.
TEST_F(Growth, ALinkToAFileThatGrewIsThatFileUnderItsOwnName) {
  folder_.write("data/january.csv", std::string(kHeader) + rows(0, 20));
  std::filesystem::create_symlink("data/january.csv", folder_.path() + "/orders.csv");
  run();
  std::filesystem::remove(folder_.path() + "/orders.csv");
  folder_.write("data/february.csv", std::string(kHeader) + rows(0, 30));
  std::filesystem::create_symlink("data/february.csv", folder_.path() + "/orders.csv");
  EXPECT_NE(run().find("\"rows_read\":10,\"rows\":30"), std::string::npos);
}

// SIGKILL while a file is read on: the next run ends where an undisturbed one does.
TEST_F(Growth, KilledAnywhereItGoesOnToTheSameNames) {
  std::vector<std::string> wanted;
  auto grow_to = [&](int size) {
    folder_.write("orders.csv", std::string(kHeader) + rows(0, size));
  };
  constexpr int kSizes[] = {400, 600, 900};
  for (int size : kSizes) {
    grow_to(size);
    wanted.push_back(dataset(run()));
  }
  Random random(9);
  int died = 0;
  for (int i = 0; i < 15; ++i) {
    if (i % 3 == 0) std::filesystem::remove_all(folder_.path() + "/.lode");
    grow_to(kSizes[i % 3]);
    died += run_and_kill(folder_.path(), random.below(120'000)) ? 1 : 0;
    ASSERT_EQ(dataset(run()), wanted[static_cast<std::size_t>(i % 3)]) << "after kill " << i;
  }
  EXPECT_GT(died, 4) << "most kills came after the end; let them come sooner";
}

}  // namespace
}  // namespace lode
