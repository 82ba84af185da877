#include "base/progress.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <thread>
#include <vector>

namespace overland {
namespace {

// Collects what a reporter prints, with a clock that the test moves.
struct Screen {
  char* text = nullptr;
  std::size_t size = 0;
  std::FILE* stream = ::open_memstream(&text, &size);
  double now = 100;
  std::unique_ptr<Reporter> reporter;

  Screen() = default;
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;
  ~Screen() {
    std::fclose(stream);
    std::free(text);
  }
  // Its reporter is made anew for each style.
  Machine machine(ProgressStyle style) {
    reporter = std::make_unique<Reporter>(
        ReportOutput{.stream = stream, .style = style, .seconds = [this] { return now; }});
    Machine reporting;
    reporting.reporter = reporter.get();
    return reporting;
  }
  std::string content() {
    std::fflush(stream);
    return {text, size};
  }
};

TEST(Progress, linesComeAtTheStartEachTenSecondsAndAtTheEnd) {
  Screen screen;
  {
    ProgressBar bar(screen.machine(ProgressStyle::lines), "first pass", 1000, "windows");
    for (int i = 0; i < 1000; ++i) {
      screen.now += 0.025;
      bar.tick();
    }
  }
  EXPECT_EQ(screen.content(),
            "first pass: 1,000 windows\n"
            "first pass: 400 of 1,000 windows (40 %), 40/s, 0:15 left\n"
            "first pass: 800 of 1,000 windows (80 %), 40/s, 0:05 left\n"
            "first pass: 1,000 windows in 25.0 s, 40/s\n");
}

TEST(Progress, aBarIsRedrawnAtMostTenTimesASecond) {
  Screen screen;
  ProgressBar bar(screen.machine(ProgressStyle::bar), "pass", 1000, "windows");
  for (int i = 0; i < 1000; ++i) {
    screen.now += 0.001;
    bar.tick();
  }
  const std::string content = screen.content();
  EXPECT_LE(std::count(content.begin(), content.end(), '\r'), 11);
  EXPECT_GE(std::count(content.begin(), content.end(), '\r'), 9);
  EXPECT_EQ(std::count(content.begin(), content.end(), '\n'), 0);
}

TEST(Progress, aStoppedLoopSaysHowFarItCame) {
  Screen screen;
  {
    ProgressBar bar(screen.machine(ProgressStyle::lines), "pass", 10, "windows");
    bar.tick(3);
    screen.now += 61;
  }
  EXPECT_NE(screen.content().find("pass: stopped at 3 of 10 windows after 1:01\n"),
            std::string::npos)
      << screen.content();
}

TEST(Progress, quietPrintsNothing) {
  Screen screen;
  {
    ProgressBar bar(screen.machine(ProgressStyle::quiet), "pass", 10, "windows");
    screen.now += 100;
    bar.tick(10);
  }
  EXPECT_EQ(screen.content(), "");
}

TEST(Progress, withoutAReporterNothingIsPrinted) {
  ProgressBar bar(Machine(), "pass", 10, "windows");
  bar.tick(10);
  EXPECT_EQ(bar.done(), 10U);
}

TEST(Reporter, quietDropsBarsAndMessagesButNoWarnings) {
  Screen screen;
  const Machine machine = screen.machine(ProgressStyle::lines);
  machine.reporter->set_quiet(true);
  {
    ProgressBar bar(machine, "pass", 10, "windows");
  }
  machine.info("told");
  machine.warning("warned {}", 7);
  EXPECT_EQ(screen.content().find("told"), std::string::npos);
  EXPECT_EQ(screen.content().find("pass"), std::string::npos);
  EXPECT_NE(screen.content().find(" W warned 7\n"), std::string::npos);
}

TEST(Reporter, aMessageStartsOnACleanLineAndGoesIntoTheFileToo) {
  const auto file = std::filesystem::path(testing::TempDir()) / "overland_reporter" / "log.txt";
  std::filesystem::remove(file);
  Screen screen;
  const Machine machine = screen.machine(ProgressStyle::bar);
  machine.reporter->log_to_file(file);
  ProgressBar bar(machine, "pass", 10, "windows");
  bar.tick();
  const std::size_t drawn = screen.content().size();
  machine.info("told");
  EXPECT_TRUE(screen.content().substr(drawn).starts_with("\r\033[K"));
  bar.finish();
  std::ifstream in(file);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  EXPECT_TRUE(text.ends_with(" I told\n")) << text;
  EXPECT_EQ(text.find("pass"), std::string::npos);
}

TEST(Reporter, theFileLeavesOutFoldersThatTheScreenShows) {
  const auto file = std::filesystem::path(testing::TempDir()) / "overland_folders" / "log.txt";
  std::filesystem::remove(file);
  Screen screen;
  const Machine machine = screen.machine(ProgressStyle::lines);
  machine.reporter->log_to_file(file, {"/data/anna"});
  machine.warning("cannot read /data/anna/a.mzML");
  std::ifstream in(file);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  EXPECT_TRUE(text.ends_with(" W cannot read a.mzML\n")) << text;
  EXPECT_NE(screen.content().find("cannot read /data/anna/a.mzML\n"), std::string::npos);
}

TEST(Progress, erasingTakesABarOffTheScreenOnce) {
  Screen screen;
  ProgressBar bar(screen.machine(ProgressStyle::bar), "pass", 10, "windows");
  bar.tick();
  const std::size_t drawn = screen.content().size();
  screen.reporter->erase_bar();
  const std::string erased = screen.content();
  EXPECT_EQ(erased.substr(drawn), "\r\033[K");
  screen.reporter->erase_bar();
  EXPECT_EQ(screen.content(), erased);
  bar.finish();
}

TEST(Progress, anUnknownTotalGivesCountsOnly) {
  Screen screen;
  {
    ProgressBar bar(screen.machine(ProgressStyle::lines), "reading", 0, "scans");
    screen.now += 20;
    bar.tick(1234567);
  }
  EXPECT_EQ(screen.content(),
            "reading ...\nreading: 1,234,567 scans, 61,728/s\n"
            "reading: 1,234,567 scans in 20.0 s, 61,728/s\n");
}

TEST(ProgressThreads, countsEveryTickOfManyThreads) {
  Screen screen;
  Reporter reporter({.stream = screen.stream, .style = ProgressStyle::bar, .seconds = {}});
  Machine machine = {};
  machine.reporter = &reporter;
  ProgressBar bar(machine, "pass", 80000, "windows");
  std::vector<std::jthread> threads;
  threads.reserve(8);
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&bar] {
      for (int i = 0; i < 10000; ++i) bar.tick();
    });
  threads.clear();
  EXPECT_EQ(bar.done(), 80000U);
  bar.finish();
  bar.finish();
  const std::string content = screen.content();
  EXPECT_EQ(std::count(content.begin(), content.end(), '\n'), 1);
}

TEST(Progress, durationsReadAsClocks) {
  EXPECT_EQ(duration_text(-1), "0:00");
  EXPECT_EQ(duration_text(7.4), "0:07");
  EXPECT_EQ(duration_text(59.6), "1:00");
  EXPECT_EQ(duration_text(3599.6), "1:00:00");
  EXPECT_EQ(duration_text(11100), "3:05:00");
}

}  // namespace
}  // namespace overland
