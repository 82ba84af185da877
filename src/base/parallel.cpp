#include "base/parallel.h"

#include <algorithm>
#include <atomic>
#include <system_error>

namespace overland {
namespace {

WorkerPool& pool() {
  static WorkerPool threads;
  return threads;
}

}  // namespace

void parallel_for(std::size_t count, const Machine& machine,
                  const std::function<void(std::size_t, int)>& body) {
  if (machine.threads <= 1 || count <= 1) {
    for (std::size_t i = 0; i < count; ++i) {
      machine.check_cancelled();
      body(i, 0);
    }
    return;
  }
  std::atomic<std::size_t> next{0};
  // More threads than cores are allowed: determinism is tested at 8 threads on 2 cores.
  pool().run(machine.threads, [&](int worker) {
    for (std::size_t i = next++; i < count; i = next++) {
      machine.check_cancelled();
      body(i, worker);
    }
  });
}

void parallel_ranges(std::size_t count, std::size_t size, const Machine& machine,
                     const std::function<void(std::size_t, std::size_t)>& body) {
  parallel_for((count + size - 1) / size, machine, [&](std::size_t range, int) {
    body(range * size, std::min(count, (range + 1) * size));
  });
}

WorkerPool::~WorkerPool() {
  {
    const std::lock_guard lock(mutex_);
    is_closing_ = true;
  }
  job_came_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

// If the system starts no more threads, the existing ones do the work.
void WorkerPool::start_threads(int count) {
  const auto wanted = static_cast<std::size_t>(count);
  if (threads_.size() >= wanted) return;
  threads_.reserve(wanted);
  try {
    while (threads_.size() < wanted) threads_.emplace_back([this] { help(); });
  } catch (const std::system_error&) {
    return;
  }
}

WorkerPool::Job* WorkerPool::open_job() const {
  Job* job = jobs_;
  while (job != nullptr && job->next >= job->workers) job = job->after;
  return job;
}

void WorkerPool::remove(const Job& job) {
  Job** link = &jobs_;
  while (*link != &job) link = &(*link)->after;
  *link = job.after;
}

void WorkerPool::help() {
  std::unique_lock lock(mutex_);
  while (true) {
    Job* job = nullptr;
    job_came_.wait(lock, [&] { return is_closing_ || (job = open_job()) != nullptr; });
    if (job == nullptr) return;
    const int worker = job->next++;
    ++job->running;
    lock.unlock();
    std::exception_ptr problem;
    try {
      (*job->work)(worker);
    } catch (...) {
      problem = std::current_exception();
    }
    lock.lock();
    if (problem && !job->problem) job->problem = problem;
    if (--job->running == 0) helper_left_.notify_all();
  }
}

void WorkerPool::run(int workers, const std::function<void(int)>& work) {
  Job job{.work = &work, .workers = workers, .problem = {}};
  {
    const std::lock_guard lock(mutex_);
    start_threads(workers - 1);
    job.after = jobs_;
    jobs_ = &job;
  }
  job_came_.notify_all();
  std::exception_ptr problem;
  try {
    work(0);
  } catch (...) {
    problem = std::current_exception();
  }
  std::unique_lock lock(mutex_);
  remove(job);
  helper_left_.wait(lock, [&] { return job.running == 0; });
  if (!problem) problem = job.problem;
  lock.unlock();
  if (problem) std::rethrow_exception(problem);
}

}  // namespace overland
