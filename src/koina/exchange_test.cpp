#include "koina/exchange.h"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>

#include "support/test_server.h"

namespace overland::koina {
namespace {

KoinaOptions quick_options() {
  KoinaOptions options;
  options.parallel_requests = 4;
  options.attempts = 4;
  options.timeout_seconds = 20;
  options.first_pause_seconds = 0.01;
  options.longest_pause_seconds = 0.02;
  return options;
}

support::TestAnswer good(std::string_view body) {
  return {.body = fmt::format(R"({{"outputs":[{{"name":"echo","data":["{}"]}}]}})", body)};
}

struct Outcome {
  Result<void> done;
  std::vector<std::string> answers;
};

Outcome run(const KoinaOptions& options, const std::string& url, std::size_t count) {
  Outcome outcome{{}, std::vector<std::string>(count)};
  Exchange exchange(options, url);
  outcome.done = exchange.run(
      count,
      [](std::size_t i) { return Batch{fmt::format("b{}", i), fmt::format("batch {}", i), i}; },
      [&](std::size_t i, const Reply& reply) -> Result<void> {
        outcome.answers[i] = reply.outputs.at(0).text;
        return {};
      });
  return outcome;
}

void expect_all(const Outcome& outcome) {
  ASSERT_TRUE(outcome.done) << outcome.done.error().message();
  for (std::size_t i = 0; i < outcome.answers.size(); ++i)
    EXPECT_EQ(outcome.answers[i], fmt::format("b{}", i));
}

void expect_code(const Outcome& outcome, std::string_view code, std::string_view word) {
  ASSERT_FALSE(outcome.done);
  EXPECT_EQ(outcome.done.error().code, code) << outcome.done.error().message();
  EXPECT_NE(outcome.done.error().message().find(word), std::string::npos)
      << outcome.done.error().message();
  EXPECT_EQ(outcome.done.error().exit_code(), 6);
}

TEST(Exchange, AsksEachBatchOnce) {
  support::TestServer server([](auto, auto body, int) { return good(body); });
  KoinaCounts counts;
  KoinaOptions options = quick_options();
  options.counts = &counts;
  expect_all(run(options, server.url(), 20));
  EXPECT_EQ(server.requests(), 20);
  EXPECT_EQ(counts.batches, 20U);
  EXPECT_EQ(counts.retries, 0U);
}

TEST(Exchange, RequestsOfAllThreadsAreBounded) {
  support::TestServer server([](auto, auto body, int) {
    support::TestAnswer answer = good(body);
    answer.delay_seconds = 0.05;
    return answer;
  });
  KoinaOptions options = quick_options();
  options.parallel_requests = 3;
  Exchange exchange(options, server.url());
  const auto ask = [&] {
    return exchange.run(
        9, [](std::size_t i) { return Batch{fmt::format("b{}", i), "batch", i}; },
        [](std::size_t, const Reply&) -> Result<void> { return {}; });
  };
  Result<void> first, second;
  {
    std::jthread other([&] { second = ask(); });
    first = ask();
  }
  EXPECT_TRUE(first && second);
  EXPECT_EQ(server.requests(), 18);
  EXPECT_LE(server.most_at_once(), 3);
  EXPECT_GE(server.most_at_once(), 2);
}

TEST(Exchange, ServerErrorsAreAskedAgain) {
  support::TestServer server([](auto, auto body, int index) {
    return index < 3 ? support::TestAnswer{.status = 500, .body = "{\"error\":\"out of memory\"}"}
                     : good(body);
  });
  KoinaOptions options = quick_options();
  options.parallel_requests = 1;
  expect_all(run(options, server.url(), 2));
  EXPECT_EQ(server.requests(), 5);
}

TEST(Exchange, GivesUpAfterTheAttemptsWithTheServersWords) {
  support::TestServer server([](auto, auto, int) {
    return support::TestAnswer{.status = 503, .body = "{\"error\":\"napping\"}"};
  });
  const Outcome outcome = run(quick_options(), server.url(), 1);
  expect_code(outcome, "OVL-KOI-002", "HTTP 503: napping, after 4 attempts");
  EXPECT_EQ(server.requests(), 4);
}

TEST(Exchange, WaitsAsLongAsTheServerAsks) {
  support::TestServer server([](auto, auto body, int index) {
    return index == 0 ? support::TestAnswer{.status = 429, .headers = "Retry-After: 1\r\n"}
                      : good(body);
  });
  const auto start = std::chrono::steady_clock::now();
  expect_all(run(quick_options(), server.url(), 1));
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(950));
}

TEST(Exchange, AVeryLongWaitIsARefusal) {
  support::TestServer server([](auto, auto, int) {
    return support::TestAnswer{.status = 503, .headers = "Retry-After: 86400\r\n"};
  });
  expect_code(run(quick_options(), server.url(), 1), "OVL-KOI-003", "503");
  EXPECT_EQ(server.requests(), 1);
}

TEST(Exchange, RefusalsAreNotAskedAgain) {
  for (const int status : {301, 400, 401, 404}) {
    support::TestServer server([&](auto, auto, int) {
      return support::TestAnswer{.status = status,
                                 .body = "{\"error\":\"unknown\\nmodel\"}",
                                 .headers = "Location: http://127.0.0.1:1/\r\n"};
    });
    const Outcome outcome = run(quick_options(), server.url(), 1);
    expect_code(outcome, "OVL-KOI-003", fmt::format("HTTP {}: unknown model", status));
    EXPECT_EQ(server.requests(), 1);
  }
}

TEST(Exchange, BrokenConnectionsAndCutAnswersAreAskedAgain) {
  support::TestServer server([](auto, auto body, int index) {
    support::TestAnswer answer = good(body);
    answer.is_reset = index == 0;
    answer.cut_bytes = index == 1 ? 5 : 0;
    if (index == 2) answer.body.resize(answer.body.size() / 2);  // whole, but half the JSON
    return answer;
  });
  expect_all(run(quick_options(), server.url(), 1));
  EXPECT_EQ(server.requests(), 4);
}

TEST(Exchange, JsonThatStaysCutIsAnError) {
  support::TestServer server([](auto, auto body, int) {
    support::TestAnswer answer = good(body);
    answer.body.pop_back();
    return answer;
  });
  expect_code(run(quick_options(), server.url(), 1), "OVL-KOI-004", "batch 0");
}

TEST(Exchange, AnErrorKeyBesideStatus200IsAnError) {
  support::TestServer server(
      [](auto, auto, int) { return support::TestAnswer{.body = R"({"error":"bad input"})"}; });
  expect_code(run(quick_options(), server.url(), 1), "OVL-KOI-002", "bad input");
}

TEST(Exchange, SlowAnswersTimeOut) {
  support::TestServer server([](auto, auto body, int index) {
    support::TestAnswer answer = good(body);
    answer.delay_seconds = index == 0 ? 1.0 : 0;
    return answer;
  });
  KoinaOptions options = quick_options();
  options.timeout_seconds = 0.3;
  expect_all(run(options, server.url(), 1));
  EXPECT_EQ(server.requests(), 2);
}

TEST(Exchange, NobodyListens) {
  std::string url;
  {
    url = support::TestServer([](auto, auto body, int) { return good(body); }).url();
  }
  expect_code(run(quick_options(), url, 1), "OVL-KOI-001", "after 4 attempts");
}

TEST(Exchange, AFailureEndsTheOthersPauses) {
  support::TestServer server([](auto, auto body, int) {
    return body == "b0" ? support::TestAnswer{.status = 404, .delay_seconds = 0.1}
                        : support::TestAnswer{.status = 503, .headers = "Retry-After: 60\r\n"};
  });
  const auto start = std::chrono::steady_clock::now();
  expect_code(run(quick_options(), server.url(), 30), "OVL-KOI-003", "404");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
  EXPECT_LT(server.requests(), 10);
}

TEST(Exchange, PausesGrowAreBoundedAndRepeatable) {
  KoinaOptions options;
  options.first_pause_seconds = 1;
  options.longest_pause_seconds = 8;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    double expected = 1;
    for (int attempt = 2; attempt < 12; ++attempt) {
      const double pause = pause_before(attempt, seed, 0, options);
      EXPECT_GE(pause, expected / 2);
      EXPECT_LT(pause, expected);
      EXPECT_EQ(pause, pause_before(attempt, seed, 0, options));
      EXPECT_EQ(pause_before(attempt, seed, 100, options), 100);
      expected = std::min(8.0, expected * 2);
    }
  }
  EXPECT_NE(pause_before(2, 1, 0, options), pause_before(2, 2, 0, options));
}

}  // namespace
}  // namespace overland::koina
