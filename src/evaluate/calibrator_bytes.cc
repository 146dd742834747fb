// The stored form of a calibrator. Format: docs/formats/calibrator.md.
#include <utility>

#include "base/hash.h"
#include "base/stored_bytes.h"
#include "evaluate/calibrator.h"

namespace lode {
namespace {

constexpr std::string_view kMagic = "LODECALB";
constexpr std::uint32_t kFormat = 1;

struct Store {
  ByteWriter& writer;

  void operator()(const Calibrator::Identity&) const {}
  void operator()(const Calibrator::Platt& platt) const {
    for (double value : {platt.centre, platt.slope, platt.intercept}) writer.f64(value);
  }
  void operator()(const Calibrator::Beta& beta) const {
    for (double value : {beta.a, beta.b, beta.intercept}) writer.f64(value);
  }
  void operator()(const Calibrator::Isotonic& isotonic) const {
    writer.numbers(isotonic.score);
    writer.numbers(isotonic.probability);
  }
};

Result<Calibrator::Form> load_form(std::string_view name, ByteReader& reader) {
  if (name == calibrator_name(CalibratorKind::kIdentity)) return Calibrator::Identity{};
  if (name == calibrator_name(CalibratorKind::kPlatt)) {
    Calibrator::Platt platt;
    TRY(platt.centre, reader.f64());
    TRY(platt.slope, reader.f64());
    TRY(platt.intercept, reader.f64());
    return platt;
  }
  if (name == calibrator_name(CalibratorKind::kBeta)) {
    Calibrator::Beta beta;
    TRY(beta.a, reader.f64());
    TRY(beta.b, reader.f64());
    TRY(beta.intercept, reader.f64());
    return beta;
  }
  if (name == calibrator_name(CalibratorKind::kIsotonic)) {
    Calibrator::Isotonic isotonic;
    TRY(isotonic.score, reader.numbers());
    TRY(isotonic.probability, reader.numbers());
    return isotonic;
  }
  return fail(Code::kCorrupt, "a stored calibrator of unknown kind '{}'", name);
}

}  // namespace

std::string Calibrator::serialize() const {
  ByteWriter writer;
  writer.raw(kMagic);
  writer.u32(kFormat);
  writer.text(calibrator_name(kind()));
  std::visit(Store{writer}, form_);
  writer.u64(hash64(std::string_view(writer.bytes())));
  return writer.bytes();
}

Result<Calibrator> load_calibrator(std::string_view bytes) {
  constexpr std::size_t kSum = sizeof(std::uint64_t);
  if (bytes.size() < kMagic.size() + kSum || !bytes.starts_with(kMagic))
    return fail(Code::kCorrupt, "this is no stored calibrator");
  std::string_view body = bytes.substr(0, bytes.size() - kSum);
  ByteReader tail(bytes.substr(body.size()));
  TRY(std::uint64_t sum, tail.u64());
  if (hash64(body) != sum) return fail(Code::kCorrupt, "a stored calibrator is damaged");
  ByteReader reader(body.substr(kMagic.size()));
  TRY(std::uint32_t format, reader.u32());
  if (format > kFormat)
    return fail(Code::kUnsupported, "a calibrator of format {}, written by a newer lode", format);
  if (format < 1) return fail(Code::kCorrupt, "this is no stored calibrator");
  TRY(std::string name, reader.text());
  TRY(Calibrator::Form form, load_form(name, reader));
  TRY_VOID(reader.finish());
  auto made = Calibrator::make(std::move(form));
  if (!made) return fail(Code::kCorrupt, "stored bytes hold {}", made.error().message());
  return *std::move(made);
}

}  // namespace lode
