// One HTTP connection (libcurl), kept open between requests. TLS certificates are verified
// (SSL_CERT_FILE names a file of authorities other than the system's), proxies are taken from the
// environment (https_proxy), and redirects are not followed. A client must not be used by several
// threads at the same time.
#pragma once

#include <expected>
#include <memory>
#include <string>

#include "base/machine.h"

namespace overland::koina {

struct HttpReply {
  long status = 0;
  std::string body;
  double retry_after_seconds = 0;  // pause requested by the server (Retry-After); 0: none
};

class HttpClient {
 public:
  // A cancelled machine ends a request, within about a second.
  explicit HttpClient(double timeout_seconds, const Machine& machine = {});
  HttpClient(HttpClient&&) noexcept;
  ~HttpClient();

  // Posts JSON. A reply with any HTTP status is a value; the error is a text (no connection,
  // connection reset, truncated reply, timeout).
  [[nodiscard]] std::expected<HttpReply, std::string> post(const std::string& url,
                                                           const std::string& body);

 private:
  struct Handle;
  std::unique_ptr<Handle> handle_;
};

}  // namespace overland::koina
