#include "cli/print_error.h"

namespace lode {

void write_error(JsonWriter& json, const Error& error) {
  const Where& where = error.where();
  json.begin_object();
  json.field("code", code_name(error.code())).field("message", error.message());
  if (!where.file.empty()) json.field("file", where.file);
  if (where.line > 0) json.field("line", where.line);
  if (where.column > 0) json.field("column", where.column);
  if (where.offset >= 0) json.field("offset", where.offset);
  if (!where.field.empty()) json.field("field", where.field);
  json.end_object();
}

int print_errors(std::span<const Error> errors, bool json, Output& out, Output& err) {
  if (json) {
    JsonWriter writer;
    writer.begin_object().key("error");
    write_error(writer, errors.front());
    if (errors.size() > 1) {
      writer.key("errors").begin_array();
      for (const Error& error : errors) write_error(writer, error);
      writer.end_array();
    }
    writer.end_object();
    out.write(writer.take() + "\n");
    return exit_code(errors.front().code());
  }
  for (const Error& error : errors) {
    err.print("{} {}\n", err.red("error:"), error.text());
    if (error.code() == Code::kInternal)
      err.write("this is a bug of lode: please report it, with what `lode version` prints\n");
  }
  if (errors.size() > 1) err.print("{} errors\n", errors.size());
  return exit_code(errors.front().code());
}

}  // namespace lode
