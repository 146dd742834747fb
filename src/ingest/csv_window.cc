#include "ingest/csv_window.h"

#include <cstring>
#include <span>

namespace lode {

Status CsvWindow::grow() {
  std::size_t kept = end_ - begin_;
  // More than half of it is one unfinished row: double, so that a long row costs linear time.
  if (kept > size_ / 2) {
    size_ *= 2;
    buffer_.resize(size_ + kPadding);
  }
  std::memmove(buffer_.data(), buffer_.data() + begin_, kept);
  begin_ = 0;
  end_ = kept;
  while (!at_end_ && end_ < size_) {
    TRY(std::size_t count, bytes_->read(std::span(buffer_).subspan(end_, size_ - end_)));
    at_end_ = count == 0;
    end_ += count;
  }
  std::memset(buffer_.data() + end_, 0, kPadding);
  buffer_[end_] = '\n';
  return {};
}

}  // namespace lode
