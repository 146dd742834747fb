// What a text looks like: each guess beside a near miss, and what is refused.
#include "insight/csv_guess.h"

#include "tests/insight/look_through.h"

namespace lode {
namespace {

using std::literals::operator""s;
using Names = std::vector<std::string>;

class CsvGuessed : public LookThrough {
 protected:
  CsvGuess guess(std::string_view bytes) const {
    auto found = guess_csv(posix_files(), write(bytes));
    EXPECT_TRUE(found.has_value()) << said(found);
    return found.value_or(CsvGuess());
  }
  std::string refusal(std::string_view bytes) const {
    return said(guess_csv(posix_files(), write(bytes)));
  }
};

TEST_F(CsvGuessed, TheDelimiterCutsMostRowsAlike) {
  EXPECT_EQ(guess("a,b\n1,2\n3,4\n").dialect.delimiter, ',');
  EXPECT_EQ(guess("a;b\n1,5;2\n3,25;4\n").dialect.delimiter, ';');
  EXPECT_EQ(guess("a\tb\nx, y\tz\nx\tz, y, w\n").dialect.delimiter, '\t');
  EXPECT_EQ(guess("a|b|c\n1|2|3\n").dialect.delimiter, '|');
  EXPECT_EQ(guess("word\none\ntwo\n").names, Names{"word"});
}

TEST_F(CsvGuessed, QuotesEncloseUnlessTheyTearRows) {
  CsvGuess quoted = guess("\"a\",\"b\"\n\"1,5\",\"x\"\"y\"\n");
  EXPECT_EQ(quoted.dialect.quote, '"');
  EXPECT_EQ(quoted.names, (Names{"a", "b"}));
  CsvGuess inches = guess("size,name\n5\" wide,x\n6\" wide,y\n7,z\n");
  EXPECT_EQ(inches.dialect.quote, '\0');
  EXPECT_EQ(inches.names, (Names{"size", "name"}));
}

TEST_F(CsvGuessed, TheFirstLineIsNamesOrData) {
  EXPECT_TRUE(guess("a,b\n1,x\n").dialect.header);
  CsvGuess numbers = guess("1,x\n2,y\n");
  EXPECT_FALSE(numbers.dialect.header);
  EXPECT_EQ(numbers.names, (Names{"c1", "c2"}));
  EXPECT_FALSE(guess("1/29/01,x\n2/3/01,y\n").dialect.header);
  EXPECT_FALSE(guess("ham,hello you\nspam,win now\nham,and me\n").dialect.header)
      << "ham comes again in its column";
  EXPECT_TRUE(guess("kind,text\nspam,win now\nham,and me\n").dialect.header);
  EXPECT_TRUE(guess("y,n\ny,1\nn,2\n").dialect.header)
      << "a column of numbers below a word says more than a word that comes again";
  EXPECT_TRUE(guess(",a\n1,2\n").dialect.header);
}

TEST_F(CsvGuessed, WhatIsSaidIsNotGuessed) {
  auto told = [&](std::string_view bytes, const CsvWishes& wishes) {
    auto found = guess_csv(posix_files(), write(bytes), wishes);
    EXPECT_TRUE(found.has_value()) << said(found);
    return found.value_or(CsvGuess());
  };
  EXPECT_EQ(told("1,x\n2,y\n", {.header = true}).names, (Names{"1", "x"}));
  EXPECT_EQ(told("a,b\n1,x\n", {.header = false}).names, (Names{"c1", "c2"}));
  EXPECT_EQ(told("a;b,c;d\n1;2,3;4\n", {.delimiter = ','}).names, (Names{"a;b", "c;d"}));
  EXPECT_EQ(told("a#b\n1#2\n", {.delimiter = '#'}).names, (Names{"a", "b"}));
  EXPECT_EQ(told("'a','b,c'\n1,2\n", {.quote = '\''}).names, (Names{"a", "b,c"}));
  EXPECT_EQ(told("\"a\",\"b\"\n1,2\n", {.quote = '\0'}).names, (Names{"\"a\"", "\"b\""}));
  EXPECT_NE(said(guess_csv(posix_files(), write("a|b\n1|2\n"), {.delimiter = '|', .quote = '|'}))
                .find("the same sign"),
            std::string::npos);
}

TEST_F(CsvGuessed, BlanksBehindDelimitersAreNoPart) {
  EXPECT_TRUE(guess("a, b\n1, x\n2, y\n").dialect.trim);
  EXPECT_FALSE(guess("a,b\n1, x\n2,y\n3,z\n").dialect.trim);
}

TEST_F(CsvGuessed, MarksLineEndsAndEmptyLinesAreNoPart) {
  EXPECT_EQ(guess("\xef\xbb\xbf"
                  "a,b\r\n1,2\r\n")
                .names,
            (Names{"a", "b"}));
  EXPECT_EQ(guess("\n\na,b\n1,2\n").names, (Names{"a", "b"}));
  EXPECT_EQ(guess("a,b\n1,2").names, (Names{"a", "b"}));
}

TEST_F(CsvGuessed, WhatIsNoTableIsRefusedWithWhatToDo) {
  for (const auto& [bytes, why] : std::vector<std::pair<std::string, const char*>>{
           {"", "the file is empty"},
           {"\n\n", "the file has no rows"},
           {"\xff\xfe"
            "a\0,\0b\0"s,
            "UTF-16"},
           {"PK\x03\x04 and so on", "save the sheet as CSV"},
           {"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"s, "no text: there is a zero byte"},
           {"a,b\r1,2\r3,4\r", "end in CR alone"},
           {std::string((1 << 20) + 1, 'x'), "no line ends within the first MiB"},
           {"gr\xf6\xdf"
            "e,b\nx,2\n",
            "is not UTF-8; convert"},
           {"a,b,a\nx,2,y\n", ":1: the header has the column 'a' twice"},
           {",b,\nx,2,y\n", "two columns of the header have no name"},
           {"a,b\nx,1,2\ny,3,4\n", "the header has 2 fields and most rows have 3"}})
    EXPECT_NE(refusal(bytes).find(why), std::string::npos) << why << "\n" << refusal(bytes);
}

}  // namespace
}  // namespace lode
