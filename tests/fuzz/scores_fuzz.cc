// What stands beside kept scores: the state and the job. What is read is what would be written,
// byte for byte; all else is refused.
#include "base/file.h"
#include "base/hash.h"
#include "serve/score_state.h"
#include "tests/fuzz/entry.h"

namespace lode::fuzz {
namespace {

template <typename Kept>
void hold(std::string_view bytes, Result<Kept> (*parse)(std::string_view),
          std::string (*write)(const Kept&)) {
  for (const std::string& tried :
       {std::string(bytes), fmt::format("{}sum {}\n", bytes, text(content_hash(bytes)))}) {
    auto kept = parse(tried);
    if (kept) {
      EXPECT_EQ(write(*kept), tried);
    } else {
      EXPECT_TRUE(kept.error().code() == Code::kCorrupt ||
                  kept.error().code() == Code::kUnsupported)
          << kept.error().text();
    }
  }
}

void run_state(std::string_view bytes) { hold(bytes, parse_score_state, score_state_text); }
void run_job(std::string_view bytes) { hold(bytes, parse_score_job, score_job_text); }

// With its seal and, so that what is changed is not stopped by it, without.
std::vector<std::string> seeds_of(const std::string& name) {
  std::string whole =
      posix_files().read(LODE_SOURCE_DIR "/tests/serve/golden/" + name).value_or("");
  return {whole, whole.substr(0, whole.rfind("sum "))};
}
std::vector<std::string> state_seeds() { return seeds_of("state-1"); }
std::vector<std::string> job_seeds() { return seeds_of("job-1"); }

const Registration state_registration({"score_state", run_state, state_seeds});
const Registration job_registration({"score_job", run_job, job_seeds});

}  // namespace
}  // namespace lode::fuzz
