// CSV: the short cut and the slow way say the same, in batches of any size, and every row is
// counted. The first three bytes choose the dialect and the batches.
#include "ingest/csv.h"
#include "tests/fuzz/entry.h"
#include "tests/ingest/csv_transcript.h"

namespace lode::fuzz {
namespace {

void run(std::string_view bytes) {
  if (bytes.size() < 3) return;
  auto choice = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  CsvDialect dialect;
  dialect.delimiter = ",;\t|: "[choice(0) % 6];
  dialect.quote = "\"\"'\0"[choice(0) / 6 % 4];
  dialect.header = (choice(0) & 128) == 0;
  dialect.trim = dialect.delimiter != ' ' && choice(1) % 5 == 0;
  if (choice(1) % 3 == 0) dialect.nulls = {"", "NA"};
  dialect.quoted_nulls = choice(1) % 7 == 0;
  if (choice(1) / 128 == 1) dialect.dates = static_cast<DateForm>(choice(1) % kDateForms.size());
  std::string text(bytes.substr(3));
  CsvLimits slow{.row_bytes = 200, .window_bytes = 4096, .short_cut = false};
  CsvLimits fast{.row_bytes = 200, .window_bytes = 2U + choice(2)};
  CsvTranscript reference = csv_transcript(text, dialect, slow, 1000);
  CsvTranscript other = csv_transcript(text, dialect, fast, 1 + choice(2) % 20);
  EXPECT_EQ(reference.rows + reference.broken, reference.rows_read);
  EXPECT_EQ(other.text, reference.text);
}

std::vector<std::string> seeds() {
  std::string row = "42,2.75,word,2001-01-01T10:20:30,12.34,t,2001-05-05,raw\n";
  std::string header = "i,d,s,t,m,f,n,y\n";
  return {
      std::string("\0\1\40", 3) + header + row + row,
      std::string("\0\0\7", 3) + header +
          "NA,,\"a,\"\"b\"\"\n\",2001-02-29,99999999.99,n,,\xff\r\n",
      std::string("\200\1\3", 3) + row + "-1,1e-7,z\xc3\xbcr,2001-01-01T00:01:00Z,0.1,false,x,\n",
      std::string("\0\202\7", 3) + header + "1,1,a,1/29/01 7:05 PM,1,t,1/29/2001,\n" +
          "2,2,b,2/29/2001 24:00,1,t,13/1/01,\n3,3,c,2001-01-29,1,t,1-29-01,\n",
      std::string("\1\1\100", 3) + "i;d;s;t;m;f;n;y\n9223372036854775808;nan;;;;;;\n\n1;2\n"};
}

const Registration registration({"csv", run, seeds});

}  // namespace
}  // namespace lode::fuzz
