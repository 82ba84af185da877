// Runs a program of the tests' own commands inside of the test, with what it prints.
#pragma once

#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <vector>

#include "base/machine.h"
#include "base/resources.h"
#include "cli/commands.h"

namespace overland::support {

struct Ran {
  int code = -1;
  std::string out, err;
};

inline Ran run(cli::Program& program, const std::vector<std::string>& words) {
  std::vector<const char*> argv{"overland"};
  for (const std::string& word : words) argv.push_back(word.c_str());
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  Ran ran;
  ran.code = program.run(static_cast<int>(argv.size()), argv.data());
  std::fflush(stdout);
  std::fflush(stderr);
  ran.out = testing::internal::GetCapturedStdout();
  ran.err = testing::internal::GetCapturedStderr();
  return ran;
}

// One of the program's own commands.
inline Ran run(void (*add)(cli::Program&), const std::vector<std::string>& words) {
  Reporter reporter({.style = ProgressStyle::lines});
  Machine machine(available_threads());
  machine.reporter = &reporter;
  cli::Program program(machine);
  add(program);
  return run(program, words);
}

// The exit code, nothing on stdout, and one line of error with each of the texts.
inline void expect_error(const Ran& ran, int code, const std::vector<std::string>& texts) {
  EXPECT_EQ(ran.code, code) << ran.err;
  EXPECT_EQ(ran.out, "");
  EXPECT_TRUE(ran.err.starts_with("overland: OVL-")) << ran.err;
  for (const std::string& text : texts)
    EXPECT_NE(ran.err.find(text), std::string::npos) << "'" << text << "' is not in " << ran.err;
}

}  // namespace overland::support
