#include "koina/exchange.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "base/rng.h"
#include "koina/http_client.h"

namespace overland::koina {
namespace {

constexpr double kLongestServerPause = 600;  // seconds; a longer pause is treated as a refusal
constexpr std::size_t kQuoted = 300;         // bytes of the server's reply quoted in a message

struct Failure {
  Error error;
  bool may_pass = false;  // temporary: the request may succeed when repeated
  double server_asks = 0;
};

// The server's error text, or the beginning of its reply.
std::string words_of(const std::string& body) {
  const auto reply = parse_reply(body, "");
  std::string words = reply && !reply->error.empty() ? reply->error : body;
  if (words.size() > kQuoted) words = words.substr(0, kQuoted) + " ...";
  std::ranges::replace_if(words, [](unsigned char c) { return c < ' ' || c == 127; }, ' ');
  return words.empty() ? "the reply is empty" : words;
}

Failure unreachable(const std::string& what, const std::string& where) {
  return {.error = {"OVL-KOI-001", "the service cannot be reached: " + what, where,
                    "Check the network, the proxy (https_proxy) and --koina-url. With a cache, the "
                    "same command continues where it stopped."},
          .may_pass = true};
}

Failure refused(const HttpReply& reply, const std::string& where) {
  const std::string what =
      fmt::format("the service replied with HTTP {}: {}", reply.status, words_of(reply.body));
  const bool may_pass = reply.status == 408 || reply.status == 429 || reply.status >= 500;
  if (!may_pass || reply.retry_after_seconds > kLongestServerPause) {
    return {.error = {"OVL-KOI-003", what, where,
                      "The server refused the request. Check --koina-url and whether the server "
                      "has the model."}};
  }
  return {
      .error = {"OVL-KOI-002", what, where,
                "The service is overloaded or out of order. Try again later with fewer parallel "
                "requests; the same command requests only the missing predictions."},
      .may_pass = true,
      .server_asks = reply.retry_after_seconds};
}

std::expected<Reply, Failure> ask_once(HttpClient& client, const std::string& url,
                                       const Batch& batch) {
  auto http = client.post(url, batch.body);
  if (!http) return std::unexpected(unreachable(http.error(), batch.where));
  if (http->status != 200) return std::unexpected(refused(*http, batch.where));
  auto reply = parse_reply(http->body, batch.where);
  if (!reply) return std::unexpected(Failure{.error = reply.error(), .may_pass = true});
  if (!reply->error.empty()) {  // KServe allows an error text with status 200
    http->status = 500;
    return std::unexpected(refused(*http, batch.where));
  }
  return std::move(*reply);
}

}  // namespace

// State shared by the threads of one call.
struct Exchange::Shared {
  std::mutex mutex;
  std::condition_variable wake;
  std::size_t next = 0;
  bool has_failed = false;
  std::size_t failed_batch = 0;
  Error error;

  bool take_next(std::size_t count, std::size_t& index, const Machine& machine) {
    const std::scoped_lock lock(mutex);
    if (has_failed || next >= count || machine.is_cancelled()) return false;
    index = next++;
    return true;
  }
  void fail_at(std::size_t index, Error why) {
    const std::scoped_lock lock(mutex);
    if (!has_failed || index < failed_batch) {
      failed_batch = index;
      error = std::move(why);
    }
    has_failed = true;
    wake.notify_all();
  }
  // Waits; returns false if another thread has failed in the meantime, or the machine is cancelled.
  bool pause(double seconds, const Machine& machine) {
    constexpr double kLook = 0.1;  // seconds between two checks of the cancellation
    std::unique_lock lock(mutex);
    for (; seconds > 0 && !machine.is_cancelled(); seconds -= kLook) {
      const std::chrono::duration<double> part(std::min(seconds, kLook));
      if (wake.wait_for(lock, part, [this] { return has_failed; })) return false;
    }
    return !machine.is_cancelled();
  }
};

double pause_before(int attempt, std::uint64_t seed, double server_asks,
                    const KoinaOptions& options) {
  double pause = options.first_pause_seconds;
  for (int i = 2; i < attempt && pause < options.longest_pause_seconds; ++i) pause *= 2;
  pause = std::min(pause, options.longest_pause_seconds);
  Rng random(seed, static_cast<std::uint64_t>(attempt));
  return std::max(server_asks, pause * (0.5 + 0.5 * random.uniform()));
}

Exchange::Exchange(const KoinaOptions& options, std::string url)
    : options_(options), url_(std::move(url)), places_(options.parallel_requests) {}

Result<Reply> Exchange::ask(HttpClient& client, const Batch& batch, Shared& shared) {
  for (int attempt = 1;; ++attempt) {
    places_.acquire();
    auto reply = ask_once(client, url_, batch);
    places_.release();
    if (reply) return std::move(*reply);
    Failure& failure = reply.error();
    if (options_.machine.is_cancelled()) return std::unexpected(failure.error);
    if (!failure.may_pass) return std::unexpected(failure.error);
    if (attempt >= options_.attempts) {
      failure.error.what += fmt::format(", after {} attempts", attempt);
      return std::unexpected(failure.error);
    }
    const double pause = pause_before(attempt + 1, batch.seed, failure.server_asks, options_);
    options_.machine.warning("{}: {}; attempt {} of {} in {:.1f} s", batch.where,
                             failure.error.what, attempt + 1, options_.attempts, pause);
    if (options_.counts != nullptr) ++options_.counts->retries;
    if (!shared.pause(pause, options_.machine)) return std::unexpected(failure.error);
  }
}

Result<void> Exchange::run(std::size_t count, const std::function<Batch(std::size_t)>& make,
                           const std::function<Result<void>(std::size_t, Reply)>& take) {
  Shared shared;
  const auto work = [&] {
    HttpClient client(options_.timeout_seconds, options_.machine);
    for (std::size_t index = 0; shared.take_next(count, index, options_.machine);) {
      auto reply = ask(client, make(index), shared);
      const Result<void> done =
          reply ? take(index, std::move(*reply)) : std::unexpected(reply.error());
      if (!done) return shared.fail_at(index, done.error());
      if (options_.counts != nullptr) ++options_.counts->batches;
    }
  };
  // Not threads of the worker pool, because they wait for the network and would block the pool.
  std::vector<std::jthread> threads;
  const auto wanted = std::min(count, static_cast<std::size_t>(options_.parallel_requests));
  for (std::size_t i = 1; i < wanted; ++i) threads.emplace_back(work);
  if (count > 0) work();
  threads.clear();
  options_.machine.check_cancelled();
  if (shared.has_failed) return std::unexpected(shared.error);
  return {};
}

}  // namespace overland::koina
