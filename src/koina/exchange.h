// Many requests to one service: in parallel, asked again when they fail for a while.
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
  std::uint64_t seed = 0;  // of the pauses between attempts
};

// Seconds before attempt `attempt` (2, 3, ...): the first pause doubled each time up to the
// longest, times a factor in [0.5, 1) that depends on the seed alone, so that parallel requests do
// not come back all at once; and not less than the server asked for.
[[nodiscard]] double pause_before(int attempt, std::uint64_t seed, double server_asks,
                                  const KoinaOptions& options);

class Exchange {
 public:
  // `options` must outlive it.
  Exchange(const KoinaOptions& options, std::string url);

  // Calls make(i) and then take(i, reply) once for each i below count, on up to
  // options.parallel_requests threads. After a failure nothing new is begun, and the failure of the
  // lowest i is returned. Asked again: no connection, timeouts, answers cut off, HTTP 408, 429,
  // 5xx. Errors OVL-KOI-001 .. 004 and what `take` returns. May be called from several threads.
  [[nodiscard]] Result<void> run(std::size_t count, const std::function<Batch(std::size_t)>& make,
                                 const std::function<Result<void>(std::size_t, Reply)>& take);

 private:
  struct Shared;
  [[nodiscard]] Result<Reply> ask(class HttpClient& client, const Batch& batch, Shared& shared);

  const KoinaOptions& options_;
  std::string url_;
  std::counting_semaphore<> places_;  // requests on the way, of all calls
};

}  // namespace overland::koina
