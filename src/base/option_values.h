// Options of a component as typed values: the texts of lode.yaml or a command line, checked against
// the descriptor, with its defaults filled in.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/component.h"
#include "base/error.h"
#include "base/time.h"

namespace lode {

class OptionValues {
 public:
  // kInvalid: an unknown option (with the nearest known), one given twice, a required one that is
  // missing, a text that is not of the option's type, range or choices.
  static Result<OptionValues> parse(const Component& component,
                                    std::span<const std::pair<std::string, std::string>> given);

  // Each asks for an option the descriptor has, by its type; anything else is a bug (asserted).
  bool flag(std::string_view name) const;                // kBool
  std::int64_t integer(std::string_view name) const;     // kInt
  double number(std::string_view name) const;            // kNumber
  const std::string& text(std::string_view name) const;  // kText, kChoice
  Duration duration(std::string_view name) const;        // kDuration

 private:
  struct Value {
    std::string_view name;
    OptionType type = OptionType::kText;
    std::int64_t whole = 0;  // kBool, kInt, kDuration in microseconds
    double number = 0;
    std::string text;
  };
  static Result<Value> parse_one(const Option& option, std::string_view text);
  const Value& get(std::string_view name, OptionType type) const;

  std::vector<Value> values_;
};

}  // namespace lode
