#include "telemetry/counted_files.h"

#include <utility>

namespace lode {
namespace {

class CountedAppend final : public AppendFile {
 public:
  CountedAppend(std::unique_ptr<AppendFile> file, Counter& written)
      : file_(std::move(file)), written_(written) {}
  Status append(std::string_view bytes) override {
    TRY_VOID(file_->append(bytes));
    written_.add(bytes.size());
    return {};
  }
  Status sync() override { return file_->sync(); }
  Status close() override { return file_->close(); }

 private:
  std::unique_ptr<AppendFile> file_;
  Counter& written_;
};

}  // namespace

Result<std::unique_ptr<AppendFile>> CountedFiles::create(const std::string& path) {
  TRY(std::unique_ptr<AppendFile> file, files_.create(path));
  return std::make_unique<CountedAppend>(std::move(file), written_);
}

Result<std::unique_ptr<AppendFile>> CountedFiles::append(const std::string& path) {
  TRY(std::unique_ptr<AppendFile> file, files_.append(path));
  return std::make_unique<CountedAppend>(std::move(file), written_);
}

}  // namespace lode
