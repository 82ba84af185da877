#include "base/progress.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <thread>
#include <vector>

namespace overland {
namespace {

// Collects what a bar prints, with a clock that the test moves.
struct Screen {
  char* text = nullptr;
  std::size_t size = 0;
  std::FILE* stream = ::open_memstream(&text, &size);
  double now = 100;

  Screen() = default;
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;
  ~Screen() {
    std::fclose(stream);
    std::free(text);
  }
  ProgressOutput output(ProgressStyle style) {
    return {.stream = stream, .style = style, .seconds = [this] { return now; }};
  }
  std::string content() {
    std::fflush(stream);
    return {text, size};
  }
};

TEST(Progress, linesComeAtTheStartEachTenSecondsAndAtTheEnd) {
  Screen screen;
  {
    ProgressBar bar("first pass", 1000, "windows", screen.output(ProgressStyle::lines));
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
  ProgressBar bar("pass", 1000, "windows", screen.output(ProgressStyle::bar));
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
    ProgressBar bar("pass", 10, "windows", screen.output(ProgressStyle::lines));
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
    ProgressBar bar("pass", 10, "windows", screen.output(ProgressStyle::quiet));
    screen.now += 100;
    bar.tick(10);
  }
  EXPECT_EQ(screen.content(), "");
}

TEST(Progress, theProcessWideStyleHolds) {
  Screen screen;
  set_progress_style(ProgressStyle::quiet);
  {
    ProgressBar bar("pass", 10, "windows", screen.output(ProgressStyle::automatic));
  }
  set_progress_style(ProgressStyle::automatic);
  EXPECT_EQ(screen.content(), "");
  {
    ProgressBar bar("pass", 10, "windows", screen.output(ProgressStyle::lines));
  }
  EXPECT_NE(screen.content(), "");
}

TEST(Progress, erasingTakesABarOffTheScreenOnce) {
  Screen screen;
  ProgressBar bar("pass", 10, "windows", screen.output(ProgressStyle::bar));
  bar.tick();
  const std::size_t drawn = screen.content().size();
  erase_progress_line();
  const std::string erased = screen.content();
  EXPECT_EQ(erased.substr(drawn), "\r\033[K");
  erase_progress_line();
  EXPECT_EQ(screen.content(), erased);
  bar.finish();
}

TEST(Progress, anUnknownTotalGivesCountsOnly) {
  Screen screen;
  {
    ProgressBar bar("reading", 0, "scans", screen.output(ProgressStyle::lines));
    screen.now += 20;
    bar.tick(1234567);
  }
  EXPECT_EQ(screen.content(),
            "reading ...\nreading: 1,234,567 scans, 61,728/s\n"
            "reading: 1,234,567 scans in 20.0 s, 61,728/s\n");
}

TEST(ProgressThreads, countsEveryTickOfManyThreads) {
  Screen screen;
  ProgressBar bar("pass", 80000, "windows",
                  {.stream = screen.stream, .style = ProgressStyle::bar, .seconds = {}});
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
