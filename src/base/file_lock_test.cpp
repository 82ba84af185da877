#include "base/file_lock.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace overland {
namespace {

namespace fs = std::filesystem;

fs::path scratch(const std::string& name) {
  const auto folder = fs::path(testing::TempDir()) / ("overland_lock_" + name);
  fs::remove_all(folder);
  return folder / "sub" / "x.lock";
}

TEST(FileLock, threads_hold_it_one_at_a_time_and_leave_no_file) {
  const fs::path file = scratch("threads");
  std::atomic<int> holders = 0;
  std::atomic<int> most = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 50; ++i) {
          const auto lock = FileLock::wait_for(file, [] {});
          ASSERT_TRUE(lock);
          most = std::max(most.load(), ++holders);
          --holders;
        }
      });
    }
  }
  EXPECT_EQ(most, 1);
  EXPECT_TRUE(fs::is_empty(file.parent_path()));
}

TEST(FileLock, says_that_it_waits_only_where_it_does) {
  const fs::path file = scratch("waits");
  std::atomic<bool> waits = false;
  std::optional<FileLock> first;
  {
    auto lock = FileLock::wait_for(file, [&] { waits = true; });
    ASSERT_TRUE(lock);
    EXPECT_FALSE(waits);
    first.emplace(std::move(*lock));
  }
  std::jthread other([&] { EXPECT_TRUE(FileLock::wait_for(file, [&] { waits = true; })); });
  while (!waits) std::this_thread::yield();
  first.reset();
}

// A process that is killed holds nothing.
TEST(FileLock, a_killed_process_blocks_nobody) {
  const fs::path file = scratch("killed");
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const auto lock = FileLock::wait_for(file, [] {});
    const char byte = lock ? '1' : '0';
    if (::write(ready[1], &byte, 1) == 1) ::pause();
    ::_exit(1);
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  EXPECT_EQ(byte, '1');
  EXPECT_FALSE(*FileLock::of_data(file));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  bool has_waited = false;
  EXPECT_TRUE(FileLock::wait_for(file, [&] { has_waited = true; }));
  EXPECT_FALSE(has_waited);
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST(FileLock, data_stays_and_a_folder_that_cannot_be_written_is_an_error) {
  const fs::path file = scratch("data");
  {
    EXPECT_TRUE(*FileLock::of_data(file));
  }
  EXPECT_TRUE(fs::exists(file));
  EXPECT_EQ(FileLock::wait_for("/proc/overland/x", [] {}).error().code, "OVL-IO-002");
}

}  // namespace
}  // namespace overland
