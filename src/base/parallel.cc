#include "base/parallel.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <limits>
#include <mutex>
#include <new>
#include <optional>
#include <thread>
#include <vector>

namespace lode {
namespace {

constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

// One call of run(). It lives on the caller's stack; helpers are counted, and the caller leaves
// only when there are none.
class Job {
 public:
  Job(std::size_t tasks, const std::function<Status(std::size_t)>& task, const CancelToken& cancel)
      : tasks_(tasks), task_(task), cancel_(cancel) {}

  bool has_unclaimed() const { return next_.load(std::memory_order_relaxed) < tasks_; }

  // Claims and runs tasks until none are left. Claims go upwards, so when a task fails every lower
  // one is already claimed and will finish: the lowest failure is the same on any number of
  // threads.
  void work() {
    for (;;) {
      std::size_t i = next_.fetch_add(1, std::memory_order_relaxed);
      if (i >= tasks_ || i > lowest_failed_.load(std::memory_order_relaxed)) return;
      if (cancel_.cancelled()) {
        skipped_.store(true, std::memory_order_relaxed);
        return;
      }
      Status done = run(i);
      if (!done) record(i, done.error());
    }
  }

  // After all threads have left.
  Status result() const {
    if (error_) return fail(*error_);
    if (skipped_.load(std::memory_order_relaxed)) return cancel_.check();
    return {};
  }

  int helpers = 0;  // guarded by the pool's mutex

 private:
  Status run(std::size_t i) const {
    try {
      return task_(i);
    } catch (const std::bad_alloc&) {
      return fail(Code::kLimit, "not enough memory; give fewer threads or more memory");
    } catch (const std::exception& e) {
      return fail(Code::kInternal, "a task threw: {}", e.what());
    } catch (...) {
      return fail(Code::kInternal, "a task threw something unknown");
    }
  }

  void record(std::size_t i, const Error& error) {
    std::lock_guard lock(mutex_);
    if (i >= lowest_failed_.load(std::memory_order_relaxed)) return;
    lowest_failed_.store(i, std::memory_order_relaxed);
    error_ = error;
  }

  std::size_t tasks_;
  const std::function<Status(std::size_t)>& task_;
  const CancelToken& cancel_;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<std::size_t> lowest_failed_ = kNone;
  std::atomic<bool> skipped_ = false;
  std::mutex mutex_;
  std::optional<Error> error_;
};

}  // namespace

struct ThreadPool::Shared {
  std::mutex mutex;
  std::condition_variable work_came;
  std::condition_variable helper_left;
  std::vector<Job*> jobs;
  bool stopping = false;
  std::vector<std::thread> threads;

  // The newest job with tasks left: inner loops finish before outer ones go on.
  Job* unclaimed() const {
    for (std::size_t i = jobs.size(); i-- > 0;)
      if (jobs[i]->has_unclaimed()) return jobs[i];
    return nullptr;
  }

  void help() {
    std::unique_lock lock(mutex);
    for (;;) {
      Job* job = nullptr;
      work_came.wait(lock, [&] { return stopping || (job = unclaimed()) != nullptr; });
      if (stopping) return;
      ++job->helpers;
      lock.unlock();
      job->work();
      lock.lock();
      if (--job->helpers == 0) helper_left.notify_all();
    }
  }
};

struct CancelToken::End {
  const Clock& clock;
  std::int64_t at_ns;
  std::shared_ptr<const End> outer;
};

CancelToken CancelToken::within(const Clock& clock, Duration most) const {
  constexpr std::int64_t kNsPerUs = 1000;
  std::int64_t us = saturating_add(clock.steady_ns() / kNsPerUs, most.us);
  CancelToken inner = *this;
  inner.end_ =
      std::make_shared<const End>(clock, std::min(us, INT64_MAX / kNsPerUs) * kNsPerUs, end_);
  return inner;
}

Duration CancelToken::time_left() const {
  Duration left = kForever;
  for (const End* end = end_.get(); end != nullptr; end = end->outer.get())
    left = std::min(left, {std::max(std::int64_t{0}, end->at_ns - end->clock.steady_ns()) / 1000});
  return left;
}

Status CancelToken::check() const {
  if (stopped()) return fail(Code::kCancelled, "stopped on request");
  if (time_left() <= Duration{}) return fail(Code::kLimit, "no time was left for it");
  return {};
}

Status wait_for(const Clock& clock, Duration duration, const CancelToken& cancel) {
  constexpr std::int64_t kSliceNs = 50'000'000;
  const std::int64_t end = clock.steady_ns() + duration.us * 1000;
  for (;;) {
    TRY_VOID(cancel.check());
    std::int64_t left = end - clock.steady_ns();
    if (left <= 0) return {};
    // lint: allow(banned_calls) time itself is what is waited for, and a flag that signals set
    std::this_thread::sleep_for(std::chrono::nanoseconds(std::min(left, kSliceNs)));
  }
}

ThreadPool::ThreadPool(int threads)
    : threads_(std::max(threads, 1)), shared_(std::make_unique<Shared>()) {
  for (int i = 1; i < threads_; ++i)
    shared_->threads.emplace_back([shared = shared_.get()] { shared->help(); });
}

ThreadPool::~ThreadPool() {
  {
    std::lock_guard lock(shared_->mutex);
    shared_->stopping = true;
  }
  shared_->work_came.notify_all();
  for (std::thread& thread : shared_->threads) thread.join();
}

Status ThreadPool::run(std::size_t tasks, const std::function<Status(std::size_t)>& task,
                       const CancelToken& cancel) {
  Job job(tasks, task, cancel);
  if (threads_ == 1 || tasks <= 1) {
    job.work();
    return job.result();
  }
  {
    std::lock_guard lock(shared_->mutex);
    shared_->jobs.push_back(&job);
  }
  shared_->work_came.notify_all();
  job.work();
  std::unique_lock lock(shared_->mutex);
  std::erase(shared_->jobs, &job);
  shared_->helper_left.wait(lock, [&] { return job.helpers == 0; });
  return job.result();
}

}  // namespace lode
