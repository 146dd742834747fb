#include "cli/arguments.h"

#include <algorithm>
#include <array>

#include "base/byte_size.h"
#include "cli/command.h"

namespace lode {
namespace {

using Given = std::vector<std::pair<std::string, std::string>>;

constexpr double kLeastMemory = 64.0 * 1024 * 1024;

const Option* find_option(const Component& component, std::string_view name) {
  auto found = std::ranges::find(component.options, name, &Option::name);
  return found == component.options.end() ? nullptr : &*found;
}

std::string dashed(std::string_view name) {
  std::string out(name);
  std::ranges::replace(out, '_', '-');
  return out;
}

// One pass over the words; the command's own flags and arguments are gathered as texts.
class Reader {
 public:
  explicit Reader(std::span<const std::string> words) : words_(words) {}

  Status read() {
    while (at_ < words_.size()) {
      const std::string& word = words_[at_++];
      if (word == "--" && !only_arguments_) {
        only_arguments_ = true;
      } else if (!only_arguments_ && word.size() > 1 && word[0] == '-') {
        TRY_VOID(read_flag(word));
      } else if (command_ == nullptr) {
        TRY(command_, find_command(word));
      } else {
        arguments_.push_back(word);
      }
    }
    return {};
  }

  const Component* command() const { return command_; }
  const Given& globals() const { return globals_; }
  const Given& options() const { return options_; }
  const std::vector<std::string>& arguments() const { return arguments_; }

 private:
  Status read_flag(std::string_view word) {
    if (word == "-h") word = "--help";
    std::size_t equals = word.find('=');
    std::string_view flag = word.substr(0, equals);
    std::string name(flag.starts_with("--") ? flag.substr(2) : flag);
    std::ranges::replace(name, '-', '_');
    const Option* own = command_ == nullptr ? nullptr : find_option(*command_, name);
    const Option* option = own != nullptr ? own : find_option(kGlobalFlags, name);
    if (option == nullptr || !flag.starts_with("--")) return unknown_flag(flag, name);
    std::string value = "true";
    if (equals != word.npos) {
      value = word.substr(equals + 1);
    } else if (option->type != OptionType::kBool) {
      if (at_ == words_.size())
        return fail(Code::kInvalid, "{} needs a value: {}", flag, option->doc);
      value = words_[at_++];
    }
    Given& given = own != nullptr ? options_ : globals_;
    auto before = std::ranges::find(given, name, &Given::value_type::first);
    if (before != given.end() && may_come_again(name))
      before->second += "\n" + value;
    else
      given.emplace_back(std::move(name), std::move(value));
    return {};
  }

  bool may_come_again(std::string_view name) const {
    return command_ != nullptr && std::ranges::find(command_of(*command_).repeated, name) !=
                                      command_of(*command_).repeated.end();
  }

  std::unexpected<Error> unknown_flag(std::string_view flag, std::string_view name) const {
    std::vector<std::string_view> names;
    if (command_ != nullptr)
      for (const Option& option : command_->options) names.push_back(option.name);
    for (const Option& option : kGlobalFlags.options) names.push_back(option.name);
    std::string program = command_ == nullptr ? "lode" : fmt::format("lode {}", command_->name);
    std::string_view guess = nearest(name, names);
    if (!guess.empty())
      return fail(Code::kInvalid, "{} has no flag {}; did you mean --{}?", program, flag,
                  dashed(guess));
    return fail(Code::kInvalid, "{0} has no flag {1}; `{0} --help` lists them", program, flag);
  }

  std::span<const std::string> words_;
  std::size_t at_ = 0;
  bool only_arguments_ = false;
  const Component* command_ = nullptr;
  Given globals_;
  Given options_;
  std::vector<std::string> arguments_;
};

Status take_positionals(std::span<const std::string> words, Arguments& out) {
  std::size_t at = 0;
  for (const Positional& positional : command_of(*out.command).positionals) {
    std::vector<std::string> taken;
    if (positional.count == Positional::Count::kAny) {
      taken.assign(words.begin() + static_cast<std::ptrdiff_t>(at), words.end());
      at = words.size();
    } else if (at < words.size()) {
      taken.push_back(words[at++]);
    } else if (positional.count == Positional::Count::kOptional) {
      taken.emplace_back(positional.fallback);
      out.defaulted.push_back(positional.name);
    } else {
      return fail(Code::kInvalid, "lode {0} needs {1}: {2}; see `lode {0} --help`",
                  out.command->name, positional.name, positional.doc);
    }
    out.positionals.emplace_back(positional.name, std::move(taken));
  }
  if (at == words.size()) return {};
  return fail(Code::kInvalid, "lode {0} does not take '{1}'; see `lode {0} --help`",
              out.command->name, words[at]);
}

}  // namespace

Result<Arguments> parse_arguments(std::span<const std::string> words) {
  Reader reader(words);
  TRY_VOID(reader.read());
  Arguments out;
  out.command = reader.command();
  TRY(out.globals, OptionValues::parse(kGlobalFlags, reader.globals()));
  out.log_given = std::ranges::any_of(reader.globals(), [](auto& g) { return g.first == "log"; });
  auto memory = parse_size(out.globals.text("memory"));
  if (!memory) return fail(memory.error().context("--memory"));
  if (static_cast<double>(*memory) < kLeastMemory)
    return fail(Code::kInvalid, "--memory: {} is too little to work with; give at least 64MiB",
                out.globals.text("memory"));
  out.memory_bytes = *memory;
  if (out.command == nullptr || out.globals.flag("help") || out.globals.flag("version")) return out;
  TRY_VOID(take_positionals(reader.arguments(), out));
  TRY(out.options, OptionValues::parse(*out.command, reader.options()));
  return out;
}

Result<const Component*> find_command(std::string_view name) {
  if (const Component* found = find_component("command", name)) return found;
  std::vector<std::string_view> names;
  for (const Component* known : components("command")) names.push_back(known->name);
  std::string_view guess = nearest(name, names);
  if (!guess.empty())
    return fail(Code::kInvalid, "there is no command '{}'; did you mean '{}'?", name, guess);
  return fail(Code::kInvalid, "there is no command '{}'; `lode help` lists them", name);
}

bool wants_json(std::span<const std::string> words) {
  for (const std::string& word : words) {
    if (word == "--") return false;
    if (word == "--json" || word == "--json=true") return true;
  }
  return false;
}

}  // namespace lode
