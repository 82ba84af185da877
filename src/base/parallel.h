// Parallel loops over indices, in which the body gets an index and a worker number, the scratch
// memory of their bodies, and their threads. The body for item i writes element i only, so results
// never depend on the number of threads.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "base/machine.h"

namespace overland {

// Calls body(index, worker) for index in [0, count), in any order, on at most machine.threads
// threads; worker is in [0, machine.threads). Items start in ascending order, so put long ones
// first. Once the machine is cancelled no item is begun, and the loop throws Cancelled.
void parallel_for(std::size_t count, const Machine& machine,
                  const std::function<void(std::size_t index, int worker)>& body);

// Calls body(begin, end) for consecutive ranges of up to `size` indices that cover [0, count).
void parallel_ranges(std::size_t count, std::size_t size, const Machine& machine,
                     const std::function<void(std::size_t begin, std::size_t end)>& body);

// Scratch memory for the bodies of parallel loops, including nested loops: the pool holds at most
// one piece per thread that works at the same time.
template <class T>
class ScratchPool {
 public:
  // Exclusive use of one piece, until the Loan is destroyed.
  class Loan {
   public:
    Loan(ScratchPool& pool, std::unique_ptr<T> piece) : pool_(pool), piece_(std::move(piece)) {}
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;
    ~Loan() { pool_.give_back(std::move(piece_)); }
    T& operator*() const { return *piece_; }
    T* operator->() const { return piece_.get(); }

   private:
    ScratchPool& pool_;
    std::unique_ptr<T> piece_;
  };

  // A piece that was used before, or a new one.
  [[nodiscard]] Loan take() {
    const std::lock_guard lock(mutex_);
    if (free_.empty()) {
      free_.reserve(++made_);  // giving back cannot fail
      return Loan(*this, std::make_unique<T>());
    }
    std::unique_ptr<T> piece = std::move(free_.back());
    free_.pop_back();
    return Loan(*this, std::move(piece));
  }
  // Number of pieces, in use or free.
  [[nodiscard]] std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return made_;
  }

 private:
  void give_back(std::unique_ptr<T> piece) {
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(piece));
  }

  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<T>> free_;
  std::size_t made_ = 0;
};

// The threads of parallel_for. Threads start once and are reused, so later loops neither start
// threads nor allocate.
//
// Loops may be nested, and several threads may call at once: each caller works on its own loop and
// waits only for helpers that joined its loop, which makes nesting safe.
class WorkerPool {
 public:
  WorkerPool() = default;
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;
  ~WorkerPool();

  // Calls work(0) on this thread and work(w), with w in [1, workers), on threads that become free;
  // returns when all started calls have ended. `work` distributes the items among its calls, and
  // work(0) alone must complete them. Rethrows one exception if calls throw.
  void run(int workers, const std::function<void(int worker)>& work);

 private:
  struct Job {
    const std::function<void(int)>* work = nullptr;
    int workers = 0;
    int next = 1;     // worker number of the next helper
    int running = 0;  // number of helpers working on the job
    std::exception_ptr problem;
    Job* after = nullptr;  // next open job of the list
  };
  // These are called with the lock held.
  void start_threads(int count);
  [[nodiscard]] Job* open_job() const;
  void remove(const Job& job);
  void help();

  std::mutex mutex_;
  std::condition_variable job_came_, helper_left_;
  Job* jobs_ = nullptr;  // newest first
  bool is_closing_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace overland
