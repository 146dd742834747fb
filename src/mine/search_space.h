// The options of an algorithm that `tune` may change, as points of the unit cube: an option of
// which each part counts the same (steps of equal length, or of equal factor) is an axis of it.
// What an algorithm lets be searched stands beside its options (Search in base/component.h).
//
// Threads: immutable once made.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/component.h"
#include "base/error.h"

namespace lode {

using OptionTexts = std::vector<std::pair<std::string, std::string>>;

class SearchSpace {
 public:
  // Of the options that `algorithm` lets be searched those that are named, or without names those
  // that `given` does not fix. kInvalid: a name that is none of them, a given text that is no
  // number, nothing to search. The component must outlive it.
  static Result<SearchSpace> make(const Component& algorithm, std::span<const std::string> names,
                                  const OptionTexts& given);

  std::size_t axes() const { return axes_.size(); }
  const OptionTexts& given() const { return given_; }
  // Where the search starts: options as given, else by default; nearest in the cube.
  std::vector<double> start() const;
  // The given options with those of the space as the point says, its coordinates in [0, 1]. Numbers
  // have three digits.
  OptionTexts options(std::span<const double> point) const;
  // The searched ones of them alone, in the order of the algorithm's options.
  OptionTexts searched(const OptionTexts& options) const;
  // How far the point is from the simplest one: the sum over the axes that have a simple end.
  double complexity(std::span<const double> point) const;

 private:
  explicit SearchSpace(OptionTexts given) : given_(std::move(given)) {}

  OptionTexts given_;
  std::vector<const Option*> axes_;
};

}  // namespace lode
