#include "report/page_server.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <utility>

namespace overland::report {
namespace {

constexpr std::size_t kMostRequestBytes = 16'384;
constexpr int kPatienceSeconds = 5;

std::string percent_decoded(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    int code = 0;
    const auto hex = [&](char c) {
      return c >= '0' && c <= '9'                 ? c - '0'
             : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
                                                  : -1;
    };
    if (text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0) {
      code = 16 * hex(text[i + 1]) + hex(text[i + 2]);
      plain += static_cast<char>(code);
      i += 2;
    } else {
      plain += text[i] == '+' ? ' ' : text[i];
    }
  }
  return plain;
}

// Value of a parameter in "path?name=value"; "" if it is missing.
std::string parameter(std::string_view target, std::string_view name) {
  const std::size_t mark = target.find('?');
  if (mark == std::string_view::npos) return "";
  std::string_view rest = target.substr(mark + 1);
  while (!rest.empty()) {
    const std::size_t end = rest.find('&');
    const std::string_view part = rest.substr(0, end);
    if (part.starts_with(name) && part.size() > name.size() && part[name.size()] == '=')
      return percent_decoded(part.substr(name.size() + 1));
    rest = end == std::string_view::npos ? "" : rest.substr(end + 1);
  }
  return "";
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

// Value of the header Host; names in any case and any white space are allowed.
std::string host_of(std::string_view request) {
  std::size_t line = request.find("\r\n");
  while (line != std::string_view::npos) {
    const std::size_t begin = line + 2;
    line = request.find("\r\n", begin);
    std::string_view header = request.substr(begin, line - begin);
    if (header.size() < 5 || upper(std::string(header.substr(0, 5))) != "HOST:") continue;
    header.remove_prefix(5);
    while (header.starts_with(' ')) header.remove_prefix(1);
    while (header.ends_with(' ')) header.remove_suffix(1);
    return std::string(header);
  }
  return "";
}

HttpAnswer json_answer(const PageJson& json) {
  return {.status = 200,
          .type = "application/json",
          .body = json.dump(-1, ' ', false, PageJson::error_handler_t::replace)};
}

std::string without_modifications(std::string_view id) {
  std::string plain;
  int depth = 0;
  for (const char c : id) {
    if (c == '(' || c == '[') ++depth;
    if (depth == 0) plain += c;
    if (c == ')' || c == ']') --depth;
  }
  return plain;
}

const char* reason(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    default:
      return "Internal Server Error";
  }
}

void send_all(int peer, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(peer, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::string receive_head(int peer) {
  std::string request;
  std::array<char, 4096> buffer{};
  while (request.size() < kMostRequestBytes && request.find("\r\n\r\n") == std::string::npos) {
    const ssize_t got = ::recv(peer, buffer.data(), buffer.size(), 0);
    if (got <= 0) break;
    request.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return request;
}

}  // namespace

Result<void> PageSite::open_chromatograms(const std::filesystem::path& file) {
  auto opened = ChromatogramFile::open(file);
  if (!opened) return std::unexpected(opened.error());
  chromatograms_ = std::make_unique<ChromatogramFile>(std::move(*opened));
  return {};
}

HttpAnswer PageSite::answer(std::string_view request, std::uint16_t port) const {
  const std::string_view line = request.substr(0, request.find("\r\n"));
  const std::size_t first = line.find(' ');
  const std::size_t second = line.find(' ', first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos ||
      request.find("\r\n\r\n") == std::string_view::npos)
    return {.status = 400, .body = "not a request\n"};
  const std::string host = host_of(request);
  if (host != fmt::format("127.0.0.1:{}", port) && host != fmt::format("localhost:{}", port))
    return {.status = 403, .body = "use the host name 127.0.0.1 or localhost\n"};
  if (line.substr(0, first) != "GET") return {.status = 405, .body = "only GET is supported\n"};
  const std::string_view target = line.substr(first + 1, second - first - 1);
  const std::string_view path = target.substr(0, target.find('?'));
  if (path == "/") return {.status = 200, .type = "text/html; charset=utf-8", .body = page_};
  if (path == "/api/precursors") return find_precursors(parameter(target, "text"));
  if (path == "/api/xic") return chromatograms_of(parameter(target, "id"));
  return {.status = 404, .body = "page not found\n"};
}

HttpAnswer PageSite::find_precursors(const std::string& text) const {
  constexpr std::size_t kMostHits = 50;
  PageJson hits = PageJson::array();
  if (!chromatograms_) return json_answer(hits);
  const std::string wanted = upper(text);
  for (const std::string& id : chromatograms_->precursors()) {
    if (!upper(id).contains(wanted) && !without_modifications(id).contains(wanted)) continue;
    hits.push_back(id);
    if (hits.size() == kMostHits) break;
  }
  return json_answer(hits);
}

HttpAnswer PageSite::chromatograms_of(const std::string& id) const {
  PageJson traces = PageJson::array();
  if (!chromatograms_) return json_answer(traces);
  const auto found = chromatograms_->of(id);
  if (!found) return {.status = 500, .body = found.error().message() + "\n"};
  for (const Chromatogram& trace : *found) traces.push_back(chromatogram_json(trace, runs_, false));
  return json_answer(traces);
}

Result<LoopbackServer> LoopbackServer::open(std::uint16_t port) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int yes = 1;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (listener >= 0 && ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
      ::bind(listener, generic, size) == 0 && ::listen(listener, 16) == 0 &&
      ::getsockname(listener, generic, &size) == 0)
    return LoopbackServer(listener, ntohs(address.sin_port));
  const std::string why = std::strerror(errno);
  if (listener >= 0) ::close(listener);
  return fail("OVL-RES-040", fmt::format("cannot serve on port {}: {}", port, why), "127.0.0.1",
              "Give another port with --port, or omit --port to use a free port.");
}

LoopbackServer::LoopbackServer(LoopbackServer&& other) noexcept
    : listener_(std::exchange(other.listener_, -1)), port_(other.port_) {}

LoopbackServer::~LoopbackServer() {
  if (listener_ >= 0) ::close(listener_);
}

void LoopbackServer::serve_one(const PageSite& site) const {
  const int peer = ::accept(listener_, nullptr, nullptr);
  if (peer < 0) return;
  const timeval patience{.tv_sec = kPatienceSeconds, .tv_usec = 0};
  ::setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(peer, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  const HttpAnswer answer = site.answer(receive_head(peer), port_);
  send_all(peer,
           fmt::format("HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n"
                       "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
                       "Connection: close\r\n\r\n",
                       answer.status, reason(answer.status), answer.type, answer.body.size()));
  send_all(peer, answer.body);
  ::shutdown(peer, SHUT_WR);
  ::close(peer);
}

void LoopbackServer::serve(const PageSite& site, const Machine& machine) const {
  constexpr int kLookMilliseconds = 200;  // time between two checks of the cancellation
  while (true) {
    machine.check_cancelled();
    pollfd waiting{.fd = listener_, .events = POLLIN, .revents = 0};
    if (::poll(&waiting, 1, kLookMilliseconds) > 0) serve_one(site);
  }
}

}  // namespace overland::report
