// What runs of a project may take, what that costs, and whether one that failed goes on.
#include "project/loading.h"

namespace lode {
namespace {

constexpr double kLeastMoney = 1e-6;
constexpr double kMostMoney = 1e9;
constexpr std::int64_t kMostRetries = 10;

void load_limits(Loading& loading, const CheckedMap& part) {
  Budget& budget = loading.project.budget;
  budget.place = part.place();
  auto positive = [&](std::string_view key) {
    Duration given = part.duration(key).value_or(Duration{});
    if (part.find(key) != nullptr && given.us <= 0)
      loading.problems().add(part.find(key)->place,
                             fmt::format("'{}' of 0 would let nothing run; leave it out", key));
    return given;
  };
  budget.time = positive("time");
  budget.step = positive("step");
  budget.read = part.size("read").value_or(0);
  budget.write = part.size("write").value_or(0);
  budget.cost = bounded_number(loading, part.find("cost"), 0, kLeastMoney, kMostMoney);
}

void load_retries(Loading& loading, const CheckedMap& part) {
  Retries& retries = loading.project.retries;
  std::int64_t times = part.whole("times").value_or(0);
  if (times > kMostRetries)
    loading.problems().add(part.find("times")->place,
                           fmt::format("'{}' is no number of 0 to {}", times, kMostRetries));
  else
    retries.times = static_cast<int>(times);
  retries.wait = part.duration("wait").value_or(retries.wait);
}

}  // namespace

void load_budget(Loading& loading, const CheckedMap& root) {
  const YamlNode* limits = root.find("budget");
  if (limits != nullptr && limits->map()) load_limits(loading, CheckedMap(loading.shape, *limits));
  const YamlNode* price = root.find("price");
  if (price != nullptr && price->map()) {
    CheckedMap part(loading.shape, *price);
    loading.project.price.hour =
        bounded_number(loading, part.find("hour"), 0, kLeastMoney, kMostMoney);
    loading.project.price.currency = part.text("currency");
  }
  const YamlNode* retries = root.find("retries");
  if (retries != nullptr && retries->map())
    load_retries(loading, CheckedMap(loading.shape, *retries));
  if (loading.project.budget.cost > 0 && price == nullptr)
    loading.problems().add(
        loading.project.budget.place,
        "'cost' needs to know what the machine costs: price: {hour: 0.34, currency: EUR}");
}

}  // namespace lode
