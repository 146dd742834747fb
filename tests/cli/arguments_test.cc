#include "cli/arguments.h"

#include <gtest/gtest.h>

#include "cli/command.h"

namespace lode {
namespace {

constexpr Option kOptions[] = {
    {.name = "max_rows", .type = OptionType::kInt, .fallback = "10", .doc = "rows", .least = 1},
    {.name = "keep", .type = OptionType::kText, .fallback = "none", .doc = "one of them"},
    {.name = "all", .type = OptionType::kBool, .fallback = "false", .doc = "all of them"},
};
constexpr Positional kPositionals[] = {
    {.name = "FIRST", .doc = "the first"},
    {.name = "SECOND",
     .doc = "the second",
     .count = Positional::Count::kOptional,
     .fallback = "two"},
    {.name = "REST", .doc = "the rest", .count = Positional::Count::kAny},
};
Result<int> run(CommandContext&) { return kExitDone; }
constexpr std::string_view kRepeated[] = {"keep"};
constexpr Command kCommand = {.group = CommandGroup::kLook,
                              .positionals = kPositionals,
                              .read_only = true,
                              .run = run,
                              .repeated = kRepeated};
// Not registered under a name that a user could meet.
constinit const Component kComponent = {.kind = "command",
                                        .name = "test-arguments",
                                        .summary = "a command of the tests",
                                        .description = "",
                                        .example = "lode test-arguments x",
                                        .options = kOptions,
                                        .factory = &kCommand};
const Registration registration(kComponent);

Result<Arguments> parse(std::vector<std::string> words) { return parse_arguments(words); }

std::string error_of(std::vector<std::string> words) {
  auto parsed = parse(std::move(words));
  if (parsed) return "";
  EXPECT_EQ(parsed.error().code(), Code::kInvalid);
  return parsed.error().message();
}

TEST(Arguments, FlagsStandAnywhere) {
  Arguments a =
      parse({"--threads", "4", "test-arguments", "--max-rows=3", "x", "--json", "y", "--all"})
          .value();
  EXPECT_EQ(a.command, &kComponent);
  EXPECT_EQ(a.globals.integer("threads"), 4);
  EXPECT_TRUE(a.globals.flag("json"));
  EXPECT_FALSE(a.globals.flag("quiet"));
  EXPECT_EQ(a.options.integer("max_rows"), 3);
  EXPECT_TRUE(a.options.flag("all"));
  ASSERT_EQ(a.positionals.size(), 3U);
  EXPECT_EQ(a.positionals[0].second, std::vector<std::string>{"x"});
  EXPECT_EQ(a.positionals[1].second, std::vector<std::string>{"y"});
  EXPECT_TRUE(a.positionals[2].second.empty());
  EXPECT_TRUE(a.defaulted.empty());
}

TEST(Arguments, AFlagComesAgainWhereItMay) {
  Arguments a = parse({"test-arguments", "x", "--keep", "a=b", "--keep=c"}).value();
  EXPECT_EQ(a.options.text("keep"), "a=b\nc");
  EXPECT_NE(error_of({"test-arguments", "x", "--max-rows", "1", "--max-rows", "2"}), "");
}

TEST(Arguments, DefaultsAndRest) {
  Arguments a = parse({"test-arguments", "x"}).value();
  EXPECT_EQ(a.positionals[1].second, std::vector<std::string>{"two"});
  EXPECT_EQ(a.defaulted, std::vector<std::string_view>{"SECOND"});
  EXPECT_EQ(a.options.integer("max_rows"), 10);
  EXPECT_EQ(a.memory_bytes, std::int64_t{4} << 30);
  Arguments b = parse({"test-arguments", "x", "y", "-", "--", "--all", "--"}).value();
  EXPECT_EQ(b.positionals[2].second, (std::vector<std::string>{"-", "--all", "--"}));
  EXPECT_FALSE(b.options.flag("all"));
}

TEST(Arguments, MistakesNameTheNearestWord) {
  EXPECT_EQ(error_of({"test-argumnts"}),
            "there is no command 'test-argumnts'; did you mean 'test-arguments'?");
  EXPECT_EQ(error_of({"frobnicate"}), "there is no command 'frobnicate'; `lode help` lists them");
  EXPECT_EQ(error_of({"test-arguments", "--max-row", "3"}),
            "lode test-arguments has no flag --max-row; did you mean --max-rows?");
  EXPECT_EQ(error_of({"test-arguments", "--thread", "3"}),
            "lode test-arguments has no flag --thread; did you mean --threads?");
  EXPECT_EQ(error_of({"--xyzzy"}), "lode has no flag --xyzzy; `lode --help` lists them");
  EXPECT_EQ(error_of({"test-arguments", "-x"}),
            "lode test-arguments has no flag -x; `lode test-arguments --help` lists them");
}

TEST(Arguments, MistakesOfCount) {
  EXPECT_EQ(error_of({"test-arguments"}),
            "lode test-arguments needs FIRST: the first; see `lode test-arguments --help`");
  EXPECT_EQ(error_of({"version", "x"}),
            "lode version does not take 'x'; see `lode version --help`");
  EXPECT_EQ(error_of({"test-arguments", "x", "--max-rows"}), "--max-rows needs a value: rows");
  EXPECT_EQ(error_of({"test-arguments", "x", "--all", "--all"}), "option all is given twice");
}

TEST(Arguments, MistakesOfValue) {
  EXPECT_EQ(error_of({"test-arguments", "x", "--max-rows", "many"}),
            "option max_rows: 'many' is not a whole number");
  EXPECT_EQ(error_of({"test-arguments", "x", "--all=yes"}),
            "option all: 'yes' is not true or false");
  EXPECT_EQ(error_of({"--log", "warm"}),
            "option log: 'warm' is not a choice; did you mean 'warn'?");
  EXPECT_EQ(error_of({"--memory", "lots"}),
            "--memory: 'lots' is no size; write it as 512MiB or 4GiB");
  EXPECT_EQ(error_of({"--memory", "1MiB"}),
            "--memory: 1MiB is too little to work with; give at least 64MiB");
  EXPECT_NE(error_of({"--threads", "-1"}), "");
}

TEST(Arguments, HelpNeedsNothingElse) {
  Arguments a = parse({"test-arguments", "-h"}).value();
  EXPECT_TRUE(a.globals.flag("help"));
  EXPECT_EQ(a.command, &kComponent);
}

TEST(Arguments, WantsJsonBeforeAnythingIsKnown) {
  auto wants = [](std::vector<std::string> words) { return wants_json(words); };
  EXPECT_TRUE(wants({"frobnicate", "--json"}));
  EXPECT_FALSE(wants({"sql", "--", "--json"}));
  EXPECT_FALSE(wants({"--json=false"}));
}

// A flag of a command that is also one of all commands could never be given.
TEST(Arguments, CommandsDoNotHideGlobalFlags) {
  for (const Component* command : components("command"))
    for (const Option& option : command->options)
      for (const Option& global : kGlobalFlags.options)
        EXPECT_NE(option.name, global.name) << command->name;
}

TEST(Commands, DescriptorsAreWhole) {
  for (const Component* component : components("command")) {
    SCOPED_TRACE(component->name);
    const Command& command = command_of(*component);
    EXPECT_NE(command.run, nullptr);
    EXPECT_FALSE(component->summary.empty());
    EXPECT_FALSE(component->summary.ends_with('.'));
    EXPECT_TRUE(component->example.starts_with(fmt::format("lode {}", component->name)));
    for (std::size_t i = 0; i < command.positionals.size(); ++i) {
      EXPECT_FALSE(command.positionals[i].doc.empty());
      bool last = i + 1 == command.positionals.size();
      EXPECT_TRUE(last || command.positionals[i].count != Positional::Count::kAny);
      bool optional = command.positionals[i].count != Positional::Count::kOne;
      bool next_needed = !last && command.positionals[i + 1].count == Positional::Count::kOne;
      EXPECT_FALSE(optional && next_needed) << "what is needed stands before what is not";
    }
  }
}

}  // namespace
}  // namespace lode
