// Sends many requests to one service in parallel, and repeats requests after temporary failures.
#pragma once

#include <cstdint>
#include <functional>
#include <semaphore>
#include <string>

#include "base/error.h"
#include "koina/koina.h"
#include "koina/koina_reply.h"

namespace overland::koina {

struct Batch {
  std::string body;
  std::string where;       // model and number of the batch, for messages
  std::uint64_t seed = 0;  // random seed of the pauses between attempts
};

// Pause in seconds before attempt number `attempt` (2, 3, ...): the first pause, doubled for each
// attempt up to the longest pause, times a factor in [0.5, 1) that depends only on the seed, so
// that parallel requests are not repeated at the same time; at least `server_asks` seconds.
[[nodiscard]] double pause_before(int attempt, std::uint64_t seed, double server_asks,
                                  const KoinaOptions& options);

class Exchange {
 public:
  // `options` must outlive the Exchange.
  Exchange(const KoinaOptions& options, std::string url);

  // Calls make(i) and then take(i, reply) once for each i below count, on up to
  // options.parallel_requests threads. After a failure no further request is sent, and the error of
  // the lowest failed i is returned. Requests are repeated after: no connection, timeout, truncated
  // reply, HTTP 408, 429, 5xx. Errors OVL-KOI-001 .. 004 and errors of `take`; throws Cancelled.
  // May be called by several threads.
  [[nodiscard]] Result<void> run(std::size_t count, const std::function<Batch(std::size_t)>& make,
                                 const std::function<Result<void>(std::size_t, Reply)>& take);

 private:
  struct Shared;
  [[nodiscard]] Result<Reply> ask(class HttpClient& client, const Batch& batch, Shared& shared);

  const KoinaOptions& options_;
  std::string url_;
  std::counting_semaphore<> places_;  // limits the concurrent requests of all calls together
};

}  // namespace overland::koina
