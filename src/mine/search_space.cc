#include "mine/search_space.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/math.h"
#include "base/option_values.h"

namespace lode {
namespace {

constexpr double kZeroPart = 0.15;  // of an axis, where 0 stands below a range by factors

double value_at(const Search& search, double place) {
  if (!search.log) return search.least + place * (search.most - search.least);
  if (search.also_zero) {
    if (place < kZeroPart) return 0;
    place = (place - kZeroPart) / (1 - kZeroPart);
  }
  return search.least * portable_exp(place * portable_log(search.most / search.least));
}

double place_of(const Search& search, double value) {
  if (!search.log)
    return std::clamp((value - search.least) / (search.most - search.least), 0.0, 1.0);
  if (search.also_zero && value <= 0) return kZeroPart / 2;
  double place = value <= search.least ? 0
                                       : portable_log(value / search.least) /
                                             portable_log(search.most / search.least);
  if (search.also_zero) place = kZeroPart + place * (1 - kZeroPart);
  return std::clamp(place, 0.0, 1.0);
}

std::string value_text(const Option& option, double value) {
  value = std::clamp(value, value == 0 ? 0 : option.search.least, option.search.most);
  if (option.type == OptionType::kInt) return fmt::format("{}", std::llround(value));
  std::string rounded = fmt::format("{:.3g}", value);
  std::from_chars(rounded.data(), rounded.data() + rounded.size(), value);
  return fmt::format("{}", value);
}

std::string names_of(const std::vector<const Option*>& options) {
  std::string out;
  for (const Option* option : options)
    out += fmt::format("{}{}", out.empty() ? "" : ", ", option->name);
  return out;
}

bool is_given(const OptionTexts& given, std::string_view name) {
  return std::ranges::any_of(given, [&](const auto& g) { return g.first == name; });
}

Result<std::vector<const Option*>> named(const Component& algorithm,
                                         const std::vector<const Option*>& all,
                                         std::span<const std::string> names) {
  std::vector<const Option*> out;
  std::vector<std::string_view> known;
  for (const Option* option : all) known.push_back(option->name);
  for (const std::string& name : names) {
    if (std::ranges::find(known, name) != known.end()) continue;
    std::string_view guess = nearest(name, known);
    if (!guess.empty())
      return fail(Code::kInvalid, "{} does not search '{}'; did you mean '{}'?", algorithm.name,
                  name, guess);
    return fail(Code::kInvalid, "{} does not search '{}'; it searches {}", algorithm.name, name,
                names_of(all));
  }
  for (const Option* option : all)
    if (std::ranges::find(names, option->name) != names.end()) out.push_back(option);
  return out;
}

}  // namespace

Result<SearchSpace> SearchSpace::make(const Component& algorithm,
                                      std::span<const std::string> names,
                                      const OptionTexts& given) {
  SearchSpace space(given);
  std::vector<const Option*> all;
  for (const Option& option : algorithm.options)
    if (option.search.searched()) all.push_back(&option);
  if (all.empty())
    return fail(Code::kInvalid, "{} has no options to search; leave `tune` out", algorithm.name);
  if (names.empty()) {
    for (const Option* option : all)
      if (!is_given(given, option->name)) space.axes_.push_back(option);
  } else {
    TRY(space.axes_, named(algorithm, all, names));
  }
  if (space.axes_.empty())
    return fail(Code::kInvalid,
                "all options that {} searches ({}) are given; those that `tune` names under "
                "'options' are where a search starts",
                algorithm.name, names_of(all));
  TRY_VOID(OptionValues::parse(algorithm, given));
  return space;
}

std::vector<double> SearchSpace::start() const {
  std::vector<double> point;
  for (const Option* option : axes_) {
    auto found = std::ranges::find(given_, option->name, &OptionTexts::value_type::first);
    std::string_view text =
        found == given_.end() ? option->fallback : std::string_view(found->second);
    double value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    point.push_back(place_of(option->search, value));
  }
  return point;
}

OptionTexts SearchSpace::options(std::span<const double> point) const {
  OptionTexts out = given_;
  for (std::size_t i = 0; i < axes_.size(); ++i) {
    std::erase_if(out, [&](const auto& o) { return o.first == axes_[i]->name; });
    out.emplace_back(axes_[i]->name, value_text(*axes_[i], value_at(axes_[i]->search, point[i])));
  }
  return out;
}

OptionTexts SearchSpace::searched(const OptionTexts& options) const {
  OptionTexts out;
  for (const Option* axis : axes_) {
    auto found = std::ranges::find(options, axis->name, &OptionTexts::value_type::first);
    out.emplace_back(axis->name,
                     found == options.end() ? std::string(axis->fallback) : found->second);
  }
  return out;
}

double SearchSpace::complexity(std::span<const double> point) const {
  double sum = 0;
  for (std::size_t i = 0; i < axes_.size(); ++i) {
    if (axes_[i]->search.simpler == Search::Simpler::kLess) sum += point[i];
    if (axes_[i]->search.simpler == Search::Simpler::kMore) sum += 1 - point[i];
  }
  return sum;
}

}  // namespace lode
