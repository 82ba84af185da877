#include "koina/http_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <mutex>

#include "base/version.h"

namespace overland::koina {
namespace {

constexpr std::size_t kLargestBody = std::size_t{512} << 20;
constexpr long kConnectSeconds = 30;

// libcurl asks for the certificates of authorities where the distribution it was built for keeps
// them; a program that was carried to another one looks where that one does. Empty: libcurl's own.
std::string certificate_file() {
  if (const char* chosen = std::getenv("SSL_CERT_FILE"); chosen != nullptr) return chosen;
  for (const char* file : {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
                           "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"}) {
    std::error_code failed;
    if (std::filesystem::exists(file, failed)) return file;
  }
  return {};
}

std::size_t append_body(const char* bytes, std::size_t, std::size_t count, void* target) {
  auto& body = *static_cast<std::string*>(target);
  if (body.size() + count > kLargestBody) return 0;  // makes libcurl stop the transfer
  body.append(bytes, count);
  return count;
}

// Called at least once a second; anything but 0 ends the transfer.
int stop_if_cancelled(void* machine, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const Machine*>(machine)->is_cancelled() ? 1 : 0;
}

}  // namespace

struct HttpClient::Handle {
  Machine machine = {};
  CURL* curl = nullptr;
  curl_slist* headers = nullptr;
  std::array<char, CURL_ERROR_SIZE> message{};
};

HttpClient::HttpClient(double timeout_seconds, const Machine& machine)
    : handle_(std::make_unique<Handle>()) {
  handle_->machine = machine;
  static std::once_flag started;
  std::call_once(started, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  handle_->headers = curl_slist_append(nullptr, "Content-Type: application/json");
  // No "Expect: 100-continue": some proxies never answer it.
  handle_->headers = curl_slist_append(handle_->headers, "Expect:");
  CURL* curl = handle_->curl = curl_easy_init();
  if (curl == nullptr) return;
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, handle_->headers);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, handle_->message.data());
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &append_body);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &stop_if_cancelled);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &handle_->machine);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);  // required with several threads
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
  if (const std::string file = certificate_file(); !file.empty())
    curl_easy_setopt(curl, CURLOPT_CAINFO, file.c_str());
  curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");  // all encodings that libcurl supports
  curl_easy_setopt(curl, CURLOPT_USERAGENT, ("overland/" + program_version()).c_str());
  const long timeout = std::max(1L, static_cast<long>(timeout_seconds * 1000));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeout);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, std::min(timeout, kConnectSeconds * 1000));
}

HttpClient::HttpClient(HttpClient&&) noexcept = default;

HttpClient::~HttpClient() {
  if (handle_ == nullptr) return;
  curl_easy_cleanup(handle_->curl);
  curl_slist_free_all(handle_->headers);
}

std::expected<HttpReply, std::string> HttpClient::post(const std::string& url,
                                                       const std::string& body) {
  CURL* curl = handle_->curl;
  if (curl == nullptr) return std::unexpected("libcurl could not be started");
  HttpReply reply;
  handle_->message[0] = '\0';
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.data());
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &reply.body);
  const CURLcode code = curl_easy_perform(curl);
  if (code != CURLE_OK) {
    const std::string text = handle_->message.data();
    return std::unexpected(text.empty() ? curl_easy_strerror(code) : text);
  }
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply.status);
  curl_off_t wait = 0;
  curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &wait);
  reply.retry_after_seconds = static_cast<double>(wait);
  return reply;
}

}  // namespace overland::koina
