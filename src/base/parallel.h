// Running numbered tasks on a fixed set of threads. Work is cut into tasks by the data, never by
// the number of threads, so that results cannot depend on how many there were.
//
// Threads: parallel_for may be called from several threads and from inside a task; the caller works
// along, so nesting cannot dead-lock.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

#include "base/error.h"
#include "base/time.h"

namespace lode {

// What a run may use; declared by the user (--threads, --memory), passed down as one value.
struct Limits {
  int threads = 1;
  std::int64_t memory_bytes = std::int64_t{4} << 30;
};

// Asked by long work whether to go on. Copies share one flag. Safe to cancel from a signal
// handler's thread or any other.
//
// A token may also have an end of its own in time, inside that of the token it was made from: see
// within(). Asking costs a reading of the clock an end, so ask once a batch, a round or a tree.
class CancelToken {
 public:
  CancelToken() : flag_(std::make_shared<std::atomic<bool>>(false)) {}
  void cancel() const { flag_->store(true, std::memory_order_relaxed); }
  bool cancelled() const { return stopped() || time_left() <= Duration{}; }
  // kCancelled on request, kLimit when its time is over.
  Status check() const;

  // The same flag, and ends when `most` has passed on the clock from now, or when this one ends.
  // The clock must outlive it.
  CancelToken within(const Clock& clock, Duration most) const;
  bool stopped() const { return flag_->load(std::memory_order_relaxed); }  // on request
  // Until the nearest of its ends: never negative, kForever without one.
  Duration time_left() const;
  static constexpr Duration kForever{INT64_MAX};

 private:
  struct End;
  std::shared_ptr<std::atomic<bool>> flag_;
  std::shared_ptr<const End> end_;
};

// Sleeps until so much has passed on the clock. Errors: those of check(), within a tenth of a
// second.
Status wait_for(const Clock& clock, Duration duration, const CancelToken& cancel);

class ThreadPool {
 public:
  // `threads` counts the caller of parallel_for, so ThreadPool(1) starts none; below 1 means 1.
  explicit ThreadPool(int threads);
  ~ThreadPool();  // no parallel_for may be running
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const { return threads_; }

  // parallel_for without the templates.
  Status run(std::size_t tasks, const std::function<Status(std::size_t)>& task,
             const CancelToken& cancel);

 private:
  struct Shared;
  int threads_;
  std::unique_ptr<Shared> shared_;
};

// Calls task(0) .. task(tasks - 1), each at most once, and waits. `task` returns void or Status.
// The error of the lowest failing task is returned, the same one on any number of threads; tasks
// above it may not have run. CancelToken::check() if the token stopped it between tasks. An
// exception of a task becomes an error: kLimit for std::bad_alloc, else kInternal.
template <typename F>
Status parallel_for(ThreadPool& pool, std::size_t tasks, F&& task, const CancelToken& cancel) {
  if constexpr (std::is_void_v<std::invoke_result_t<F&, std::size_t>>) {
    return pool.run(tasks, [&](std::size_t i) -> Status { return task(i), Status{}; }, cancel);
  } else {
    return pool.run(tasks, std::ref(task), cancel);
  }
}
template <typename F>
Status parallel_for(ThreadPool& pool, std::size_t tasks, F&& task) {
  return parallel_for(pool, tasks, std::forward<F>(task), CancelToken());
}

}  // namespace lode
