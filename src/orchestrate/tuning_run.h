// Options of a model found by trial before it is fitted: searched (`tune`) or from a list
// (`choose`), on rows of the training side alone. Encoders and algorithm are fitted by the model's
// recipe on the rows a fold may train on, so what is chosen has seen nothing of the test rows.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "base/error.h"
#include "base/memory_budget.h"
#include "base/parallel.h"
#include "judge/bootstrap.h"
#include "orchestrate/folds.h"
#include "orchestrate/recipe.h"
#include "orchestrate/stations.h"
#include "orchestrate/tuning_report.h"

namespace lode {

struct TuningTask {
  FoldTask rows;
  const Recipe& recipe;
  Duration fit{};  // what one of all training rows took, as declared; nothing where none was made
};

struct TuningMeans {
  ThreadPool& pool;
  const CancelToken& cancel;
  const CancelToken& share;  // the model's of the run's time: a search takes a part of it
  MemoryBudget& budget;
  Stations& stations;
};

// The options the model is to be fitted with; the declared ones where nothing better was found, or
// nothing could be tried, which the report says. Of `choose` those that its list is best with, on
// the times it names. Parts of stations "model late: tune, encode", "tune, fit" (which is training)
// and "tune, score". Errors: kCancelled; the limits of `means.cancel`; of `choose` what a candidate
// is refused for.
Result<ModelOptions> tuned_options(const TuningTask& task, const TuningMeans& means,
                                   TuningReport& report);
Result<ModelOptions> chosen_options(const TuningTask& task, const TuningMeans& means,
                                    TuningReport& report);

// Puts the declared options back where those that were found come to nothing.
void keep_declared(const std::string& why, TuningReport& report);

// kInvalid: `tune` of an algorithm that has nothing to search, or of options it does not search.
Status check_tuning(const Model& model);

}  // namespace lode
