// One registry, several processes at once: who loses is told what to do, and nothing is lost.
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "base/time.h"
#include "lake/runs.h"
#include "registry/registry.h"
#include "tests/e2e/shop.h"

namespace lode {
namespace {

using Json = nlohmann::json;

class RegistryProcesses : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_.write("lode.yaml", shop_project());
    folder_.write("orders.csv", shop_orders());
    ASSERT_EQ(run_binary({"run", "--quiet"}, folder_.path()).exit, 0);
  }
  std::string records() const { return folder_.path() + "/.lode/shop/runs.sqlite"; }
  Json events() const {
    ProcessResult ran = run_binary({"registry", "history", "returns", "--json"}, folder_.path());
    EXPECT_EQ(ran.exit, 0) << ran.err;
    return Json::parse(ran.out, nullptr, false)["events"];
  }
  // A process of the program, begun and not waited for. Its errors go into a file.
  pid_t begin(std::vector<std::string> words, const std::string& errors) const {
    pid_t child = ::fork();
    if (child != 0) return child;
    if (::chdir(folder_.path().c_str()) != 0) ::_exit(126);
    (void)!::freopen("/dev/null", "w", stdout);
    (void)!::freopen(errors.c_str(), "w", stderr);
    std::string binary = LODE_BINARY;
    std::vector<char*> argv = {binary.data()};
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    ::execv(LODE_BINARY, argv.data());
    ::_exit(127);
  }
  static int end(pid_t child) {
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

  ScratchFolder folder_;
};

// Both have looked before either acts: exactly one wins, in whatever order they come.
TEST_F(RegistryProcesses, OfTwoWhoHaveSeenTheSameOneWins) {
  int ready[2];
  int go[2];
  ASSERT_EQ(::pipe(ready), 0);
  ASSERT_EQ(::pipe(go), 0);
  auto act = [&](const char* actor) -> int {  // in a process of its own
    auto store = open_sqlite_store(records());
    if (!store) return 101;
    auto seen = (*store)->model_events("shop", "");
    char signal = 'r';
    if (!seen || ::write(ready[1], &signal, 1) != 1 || ::read(go[0], &signal, 1) != 1) return 102;
    ModelEvent event{.project = "shop", .model = "returns", .name = "champion", .version = 1};
    event.actor = actor;
    auto added = (*store)->add_model_event(event, seen->empty() ? 0 : seen->back().number);
    if (added) return 0;
    bool told = added.error().message().find("look again and repeat it") != std::string::npos;
    return added.error().code() == Code::kConflict && told ? 4 : 103;
  };
  std::vector<pid_t> children;
  for (const char* actor : {"ann", "bob"}) {
    pid_t child = ::fork();
    if (child == 0) ::_exit(act(actor));
    children.push_back(child);
  }
  char signals[2] = {'r', 'r'};
  ASSERT_EQ(::read(ready[0], &signals[0], 1), 1);
  ASSERT_EQ(::read(ready[0], &signals[1], 1), 1);
  ASSERT_EQ(::write(go[1], signals, 2), 2);
  std::map<int, int> exits;
  for (pid_t child : children) ++exits[end(child)];
  EXPECT_EQ(exits[0], 1);
  EXPECT_EQ(exits[4], 1);
  EXPECT_EQ(events().size(), 1U);
  for (int descriptor : {ready[0], ready[1], go[0], go[1]}) ::close(descriptor);
}

// Many at once, tagging: each is there or was told that it is not.
TEST_F(RegistryProcesses, OfManyAtOnceNoneIsLostUntold) {
  std::vector<std::string> wanted;
  for (int round = 0; round < 4; ++round) {
    std::vector<pid_t> children;
    std::vector<std::string> tags;
    for (int i = 0; i < 6; ++i) {
      tags.push_back(fmt::format("t{}_{}", round, i));
      children.push_back(begin({"registry", "tag", "returns", tags.back() + "=yes"},
                               fmt::format("{}/err{}", folder_.path(), i)));
    }
    for (std::size_t i = 0; i < children.size(); ++i) {
      int exit = end(children[i]);
      std::string err = posix_files().read(fmt::format("{}/err{}", folder_.path(), i)).value();
      ASSERT_TRUE(exit == 0 || exit == 4) << exit << err;
      if (exit == 0) wanted.push_back(tags[i]);
      if (exit == 4) {
        EXPECT_NE(err.find("look again and repeat it"), std::string::npos) << err;
      }
    }
  }
  Json all = events();
  std::vector<std::string> found;
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i]["number"], i + 1) << "no gap";
    found.push_back(all[i]["name"]);
  }
  std::ranges::sort(found);
  std::ranges::sort(wanted);
  EXPECT_EQ(found, wanted);
  EXPECT_GE(wanted.size(), 4U) << "one of each round wins";
}

// A run makes versions while people promote and tag; neither waits long, and both are there.
TEST_F(RegistryProcesses, ARunGoesOnBesidePromotions) {
  std::string yaml = shop_project();
  yaml.replace(yaml.find("columns: [amount, past.n_all"), 0, "options: {l2: 5}\n    ");
  folder_.write("lode.yaml", yaml);
  pid_t run = begin({"run", "--quiet"}, folder_.path() + "/err-run");
  int status = 0;
  std::size_t done = 0;
  while (::waitpid(run, &status, WNOHANG) == 0) {
    ProcessResult acted =
        run_binary({"registry", "tag", "returns@1", fmt::format("t{}=yes", done)}, folder_.path());
    ASSERT_EQ(acted.exit, 0) << acted.err;
    ++done;
  }
  EXPECT_EQ(WEXITSTATUS(status), 0) << posix_files().read(folder_.path() + "/err-run").value();
  EXPECT_GT(done, 0U);
  EXPECT_EQ(events().size(), done);
  ProcessResult shown = run_binary({"model", "show", "returns", "--json"}, folder_.path());
  EXPECT_EQ(Json::parse(shown.out)["version"], 2) << shown.err;
  EXPECT_EQ(Json::parse(shown.out)["run"], 2);
}

// An import writes beside the models: not while a run is at work.
TEST_F(RegistryProcesses, AnImportWaitsForNoRun) {
  ASSERT_EQ(run_binary({"registry", "export", "returns", "a.tar"}, folder_.path()).exit, 0);
  auto held = posix_files().lock(folder_.path() + "/.lode/lock");
  ASSERT_TRUE(held);
  ProcessResult ran = run_binary({"registry", "import", "a.tar", "--name", "b"}, folder_.path());
  EXPECT_EQ(ran.exit, 4) << ran.err;
  held->reset();
  EXPECT_EQ(run_binary({"registry", "import", "a.tar", "--name", "b"}, folder_.path()).exit, 0);
}

}  // namespace
}  // namespace lode
