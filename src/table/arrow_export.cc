#include <memory>
#include <utility>

#include "table/arrow.h"

namespace lode {
namespace {

std::string format_of(const Type& type) {
  switch (type.id) {
    case TypeId::kBool:
      return "b";
    case TypeId::kInt64:
      return "l";
    case TypeId::kDouble:
      return "g";
    case TypeId::kDecimal:
      return fmt::format("d:{},{}", type.precision, type.scale);
    case TypeId::kString:
      return "u";
    case TypeId::kBytes:
      return "z";
    case TypeId::kDate:
      return "tdD";
    case TypeId::kTimestamp:
      return "tsu:UTC";
    case TypeId::kList:
      return "+l";
    case TypeId::kStruct:
      return "+s";
  }
  return "";
}

// What one exported struct owns. Children and dictionary are released by their parent unless the
// receiver has moved them out (then their release is null, as the standard says).
struct SchemaOwner {
  std::string format;
  std::string name;
  std::vector<std::unique_ptr<ArrowSchema>> children;
  std::vector<ArrowSchema*> child_pointers;
  std::unique_ptr<ArrowSchema> dictionary;
};

struct ArrayOwner {
  Column column;  // keeps the buffers alive
  std::vector<const void*> buffers;
  std::vector<std::unique_ptr<ArrowArray>> children;
  std::vector<ArrowArray*> child_pointers;
  std::unique_ptr<ArrowArray> dictionary;
};

template <typename Exported, typename Owner>
void release(Exported* exported) {
  std::unique_ptr<Owner> owner(static_cast<Owner*>(exported->private_data));
  for (auto& child : owner->children)
    if (child->release != nullptr) child->release(child.get());
  if (owner->dictionary && owner->dictionary->release != nullptr)
    owner->dictionary->release(owner->dictionary.get());
  exported->release = nullptr;
  exported->private_data = nullptr;
}

void release_schema(ArrowSchema* schema) { release<ArrowSchema, SchemaOwner>(schema); }
void release_array(ArrowArray* array) { release<ArrowArray, ArrayOwner>(array); }

void export_type(const Type& type, bool dictionary, std::string name, ArrowSchema* out) {
  auto owner = std::make_unique<SchemaOwner>();
  owner->format = dictionary ? "i" : format_of(type);
  owner->name = std::move(name);
  if (type.children) {
    for (const Field& field : *type.children) {
      owner->children.push_back(std::make_unique<ArrowSchema>());
      owner->child_pointers.push_back(owner->children.back().get());
      export_type(field.type, false, field.name, owner->children.back().get());
    }
  }
  if (dictionary) {
    owner->dictionary = std::make_unique<ArrowSchema>();
    export_type(type, false, "", owner->dictionary.get());
  }
  out->format = owner->format.c_str();
  out->name = owner->name.c_str();
  out->metadata = nullptr;
  out->flags = ARROW_FLAG_NULLABLE;
  out->n_children = std::ssize(owner->child_pointers);
  out->children = owner->child_pointers.data();
  out->dictionary = owner->dictionary.get();
  out->release = &release_schema;
  out->private_data = owner.release();
}

// A column's children may be dictionary-encoded, which their Type does not say.
void mark_dictionaries(const Column& column, ArrowSchema* schema) {
  for (std::size_t i = 0; i < column.children.size(); ++i) {
    ArrowSchema* child = schema->children[i];
    const Column& inner = column.children[i];
    if (inner.dictionary) {
      std::string name = child->name;
      child->release(child);
      export_type(inner.type, true, std::move(name), child);
    }
    mark_dictionaries(inner, child);
  }
}

void export_values(const Column& column, ArrowArray* out) {
  auto owner = std::make_unique<ArrayOwner>();
  owner->column = column;
  const void* validity = column.null_count > 0 ? column.validity.data() : nullptr;
  owner->buffers.push_back(validity);
  if (column.type.id != TypeId::kStruct) {
    if (column.offsets && !column.dictionary) owner->buffers.push_back(column.offsets.data());
    if (column.type.id != TypeId::kList) owner->buffers.push_back(column.values.data());
  }
  for (const Column& child : column.children) {
    owner->children.push_back(std::make_unique<ArrowArray>());
    owner->child_pointers.push_back(owner->children.back().get());
    export_values(child, owner->children.back().get());
  }
  if (column.dictionary) {
    owner->dictionary = std::make_unique<ArrowArray>();
    export_values(*column.dictionary, owner->dictionary.get());
  }
  out->length = column.length;
  out->null_count = column.null_count;
  out->offset = 0;
  out->n_buffers = std::ssize(owner->buffers);
  out->n_children = std::ssize(owner->child_pointers);
  out->buffers = owner->buffers.data();
  out->children = owner->child_pointers.data();
  out->dictionary = owner->dictionary.get();
  out->release = &release_array;
  out->private_data = owner.release();
}

}  // namespace

void export_column(const Column& column, const std::string& name, ArrowSchema* schema,
                   ArrowArray* array) {
  export_type(column.type, column.dictionary != nullptr, name, schema);
  mark_dictionaries(column, schema);
  export_values(column, array);
}

void export_table(const Table& table, ArrowSchema* schema, ArrowArray* array) {
  Column batch;
  batch.type = Type::structure(table.schema.fields());
  batch.length = table.rows;
  batch.children = table.columns;
  export_column(batch, "", schema, array);
}

}  // namespace lode
