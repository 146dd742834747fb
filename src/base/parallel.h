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

namespace lode {

// What a run may use; declared by the user (--threads, --memory), passed down as one value.
struct Limits {
  int threads = 1;
  std::int64_t memory_bytes = std::int64_t{4} << 30;
};

// Copies share one flag. Safe to cancel from a signal handler's thread or any other.
class CancelToken {
 public:
  CancelToken() : flag_(std::make_shared<std::atomic<bool>>(false)) {}
  void cancel() const { flag_->store(true, std::memory_order_relaxed); }
  bool cancelled() const { return flag_->load(std::memory_order_relaxed); }
  Status check() const {
    if (cancelled()) return fail(Code::kCancelled, "stopped on request");
    return {};
  }

 private:
  std::shared_ptr<std::atomic<bool>> flag_;
};

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
// above it may not have run. kCancelled if the token stopped it between tasks. An exception of a
// task becomes an error: kLimit for std::bad_alloc, else kInternal.
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
