// Expressions against DuckDB: the same random typed expressions over the same random rows must give
// the same types, the same values and the same failures. Prints how often each operation was
// compared on each combination of types, and fails where that is never.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <map>

#include "table/duckdb.h"
#include "table/expression.h"
#include "table/expression/case_map.h"
#include "table/expression/syntax.h"
#include "table/expression/utf8.h"
#include "tests/table/expression_cases.h"

namespace lode {
namespace {

constexpr std::int64_t kRows = 600;

std::string value_text(const Column& column, std::int64_t i) {
  if (column.is_null(i)) return "null";
  switch (column.type.id) {
    case TypeId::kBool:
      return column.boolean(i) ? "true" : "false";
    case TypeId::kInt64:
      return fmt::format("{}", column.int64(i));
    case TypeId::kDouble:
      return double_text(column.float64(i));
    case TypeId::kDecimal:
      return decimal_text(column.decimal(i), column.type.scale);
    case TypeId::kDate:
      return date_text(column.date(i));
    case TypeId::kTimestamp:
      return timestamp_text(column.int64(i));
    default:
      return fmt::format("'{}'", column.string(i));
  }
}

// Distance in representable doubles; NaN is near NaN only.
bool near(double a, double b, int ulps) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  if (a == b) return ulps > 0 || std::signbit(a) == std::signbit(b);
  if (std::isinf(a) || std::isinf(b) || std::signbit(a) != std::signbit(b)) return false;
  auto distance = std::bit_cast<std::int64_t>(a) - std::bit_cast<std::int64_t>(b);
  return std::abs(distance) <= ulps;
}

bool same_value(const Column& a, const Column& b, std::int64_t i, int ulps) {
  if (a.is_null(i) || b.is_null(i)) return a.is_null(i) == b.is_null(i);
  if (a.type.id == TypeId::kDouble) return near(a.float64(i), b.float64(i), ulps);
  return value_text(a, i) == value_text(b, i);
}

class ExpressionAgainstDuckDB : public testing::Test {
 protected:
  void SetUp() override {
    auto version = Duck::version();
    if (!version) GTEST_SKIP() << version.error().message();
    duck_.emplace(Duck::open({}).value());
    Random random(20010129);
    rows_ = random_rows(kRows, random);
    ASSERT_TRUE(duck_->create_table("t", rows_.schema));
    ASSERT_TRUE(duck_->append("t", rows_));
  }

  // DuckDB's answer on the rows of a condition. The optimizer is off: it rewrites x + 1 > 5 to x >
  // 4, which does not overflow.
  Result<Table> ask_duck(const std::string& sql, const std::string& rows) {
    TRY_VOID(duck_->execute(
        fmt::format("PRAGMA disable_optimizer; "
                    "CREATE OR REPLACE TABLE r AS SELECT id, {} AS v FROM t WHERE {}",
                    sql, rows)));
    return duck_->query_all("SELECT v, id FROM r ORDER BY id");
  }

  // Every row by itself; null where it fails.
  Column row_by_row(const BoundExpression& bound, std::vector<std::int64_t>& failed) {
    Evaluator evaluator(bound);
    ColumnBuilder builder(bound.type());
    for (std::int64_t i = 0; i < rows_.rows; ++i) {
      auto values = evaluator.evaluate(rows_, i, 1);
      if (!values) failed.push_back(i);
      if (!values || values->is_null(0)) {
        builder.append_null();
        continue;
      }
      switch (bound.type().id) {
        case TypeId::kBool:
          builder.append_bool(values->boolean(0));
          break;
        case TypeId::kDouble:
          builder.append_double(values->float64(0));
          break;
        case TypeId::kDecimal:
          builder.append_decimal(values->decimal(0));
          break;
        case TypeId::kDate:
          builder.append_date(values->date(0));
          break;
        case TypeId::kString:
          builder.append_string(values->string(0));
          break;
        default:
          builder.append_int64(values->int64(0));
      }
    }
    return builder.finish();
  }

  std::string inputs_text(const BoundExpression& bound, std::int64_t row) const {
    std::string out;
    for (std::size_t i : bound.inputs())
      out += fmt::format(" {}={}", rows_.schema[i].name, value_text(rows_.columns[i], row));
    return out;
  }

  void compare(const Pair& pair, int ulps) {
    auto expression = parse_expression(pair.lode);
    ASSERT_TRUE(expression) << pair.lode << "\n" << expression.error().text();
    auto again = parse_expression(expression->text());
    ASSERT_TRUE(again) << pair.lode << " printed as " << expression->text();
    EXPECT_EQ(again->text(), expression->text());
    auto bound = bind(*expression, rows_.schema);
    if (!bound) {
      // No type for it, such as a decimal with too many digits: then DuckDB has none either.
      auto duck = ask_duck(pair.sql, "true");
      EXPECT_FALSE(duck) << pair.lode << "\n" << bound.error().text();
      return;
    }
    compare_values(pair, *bound, ulps);
  }

  void compare_values(const Pair& pair, const BoundExpression& bound, int ulps) {
    std::vector<std::int64_t> failed;
    Column rows = row_by_row(bound, failed);
    compare_batch(pair, bound, rows, failed);
    auto duck = ask_duck(
        pair.sql, failed.empty() ? "true" : fmt::format("id NOT IN ({})", fmt::join(failed, ", ")));
    ASSERT_TRUE(duck) << pair.lode << " fails in DuckDB only: " << duck.error().text();
    const Column& wanted = duck->columns[0];
    ASSERT_EQ(bound.type().text(), wanted.type.text()) << pair.lode;
    for (std::int64_t k = 0; k < duck->rows; ++k) {
      std::int64_t row = duck->columns[1].int64(k);
      Column one = rows.slice(row, 1);
      if (same_value(one, wanted.slice(k, 1), 0, ulps)) continue;
      ADD_FAILURE() << pair.lode << "\n  " << pair.sql << "\n  lode " << value_text(rows, row)
                    << ", DuckDB " << value_text(wanted, k) << ", of" << inputs_text(bound, row);
      return;
    }
    // Of the rows that fail, a few are asked one by one: each must fail in DuckDB too.
    for (std::size_t k = 0; k < failed.size(); k += 1 + failed.size() / 3) {
      auto alone = ask_duck(pair.sql, fmt::format("id = {}", failed[k]));
      EXPECT_FALSE(alone) << pair.lode << " fails in lode only, of"
                          << inputs_text(bound, failed[k]);
    }
    for (const std::string& cell : pair.cells) compared_[cell] += rows_.rows;
  }

  // The batch says what the rows say, and fails on a row that fails by itself.
  void compare_batch(const Pair& pair, const BoundExpression& bound, const Column& rows,
                     const std::vector<std::int64_t>& failed) {
    auto batch = bound.evaluate(rows_);
    ASSERT_EQ(batch.has_value(), failed.empty()) << pair.lode;
    if (!batch) {
      EXPECT_EQ(std::ranges::count(failed, batch.error().where().offset), 1)
          << batch.error().text();
      return;
    }
    for (std::int64_t i = 0; i < rows_.rows; ++i)
      ASSERT_TRUE(same_value(*batch, rows, i, 0)) << pair.lode << ": batch, row " << i;
  }

  void print_and_check_cells() {
    std::int64_t total = 0;
    for (const Operation& operation : operations()) {
      for (std::string_view signature : operation.signatures) {
        std::string cell = fmt::format("{}  ({})", operation.lode, signature);
        std::printf("%10lld  %s\n", static_cast<long long>(compared_[cell]), cell.c_str());
        EXPECT_GT(compared_[cell], 0) << "never compared: " << cell;
        total += compared_[cell];
      }
    }
    std::printf("%10lld  values in all\n", static_cast<long long>(total));
  }

  std::optional<Duck> duck_;
  Table rows_;
  std::map<std::string, std::int64_t> compared_;
};

TEST_F(ExpressionAgainstDuckDB, EveryOperationOnEveryType) {
  Random random(1);
  for (const Operation& operation : operations())
    for (std::string_view signature : operation.signatures)
      for (int i = 0; i < 3; ++i)
        compare(make_pair_of(operation, signature, random, 1), operation.ulps);
  print_and_check_cells();
}

TEST_F(ExpressionAgainstDuckDB, NestedExpressions) {
  Random random(2);
  constexpr std::string_view kTypes = "bidmsat";
  for (int i = 0; i < 700; ++i) {
    char type = kTypes[static_cast<std::size_t>(i) % kTypes.size()];
    compare(random_pair(type, random, 2 + i % 2), 0);
  }
}

// lower() and upper() of every character there is.
TEST_F(ExpressionAgainstDuckDB, CaseOfEveryCharacter) {
  auto table = duck_->query_all(
      "SELECT i::BIGINT i, upper(chr(i::INT)) u, lower(chr(i::INT)) l FROM range(1, 1114112) r(i) "
      "WHERE i NOT BETWEEN 55296 AND 57343 ORDER BY i");
  ASSERT_TRUE(table) << table.error().text();
  for (std::int64_t row = 0; row < table->rows; ++row) {
    auto point = static_cast<char32_t>(table->columns[0].int64(row));
    char room[4];
    auto text = [&](char32_t p) { return std::string_view(room, encode_character(p, room)); };
    ASSERT_EQ(text(upper_character(point)), table->columns[1].string(row)) << row;
    ASSERT_EQ(text(lower_character(point)), table->columns[2].string(row)) << row;
  }
}

}  // namespace
}  // namespace lode
