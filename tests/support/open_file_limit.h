// The process may open only a few files more than it has open, until the end of the scope.
#pragma once

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <string>

namespace overland::support {

class OpenFileLimit {
 public:
  explicit OpenFileLimit(rlim_t more) {
    EXPECT_EQ(::getrlimit(RLIMIT_NOFILE, &before_), 0);
    rlim_t highest = 0;  // the limit is one of numbers, not of how many are in use
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
      highest = std::max<rlim_t>(highest, std::stoul(entry.path().filename().string()));
    const rlimit few{.rlim_cur = std::min(highest + 1 + more, before_.rlim_max),
                     .rlim_max = before_.rlim_max};
    EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
  }
  OpenFileLimit(const OpenFileLimit&) = delete;
  OpenFileLimit& operator=(const OpenFileLimit&) = delete;
  ~OpenFileLimit() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

}  // namespace overland::support
