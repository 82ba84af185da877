// `overland report --serve`: serves a page and its chromatograms to the browsers of this machine.
// Only the loopback interface, GET requests and the known paths are served. Requests with another
// host name are refused, so that web pages of other sites cannot use the server through the
// browser.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/machine.h"
#include "report/chromatogram_file.h"
#include "report/html_page.h"

namespace overland::report {

struct HttpAnswer {
  int status = 200;
  std::string type = "text/plain; charset=utf-8";
  std::string body;
};

// Computes the reply to a request line and its headers ("GET /path HTTP/1.1" ...).
class PageSite {
 public:
  // `page`: the complete page. `runs`: the run names to which chromatograms refer by position.
  PageSite(std::string page, std::vector<std::string> runs)
      : page_(std::move(page)), runs_(std::move(runs)) {}
  // Errors of ChromatogramFile::open.
  [[nodiscard]] Result<void> open_chromatograms(const std::filesystem::path& file);
  [[nodiscard]] HttpAnswer answer(std::string_view request, std::uint16_t port) const;

 private:
  [[nodiscard]] HttpAnswer find_precursors(const std::string& text) const;
  [[nodiscard]] HttpAnswer chromatograms_of(const std::string& id) const;

  std::string page_;
  std::unique_ptr<ChromatogramFile> chromatograms_;  // null: the page has no viewer
  std::vector<std::string> runs_;
};

class LoopbackServer {
 public:
  // Port 0 selects a free port. Error OVL-RES-040 (the port is in use, or sockets are forbidden).
  [[nodiscard]] static Result<LoopbackServer> open(std::uint16_t port);
  LoopbackServer(LoopbackServer&& other) noexcept;
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;
  LoopbackServer& operator=(LoopbackServer&&) = delete;
  ~LoopbackServer();

  [[nodiscard]] std::uint16_t port() const { return port_; }
  // Serves one request after another until the machine is cancelled: throws Cancelled.
  [[noreturn]] void serve(const PageSite& site, const Machine& machine) const;
  // Serves a single request, for tests.
  void serve_one(const PageSite& site) const;

 private:
  LoopbackServer(int listener, std::uint16_t port) : listener_(listener), port_(port) {}
  int listener_;
  std::uint16_t port_;
};

}  // namespace overland::report
