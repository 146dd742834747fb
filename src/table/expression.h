// Expressions over the columns of a table: SQL's syntax and three-valued logic, typed before
// anything runs, one implementation for batches and single rows. They stand in lode.yaml wherever a
// value is derived: labels, filters, known times, contract checks, training columns.
//
// Meaning: DuckDB's, with every integer a BIGINT; the differences, each deliberate, are listed in
// docs/reference/expressions.md beside the functions. Names of columns are case-sensitive, keywords
// and functions are not. A text is at most 64 KiB, nested at most 200 deep.
// Threads: Expression and BoundExpression are immutable; an Evaluator belongs to one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"
#include "table/column.h"
#include "table/type.h"

namespace lode {

// A constant. int64 also holds date (days) and timestamp (microseconds); null holds nothing.
struct Literal {
  Type type;
  std::variant<std::monostate, bool, std::int64_t, double, Int128, std::string> value;

  bool is_null() const { return value.index() == 0; }
  bool operator==(const Literal&) const = default;
};

// The syntax tree. Nodes are immutable and shared; rewriting makes new ones.
struct Node;
using NodePtr = std::shared_ptr<const Node>;

struct Node {
  enum class Kind : std::uint8_t {
    kLiteral,  // literal
    kColumn,   // name
    kCall,  // name, arguments; operators are calls of "+", "<=", "and", "in", "between", "like"...
    kCast,  // arguments[0] as type, null instead of an error if try_cast
    kCase,  // arguments: [operand,] when, then, when, then, ... [else]; see the flags below
    kSubscript,  // arguments[0] [ arguments[1] ]: read by features/, not a value of its own
    kField,      // arguments[0] . name
  };
  Kind kind = Kind::kLiteral;
  std::string name;
  Literal literal;
  Type type;
  bool try_cast = false;
  bool has_operand = false;  // CASE x WHEN
  bool has_else = false;
  std::vector<NodePtr> arguments;
  std::int64_t line = 1;    // where its operator or first word stands in the text, 1-based
  std::int64_t column = 1;  // in bytes
};

class Expression {
 public:
  explicit Expression(NodePtr root) : root_(std::move(root)) {}

  const NodePtr& root() const { return root_; }
  // Canonical text: equal for equal trees whatever the spelling (case of keywords, blanks, brackets
  // that change nothing), parsed back to the same tree. Stable; it goes into hashes.
  std::string text() const;
  // Names of columns read, sorted, each once. The `view` of view[key] counts as a column.
  std::vector<std::string> columns_used() const;
  // The tree with nodes replaced, from the leaves up: `change` sees each node (its arguments
  // already rewritten) and returns another in its place, or nullptr to keep it.
  Expression rewrite(const std::function<NodePtr(const NodePtr&)>& change) const;
  // Calls `see` on every node, a parent before its arguments.
  void visit(const std::function<void(const Node&)>& see) const;

 private:
  NodePtr root_;
};

// kInvalid with line and column inside the text, and the nearest known name for an unknown
// function. `extra_functions` are names that a caller will rewrite before binding (count, sum:
// aggregates).
Result<Expression> parse_expression(std::string_view text,
                                    std::span<const std::string_view> extra_functions = {});

// Convenient nodes for rewriting.
NodePtr column_node(std::string name);
NodePtr call_node(std::string function, std::vector<NodePtr> arguments);
NodePtr literal_node(Literal literal);

struct BindOptions {
  // local(time_column) reads local_column, a timestamp column that holds the wall clock's time of
  // the row's zone. Without it local() is an error that says to declare a zone.
  std::string time_column;
  std::optional<std::string> local_column;
};

struct Program;  // table/expression/program.h

// A typed expression, ready for any table with the schema it was bound to.
class BoundExpression {
 public:
  explicit BoundExpression(std::shared_ptr<const Program> program) : program_(std::move(program)) {}

  // Durations are int64 microseconds once they leave an expression.
  const Type& type() const;
  bool is_duration() const;
  // Positions in the schema of the columns it reads, ascending.
  std::vector<std::size_t> inputs() const;
  // One value a row. An error names the row (Where::offset, from 0), the values, and the place in
  // the text. Cost: vectorised over 1024 rows at a time. For single rows keep an Evaluator instead.
  Result<Column> evaluate(const Table& table) const;

  const Program& program() const { return *program_; }

 private:
  friend class Evaluator;
  std::shared_ptr<const Program> program_;
};

Result<BoundExpression> bind(const Expression& expression, const Schema& schema,
                             const BindOptions& options = {});

// Results of a few rows, in the evaluator's own memory: valid until its next call. Only the
// accessor of the expression's type may be used; values under a null are anything.
class Values {
 public:
  bool is_null(std::int64_t i) const { return valid_ != nullptr && valid_[i] == 0; }
  bool boolean(std::int64_t i) const { return static_cast<const std::uint8_t*>(data_)[i] != 0; }
  std::int64_t int64(std::int64_t i) const { return static_cast<const std::int64_t*>(data_)[i]; }
  double float64(std::int64_t i) const { return static_cast<const double*>(data_)[i]; }
  std::int32_t date(std::int64_t i) const { return static_cast<const std::int32_t*>(data_)[i]; }
  Int128 decimal(std::int64_t i) const { return static_cast<const Int128*>(data_)[i]; }
  std::string_view string(std::int64_t i) const {
    return static_cast<const std::string_view*>(data_)[i];
  }

 private:
  friend class Evaluator;
  const void* data_ = nullptr;
  const std::uint8_t* valid_ = nullptr;
};

// Runs a bound expression with memory that is kept between calls: a row costs no allocation once
// the characters of its strings have found room. Type list and struct are not for rows.
class Evaluator {
 public:
  // At most `batch_rows` rows a call; memory is about 9 bytes a row for each operation.
  explicit Evaluator(const BoundExpression& expression, std::int64_t batch_rows = 1);
  ~Evaluator();
  Evaluator(Evaluator&&) noexcept;
  Evaluator& operator=(Evaluator&&) noexcept;

  // Rows [begin, begin + count) of a table with the bound schema, count <= batch_rows.
  Result<Values> evaluate(const Table& table, std::int64_t begin, std::int64_t count);

 private:
  friend class BoundExpression;
  struct State;
  std::unique_ptr<State> state_;
};

// docs/reference/expressions.md, made from the descriptors of all functions.
std::string expressions_reference();

}  // namespace lode
