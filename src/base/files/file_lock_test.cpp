#include "base/files/file_lock.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
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
          const auto lock = FileLock::wait_for(file, {}, "");
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

// What a machine's reporter was told.
class Told {
 public:
  [[nodiscard]] Machine machine() {
    Machine reporting;
    reporting.reporter = &reporter_;
    return reporting;
  }
  [[nodiscard]] std::string text() {
    std::fflush(stream_.get());
    return {text_, size_};
  }
  Told() = default;
  Told(const Told&) = delete;
  Told& operator=(const Told&) = delete;
  ~Told() {
    stream_.reset();
    std::free(text_);
  }

 private:
  char* text_ = nullptr;
  std::size_t size_ = 0;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> stream_{::open_memstream(&text_, &size_),
                                                          std::fclose};
  Reporter reporter_{{.stream = stream_.get(), .style = ProgressStyle::lines}};
};

TEST(FileLock, says_that_it_waits_only_where_it_does) {
  const fs::path file = scratch("waits");
  Told told;
  std::optional<FileLock> first;
  {
    auto lock = FileLock::wait_for(file, told.machine(), "another");
    ASSERT_TRUE(lock);
    EXPECT_EQ(told.text(), "");
    first.emplace(std::move(*lock));
  }
  std::atomic<bool> has_it = false;
  std::jthread other([&] {
    EXPECT_TRUE(FileLock::wait_for(file, told.machine(), "another"));
    has_it = true;
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  EXPECT_FALSE(has_it);
  first.reset();
  other.join();
  EXPECT_NE(told.text().find("waiting for another\n"), std::string::npos) << told.text();
}

TEST(FileLock, a_wait_ends_when_the_machine_is_cancelled) {
  const fs::path file = scratch("cancelled");
  const auto first = FileLock::wait_for(file, {}, "");
  ASSERT_TRUE(first);
  Cancellation cancellation;
  Machine machine = {};
  machine.cancellation = &cancellation;
  std::jthread other(
      [&] { EXPECT_THROW((void)FileLock::wait_for(file, machine, "another"), Cancelled); });
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  cancellation.request(2);
}

// A process that is killed holds nothing.
TEST(FileLock, a_killed_process_blocks_nobody) {
  const fs::path file = scratch("killed");
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const auto lock = FileLock::wait_for(file, {}, "");
    const char byte = lock ? '1' : '0';
    if (::write(ready[1], &byte, 1) == 1) ::pause();
    ::_exit(1);
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  EXPECT_EQ(byte, '1');
  EXPECT_FALSE(*FileLock::of_data(file, {}));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  Told told;
  EXPECT_TRUE(FileLock::wait_for(file, told.machine(), "the dead"));
  EXPECT_EQ(told.text(), "");
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST(FileLock, data_stays_and_a_folder_that_cannot_be_written_is_an_error) {
  const fs::path file = scratch("data");
  {
    EXPECT_TRUE(*FileLock::of_data(file, {}));
  }
  EXPECT_TRUE(fs::exists(file));
  EXPECT_EQ(FileLock::wait_for("/proc/overland/x", {}, "").error().code, "OVL-IO-002");
}

}  // namespace
}  // namespace overland
