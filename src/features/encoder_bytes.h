// The stored form of fitted encoders, so that a stored model can score rows it is given. Format:
// docs/formats/encoders.md.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "features/encoder.h"
#include "table/type.h"

namespace lode {

struct ColumnEncoder {
  Field column;  // name and type of what it was fitted on
  std::unique_ptr<FittedEncoder> encoder;
};

std::string serialize_encoders(std::span<const ColumnEncoder> encoders);
// kCorrupt for damaged bytes, kUnsupported for those of a newer lode or of an encoder this binary
// does not have. Encodes as what was stored, to the bit. Safe on hostile bytes.
Result<std::vector<ColumnEncoder>> load_encoders(std::string_view bytes);

}  // namespace lode
