#include "base/child_process.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <thread>

namespace overland {
namespace {

namespace fs = std::filesystem;

class ChildProcess : public testing::Test {
 protected:
  ChildProcess() { fs::create_directories(folder_); }
  ~ChildProcess() override { fs::remove_all(folder_); }

  fs::path script(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << "#!/bin/sh\n" << text << "\n";
    fs::permissions(folder_ / name, fs::perms::owner_all);
    return folder_ / name;
  }
  [[nodiscard]] ProgramCall call(const std::string& text,
                                 std::vector<std::string> arguments = {}) const {
    return {.program = script("program", text),
            .arguments = std::move(arguments),
            .output = folder_ / "output.txt"};
  }
  [[nodiscard]] std::string text_of(const fs::path& file) const {
    std::ifstream in(folder_ / file);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  // Whether the process, whose number the file holds, is gone within a second.
  [[nodiscard]] bool is_gone(const fs::path& file) const {
    const auto id = static_cast<pid_t>(std::strtol(text_of(file).c_str(), nullptr, 10));
    EXPECT_GT(id, 0);
    for (int i = 0; i < 100; ++i) {
      std::ifstream in("/proc/" + std::to_string(id) + "/stat");
      std::string number, name, state;
      if (!(in >> number >> name >> state) || state == "Z") return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }
  fs::path folder_ = fs::temp_directory_path() / ("child_process_" + std::to_string(::getpid()));
};

TEST_F(ChildProcess, gets_its_arguments_and_gives_its_output_and_exit_code) {
  const auto end = run_program(call("echo \"$2\"; echo wrong >&2; exit 7", {"a b", "$HOME *"}), {});
  ASSERT_TRUE(end);
  EXPECT_EQ(end->exit_code, 7);
  EXPECT_EQ(end->signal, 0);
  EXPECT_FALSE(end->is_success());
  EXPECT_EQ(text_of("output.txt"), "$HOME *\nwrong\n");
  const auto quiet = run_program(call("cat"), {});
  ASSERT_TRUE(quiet);
  EXPECT_TRUE(quiet->is_success()) << "its input is empty";
  EXPECT_EQ(text_of("output.txt"), "");
}

TEST_F(ChildProcess, tells_the_signal_that_ended_it) {
  const auto end = run_program(call("kill -9 $$"), {});
  ASSERT_TRUE(end);
  EXPECT_EQ(end->signal, SIGKILL);
  EXPECT_FALSE(end->is_success());
}

TEST_F(ChildProcess, that_cannot_be_started_is_an_error) {
  EXPECT_FALSE(run_program({folder_ / "absent", {}, folder_ / "o", 0}, {}));
  std::ofstream(folder_ / "odd") << "no program";
  fs::permissions(folder_ / "odd", fs::perms::owner_all);
  const auto odd = run_program({folder_ / "odd", {}, folder_ / "o", 0}, {});
  ASSERT_FALSE(odd);
  EXPECT_FALSE(odd.error().empty());
}

TEST_F(ChildProcess, is_ended_with_its_own_children_when_it_takes_too_long) {
  ProgramCall slow = call("sleep 60 & echo $! > '" + (folder_ / "id").string() + "'; wait");
  slow.most_seconds = 0.5;
  const auto end = run_program(slow, {});
  ASSERT_TRUE(end);
  EXPECT_TRUE(end->is_late);
  EXPECT_FALSE(end->is_success());
  EXPECT_TRUE(is_gone("id"));
}

TEST_F(ChildProcess, is_ended_by_a_request_to_stop_even_if_it_ignores_the_first_signal) {
  for (const std::string trap : {"", "trap '' TERM INT; "}) {
    Cancellation cancellation;
    Machine machine;
    machine.cancellation = &cancellation;
    const fs::path id = folder_ / "id";
    fs::remove(id);
    std::thread stopper([&] {
      for (int i = 0; i < 500 && text_of("id").empty(); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
      cancellation.request(SIGINT);
    });
    EXPECT_THROW(
        (void)run_program(call(trap + "echo $$ > '" + id.string() + "'; while :; do sleep 1; done"),
                          machine),
        Cancelled);
    stopper.join();
    EXPECT_TRUE(is_gone("id")) << trap;
  }
}

TEST_F(ChildProcess, programs_are_found_by_path_or_by_name) {
  const fs::path program = script("converter", "");
  EXPECT_EQ(find_program(program.string()), program);
  EXPECT_EQ(find_program((folder_ / "absent").string()), "");
  EXPECT_EQ(find_program(folder_.string()), "") << "a folder";
  std::ofstream(folder_ / "text") << "x";
  EXPECT_EQ(find_program((folder_ / "text").string()), "") << "not executable";
  EXPECT_EQ(find_program(""), "");
  EXPECT_NE(find_program("sh"), "");
  EXPECT_EQ(find_program("no-such-program-anywhere"), "");
}

}  // namespace
}  // namespace overland
