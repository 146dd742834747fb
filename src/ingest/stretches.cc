#include "ingest/stretches.h"

#include <utility>

namespace lode {

StretchReader::StretchReader(FileSystem& files, const Source& source,
                             std::vector<Stretch> stretches, std::int64_t first_seq, int threads)
    : files_(files),
      source_(source),
      stretches_(std::move(stretches)),
      threads_(threads),
      next_seq_(first_seq) {}

ReadOptions read_options(const Source& source, int threads) {
  ReadOptions options;
  options.wanted = source.columns;
  options.format = source.format;
  options.format_options = source.format_options;
  options.threads = threads;
  return options;
}

Status StretchReader::begin(const Stretch& stretch) {
  ReadOptions options = read_options(source_, threads_);
  options.end_byte = stretch.end_byte;
  options.end = stretch.end;
  options.rows = stretch.rows;
  auto before = ends_.find(stretch.file);
  options.from = before != ends_.end() ? before->second : stretch.from;
  TRY(reader_, open_reader(files_, stretch.path, options));
  if (stretch.first_seq >= 0) next_seq_ = stretch.first_seq;
  now_ = {stretch.file, next_seq_, 0, {}};
  return {};
}

void StretchReader::end(const Stretch& stretch) {
  now_.end = reader_->position();
  ends_[stretch.file] = now_.end;
  done_.push_back(now_);
  reader_.reset();
  ++at_;
}

Result<std::optional<StretchBatch>> StretchReader::next() {
  while (at_ < stretches_.size()) {
    const Stretch& stretch = stretches_[at_];
    if (reader_ == nullptr) TRY_VOID(begin(stretch));
    TRY(std::optional<Batch> batch, reader_->next());
    if (!batch) {
      end(stretch);
      continue;
    }
    StretchBatch out{*std::move(batch), next_seq_, stretch.file, base_name(stretch.path)};
    next_seq_ += out.batch.rows_read;
    now_.rows += out.batch.rows_read;
    return out;
  }
  return std::nullopt;
}

}  // namespace lode
