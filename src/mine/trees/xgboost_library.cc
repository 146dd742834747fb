#include "mine/trees/xgboost_library.h"

#include <xgboost/c_api.h>

#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <optional>

#include "base/library.h"

namespace lode {
namespace {

// The functions used, under their own names and types.
struct Api {
  decltype(&::XGBoostVersion) version;
  decltype(&::XGBGetLastError) last_error;
  decltype(&::XGBRegisterLogCallback) register_log;
  decltype(&::XGBSetGlobalConfig) set_global;
  decltype(&::XGDMatrixCreateFromDense) matrix_from_dense;
  decltype(&::XGDMatrixSetInfoFromInterface) matrix_set_info;
  decltype(&::XGDMatrixSetStrFeatureInfo) matrix_set_features;
  decltype(&::XGDMatrixFree) matrix_free;
  decltype(&::XGBoosterCreate) booster_create;
  decltype(&::XGBoosterFree) booster_free;
  decltype(&::XGBoosterSetParam) booster_set;
  decltype(&::XGBoosterUpdateOneIter) booster_update;
  decltype(&::XGBoosterSaveModelToBuffer) booster_save;
  decltype(&::XGBoosterLoadModelFromBuffer) booster_load;
  decltype(&::XGBoosterPredictFromDMatrix) predict;
  decltype(&::XGBoosterPredictFromDense) predict_dense;
};

template <typename Pointer>
Status bind(SharedLibrary& library, const char* name, Pointer& pointer) {
  TRY(pointer, library.symbol<std::remove_pointer_t<Pointer>>(name));
  return {};
}

// OpenMP's threads, which XGBoost trains on, spin while they wait for each other. On a machine
// whose processors have other work that costs more than the training: with 12 processes on 2
// processors the trees of examples/flights took 141 s and 64 s of processors, and 18 s and 9 s
// without. The runtime reads this when the library is loaded; what the user has set stands. Changes
// no result. Nothing else runs that asks for the environment: DuckDB is closed while a model is
// fitted.
void wait_without_spinning() {
  constexpr int kKeepOld = 0;
  ::setenv("OMP_WAIT_POLICY", "passive", kKeepOld);
}

Result<Api> open_api() {
  static SharedLibrary library("training boosted trees with XGBoost", {"libxgboost.so"});
  wait_without_spinning();
  TRY_VOID(library.open());
  Api api{};
  TRY_VOID(bind(library, "XGBoostVersion", api.version));
  TRY_VOID(bind(library, "XGBGetLastError", api.last_error));
  TRY_VOID(bind(library, "XGBRegisterLogCallback", api.register_log));
  TRY_VOID(bind(library, "XGBSetGlobalConfig", api.set_global));
  TRY_VOID(bind(library, "XGDMatrixCreateFromDense", api.matrix_from_dense));
  TRY_VOID(bind(library, "XGDMatrixSetInfoFromInterface", api.matrix_set_info));
  TRY_VOID(bind(library, "XGDMatrixSetStrFeatureInfo", api.matrix_set_features));
  TRY_VOID(bind(library, "XGDMatrixFree", api.matrix_free));
  TRY_VOID(bind(library, "XGBoosterCreate", api.booster_create));
  TRY_VOID(bind(library, "XGBoosterFree", api.booster_free));
  TRY_VOID(bind(library, "XGBoosterSetParam", api.booster_set));
  TRY_VOID(bind(library, "XGBoosterUpdateOneIter", api.booster_update));
  TRY_VOID(bind(library, "XGBoosterSaveModelToBuffer", api.booster_save));
  TRY_VOID(bind(library, "XGBoosterLoadModelFromBuffer", api.booster_load));
  TRY_VOID(bind(library, "XGBoosterPredictFromDMatrix", api.predict));
  TRY_VOID(bind(library, "XGBoosterPredictFromDense", api.predict_dense));
  return api;
}

// Opened once; a failure is tried again, so that installing the library helps a running process.
Result<const Api*> api() {
  static std::mutex mutex;
  static std::optional<Api> opened;
  std::lock_guard lock(mutex);
  if (!opened) {
    TRY(opened, open_api());
  }
  return &*opened;
}

// The library keeps its logger and its verbosity per thread.
void silence(const Api& xgb) {
  xgb.register_log([](const char*) {});
  xgb.set_global(R"({"verbosity":0})");
}

// The first line says what is wrong; a stack trace follows.
std::string last_error(const Api& xgb) {
  std::string_view text = xgb.last_error();
  text = text.substr(0, text.find('\n'));
  if (std::size_t at = text.find("Check failed: "); at != text.npos) text.remove_prefix(at);
  return std::string(text);
}

Status done(const Api& xgb, int status, std::string_view doing) {
  if (status == 0) return {};
  return fail(Code::kInvalid, "XGBoost refuses {}: {}", doing, last_error(xgb));
}

// A description of memory in the form of numpy's __array_interface__.
std::string array_of(const float* data, std::size_t rows, std::size_t columns) {
  return fmt::format(R"({{"data":[{},true],"shape":[{},{}],"typestr":"<f4","version":3}})",
                     reinterpret_cast<std::uintptr_t>(data), rows, columns);
}
std::string array_of(std::span<const float> data) {
  return fmt::format(R"({{"data":[{},true],"shape":[{}],"typestr":"<f4","version":3}})",
                     reinterpret_cast<std::uintptr_t>(data.data()), data.size());
}

constexpr const char* kPredictMargins =
    R"({"type":1,"training":false,"iteration_begin":0,"iteration_end":0,"strict_shape":false,)"
    R"("cache_id":0,"missing":NaN})";

// A DMatrix of the library's.
class Matrix {
 public:
  static Result<Matrix> create(const Api& xgb, const XgboostRows& rows) {
    if (rows.values.size() != rows.rows * rows.columns)
      return fail(Code::kInternal, "{} values are not {} rows of {}", rows.values.size(), rows.rows,
                  rows.columns);
    Matrix matrix(xgb);
    std::string values = array_of(rows.values.data(), rows.rows, rows.columns);
    TRY_VOID(done(
        xgb,
        xgb.matrix_from_dense(values.c_str(), R"({"missing":NaN,"nthread":1})", &matrix.handle_),
        "the rows"));
    TRY_VOID(matrix.set("label", rows.label));
    TRY_VOID(matrix.set("weight", rows.weight));
    TRY_VOID(matrix.set("base_margin", rows.base_margin));
    if (rows.categorical.empty()) return matrix;
    std::vector<const char*> types;
    for (bool categorical : rows.categorical) types.push_back(categorical ? "c" : "q");
    TRY_VOID(done(
        xgb, xgb.matrix_set_features(matrix.handle_, "feature_type", types.data(), types.size()),
        "the column types"));
    return matrix;
  }
  Matrix(Matrix&& other) noexcept
      : xgb_(other.xgb_), handle_(std::exchange(other.handle_, nullptr)) {}
  Matrix& operator=(Matrix&&) = delete;
  ~Matrix() {
    if (handle_ != nullptr) xgb_->matrix_free(handle_);
  }
  DMatrixHandle handle() const { return handle_; }
  Status set(const char* what, std::span<const float> values) {
    if (values.empty()) return {};
    return done(*xgb_, xgb_->matrix_set_info(handle_, what, array_of(values).c_str()), what);
  }

 private:
  explicit Matrix(const Api& xgb) : xgb_(&xgb) {}

  const Api* xgb_;
  DMatrixHandle handle_ = nullptr;
};

}  // namespace

struct XgboostBooster::Handles {
  const Api* xgb = nullptr;
  BoosterHandle booster = nullptr;
  std::shared_ptr<Matrix> training;  // outlives the booster's use of it

  explicit Handles(const Api* from) : xgb(from) {}
  Handles(const Handles&) = delete;
  Handles& operator=(const Handles&) = delete;
  ~Handles() {
    if (booster != nullptr) xgb->booster_free(booster);
  }
};

XgboostBooster::XgboostBooster(std::unique_ptr<Handles> handles) : handles_(std::move(handles)) {}
XgboostBooster::XgboostBooster(XgboostBooster&&) noexcept = default;
XgboostBooster& XgboostBooster::operator=(XgboostBooster&&) noexcept = default;
XgboostBooster::~XgboostBooster() = default;

Result<XgboostBooster> XgboostBooster::create(const XgboostRows& data,
                                              const Parameters& parameters) {
  TRY(const Api* xgb, api());
  silence(*xgb);
  auto handles = std::make_unique<Handles>(xgb);
  TRY(Matrix matrix, Matrix::create(*xgb, data));
  handles->training = std::make_shared<Matrix>(std::move(matrix));
  return on(std::move(handles), parameters);
}

Result<XgboostBooster> XgboostBooster::again(const XgboostBooster& other,
                                             std::span<const float> weight,
                                             const Parameters& parameters) {
  silence(*other.handles_->xgb);
  auto handles = std::make_unique<Handles>(other.handles_->xgb);
  handles->training = other.handles_->training;
  if (!handles->training) return fail(Code::kInternal, "a loaded booster has no data to train on");
  TRY_VOID(handles->training->set("weight", weight));
  return on(std::move(handles), parameters);
}

Result<XgboostBooster> XgboostBooster::on(std::unique_ptr<Handles> handles,
                                          const Parameters& parameters) {
  const Api& xgb = *handles->xgb;
  DMatrixHandle cached = handles->training->handle();
  TRY_VOID(done(xgb, xgb.booster_create(&cached, 1, &handles->booster), "the training data"));
  for (const auto& [name, value] : parameters) {
    TRY_VOID(done(xgb, xgb.booster_set(handles->booster, name.c_str(), value.c_str()), name));
  }
  return XgboostBooster(std::move(handles));
}

Result<XgboostBooster> XgboostBooster::load(std::string_view model) {
  TRY(const Api* xgb, api());
  silence(*xgb);
  auto handles = std::make_unique<Handles>(xgb);
  TRY_VOID(done(*xgb, xgb->booster_create(nullptr, 0, &handles->booster), "a new booster"));
  TRY_VOID(done(*xgb, xgb->booster_load(handles->booster, model.data(), model.size()),
                "the model's bytes"));
  TRY_VOID(done(*xgb, xgb->booster_set(handles->booster, "nthread", "1"), "nthread"));
  return XgboostBooster(std::move(handles));
}

Status XgboostBooster::update() {
  const Api& xgb = *handles_->xgb;
  if (!handles_->training) return fail(Code::kInternal, "a loaded booster has no data to train on");
  silence(xgb);
  return done(xgb, xgb.booster_update(handles_->booster, rounds_++, handles_->training->handle()),
              "to train");
}

Result<std::string> XgboostBooster::save(bool json) const {
  const Api& xgb = *handles_->xgb;
  bst_ulong size = 0;
  const char* bytes = nullptr;
  const char* config = json ? R"({"format":"json"})" : R"({"format":"ubj"})";
  TRY_VOID(done(xgb, xgb.booster_save(handles_->booster, config, &size, &bytes), "to save"));
  return std::string(bytes, size);
}

Result<std::vector<float>> XgboostBooster::margins(const XgboostRows& rows) const {
  const Api& xgb = *handles_->xgb;
  silence(xgb);
  TRY(Matrix matrix, Matrix::create(xgb, rows));
  const bst_ulong* shape = nullptr;
  bst_ulong dimensions = 0;
  const float* values = nullptr;
  TRY_VOID(done(xgb,
                xgb.predict(handles_->booster, matrix.handle(), kPredictMargins, &shape,
                            &dimensions, &values),
                "to predict"));
  return std::vector<float>(values, values + rows.rows);
}

Status XgboostBooster::margins_in_place(const float* rows, std::size_t count, std::size_t columns,
                                        float* out) const {
  const Api& xgb = *handles_->xgb;
  const bst_ulong* shape = nullptr;
  bst_ulong dimensions = 0;
  const float* values = nullptr;
  std::string array = array_of(rows, count, columns);
  TRY_VOID(done(xgb,
                xgb.predict_dense(handles_->booster, array.c_str(), kPredictMargins, nullptr,
                                  &shape, &dimensions, &values),
                "to predict"));
  std::copy_n(values, count, out);
  return {};
}

Result<std::string> xgboost_version() {
  TRY(const Api* xgb, api());
  int major = 0;
  int minor = 0;
  int patch = 0;
  xgb->version(&major, &minor, &patch);
  return fmt::format("{}.{}.{}", major, minor, patch);
}

}  // namespace lode
