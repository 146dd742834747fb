#include "ingest/reader.h"

#include <algorithm>

namespace lode {
namespace {

const Decoder& decoder_of(const Component& component) {
  return *static_cast<const Decoder*>(component.factory);
}

std::string names_of(std::span<const Component* const> decoders) {
  std::string names;
  for (const Component* decoder : decoders)
    names += fmt::format("{}{}", names.empty() ? "" : ", ", decoder->name);
  return names;
}

Result<const Component*> decoder_by_name(std::string_view name) {
  if (const Component* found = find_component("decoder", name)) return found;
  std::vector<const Component*> all = components("decoder");
  std::vector<std::string_view> known;
  for (const Component* decoder : all) known.push_back(decoder->name);
  std::string_view near = nearest(name, known);
  if (!near.empty())
    return fail(Code::kInvalid, "unknown format '{}'; did you mean '{}'?", name, near);
  return fail(Code::kInvalid, "unknown format '{}'; there are {}", name, names_of(all));
}

Result<const Component*> decoder_by_ending(std::string_view path) {
  const Component* best = nullptr;
  std::size_t longest = 0;
  for (const Component* decoder : components("decoder")) {
    for (std::string_view ending : decoder_of(*decoder).endings) {
      if (!path.ends_with(ending) || ending.size() <= longest) continue;
      best = decoder;
      longest = ending.size();
    }
  }
  if (best != nullptr) return best;
  return fail(Code::kInvalid, "the ending of '{}' does not say its format; give format: one of {}",
              base_name(path), names_of(components("decoder")));
}

// Puts the file's name on every error.
class NamedReader final : public RecordReader {
 public:
  NamedReader(std::unique_ptr<RecordReader> reader, Where where)
      : reader_(std::move(reader)), where_(std::move(where)) {}
  Result<std::optional<Batch>> next() override {
    auto batch = reader_->next();
    if (batch) return batch;
    return fail(batch.error().at(where_));
  }
  std::optional<ReadPosition> position() const override { return reader_->position(); }

 private:
  std::unique_ptr<RecordReader> reader_;
  Where where_;
};

}  // namespace

std::vector<std::int64_t> Batch::row_numbers() const {
  std::vector<std::int64_t> numbers;
  numbers.reserve(static_cast<std::size_t>(table.rows));
  auto aside = broken.begin();
  for (std::int64_t row = first_row; row < first_row + rows_read; ++row) {
    if (aside != broken.end() && aside->row == row) {
      ++aside;
    } else {
      numbers.push_back(row);
    }
  }
  return numbers;
}

Result<std::unique_ptr<RecordReader>> open_reader(FileSystem& files, const std::string& path,
                                                  const ReadOptions& options) {
  TRY(const Component* decoder,
      options.format.empty() ? decoder_by_ending(path) : decoder_by_name(options.format));
  TRY(OptionValues values, OptionValues::parse(*decoder, options.format_options));
  if (options.rows_per_batch < 1)
    return fail(Code::kInvalid, "a batch needs at least one row, not {}", options.rows_per_batch);
  if (options.wanted.size() == 0)
    return fail(Code::kInvalid, "no columns are declared for '{}'; declare at least one", path);
  Where where;
  where.file = path;
  auto reader = decoder_of(*decoder).open(files, path, options, values);
  if (!reader) {
    Where within = reader.error().where();
    within.file = path;
    return fail(Error(reader.error().code(), reader.error().message(), std::move(within)));
  }
  return std::make_unique<NamedReader>(*std::move(reader), std::move(where));
}

Status check_format(const std::string& path, const ReadOptions& options) {
  TRY(const Component* decoder,
      options.format.empty() ? decoder_by_ending(path) : decoder_by_name(options.format));
  TRY(OptionValues values, OptionValues::parse(*decoder, options.format_options));
  auto check = decoder_of(*decoder).check;
  return check == nullptr ? Status() : check(values);
}

Result<double> rows_a_byte(FileSystem& files, const std::string& path, ReadOptions options) {
  constexpr double kPacking = 4;
  TRY(const Component* decoder,
      options.format.empty() ? decoder_by_ending(path) : decoder_by_name(options.format));
  TRY(FileInfo info, files.info(path));
  auto bytes = static_cast<double>(info.size);
  if (bytes <= 0) return 0.0;
  if (auto count = decoder_of(*decoder).count) {
    TRY(std::int64_t rows, count(path));
    return static_cast<double>(rows) / bytes;
  }
  options.threads = 1;
  TRY(std::unique_ptr<RecordReader> reader, open_reader(files, path, options));
  TRY(std::optional<Batch> batch, reader->next());
  if (!batch) return 0.0;
  auto rows = static_cast<double>(batch->rows_read);
  std::optional<ReadPosition> end = reader->position();
  if (!end || end->byte <= 0) return rows / bytes;
  bool packed = path.ends_with(".gz") || static_cast<double>(end->byte) > bytes;
  if (packed && end->before) return rows / bytes;  // that was all of it
  return rows / static_cast<double>(end->byte) * (packed ? kPacking : 1);
}

Result<bool> begins_as_read(FileSystem& files, const std::string& path, ReadOptions options,
                            const ReadPosition& end) {
  options.from.reset();
  options.end = end;
  TRY(std::unique_ptr<RecordReader> reader, open_reader(files, path, options));
  while (true) {
    TRY(std::optional<Batch> batch, reader->next());
    if (!batch) break;
  }
  std::optional<ReadPosition> now = reader->position();
  return now && now->before && now->before == end.before;
}

Error missing_column(std::string_view wanted, std::span<const std::string_view> known) {
  std::string_view near = nearest(wanted, known);
  if (!near.empty())
    return Error(Code::kInvalid,
                 fmt::format("the file has no column '{}'; did you mean '{}'?", wanted, near));
  constexpr std::size_t kShown = 20;
  std::string names;
  for (std::string_view name : known.first(std::min(kShown, known.size())))
    names += fmt::format("{}{}", names.empty() ? "" : ", ", name.substr(0, 100));
  return Error(Code::kInvalid, fmt::format("the file has no column '{}'; it has {}{}", wanted,
                                           names, known.size() > kShown ? ", ..." : ""));
}

std::string raw_text(std::string_view text) { return std::string(text.substr(0, kRawTextMax)); }

Table without_rows(const Table& table, std::span<const std::int64_t> set_aside) {
  if (set_aside.empty()) return table;
  std::vector<std::int64_t> kept;
  kept.reserve(static_cast<std::size_t>(table.rows));
  auto aside = set_aside.begin();
  for (std::int64_t row = 0; row < table.rows; ++row) {
    if (aside != set_aside.end() && *aside == row) {
      ++aside;
    } else {
      kept.push_back(row);
    }
  }
  Table out;
  out.schema = table.schema;
  out.rows = static_cast<std::int64_t>(kept.size());
  for (const Column& column : table.columns) out.columns.push_back(column.take(kept));
  return out;
}

}  // namespace lode
