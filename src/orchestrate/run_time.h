// --time-limit, kept: what a run may take from its command's begin on, divided over its models.
//
// A run that may give things up (lode mine, which decided itself what to do) keeps a part of the
// time for its report and shares out what is left among the models that are left; what one does not
// use is shared out anew. Of its share a model gives a part to the search for options; what
// can be left out of its report ends by the share; the model itself may go on to the end of all.
// Models there is no time for are not made, and are named. A run of what somebody declared
// (lode run) leaves nothing out: it stops, and says what was kept.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/error.h"
#include "base/parallel.h"
#include "base/time.h"
#include "orchestrate/report.h"
#include "project/project.h"

namespace lode {

struct RunTime {
  Duration limit{};           // 0: none
  std::int64_t began_ns = 0;  // when the command did, by the clock's steady reading
  bool give_up = false;
};

class TimePlan {
 public:
  // The clock must outlive it.
  TimePlan(const Clock& clock, const RunTime& time, const CancelToken& cancel);

  bool limited() const { return time_.limit.us > 0; }
  bool give_up() const { return limited() && time_.give_up; }
  // What everything is stopped by. Where things may be given up it is past the limit, by less than
  // the tenth that a limit may be missed by: a report that is nearly written is written.
  const CancelToken& whole() const { return whole_; }
  const CancelToken& models() const { return models_; }
  // What ended because there was no time for it is named in the report where things may be given
  // up; any other outcome is handed on.
  Status given_up(Status outcome, std::string_view what, RunReport& report) const;
  // Of a model that takes this part of what is left, from now on.
  CancelToken share(double part) const;

 private:
  Duration left(Duration of) const;

  const Clock& clock_;
  RunTime time_;
  CancelToken whole_;
  CancelToken models_;
};

// Of the time left for a model and those behind it its own part: as they want for their searches.
double part_of_time(const Project& project, const Model& model, const RunTime& time);

// What a run says whose time was over in a station: what was kept, or that nothing was made.
Error time_is_over(const RunTime& time, std::string_view station, const RunReport& report,
                   const Project& project);

// Where models were given up: kLimit if none was made; if one was, that there is no verdict.
Status check_models_left(RunReport& report);

}  // namespace lode
