#include "report/page_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "support/report_example.h"

namespace overland::report {
namespace {

std::string request(const std::string& line, const std::string& host = "127.0.0.1:8123") {
  return line + "\r\nAccept: */*\r\nhost: " + host + "\r\n\r\n";
}

TEST(PageServer, answers_its_own_paths_and_nothing_else) {
  const PageSite site("<p>page</p>", {"one"});
  EXPECT_EQ(site.answer(request("GET / HTTP/1.1"), 8123).body, "<p>page</p>");
  EXPECT_EQ(site.answer(request("GET / HTTP/1.1", "localhost:8123"), 8123).status, 200);
  EXPECT_EQ(site.answer(request("GET /api/precursors?text=A HTTP/1.1"), 8123).body, "[]");
  EXPECT_EQ(site.answer(request("GET /api/xic?id=A%2B2 HTTP/1.1"), 8123).body, "[]");
  EXPECT_EQ(site.answer(request("GET /../etc/passwd HTTP/1.1"), 8123).status, 404);
  EXPECT_EQ(site.answer(request("POST / HTTP/1.1"), 8123).status, 405);
}

TEST(PageServer, a_request_by_another_name_is_refused) {
  const PageSite site("page", {});
  for (const char* host : {"evil.example", "evil.example:8123", "127.0.0.1:81", "", "127.0.0.1"})
    EXPECT_EQ(site.answer(request("GET / HTTP/1.1", host), 8123).status, 403) << host;
}

TEST(PageServer, what_is_no_request_is_answered_as_such) {
  const PageSite site("page", {});
  for (const char* text :
       {"", "\r\n\r\n", "GET", "GET /\r\n\r\n", "GET / HTTP/1.1\r\nhost: localhost:8123"})
    EXPECT_EQ(site.answer(text, 8123).status, 400) << text;
}

TEST(PageServer, a_taken_port_is_an_error_that_says_so) {
  const auto first = LoopbackServer::open(0);
  ASSERT_TRUE(first) << first.error().message();
  EXPECT_GT(first->port(), 0);
  const auto second = LoopbackServer::open(first->port());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, "OVL-RES-040");
}

TEST(PageServer, the_host_may_be_written_in_any_case_and_stand_anywhere) {
  const PageSite site("page", {});
  const auto status = [&](const std::string& headers) {
    return site.answer("GET / HTTP/1.1\r\n" + headers + "\r\n", 8123).status;
  };
  EXPECT_EQ(status("HOST:127.0.0.1:8123\r\n"), 200);
  EXPECT_EQ(status("Accept: a\r\nHost:   localhost:8123  \r\nX: y\r\n"), 200);
  EXPECT_EQ(status("Accept: a\r\n"), 403) << "no host at all";
  EXPECT_EQ(status("X-Host: localhost:8123\r\n"), 403);
  EXPECT_EQ(status("Host: evil.example\r\nHost: localhost:8123\r\n"), 403) << "the first counts";
  EXPECT_EQ(status("Host: localhost:8123@evil.example\r\n"), 403);
  EXPECT_EQ(status("Host: localhost:8123.evil.example\r\n"), 403);
}

TEST(PageServer, only_exact_paths_are_answered) {
  const PageSite site("page", {});
  for (const char* path : {"//", "/index.html", "/api", "/api/", "/api/xic/", "/API/xic",
                           "/api/xic%00", "/./", "/api/../", "/%2e%2e/etc/passwd",
                           "/..%2f..%2fetc/passwd", "http://evil.example/", "*", "\\"})
    EXPECT_EQ(site.answer(request("GET " + std::string(path) + " HTTP/1.1"), 8123).status, 404)
        << path;
  EXPECT_EQ(site.answer(request("GET /?x=y HTTP/1.1"), 8123).status, 200);
  for (const char* method : {"get", "HEAD", "OPTIONS", "PUT", "DELETE", "CONNECT", "TRACE"})
    EXPECT_EQ(site.answer(request(std::string(method) + " / HTTP/1.1"), 8123).status, 405)
        << method;
}

class PageServerFile : public testing::Test {
 protected:
  void SetUp() override {
    example_.precursors[3].modified = "A+C&D=%E2";
    example_.write_traces(folder_ / "xic.parquet");
    ASSERT_TRUE(site_.open_chromatograms(folder_ / "xic.parquet"));
  }
  [[nodiscard]] PageJson asked(const std::string& target) const {
    const HttpAnswer answer = site_.answer(request("GET " + target + " HTTP/1.1"), 8123);
    EXPECT_EQ(answer.status, 200) << target;
    EXPECT_EQ(answer.type, "application/json");
    return PageJson::parse(answer.body);
  }
  support::TestFolder folder_;
  support::ExampleResults example_ = support::example_results();
  PageSite site_{"<p>page</p>", example_.runs};
};

TEST_F(PageServerFile, precursors_are_found_with_modifications_or_without) {
  EXPECT_EQ(asked("/api/precursors?text=").size(), 5U);
  EXPECT_EQ(asked("/api/precursors").size(), 5U);
  for (const char* part : {"acll", "ACLL", "AC(UniMod:4)L", "ac%28unimod%3A4"})
    EXPECT_EQ(asked("/api/precursors?text=" + std::string(part)).dump(),
              R"(["AC(UniMod:4)LLPEPK2"])")
        << part;
  EXPECT_EQ(asked("/api/precursors?text=unimod%3A35").dump(), R"(["GM(UniMod:35)ESTIDER2"])");
  EXPECT_EQ(asked("/api/precursors?other=1&text=GM").size(), 1U);
  EXPECT_EQ(asked("/api/precursors?text=NOSUCH").dump(), "[]");
}

TEST_F(PageServerFile, names_are_decoded_once) {
  EXPECT_EQ(asked("/api/xic?id=A%2BC%26D%3D%25E22").size(), 3U);
  EXPECT_EQ(asked("/api/xic?id=A+C%26D%3D%25E22").size(), 0U) << "a plus is a blank";
  EXPECT_EQ(asked("/api/xic?id=A%252BC%26D%3D%25E22").size(), 0U);
  const PageJson traces = asked("/api/xic?id=GM(UniMod:35)ESTIDER2");
  ASSERT_EQ(traces.size(), 2U);
  EXPECT_EQ(traces[0]["run"], 0);
  EXPECT_EQ(traces[0]["raw"].size(), 15U);
  EXPECT_TRUE(traces[0]["raw"].is_array()) << "numbers, not base64";
}

TEST_F(PageServerFile, broken_escapes_and_long_or_binary_names_are_no_harm) {
  const std::string long_name(15'000, '%');
  for (const std::string& name : std::vector<std::string>{
           "%", "%4", "%zz", "%%%", "%00", "%ff%fe", long_name, "\xff\xfe", "&&&=&id", "id=id"}) {
    EXPECT_EQ(asked("/api/xic?id=" + name).dump(), "[]") << name.substr(0, 20);
    (void)asked("/api/precursors?text=" + name);
  }
}

TEST_F(PageServerFile, any_request_is_answered_with_a_status) {
  constexpr std::uint64_t kSeed = 47;
  SCOPED_TRACE(kSeed);
  constexpr std::string_view kParts[] = {
      "GET", " ", "/",        "api/xic?id=", "\r\n",     "Host: localhost:8123",
      "%",   "2", "HTTP/1.1", ":",           "\r\n\r\n", std::string_view("\0", 1)};
  Rng random(kSeed, 0);
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    for (std::uint64_t n = random.below(20); n > 0; --n)
      text += kParts[random.below(std::size(kParts))];
    const int status = site_.answer(text, 8123).status;
    ASSERT_TRUE(status == 200 || status == 400 || status == 403 || status == 404 || status == 405)
        << status << " for " << text;
    const bool has_host = text.contains("\r\nHost: localhost:8123");
    if (!has_host) {
      ASSERT_NE(status, 200) << text;
    }
  }
}

// One connection to the server: what it sends back to `request`.
std::string exchanged(const LoopbackServer& server, const PageSite& site,
                      const std::string& request) {
  std::thread serving([&] { server.serve_one(site); });
  const int peer = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(server.port());
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(peer, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  EXPECT_EQ(::send(peer, request.data(), request.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(request.size()));
  ::shutdown(peer, SHUT_WR);
  std::string answer;
  char buffer[4096];
  for (ssize_t got = 0; (got = ::recv(peer, buffer, sizeof buffer, 0)) > 0;)
    answer.append(buffer, static_cast<std::size_t>(got));
  ::close(peer);
  serving.join();
  return answer;
}

TEST(PageServer, over_a_socket_sends_head_and_body_of_the_length_it_names) {
  const auto server = LoopbackServer::open(0);
  ASSERT_TRUE(server);
  const PageSite site(std::string(300'000, 'x'), {});
  const std::string host = "127.0.0.1:" + std::to_string(server->port());
  const std::string answer = exchanged(*server, site, request("GET / HTTP/1.1", host));
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n"));
  for (const char* header :
       {"Content-Type: text/html; charset=utf-8\r\n", "Content-Length: 300000\r\n",
        "Cache-Control: no-store\r\n", "X-Content-Type-Options: nosniff\r\n"})
    EXPECT_NE(answer.find(header), std::string::npos) << header;
  EXPECT_EQ(answer.size() - answer.find("\r\n\r\n") - 4, 300'000U);
}

TEST(PageServer, a_visitor_that_says_nothing_or_too_much_is_sent_away) {
  const auto server = LoopbackServer::open(0);
  ASSERT_TRUE(server);
  const PageSite site("page", {});
  EXPECT_TRUE(exchanged(*server, site, "").starts_with("HTTP/1.1 400 "));
  EXPECT_TRUE(exchanged(*server, site, "GET / HTTP/1.1\r\n").starts_with("HTTP/1.1 400 "));
  const std::string evil = request("GET / HTTP/1.1", "evil.example");
  EXPECT_TRUE(exchanged(*server, site, evil).starts_with("HTTP/1.1 403 "));
}

}  // namespace
}  // namespace overland::report
