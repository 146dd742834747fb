#include "serve/score_state.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "base/file.h"
#include "features/facts.h"

namespace lode {
namespace {

ScoreState a_state() {
  ScoreState state;
  state.model = "late flights";
  state.version = 3;
  state.content = content_hash("model");
  state.definition = content_hash("definition");
  state.threshold = "0.25";
  state.generation = 2;
  state.cut = 123;
  state.entries = 40;
  state.rows = 30;
  state.log = content_hash("log");
  state.sources = {{"flights",
                    content_hash("zone"),
                    {{"", "late"}, {{{0, 99}, 90, {{-5, 7}, {kForever, -kForever}}}}}},
                   {"visits", content_hash("other"), {{""}, {}}}};
  return state;
}

ScoreJob a_job() {
  ScoreJob job;
  job.model = "late";
  job.version = 3;
  job.content = content_hash("model");
  job.definition = content_hash("definition");
  job.threshold = "none";
  job.after = -1;
  job.cut = 7;
  job.block = 65'536;
  job.why = "model changed 2 -> 3";
  job.sources = {{"flights", content_hash("zone")}};
  return job;
}

TEST(ScoreState, IsReadAsItWasWritten) {
  EXPECT_EQ(parse_score_state(score_state_text(a_state())).value(), a_state());
  EXPECT_EQ(parse_score_job(score_job_text(a_job())).value(), a_job());
  ScoreJob plain = a_job();
  plain.why.clear();
  plain.base = 4;
  plain.base_log = content_hash("log");
  EXPECT_EQ(parse_score_job(score_job_text(plain)).value(), plain);
  EXPECT_EQ(parse_score_state(score_state_text({})).value(), ScoreState());
}

// No byte of it can be another, or be missing, and pass.
TEST(ScoreState, AnyFlippedByteIsFound) {
  const std::string state = score_state_text(a_state());
  const std::string job = score_job_text(a_job());
  for (std::size_t i = 0; i < state.size(); ++i) {
    std::string broken = state;
    broken[i] = static_cast<char>(broken[i] ^ 1);
    EXPECT_FALSE(parse_score_state(broken)) << i;
    EXPECT_FALSE(parse_score_state(std::string_view(state).substr(0, i))) << i;
  }
  for (std::size_t i = 0; i < job.size(); ++i) {
    std::string broken = job;
    broken[i] = static_cast<char>(broken[i] ^ 1);
    EXPECT_FALSE(parse_score_job(broken)) << i;
  }
  auto newer = parse_score_state("lode-scores 2\nwhatever\n");
  ASSERT_FALSE(newer);
  EXPECT_EQ(newer.error().code(), Code::kUnsupported);
}

TEST(ScoreState, TheGoldenFilesOfVersion1Load) {
  std::string golden = LODE_SOURCE_DIR "/tests/serve/golden/";
  if (std::getenv("LODE_UPDATE_GOLDEN") != nullptr &&
      !exists(posix_files(), golden + "state-1").value()) {
    ASSERT_TRUE(write_atomically(posix_files(), golden + "state-1", score_state_text(a_state())));
    ASSERT_TRUE(write_atomically(posix_files(), golden + "job-1", score_job_text(a_job())));
  }
  EXPECT_EQ(parse_score_state(posix_files().read(golden + "state-1").value()).value(), a_state());
  EXPECT_EQ(parse_score_job(posix_files().read(golden + "job-1").value()).value(), a_job());
}

}  // namespace
}  // namespace lode
