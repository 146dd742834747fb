// What a component says of itself, and the registry of all components. A decoder, aggregate,
// encoder, algorithm, metric or command is one .cc with a constinit Component and one registration
// line; help texts, checking of lode.yaml, docs/reference and the JSON schema come from here.
//
// Descriptors live in base/ so that project/ can check every component without knowing its station.
// Threads: the registry is filled before main() and read-only afterwards.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace lode {

enum class OptionType : std::uint8_t { kBool, kInt, kNumber, kText, kChoice, kDuration };

// Where `tune` looks for a better value of an option of a number, and which end of it makes the
// simpler model. Least and most are inside the option's own range.
struct Search {
  enum class Simpler : std::uint8_t { kNeither, kLess, kMore };

  double least = 0;
  double most = 0;  // not above `least`: not searched
  Simpler simpler = Simpler::kNeither;
  bool log = false;        // even steps are factors; least is then above 0
  bool also_zero = false;  // and 0, which is left out of a range by factors; it stands below least

  constexpr bool searched() const { return least < most; }
};

// One typed option. Ranges apply to kInt and kNumber; choices are separated by '|' for kChoice.
struct Option {
  std::string_view name;
  OptionType type;
  std::string_view fallback;  // default, as it would be written in lode.yaml; "" = required
  std::string_view doc;       // one line
  double least = -1e308;
  double most = 1e308;
  std::string_view choices = {};
  Search search = {};  // of algorithms
};

// Kinds in use: "command", "decoder", "aggregate", "encoder", "algorithm", "metric", "function".
struct Component {
  std::string_view kind;
  std::string_view name;
  std::string_view summary;      // one line
  std::string_view description;  // paragraphs: guarantees, memory, determinism, paper or standard
  std::string_view example;      // how a user writes it
  std::span<const Option> options;
  const void* factory = nullptr;  // what the kind's station needs to make one; it knows the type
  // What project/ types a use of it by, which stands below the station (aggregates:
  // project/aggregate_signature.h). It is part of what `factory` points to, so it is said once.
  const void* signature = nullptr;
};

// Registers at static-initialisation time:
//   const Registration registration(kComponent);
class Registration {
 public:
  explicit Registration(const Component& component);

 private:
  friend std::vector<const Component*> components(std::string_view);
  const Component* component_;
  Registration* next_;
};

// All components of a kind, sorted by name.
std::vector<const Component*> components(std::string_view kind);
// One by name, or nullptr.
const Component* find_component(std::string_view kind, std::string_view name);
// The nearest of `known` to `word` by edit distance, or "" when none is near enough to suggest.
std::string_view nearest(std::string_view word, std::span<const std::string_view> known);

}  // namespace lode
