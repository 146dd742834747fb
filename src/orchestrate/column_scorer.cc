#include "orchestrate/column_scorer.h"

#include <algorithm>
#include <iterator>

namespace lode {

Design design_of(std::vector<Encoded> encoded, std::int64_t rows,
                 std::shared_ptr<const DesignSchema> schema) {
  Design design;
  if (schema == nullptr) {
    auto made = std::make_shared<DesignSchema>();
    for (const Encoded& column : encoded) {
      for (const EncodedNumbers& numbers : column.numbers) made->numeric.push_back(numbers.name);
      for (const EncodedCodes& codes : column.codes)
        made->categories.push_back({codes.name, codes.levels});
      for (const EncodedBags& bags : column.bags) made->bags.push_back({bags.name, *bags.terms});
    }
    schema = made;
  }
  std::size_t width = schema->numeric.size();
  std::size_t categories = schema->categories.size();
  design.values.resize(static_cast<std::size_t>(rows) * width);
  design.codes.resize(static_cast<std::size_t>(rows) * categories);
  std::size_t number = 0;
  std::size_t category = 0;
  for (Encoded& column : encoded) {
    for (const EncodedNumbers& numbers : column.numbers) {
      for (std::size_t i = 0; i < numbers.values.size(); ++i)
        design.values[i * width + number] = numbers.values[i];
      ++number;
    }
    for (const EncodedCodes& codes : column.codes) {
      for (std::size_t i = 0; i < codes.codes.size(); ++i)
        design.codes[i * categories + category] = codes.codes[i];
      ++category;
    }
    std::ranges::move(column.bags, std::back_inserter(design.bags));
  }
  for (const EncodedBags& bags : design.bags)
    design.bag_rows.push_back({bags.begin, bags.term, bags.weight});
  design.matrix = {std::move(schema), rows, design.values, design.codes, design.bag_rows};
  return design;
}

Design encode_rows(const ColumnScorer& scorer, std::span<const std::int64_t> rows,
                   std::vector<EncodedCount>* counts) {
  std::vector<Encoded> encoded;
  for (std::size_t i = 0; i < scorer.encoders.size(); ++i) {
    encoded.push_back(
        scorer.encoders[i].encoder->encode(scorer.table.columns[scorer.columns[i]], rows));
    if (counts == nullptr) continue;
    (*counts)[i].missing += encoded.back().missing;
    (*counts)[i].unseen += encoded.back().unseen;
  }
  return design_of(std::move(encoded), std::ssize(rows), scorer.model.schema());
}

Result<std::vector<EncodedCount>> score_rows(const ColumnScorer& scorer,
                                             std::span<const std::int64_t> rows,
                                             std::span<double> out, ThreadPool& pool,
                                             const CancelToken& cancel) {
  constexpr std::size_t kPiece = 65'536;
  std::size_t pieces = (rows.size() + kPiece - 1) / kPiece;
  std::vector<std::vector<EncodedCount>> counts(pieces);
  auto score_piece = [&](std::size_t piece) -> Status {
    std::size_t begin = piece * kPiece;
    std::size_t count = std::min(kPiece, rows.size() - begin);
    counts[piece].resize(scorer.encoders.size());
    Design design = encode_rows(scorer, rows.subspan(begin, count), &counts[piece]);
    std::span<double> scores = out.subspan(begin, count);
    TRY_VOID(scorer.model.predict(design.matrix, scores));
    if (scorer.calibrator == nullptr || scorer.calibrator->kind() == CalibratorKind::kIdentity)
      return {};
    return scorer.calibrator->apply(scores, scores);
  };
  TRY_VOID(parallel_for(pool, pieces, score_piece, cancel));
  std::vector<EncodedCount> all(scorer.encoders.size());
  for (const std::vector<EncodedCount>& piece : counts)
    for (std::size_t i = 0; i < piece.size(); ++i) {
      all[i].missing += piece[i].missing;
      all[i].unseen += piece[i].unseen;
    }
  return all;
}

}  // namespace lode
