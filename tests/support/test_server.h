// A server on 127.0.0.1 for tests: answers each request with what a function returns, slowly, never
// or broken off where it says so. One thread per connection, one request per connection.
#pragma once

#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace overland::support {

struct TestAnswer {
  int status = 200;
  std::string body = {};
  std::string headers = {};   // whole lines, each with "\r\n"
  double delay_seconds = 0;   // before the answer
  std::size_t cut_bytes = 0;  // promised, but not sent
  bool is_reset = false;      // the connection is broken off without an answer
};

class TestServer {
 public:
  // Path and body of the request, and how many came before it.
  using Handler =
      std::function<TestAnswer(std::string_view path, std::string_view body, int index)>;

  explicit TestServer(Handler handler) : handler_(std::move(handler)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::listen(listener_, 64) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
      throw std::runtime_error("no port on 127.0.0.1");
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
  }
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;
  ~TestServer() {
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    ::close(listener_);
    for (std::thread& thread : connections_) thread.join();
  }

  [[nodiscard]] std::string url() const { return fmt::format("http://127.0.0.1:{}", port_); }
  [[nodiscard]] int requests() const { return requests_; }
  [[nodiscard]] int most_at_once() const { return most_; }
  [[nodiscard]] std::vector<std::string> bodies() const {
    const std::scoped_lock lock(mutex_);
    return bodies_;
  }

 private:
  void accept_all() {
    for (int peer = ::accept(listener_, nullptr, nullptr); peer >= 0;
         peer = ::accept(listener_, nullptr, nullptr)) {
      connections_.emplace_back([this, peer] { serve(peer); });
    }
  }

  static std::string read_request(int peer) {
    std::string request;
    char buffer[65536];
    std::size_t wanted = std::string::npos;
    while (request.size() < wanted) {
      const ssize_t got = ::recv(peer, buffer, sizeof buffer, 0);
      if (got <= 0) break;
      request.append(buffer, static_cast<std::size_t>(got));
      const std::size_t end = request.find("\r\n\r\n");
      const std::size_t length = request.find("Content-Length: ");
      if (end != std::string::npos && length != std::string::npos)
        wanted = end + 4 + std::stoul(request.substr(length + 16));
    }
    return request;
  }

  static void send_all(int peer, std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(peer, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  void serve(int peer) {
    const std::string request = read_request(peer);
    const std::size_t blank = request.find(' ') + 1;
    const std::string path = request.substr(blank, request.find(' ', blank) - blank);
    const std::string body = request.substr(request.find("\r\n\r\n") + 4);
    const int index = remember(body);
    const TestAnswer answer = handler_(path, body, index);
    std::this_thread::sleep_for(std::chrono::duration<double>(answer.delay_seconds));
    --at_once_;
    if (answer.is_reset) {
      const linger now{.l_onoff = 1, .l_linger = 0};  // close sends a reset
      ::setsockopt(peer, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    } else {
      const std::string head =
          fmt::format("HTTP/1.1 {} Test\r\nContent-Length: {}\r\nConnection: close\r\n{}\r\n",
                      answer.status, answer.body.size(), answer.headers);
      send_all(peer, head);
      send_all(peer,
               std::string_view(answer.body).substr(0, answer.body.size() - answer.cut_bytes));
    }
    ::close(peer);
  }

  int remember(const std::string& body) {
    const std::scoped_lock lock(mutex_);
    most_ = std::max<int>(most_, ++at_once_);
    bodies_.push_back(body);
    return requests_++;
  }

  Handler handler_;
  int listener_ = -1;
  int port_ = 0;
  std::thread acceptor_;
  std::vector<std::thread> connections_;  // of the acceptor, until it has ended
  mutable std::mutex mutex_;
  std::vector<std::string> bodies_;
  std::atomic<int> requests_{0}, at_once_{0}, most_{0};
};

}  // namespace overland::support
