#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cstring>
#include <limits>

#include "table/expression.h"
#include "table/expression/program.h"
#include "table/expression/syntax.h"

namespace lode {
namespace {

constexpr std::int64_t kBatchRows = 1024;

void unpack_bits(const std::uint8_t* bits, std::int64_t begin, std::int64_t count,
                 std::uint8_t* out) {
  for (std::int64_t i = 0; i < count; ++i) out[i] = bit_at(bits, begin + i);
}

// One value as a user would write it, for error messages.
std::string value_text(const ValueType& type, const Vector& vector, std::int64_t row) {
  if (vector.valid != nullptr && vector.valid[row] == 0) return "null";
  switch (type.type.id) {
    case TypeId::kBool:
      return vector.as<std::uint8_t>()[row] != 0 ? "true" : "false";
    case TypeId::kInt64:
      return fmt::format("{}", vector.as<std::int64_t>()[row]);
    case TypeId::kDouble:
      return double_text(vector.as<double>()[row]);
    case TypeId::kDecimal:
      return decimal_text(vector.as<Int128>()[row], type.type.scale);
    case TypeId::kString:
      return fmt::format("'{}'", vector.as<std::string_view>()[row].substr(0, 60));
    case TypeId::kDate:
      return date_text(vector.as<std::int32_t>()[row]);
    case TypeId::kTimestamp:
      return timestamp_text(vector.as<std::int64_t>()[row]);
    default:
      return "...";
  }
}

}  // namespace

std::int64_t vector_width(TypeId id) {
  switch (id) {
    case TypeId::kBool:
      return 1;
    case TypeId::kDate:
      return 4;
    case TypeId::kInt64:
    case TypeId::kDouble:
    case TypeId::kTimestamp:
      return 8;
    case TypeId::kDecimal:
      return 16;
    case TypeId::kString:
    case TypeId::kBytes:
      return sizeof(std::string_view);
    case TypeId::kList:
    case TypeId::kStruct:
      return 0;
  }
  return 0;
}

std::string ValueType::text() const {
  if (special == Special::kNull) return "null";
  if (special == Special::kDuration) return "duration";
  return type.text();
}

char* Arena::allocate(std::size_t size) {
  while (block_ < blocks_.size() && blocks_[block_].size - used_ < size) {
    ++block_;
    used_ = 0;
  }
  if (block_ == blocks_.size()) {
    std::size_t room =
        std::max<std::size_t>(size, blocks_.empty() ? 4096 : blocks_.back().size * 2);
    blocks_.push_back({std::make_unique_for_overwrite<char[]>(room), room});
    used_ = 0;
  }
  char* out = blocks_[block_].bytes.get() + used_;
  used_ += size;
  return out;
}

void Arena::clear() {
  block_ = 0;
  used_ = 0;
}

struct Evaluator::State {
  // Registers of one operation, for `capacity` rows.
  struct Slot {
    Buffer data;
    Buffer valid;
    Buffer masks;  // kCase, kCoalesce, kAnd, kOr: rows still undecided, rows of one branch
    Vector vector;
    std::vector<const Vector*> arguments;
  };

  std::shared_ptr<const Program> program;
  std::int64_t capacity;
  std::vector<Slot> slots;
  std::vector<Slot> inputs;
  Arena arena;
  std::int64_t begin = 0;
  std::int64_t rows = 0;
  std::optional<Error> error;

  State(std::shared_ptr<const Program> p, std::int64_t batch_rows)
      : program(std::move(p)),
        capacity(batch_rows),
        slots(program->slots),
        inputs(program->inputs.size()) {
    prepare(*program->root);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      inputs[i].data = Buffer::allocate(capacity * vector_width(program->inputs[i].type.id));
      inputs[i].valid = Buffer::allocate(capacity);
    }
  }

  void prepare(const BoundNode& node) {
    for (const BoundPtr& child : node.first) prepare(*child);
    for (const BoundPtr& child : node.arguments) prepare(*child);
    if (node.kind == BoundNode::Kind::kInput || node.kind == BoundNode::Kind::kShared) return;
    Slot& slot = slots[node.slot];
    slot.data = Buffer::allocate(capacity * vector_width(node.type.type.id));
    slot.valid = Buffer::allocate(capacity);
    slot.vector.data = slot.data.mutable_data();
    slot.arguments.resize(node.arguments.size());
    if (node.kind == BoundNode::Kind::kConstant) fill_constant(node, slot);
    if (node.kind != BoundNode::Kind::kConstant && node.kind != BoundNode::Kind::kCall)
      slot.masks = Buffer::allocate(2 * capacity);
  }

  template <typename T>
  void fill(Slot& slot, T value) const {
    std::fill_n(slot.vector.as<T>(), capacity, value);
  }

  void fill_constant(const BoundNode& node, Slot& slot) const {
    const Literal& literal = node.literal;
    if (literal.is_null()) {
      slot.vector.valid = slot.valid.mutable_data();  // zeroed: all null
      if (node.type.is(TypeId::kString) || node.type.is(TypeId::kBytes))
        fill(slot, std::string_view());
      return;
    }
    if (const bool* b = std::get_if<bool>(&literal.value)) fill<std::uint8_t>(slot, *b ? 1 : 0);
    if (const double* d = std::get_if<double>(&literal.value)) fill(slot, *d);
    if (const Int128* m = std::get_if<Int128>(&literal.value)) fill(slot, *m);
    if (const std::string* s = std::get_if<std::string>(&literal.value))
      fill(slot, std::string_view(*s));
    if (const std::int64_t* i = std::get_if<std::int64_t>(&literal.value)) {
      if (node.type.is(TypeId::kDate))
        fill(slot, static_cast<std::int32_t>(*i));
      else
        fill(slot, *i);
    }
  }

  // --- inputs ---

  Status load(const Table& table) {
    for (std::size_t k = 0; k < inputs.size(); ++k) {
      const Input& input = program->inputs[k];
      Slot& slot = inputs[k];
      if (input.path[0] >= table.columns.size())
        return fail(Code::kInvalid, "the table has {} columns; the expression was bound to more",
                    table.columns.size());
      const Column* column = &table.columns[input.path[0]];
      slot.vector.valid = nullptr;
      add_validity(*column, slot);
      for (std::size_t depth = 1; depth < input.path.size(); ++depth) {
        if (input.path[depth] >= column->children.size())
          return fail(Code::kInvalid, "a struct has fewer fields than the expression was bound to");
        column = &column->children[input.path[depth]];
        add_validity(*column, slot);
      }
      if (column->type != input.type)
        return fail(Code::kInvalid, "column {} is {}; the expression was bound to {}",
                    input.path[0], column->type.text(), input.type.text());
      load_values(*column, slot);
    }
    return {};
  }

  void add_validity(const Column& column, Slot& slot) const {
    if (!column.validity || column.null_count == 0) return;
    std::uint8_t* valid = slot.valid.mutable_data();
    if (slot.vector.valid == nullptr) {
      unpack_bits(column.validity.data(), begin, rows, valid);
    } else {
      for (std::int64_t i = 0; i < rows; ++i)
        valid[i] = valid[i] & static_cast<std::uint8_t>(bit_at(column.validity.data(), begin + i));
    }
    slot.vector.valid = valid;
  }

  void load_values(const Column& column, Slot& slot) const {
    switch (column.type.id) {
      case TypeId::kBool:
        slot.vector.data = slot.data.mutable_data();
        unpack_bits(column.values.data(), begin, rows, slot.data.mutable_data());
        break;
      case TypeId::kString:
      case TypeId::kBytes: {
        slot.vector.data = slot.data.mutable_data();
        auto* out = slot.vector.as<std::string_view>();
        for (std::int64_t i = 0; i < rows; ++i) out[i] = column.string(begin + i);
        break;
      }
      case TypeId::kList:
      case TypeId::kStruct:
        break;
      default: {
        // Fixed-width values are read where they are; kernels only read arguments.
        const std::uint8_t* data = column.values.data() + begin * vector_width(column.type.id);
        slot.vector.data = const_cast<std::uint8_t*>(data);
      }
    }
  }

  // --- operations ---

  // The values of a node, or nullptr after a failure (see `error`).
  const Vector* evaluate(const BoundNode& node, const std::uint8_t* active) {
    switch (node.kind) {
      case BoundNode::Kind::kConstant:
        return &slots[node.slot].vector;
      case BoundNode::Kind::kInput:
        return &inputs[node.input].vector;
      case BoundNode::Kind::kShared:
        return value_of(*node.share_of);
      case BoundNode::Kind::kCall:
        return evaluate_call(node, active);
      case BoundNode::Kind::kCase:
        return evaluate_case(node, active);
      case BoundNode::Kind::kCoalesce:
        return evaluate_coalesce(node, active);
      case BoundNode::Kind::kAnd:
      case BoundNode::Kind::kOr:
        return evaluate_logic(node, active);
    }
    return nullptr;
  }

  const Vector* value_of(const BoundNode& node) const {
    return node.kind == BoundNode::Kind::kInput ? &inputs[node.input].vector
                                                : &slots[node.slot].vector;
  }

  const Vector* run_kernel(const BoundNode& node, const std::uint8_t* active) {
    Slot& slot = slots[node.slot];
    slot.vector.valid = nullptr;
    std::uint8_t* valid = slot.valid.mutable_data();
    if (node.nulls == NullRule::kPropagate) {
      for (const Vector* argument : slot.arguments) {
        if (argument->valid == nullptr) continue;
        const std::uint8_t* other = argument->valid;
        if (slot.vector.valid == nullptr)
          std::memcpy(valid, other, static_cast<std::size_t>(rows));
        else
          for (std::int64_t i = 0; i < rows; ++i) valid[i] = valid[i] & other[i];
        slot.vector.valid = valid;
      }
    }
    Call call{.node = &node,
              .rows = rows,
              .arguments = slot.arguments.data(),
              .out = &slot.vector,
              .validity_room = valid,
              .active = active,
              .arena = &arena};
    std::int64_t failed = node.kernel(call);
    if (failed < 0) return &slot.vector;
    explain(node, slot, failed);
    return nullptr;
  }

  const Vector* evaluate_call(const BoundNode& node, const std::uint8_t* active) {
    Slot& slot = slots[node.slot];
    for (std::size_t k = 0; k < node.arguments.size(); ++k) {
      slot.arguments[k] = evaluate(*node.arguments[k], active);
      if (slot.arguments[k] == nullptr) return nullptr;
    }
    return run_kernel(node, active);
  }

  void explain(const BoundNode& node, const Slot& slot, std::int64_t row) {
    std::vector<std::string> values;
    for (std::size_t k = 0; k < node.arguments.size(); ++k)
      values.push_back(value_text(node.arguments[k]->type, *slot.arguments[k], row));
    std::string call;
    if (node.name == "cast")
      call = fmt::format("{}", values[0]);
    else if (values.size() == 2 && binary_binding(node.name) != Binding::kNothing)
      call = fmt::format("{} {} {}", values[0], node.name, values[1]);
    else
      call = fmt::format("{}({})", node.name, fmt::join(values, ", "));
    error.emplace(Code::kInvalid, fmt::format("row {}: {} {}", begin + row, call, node.reason),
                  Where{.file = {}, .line = 0, .column = 0, .offset = begin + row, .field = {}});
  }

  // --- lazy operations: a part is evaluated for the rows that want it ---

  std::uint8_t* begin_choice(Slot& slot, const std::uint8_t* active) const {
    std::uint8_t* undecided = slot.masks.mutable_data();
    if (active == nullptr)
      std::fill_n(undecided, rows, std::uint8_t{1});
    else
      std::copy_n(active, rows, undecided);
    std::fill_n(slot.valid.mutable_data(), rows, std::uint8_t{0});
    slot.vector.valid = slot.valid.mutable_data();
    if (slot.data.size() == capacity * 16)
      std::memset(slot.data.mutable_data(), 0, static_cast<std::size_t>(rows * 16));
    return undecided;
  }

  template <typename T>
  void take_as(Slot& slot, const Vector& from, const std::uint8_t* rows_taken) const {
    T* out = slot.vector.as<T>();
    const T* in = from.as<T>();
    std::uint8_t* valid = slot.valid.mutable_data();
    for (std::int64_t i = 0; i < rows; ++i) out[i] = rows_taken[i] != 0 ? in[i] : out[i];
    for (std::int64_t i = 0; i < rows; ++i)
      if (rows_taken[i] != 0) valid[i] = from.valid == nullptr ? 1 : from.valid[i];
  }

  void take(const BoundNode& node, const Vector& from, const std::uint8_t* rows_taken) {
    Slot& slot = slots[node.slot];
    switch (vector_width(node.type.type.id)) {
      case 1:
        take_as<std::uint8_t>(slot, from, rows_taken);
        break;
      case 4:
        take_as<std::int32_t>(slot, from, rows_taken);
        break;
      case 8:
        take_as<std::int64_t>(slot, from, rows_taken);
        break;
      default:
        take_as<Int128>(slot, from, rows_taken);
        break;
    }
  }

  static bool any(const std::uint8_t* mask, std::int64_t count) {
    return std::memchr(mask, 1, static_cast<std::size_t>(count)) != nullptr;
  }

  const Vector* evaluate_case(const BoundNode& node, const std::uint8_t* active) {
    for (const BoundPtr& operand : node.first)
      if (evaluate(*operand, active) == nullptr) return nullptr;
    Slot& slot = slots[node.slot];
    std::uint8_t* undecided = begin_choice(slot, active);
    std::uint8_t* chosen = undecided + capacity;
    std::size_t k = 0;
    for (; k + 1 < node.arguments.size() && any(undecided, rows); k += 2) {
      const Vector* when = evaluate(*node.arguments[k], undecided);
      if (when == nullptr) return nullptr;
      const std::uint8_t* truth = when->as<std::uint8_t>();
      for (std::int64_t i = 0; i < rows; ++i)
        chosen[i] = undecided[i] & truth[i] & (when->valid == nullptr ? 1 : when->valid[i]);
      if (!any(chosen, rows)) continue;
      const Vector* then = evaluate(*node.arguments[k + 1], chosen);
      if (then == nullptr) return nullptr;
      take(node, *then, chosen);
      for (std::int64_t i = 0; i < rows; ++i) undecided[i] = undecided[i] & (chosen[i] ^ 1);
    }
    if (!any(undecided, rows)) return &slot.vector;
    const Vector* otherwise = evaluate(*node.arguments.back(), undecided);
    if (otherwise == nullptr) return nullptr;
    take(node, *otherwise, undecided);
    return &slot.vector;
  }

  const Vector* evaluate_coalesce(const BoundNode& node, const std::uint8_t* active) {
    Slot& slot = slots[node.slot];
    std::uint8_t* undecided = begin_choice(slot, active);
    for (const BoundPtr& argument : node.arguments) {
      if (!any(undecided, rows)) break;
      const Vector* value = evaluate(*argument, undecided);
      if (value == nullptr) return nullptr;
      take(node, *value, undecided);
      for (std::int64_t i = 0; i < rows; ++i)
        undecided[i] = undecided[i] & (slot.valid.data()[i] ^ 1);
    }
    return &slot.vector;
  }

  const Vector* evaluate_logic(const BoundNode& node, const std::uint8_t* active) {
    Slot& slot = slots[node.slot];
    bool is_and = node.kind == BoundNode::Kind::kAnd;
    const Vector* left = evaluate(*node.arguments[0], active);
    if (left == nullptr) return nullptr;
    const std::uint8_t* wanted = active;
    if (node.arguments[1]->can_fail) {
      std::uint8_t* open = slot.masks.mutable_data();
      const std::uint8_t* truth = left->as<std::uint8_t>();
      for (std::int64_t i = 0; i < rows; ++i) {
        bool valid = left->valid == nullptr || left->valid[i] != 0;
        bool decided = valid && (truth[i] != 0) != is_and;
        open[i] = !decided && (active == nullptr || active[i] != 0);
      }
      wanted = open;
    }
    const Vector* right = evaluate(*node.arguments[1], wanted);
    if (right == nullptr) return nullptr;
    slot.arguments[0] = left;
    slot.arguments[1] = right;
    // Where the right side was not wanted it holds anything; the kernel looks at the left first.
    return run_kernel(node, active);
  }

  Result<const Vector*> run(const Table& table, std::int64_t first, std::int64_t count) {
    assert(count <= capacity);
    begin = first;
    rows = count;
    arena.clear();
    TRY_VOID(load(table));
    error.reset();
    const Vector* vector = evaluate(*program->root, nullptr);
    if (vector == nullptr) return fail(*error);
    return vector;
  }
};

Evaluator::Evaluator(const BoundExpression& expression, std::int64_t batch_rows)
    : state_(std::make_unique<State>(expression.program_, std::max<std::int64_t>(1, batch_rows))) {}
Evaluator::~Evaluator() = default;
Evaluator::Evaluator(Evaluator&&) noexcept = default;
Evaluator& Evaluator::operator=(Evaluator&&) noexcept = default;

Result<Values> Evaluator::evaluate(const Table& table, std::int64_t begin, std::int64_t count) {
  if (count > state_->capacity || begin < 0 || count < 0 || begin + count > table.rows)
    return fail(Code::kInternal, "rows {} to {} of {} asked of an evaluator for {} at a time",
                begin, begin + count, table.rows, state_->capacity);
  TRY(const Vector* vector, state_->run(table, begin, count));
  Values values;
  values.data_ = vector->data;
  values.valid_ = vector->valid;
  return values;
}

namespace {

// Collects batches of results into one column.
class Collector {
 public:
  Collector(const Type& type, std::int64_t rows) : rows_(rows) {
    column_.type = type;
    column_.length = rows;
    if (type.id == TypeId::kString || type.id == TypeId::kBytes)
      column_.offsets = Buffer::allocate((rows + 1) * 4);
    else if (type.id == TypeId::kBool)
      column_.values = Buffer::allocate((rows + 7) / 8);
    else
      column_.values = Buffer::allocate_unset(rows * vector_width(type.id));
  }

  Status add(const Vector& vector, std::int64_t begin, std::int64_t count) {
    add_validity(vector.valid, begin, count);
    if (column_.offsets) return add_strings(vector, begin, count);
    if (column_.type.id == TypeId::kBool) {
      pack_bits(vector.as<std::uint8_t>(), begin, count, column_.values.mutable_data());
      return {};
    }
    std::int64_t width = vector_width(column_.type.id);
    std::memcpy(column_.values.mutable_data() + begin * width, vector.data,
                static_cast<std::size_t>(count * width));
    return {};
  }

  Column finish() {
    if (column_.offsets) {
      column_.values = Buffer::allocate_unset(static_cast<std::int64_t>(characters_.size()));
      std::memcpy(column_.values.mutable_data(), characters_.data(), characters_.size());
    }
    if (column_.null_count == 0) column_.validity = {};
    return std::move(column_);
  }

 private:
  static void pack_bits(const std::uint8_t* bytes, std::int64_t begin, std::int64_t count,
                        std::uint8_t* bits) {
    for (std::int64_t i = 0; i < count; ++i) {
      std::int64_t at = begin + i;
      bits[at >> 3] = static_cast<std::uint8_t>(bits[at >> 3] | ((bytes[i] & 1U) << (at & 7)));
    }
  }

  void add_validity(const std::uint8_t* valid, std::int64_t begin, std::int64_t count) {
    if (valid == nullptr && !column_.validity) return;
    if (!column_.validity) {
      column_.validity = Buffer::allocate((rows_ + 7) / 8);
      for (std::int64_t i = 0; i < begin; ++i) set(i);
    }
    for (std::int64_t i = 0; i < count; ++i) {
      if (valid == nullptr || valid[i] != 0)
        set(begin + i);
      else
        ++column_.null_count;
    }
  }

  void set(std::int64_t i) {
    std::uint8_t* bits = column_.validity.mutable_data();
    bits[i >> 3] = static_cast<std::uint8_t>(bits[i >> 3] | (1U << (i & 7)));
  }

  Status add_strings(const Vector& vector, std::int64_t begin, std::int64_t count) {
    auto* offsets = column_.offsets.mutable_as<std::int32_t>();
    for (std::int64_t i = 0; i < count; ++i) {
      if (vector.valid == nullptr || vector.valid[i] != 0)
        characters_.append(vector.as<std::string_view>()[i]);
      if (characters_.size() > std::numeric_limits<std::int32_t>::max())
        return fail(Code::kLimit,
                    "a column of text holds at most 2 GiB; evaluate fewer rows at a time");
      offsets[begin + i + 1] = static_cast<std::int32_t>(characters_.size());
    }
    return {};
  }

  std::int64_t rows_;
  Column column_;
  std::string characters_;
};

// A column that is only named is not copied; a field of a struct is null where the struct is.
Column named_column(const Input& input, const Table& table) {
  const Column* column = &table.columns[input.path[0]];
  Column out = *column;
  for (std::size_t depth = 1; depth < input.path.size(); ++depth) {
    const Column parent = std::move(out);
    out = parent.children[input.path[depth]];
    if (parent.null_count == 0) continue;
    std::vector<std::int64_t> rows(static_cast<std::size_t>(out.length));
    for (std::int64_t i = 0; i < out.length; ++i)
      rows[static_cast<std::size_t>(i)] = parent.is_null(i) ? -1 : i;
    out = out.take(rows);
  }
  return out;
}

}  // namespace

const Type& BoundExpression::type() const { return program_->type; }

bool BoundExpression::is_duration() const {
  return program_->root->type.special == ValueType::Special::kDuration;
}

std::vector<std::size_t> BoundExpression::inputs() const {
  std::vector<std::size_t> positions;
  for (const Input& input : program_->inputs) positions.push_back(input.path[0]);
  std::ranges::sort(positions);
  positions.erase(std::unique(positions.begin(), positions.end()), positions.end());
  return positions;
}

Result<Column> BoundExpression::evaluate(const Table& table) const {
  Evaluator::State state(program_, std::clamp<std::int64_t>(table.rows, 1, kBatchRows));
  const BoundNode& root = *program_->root;
  if (root.kind == BoundNode::Kind::kInput) {
    state.rows = 0;
    TRY_VOID(state.load(table));  // for its checks
    return named_column(program_->inputs[root.input], table);
  }
  Collector collector(program_->type, table.rows);
  for (std::int64_t begin = 0; begin < table.rows; begin += kBatchRows) {
    std::int64_t count = std::min(kBatchRows, table.rows - begin);
    TRY(const Vector* vector, state.run(table, begin, count));
    TRY_VOID(collector.add(*vector, begin, count));
  }
  return collector.finish();
}

}  // namespace lode
