// One HTTP connection (libcurl), kept open between requests. TLS certificates are verified, proxies
// are taken from the environment (https_proxy), redirects are not followed. One thread at a time.
#pragma once

#include <expected>
#include <memory>
#include <string>

namespace overland::koina {

struct HttpReply {
  long status = 0;
  std::string body;
  double retry_after_seconds = 0;  // what the server asked for; 0: nothing
};

class HttpClient {
 public:
  explicit HttpClient(double timeout_seconds);
  HttpClient(HttpClient&&) noexcept;
  ~HttpClient();

  // Posts JSON. Any status is a reply; the error is a text: no connection, reset, cut off, timeout.
  [[nodiscard]] std::expected<HttpReply, std::string> post(const std::string& url,
                                                           const std::string& body);

 private:
  struct Handle;
  std::unique_ptr<Handle> handle_;
};

}  // namespace overland::koina
