// A version of a model out of one project and into another: what it knows and how it scores come
// with it, and whatever is damaged, cut off or of a newer lode changes nothing.
// covers: orchestrate/model_archive, cli/registry_archive
#include "orchestrate/model_archive.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "base/time.h"
#include "lake/runs.h"
#include "orchestrate/catalogue.h"
#include "registry/archive.h"
#include "tests/e2e/shop.h"

namespace lode {
namespace {

using Json = nlohmann::json;

class ModelArchive : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* place : {"here/", "there/"}) {
      folder_.write(std::string(place) + "lode.yaml", shop_project());
      folder_.write(std::string(place) + "orders.csv", shop_orders());
    }
    ASSERT_EQ(lode("here", {"run", "--quiet"}).exit, 0);
    ASSERT_EQ(lode("here", {"registry", "promote", "returns", "--why", "first"}).exit, 0);
    ASSERT_EQ(lode("here", {"registry", "export", "returns", "../returns.tar"}).exit, 0);
  }
  ProcessResult lode(const std::string& place, const std::vector<std::string>& words) const {
    return run_binary(words, folder_.path() + "/" + place);
  }
  Json json(const std::string& place, std::vector<std::string> words, int exit = 0) const {
    words.emplace_back("--json");
    ProcessResult ran = lode(place, words);
    EXPECT_EQ(ran.exit, exit) << ran.out << ran.err;
    return Json::parse(ran.out, nullptr, false);
  }
  std::string archive() const {
    return posix_files().read(folder_.path() + "/returns.tar").value();
  }
  std::string records(const std::string& place) const {
    return folder_.path() + "/" + place + "/.lode/shop/runs.sqlite";
  }

  ScratchFolder folder_;
};

TEST_F(ModelArchive, WhatIsKnownOfAVersionComesWithIt) {
  Json imported = json("there", {"registry", "import", "../returns.tar", "--by", "ann"});
  EXPECT_EQ(imported["version"], 1);
  EXPECT_EQ(imported["was_here"], false);
  Json a = json("here", {"lineage", "returns"});
  Json b = json("there", {"lineage", "returns"});
  EXPECT_EQ(b["content"], a["content"]);
  EXPECT_EQ(b["run"], 0);
  Json origin = b["lineage"]["origin"];
  EXPECT_EQ(origin["project"], "shop");
  EXPECT_EQ(origin["model"]["version"], 1);
  EXPECT_EQ(origin["created"], a["created"]);
  EXPECT_EQ(origin["archive"], text(content_hash(archive())));
  b["lineage"].erase("origin");
  EXPECT_EQ(b["lineage"], a["lineage"]);
  // Judgement, thresholds and card are the record's.
  Json shown_a = json("here", {"model", "show", "returns"});
  Json shown_b = json("there", {"model", "show", "returns"});
  for (const char* same : {"metrics", "card", "options", "libraries", "stored", "seed", "dataset"})
    EXPECT_EQ(shown_b[same], shown_a[same]) << same;
  // What happened to it there stands in the event that brought it here.
  Json events = json("there", {"registry", "history", "returns"})["events"];
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0]["value"], "shop/returns@1");
  EXPECT_EQ(events[0]["by"], "ann");
  EXPECT_EQ(events[0]["details"]["history"][0]["why"], "first");
  // Texts of its declarations are known here, too.
  auto store = open_sqlite_store(records("there")).value();
  EXPECT_EQ(store->definitions("shop").value().size(), 6U);
  EXPECT_EQ(store->datasets("shop").value().size(), 1U);
  EXPECT_EQ(json("there", {"registry", "import", "../returns.tar"})["was_here"], true);
  EXPECT_EQ(json("there", {"model", "list"})["models"].size(), 1U);
}

// The other project never fitted it: it scores that project's rows as it did its own, to the bit.
TEST_F(ModelArchive, ItScoresToTheBitAsBefore) {
  ASSERT_EQ(lode("there", {"registry", "import", "../returns.tar", "--name", "ours"}).exit, 0);
  std::string yaml = shop_project();
  yaml.replace(yaml.find("columns: [amount, past.n_all"), 0, "options: {l2: 5}\n    ");
  folder_.write("there/lode.yaml", yaml);
  ASSERT_EQ(lode("there", {"run", "--quiet"}).exit, 0);
  Json a = json("here", {"gate", "returns", "--against", "base", "--guards", "none"});
  Json b = json("there", {"gate", "ours", "--against", "base", "--guards", "none"});
  EXPECT_EQ(b["challenger"]["content"], a["challenger"]["content"]);
  EXPECT_EQ(b["challenger"]["value"], a["challenger"]["value"]);
  EXPECT_EQ(b["checks"], a["checks"]);
  EXPECT_NE(json("there", {"model", "show", "returns"})["content"], a["challenger"]["content"])
      << "what was fitted there is another model";
}

TEST_F(ModelArchive, AnyTarOpensIt) {
  if (std::system("tar --version >/dev/null 2>&1") != 0) GTEST_SKIP() << "there is no tar here";
  std::string out = folder_.path() + "/out";
  std::filesystem::create_directories(out);
  std::string line =
      "tar xf " + shell_quoted(folder_.path() + "/returns.tar") + " -C " + shell_quoted(out);
  ASSERT_EQ(std::system(line.c_str()), 0);
  Json version = Json::parse(posix_files().read(out + "/version.json").value());
  EXPECT_EQ(version["name"], "returns");
  EXPECT_NE(posix_files().read(out + "/card.md").value().find("Intended use"), std::string::npos);
  std::string model = posix_files().read(out + "/model.bin").value();
  EXPECT_EQ(text(content_hash(model)), version["content"]);
}

TEST_F(ModelArchive, WhatIsNotWholeChangesNothing) {
  auto refused = [&](const std::string& bytes, int exit, const char* why) {
    folder_.write("bad.tar", bytes);
    ProcessResult ran = lode("there", {"registry", "import", "../bad.tar"});
    EXPECT_EQ(ran.exit, exit) << ran.out << ran.err;
    EXPECT_NE(ran.err.find(why), std::string::npos) << ran.err;
    EXPECT_NE(ran.err.find("bad.tar"), std::string::npos) << ran.err;
    EXPECT_EQ(lode("there", {"model", "show", "returns"}).exit, 3);
    EXPECT_FALSE(std::filesystem::exists(folder_.path() + "/there/.lode/shop/models"));
  };
  std::string bytes = archive();
  refused(bytes.substr(0, bytes.size() / 2), 6, "cut off");
  refused("", 2, "no archive of lode");
  std::string flipped = bytes;
  flipped[bytes.find("LODEMODL") + 100] ^= 4;
  refused(flipped, 6, "a part is not what was written");
  // Whole archives whose parts do not belong together, or are of a newer lode.
  std::vector<ArchivePart> parts = parse_archive(bytes).value();
  auto with = [&](std::string_view name, auto change) {
    std::vector<ArchivePart> other = parts;
    for (ArchivePart& part : other)
      if (part.name == name) change(part.bytes);
    return archive_bytes(other).value();
  };
  auto put = [](std::string_view what, std::string_view in_place) {
    return [=](std::string& text) { text.replace(text.find(what), what.size(), in_place); };
  };
  refused(with("model.bin", [](std::string& model) { model += "x"; }), 6, "another model");
  refused(with("definitions.json", [](std::string& text) { text = "[]"; }), 6, "lacks the text of");
  refused(with("version.json", put("\"algorithm\":\"logistic\"", "\"algorithm\":\"constant\"")), 6,
          "version.json");
  refused(with("version.json", put("\"seed\":\"1\"", "\"seed\":\"one\"")), 6, "version.json");
  refused(with("version.json", put("\"name\":\"returns\"", "\"name\":\"a@1\"")), 2,
          "no name for a model");
  std::erase_if(parts, [](const ArchivePart& part) { return part.name == "lineage.json"; });
  refused(archive_bytes(parts).value(), 6, "no part lineage.json");
}

TEST_F(ModelArchive, AModelOfANewerLodeIsRefusedClearly) {
  std::vector<ArchivePart> parts = parse_archive(archive()).value();
  std::string old_hash;
  std::string new_hash;
  for (ArchivePart& part : parts) {
    if (part.name != "model.bin") continue;
    old_hash = text(content_hash(part.bytes));
    part.bytes.replace(part.bytes.find("lode-model 2"), 12, "lode-model 9");
    new_hash = text(content_hash(part.bytes));
    folder_.write("here/.lode/shop/models/" + new_hash, part.bytes);
  }
  std::string& version = parts[0].bytes;
  version.replace(version.find(old_hash), 64, new_hash);
  folder_.write("newer.tar", archive_bytes(parts).value());
  ProcessResult imported = lode("there", {"registry", "import", "../newer.tar"});
  EXPECT_EQ(imported.exit, 9) << imported.err;
  EXPECT_NE(imported.err.find("use the lode that wrote it"), std::string::npos) << imported.err;
  // The same in a project's own folder.
  {
    auto store = open_sqlite_store(records("here")).value();
    ModelRecord record = store->model("shop", "returns", 1).value();
    record.content = parse_content_hash(new_hash).value();
    ASSERT_EQ(store->add_model(record).value(), 2);
  }
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"model", "show", "returns@2"},
        {"gate", "returns@2", "--against", "base"},
        {"registry", "export", "returns@2", "../no.tar"}}) {
    ProcessResult ran = lode("here", words);
    EXPECT_EQ(ran.exit, 9) << words[0] << ran.err;
    EXPECT_NE(ran.err.find(new_hash), std::string::npos) << ran.err;
  }
  EXPECT_FALSE(std::filesystem::exists(folder_.path() + "/no.tar"));
}

TEST_F(ModelArchive, AFlippedBitOfAnArtifactIsFoundBeforeItIsUsed) {
  std::string content = json("here", {"model", "show", "returns"})["content"];
  std::string path = "here/.lode/shop/models/" + content;
  std::string bytes = posix_files().read(folder_.path() + "/" + path).value();
  for (std::size_t at : {std::size_t{3}, bytes.size() / 2, bytes.size() - 1}) {
    std::string flipped = bytes;
    flipped[at] ^= 1;
    folder_.write(path, flipped);
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"model", "show", "returns"},
          {"gate", "returns", "--against", "base"},
          {"registry", "export", "returns", "../no.tar"}}) {
      ProcessResult ran = lode("here", words);
      EXPECT_EQ(ran.exit, 6) << words[0] << ran.err;
      EXPECT_NE(ran.err.find(content), std::string::npos) << ran.err;
    }
  }
  // `lode run` makes it whole again.
  ASSERT_EQ(lode("here", {"run", "--quiet"}).exit, 0);
  EXPECT_EQ(posix_files().read(folder_.path() + "/" + path).value(), bytes);
}

TEST_F(ModelArchive, AFileThatIsThereIsNotWrittenOver) {
  ProcessResult again = lode("here", {"registry", "export", "returns", "../returns.tar"});
  EXPECT_EQ(again.exit, 4) << again.err;
  EXPECT_NE(again.err.find("there is such a file already"), std::string::npos) << again.err;
}

// Written once, by the first lode that had archives; it must be taken for ever.
TEST_F(ModelArchive, TheGoldenArchiveIsTakenForEver) {
  std::string path = LODE_SOURCE_DIR "/tests/orchestrate/golden/model-archive-1.tar";
  if (std::getenv("LODE_UPDATE_GOLDEN") != nullptr && !std::filesystem::exists(path)) {
    ASSERT_TRUE(write_atomically(posix_files(), path, archive()));
  }
  ASSERT_EQ(lode("there", {"registry", "import", path}).exit, 0);
  Json there = json("there", {"lineage", "returns"});
  EXPECT_EQ(there["lineage"]["training"], "orders");
  EXPECT_EQ(there["lineage"]["definitions"].size(), 6U);
  EXPECT_EQ(there["content"], json("here", {"model", "show", "returns"})["content"])
      << "and today's lode makes the same model";
}

}  // namespace
}  // namespace lode
