#include "cli/explain_key.h"

#include "ingest/text_value.h"

namespace lode {

Result<Column> explain_key(const Type& type, const std::string& text) {
  ColumnBuilder builder(type);
  const char* wrong = nullptr;
  std::string reason;
  switch (type.id) {
    case TypeId::kString:
    case TypeId::kBytes:
      builder.append_string(text);
      break;
    case TypeId::kInt64: {
      std::int64_t value = 0;
      wrong = parse_int64(text, value);
      builder.append_int64(value);
      break;
    }
    case TypeId::kBool: {
      bool value = false;
      wrong = parse_bool(text, value);
      builder.append_bool(value);
      break;
    }
    case TypeId::kDate: {
      std::int32_t value = 0;
      wrong = parse_date(text, value);
      builder.append_date(value);
      break;
    }
    case TypeId::kTimestamp: {
      std::int64_t value = 0;
      bool naive = false;  // then it is UTC, as all times lode prints
      wrong = parse_time(text, value, naive, reason);
      builder.append_int64(value);
      break;
    }
    default:
      return fail(Code::kUnsupported, "keys of type {} cannot be typed", type.text());
  }
  if (wrong != nullptr)
    return fail(Code::kInvalid, "the key is of type {}, and {} {}", type.text(), shown(text),
                wrong);
  return builder.finish();
}

}  // namespace lode
