// What the lake and the runs leave: manifests, receipts, run records. What is read is what would be
// written, byte for byte; all else is refused.
#include <filesystem>
#include <fstream>

#include "base/file.h"
#include "base/hash.h"
#include "lake/manifest.h"
#include "lake/runs.h"
#include "orchestrate/kept_report.h"
#include "orchestrate/kept_step.h"
#include "orchestrate/receipt.h"
#include "orchestrate/step_outcomes.h"
#include "tests/fuzz/entry.h"

namespace lode::fuzz {
namespace {

void run_manifest(std::string_view bytes) {
  auto manifest = parse_manifest(bytes);
  if (manifest) {
    EXPECT_EQ(manifest_text(*manifest), bytes);
    EXPECT_GE(manifest->rows(), 0);
    EXPECT_GE(manifest->next_seq(), manifest->origin);
  } else {
    EXPECT_TRUE(manifest.error().code() == Code::kCorrupt ||
                manifest.error().code() == Code::kUnsupported ||
                manifest.error().code() == Code::kInvalid)
        << manifest.error().text();
  }
}

std::vector<std::string> manifest_seeds() {
  std::vector<std::string> out = {manifest_text({})};
  std::string folder = LODE_SOURCE_DIR "/tests/lake/golden/zone-v1/manifests";
  for (const std::string& name : posix_files().list(folder).value_or(std::vector<std::string>()))
    out.push_back(posix_files().read(join_path(folder, name)).value_or(""));
  return out;
}

const Registration manifest_registration({"manifest", run_manifest, manifest_seeds});

void run_receipt(std::string_view bytes) {
  (void)parse_receipt(bytes);
  std::string sealed = std::string(bytes) + "sum " + text(content_hash(bytes)) + "\n";
  auto receipt = parse_receipt(sealed);
  if (receipt) {
    std::string written = receipt_text(*receipt);
    if (sealed.starts_with("lode-receipt 3")) {
      EXPECT_EQ(written, sealed);
    }
    // What an older version had no place for is not made up.
    auto again = parse_receipt(written);
    EXPECT_TRUE(sealed.starts_with("lode-receipt 1") || (again && *again == *receipt)) << written;
  } else {
    EXPECT_TRUE(receipt.error().code() == Code::kCorrupt ||
                receipt.error().code() == Code::kUnsupported)
        << receipt.error().text();
  }
}

std::vector<std::string> receipt_seeds() {
  std::string golden = source_file("tests/orchestrate/golden/receipt-1");
  std::string second = source_file("tests/orchestrate/golden/receipt-2");
  std::string newest = source_file("tests/orchestrate/golden/receipt-3");
  return {golden.substr(0, golden.rfind("sum ")), second.substr(0, second.rfind("sum ")),
          newest.substr(0, newest.rfind("sum ")), "lode-receipt 1\n", "lode-receipt 4\nmore\n"};
}

const Registration receipt_registration({"receipt", run_receipt, receipt_seeds});

void run_report(std::string_view bytes) {
  (void)parse_kept_report(bytes);
  std::string sealed = std::string(bytes) + "sum " + text(content_hash(bytes)) + "\n";
  auto json = parse_kept_report(sealed);
  if (json) {
    EXPECT_EQ(kept_report_text(*json), sealed);
  } else {
    EXPECT_TRUE(json.error().code() == Code::kCorrupt || json.error().code() == Code::kUnsupported)
        << json.error().text();
  }
}

std::vector<std::string> report_seeds() {
  std::string golden = source_file("tests/orchestrate/golden/run-report-1");
  return {golden.substr(0, golden.rfind("sum ")), "lode-run-report 1\n", "lode-run-report 2\n{}\n"};
}

const Registration report_registration({"run_report", run_report, report_seeds});

void run_step(std::string_view bytes) {
  (void)parse_kept_step(bytes);
  std::string sealed = std::string(bytes) + "sum " + text(content_hash(bytes)) + "\n";
  auto step = parse_kept_step(sealed);
  if (step) {
    EXPECT_EQ(kept_step_text(*step), sealed);
    ModelOutcome model;
    (void)read_outcome(step->outcome, model);
    WalkOutcome walk;
    (void)read_outcome(step->outcome, walk);
  } else {
    EXPECT_TRUE(step.error().code() == Code::kCorrupt || step.error().code() == Code::kUnsupported)
        << step.error().text();
  }
}

std::vector<std::string> step_seeds() {
  std::string golden = source_file("tests/orchestrate/golden/step-1");
  KeptStep model{{}, 1, outcome_bytes(ModelOutcome{})};
  std::string kept = kept_step_text(model);
  return {golden.substr(0, golden.rfind("sum ")), kept.substr(0, kept.rfind("sum ")),
          "lode-step 1\n", "lode-step 2\n"};
}

const Registration step_registration({"kept_step", run_step, step_seeds});

void run_records(std::string_view bytes) {
  std::string path = join_path(scratch_folder(), "runs.sqlite");
  std::filesystem::remove(path + "-journal");
  std::filesystem::remove(path + "-wal");
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  auto store = open_sqlite_store(path);
  if (!store) {
    EXPECT_NE(store.error().code(), Code::kInternal) << store.error().text();
    EXPECT_NE(store.error().text().find("runs.sqlite"), std::string::npos) << store.error().text();
    return;
  }
  auto runs = (*store)->runs("shop", 100);
  auto models = (*store)->models("shop", "");
  // Before the seal there was no way to know; with it, what opens is right.
  if (!runs || !models) return;
  for (const RunRecord& run : *runs) EXPECT_FALSE(run_state_name(run.state).empty());
}

std::vector<std::string> record_seeds() {
  return {source_file("tests/lake/golden/runs-v2.sqlite"),
          source_file("tests/lake/golden/runs-v1.sqlite"), ""};
}

const Registration record_registration({"run_records", run_records, record_seeds});

}  // namespace
}  // namespace lode::fuzz
