#include "cli/program.h"

#include <gtest/gtest.h>

#include <new>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "cli/command.h"
#include "tests/cli/machine.h"

namespace lode {
namespace {

using Json = nlohmann::json;

// Does what its argument says, so that the program around it can be watched.
Result<int> run_puppet(CommandContext& context) {
  const std::string& act = context.argument("ACT");
  if (act == "no") return kExitNo;
  if (act == "memory") throw std::bad_alloc();
  if (act == "throw") throw std::runtime_error("surprise");
  if (act == "cancel") TRY_VOID(context.cancel.check());
  if (act == "log") context.log.info("hello", {{"n", 1}});
  if (act == "limits") {
    context.out.print("{} {}\n", context.limits.threads, context.limits.memory_bytes);
  }
  if (act == "progress") {
    ProgressStation station(context.progress, "read", 2, "rows");
    station.advance(2);
    context.log.error("half_way");
  }
  return kExitDone;
}
constexpr Positional kPositionals[] = {{.name = "ACT", .doc = "what to do"}};
constexpr Command kPuppet = {.group = CommandGroup::kLook,
                             .positionals = kPositionals,
                             .read_only = true,
                             .run = run_puppet};
constinit const Component kComponent = {.kind = "command",
                                        .name = "test-puppet",
                                        .summary = "a command of the tests",
                                        .description = "",
                                        .example = "lode test-puppet no",
                                        .options = {},
                                        .factory = &kPuppet};
const Registration registration(kComponent);

TEST(Program, VersionAndHelp) {
  EXPECT_EQ(run_lode({"--version"}).out, "lode " LODE_VERSION "\n");
  Ran bare = run_lode({});
  EXPECT_EQ(bare.exit, 0);
  EXPECT_EQ(bare.out, run_lode({"--help"}).out);
  EXPECT_EQ(bare.out, run_lode({"help"}).out);
  EXPECT_EQ(run_lode({"help", "check"}).out, run_lode({"check", "--help"}).out);
  EXPECT_EQ(Json::parse(run_lode({"--version", "--json"}).out)["version"], LODE_VERSION);
  EXPECT_EQ(Json::parse(run_lode({"-h", "--json"}).out)["help"], bare.out);
}

TEST(Program, MistakesEndWithTwo) {
  Ran ran = run_lode({"chek"});
  EXPECT_EQ(ran.exit, 2);
  EXPECT_EQ(ran.out, "");
  EXPECT_EQ(ran.err, "error: there is no command 'chek'; did you mean 'check'?\n");
  Ran json = run_lode({"check", "--jsn", "--json"});
  EXPECT_EQ(json.exit, 2);
  EXPECT_EQ(json.err, "");
  Json error = Json::parse(json.out)["error"];
  EXPECT_EQ(error["code"], "invalid");
  EXPECT_EQ(error["message"], "lode check has no flag --jsn; did you mean --json?");
}

TEST(Program, TheAnswerNoIsOne) { EXPECT_EQ(run_lode({"test-puppet", "no"}).exit, 1); }

TEST(Program, ExceptionsBecomeErrors) {
  Ran memory = run_lode({"test-puppet", "memory"});
  EXPECT_EQ(memory.exit, exit_code(Code::kLimit));
  EXPECT_NE(memory.err.find("out of memory"), std::string::npos);
  Ran thrown = run_lode({"test-puppet", "throw"});
  EXPECT_EQ(thrown.exit, exit_code(Code::kInternal));
  EXPECT_NE(thrown.err.find("surprise"), std::string::npos);
}

TEST(Program, CancelledHasItsOwnExit) {
  TestMachine machine;
  machine.cancel.cancel();
  Ran ran = machine.run({"test-puppet", "cancel"});
  EXPECT_EQ(ran.exit, 10);
  EXPECT_EQ(ran.err, "error: stopped on request\n");
}

TEST(Program, LimitsComeFromFlags) {
  EXPECT_EQ(run_lode({"test-puppet", "limits"}).out, "3 4294967296\n") << "the machine has 3 cores";
  EXPECT_EQ(run_lode({"test-puppet", "limits", "--threads=2", "--memory", "64MiB"}).out,
            "2 67108864\n");
}

TEST(Program, LogsGoToStandardErrorByLevel) {
  EXPECT_EQ(run_lode({"test-puppet", "log"}).err, "") << "info is below the default";
  EXPECT_EQ(run_lode({"test-puppet", "log", "--log", "info"}).err,
            "time=1970-01-01T00:00:00Z level=info event=hello n=1\n");
  TestMachine machine;
  machine.variables["LODE_LOG"] = "debug";
  EXPECT_NE(machine.run({"test-puppet", "log"}).err, "");
  EXPECT_EQ(machine.run({"test-puppet", "log", "--log=warn"}).err, "") << "the flag wins";
  EXPECT_EQ(Json::parse(machine.run({"test-puppet", "log", "--json"}).err)["event"], "hello");
  machine.variables["LODE_LOG"] = "loud";
  EXPECT_EQ(machine.run({"test-puppet", "log"}).exit, 2);
}

TEST(Program, ProgressFitsWhoListens) {
  EXPECT_EQ(run_lode({"test-puppet", "progress", "--log=off"}).err,
            "read: started, 2 rows\nread: 2 rows in 0 ms\n");
  EXPECT_EQ(run_lode({"test-puppet", "progress", "--log=off", "--quiet"}).err, "");
  EXPECT_EQ(run_lode({"test-puppet", "progress", "--log=off", "--json"}).err, "");
  TestMachine terminal;
  terminal.traits = {.terminal = true, .colours = false, .columns = 80};
  EXPECT_EQ(terminal.run({"test-puppet", "progress"}).err,
            "\rread          [--------------------]   0%  0 of 2 rows\x1b[K"
            "\r\x1b[Ktime=1970-01-01T00:00:00Z level=error event=half_way\n"
            "\rread          2 rows  0 ms\x1b[K\n");
}

TEST(Program, LostOutputIsAFailure) {
  class Full final : public Output {
   public:
    Full() : Output({}) {}
    void write(std::string_view) override {}
    Status flush() override { return fail(Code::kIo, "the disk is full"); }
  };
  Full out;
  MemoryOutput err;
  ManualClock clock(Timestamp{});
  Machine machine{.out = out,
                  .err = err,
                  .files = posix_files(),
                  .clock = clock,
                  .environment = [](const char*) -> std::optional<std::string> { return {}; },
                  .cancel = {},
                  .cores = 1};
  std::vector<std::string> words = {"--version"};
  EXPECT_EQ(run_program(words, machine), exit_code(Code::kIo));
  EXPECT_EQ(err.text(), "error: the disk is full\n");
}

}  // namespace
}  // namespace lode
