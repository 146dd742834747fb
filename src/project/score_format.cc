#include "project/score_format.h"

#include <array>

namespace lode {
namespace {

struct Ending {
  std::string_view name;
  ScoreFormat format;
};
// The first of a format is its name.
constexpr std::array<Ending, 5> kEndings = {{{".parquet", ScoreFormat::kParquet},
                                             {".csv", ScoreFormat::kCsv},
                                             {".duckdb", ScoreFormat::kDuckDb},
                                             {".ddb", ScoreFormat::kDuckDb},
                                             {".db", ScoreFormat::kDuckDb}}};

}  // namespace

std::string_view score_format_name(ScoreFormat format) {
  for (const Ending& ending : kEndings)
    if (ending.format == format) return ending.name.substr(1);
  return "";
}

Result<ScoreFormat> score_format(std::string_view path, std::string_view format) {
  for (const Ending& ending : kEndings) {
    bool named = format == "auto" ? path.ends_with(ending.name) : ending.name.substr(1) == format;
    if (named) return ending.format;
  }
  if (format != "auto")
    return fail(Code::kInvalid, "'{}' is no format; --to takes parquet, csv or duckdb", format);
  return fail(Code::kInvalid,
              "what {} is to be its name does not say: let it end in .parquet, .csv or .duckdb, or "
              "give --to",
              path);
}

}  // namespace lode
