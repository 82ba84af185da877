#include "report/page_server.h"

#include <gtest/gtest.h>

namespace overland {
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

}  // namespace
}  // namespace overland
