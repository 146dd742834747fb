// Standard output and standard error as values, so that a command can be run by a test and what it
// printed be read. Nothing in lode prints but through an Output.
//
// Threads: any; a write is never torn by another.
#pragma once

#include <fmt/core.h>

#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"

namespace lode {

struct OutputTraits {
  bool terminal = false;
  bool colours = false;
  int columns = 80;  // of the terminal
};

class Output {
 public:
  explicit Output(OutputTraits traits) : traits_(traits) {}
  virtual ~Output() = default;
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  virtual void write(std::string_view text) = 0;
  // kIo when something written so far has not reached its reader, such as on a full disk.
  virtual Status flush() = 0;

  // out.print("{} rows\n", n);
  template <typename... Args>
  void print(fmt::format_string<Args...> format, Args&&... args) {
    write(fmt::format(format, std::forward<Args>(args)...));
  }

  const OutputTraits& traits() const { return traits_; }
  // The text in bold (or bold red), where colours are shown.
  std::string bold(std::string_view text) const { return styled("1", text); }
  std::string red(std::string_view text) const { return styled("1;31", text); }

 private:
  std::string styled(std::string_view code, std::string_view text) const {
    if (!traits_.colours) return std::string(text);
    return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
  }

  OutputTraits traits_;
};

// An open file of the process, gathered in 64 KiB; on a terminal each write is shown at once. Does
// not own the descriptor.
class DescriptorOutput final : public Output {
 public:
  explicit DescriptorOutput(int descriptor);
  ~DescriptorOutput() override { (void)flush(); }
  void write(std::string_view text) override;
  Status flush() override;

 private:
  void flush_locked();

  int descriptor_;
  std::mutex mutex_;
  std::string buffer_;
  int error_ = 0;  // errno of the first write that failed
};

// Kept in memory.
class MemoryOutput final : public Output {
 public:
  explicit MemoryOutput(OutputTraits traits = {}) : Output(traits) {}
  void write(std::string_view text) override {
    std::lock_guard lock(mutex_);
    text_ += text;
  }
  Status flush() override { return {}; }
  const std::string& text() const { return text_; }

 private:
  std::mutex mutex_;
  std::string text_;
};

}  // namespace lode
