#include "cli/text_table.h"

#include <gtest/gtest.h>

namespace lode {
namespace {

constexpr OutputTraits kPipe = {};

OutputTraits terminal(int columns, bool colours = false) {
  return {.terminal = true, .colours = colours, .columns = columns};
}

TEST(TextTable, NumbersStandToTheRight) {
  TextTable table({"source", "rows", "share"});
  table.row({"flights", 3'000'000, Cell::number(0.5, 2)});
  table.row({"weather", 12, Cell::number(12.345, 2)});
  table.row({"none", Cell(), Cell()});
  EXPECT_EQ(table.text(kPipe),
            "source        rows  share\n"
            "flights  3,000,000   0.50\n"
            "weather         12  12.35\n"
            "none\n");
}

TEST(TextTable, AColumnWithAWordStandsToTheLeft) {
  TextTable table({"n", "x"});
  table.row({12, "a"}).row({"many", 5});
  EXPECT_EQ(table.text(kPipe),
            "n     x\n"
            "12    a\n"
            "many  5\n");
}

TEST(TextTable, WithoutRowsTheHeadersStand) {
  EXPECT_EQ(TextTable({"a", "bb"}).text(kPipe), "a  bb\n");
}

TEST(TextTable, CodePointsAreCountedNotBytes) {
  TextTable table({"name", "n"});
  table.row({"Zürich", 1}).row({"Bern", 2});
  EXPECT_EQ(table.text(kPipe),
            "name    n\n"
            "Zürich  1\n"
            "Bern    2\n");
}

TEST(TextTable, DataCannotMoveTheCursor) {
  TextTable table({"value"});
  table.row({std::string("a\x1b[31m\n\tb\x7f")});
  EXPECT_EQ(table.text(kPipe), "value\na\\x1b[31m\\n\\tb\\x7f\n");
}

TEST(TextTable, TerminalsCutTheWidestText) {
  TextTable table({"name", "what it is"});
  table.row({"logistic", "a model that is explained at length here"});
  EXPECT_EQ(table.text(terminal(30)),
            "name      what it is\n"
            "logistic  a model that is e...\n");
  EXPECT_EQ(table.text(kPipe),
            "name      what it is\n"
            "logistic  a model that is explained at length here\n")
      << "a pipe is not cut";
}

TEST(TextTable, NumbersAreNeverCut) {
  TextTable table({"a", "n"});
  table.row({"abcdefghijkl", 1'000'000'000'000});
  EXPECT_EQ(table.text(terminal(5)),
            "a                         n\n"
            "abcde...  1,000,000,000,000\n");
}

TEST(TextTable, CutsBetweenCodePoints) {
  TextTable table({"a"});
  table.row({"ääääääääääää"});
  EXPECT_EQ(table.text(terminal(9)), "a\nääääää...\n");
}

TEST(TextTable, ColoursOnlyWhereTheyAreShown) {
  TextTable table({"a"});
  table.row({"b"});
  EXPECT_EQ(table.text(terminal(80, true)), "\x1b[1ma\x1b[0m\nb\n");
  EXPECT_EQ(table.text(terminal(80, false)), "a\nb\n");
}

}  // namespace
}  // namespace lode
