// The threads of parallel_for. Threads start once and are reused, so later loops neither start
// threads nor allocate.
//
// Loops may be nested, and several threads may call at once: each caller works on its own loop and
// waits only for helpers that joined its loop, which makes nesting safe.
#pragma once

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace overland {

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
