// The threads behind parallel_for. They are started when first asked for and stay, so that later
// loops start none and allocate nothing: what a loop takes does not depend on when its threads
// come.
//
// Loops may be nested, and several threads may call at once: each caller works on its own loop and
// waits for those helpers only that took part in it, so nobody waits for a thread that never comes.
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

  // Calls work(worker) with worker = 0 on this thread and with others of [1, workers) on as many
  // threads as are free meanwhile; returns when all that began have ended. `work` shares the items
  // among those who come, and must do so alone if nobody comes. Throws what one of them threw.
  void run(int workers, const std::function<void(int worker)>& work);

 private:
  struct Job {
    const std::function<void(int)>* work = nullptr;
    int workers = 0;
    int next = 1;     // worker number of whoever comes next
    int running = 0;  // helpers at work
    std::exception_ptr problem;
    Job* after = nullptr;  // open jobs, as a list
  };
  // All with the lock held.
  void start_threads(int count);
  [[nodiscard]] Job* open_job() const;
  void remove(const Job& job);
  void help();

  std::mutex mutex_;
  std::condition_variable job_came_, helper_left_;
  Job* jobs_ = nullptr;  // latest first
  bool is_closing_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace overland
