#include "run/window_limits.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "io/run_columns.h"

namespace overland::run {
namespace {

using io::WindowDefect;

// Cycles of MS2 scans at these targets, without offsets.
io::RunColumns targets_only(const std::vector<float>& targets, std::size_t cycles) {
  io::RunColumns columns;
  for (std::size_t i = 0; i < cycles * targets.size(); ++i) {
    columns.ms_order.push_back(2);
    columns.window_target_mz.push_back(targets[i % targets.size()]);
    columns.window_defect.push_back(WindowDefect::no_offsets);
    columns.window_low_mz.push_back(io::kUnknown);
    columns.window_high_mz.push_back(io::kUnknown);
    columns.scan_low_mz.push_back(100);
    columns.scan_high_mz.push_back(1700);
  }
  return columns;
}

std::vector<std::string> derive(io::RunColumns& columns) {
  std::vector<Finding> findings;
  derive_windows(columns, findings);
  std::vector<std::string> codes;
  for (const Finding& finding : findings) codes.push_back(finding.code);
  return codes;
}

using Codes = std::vector<std::string>;

TEST(WindowLimits, targets_at_one_distance_give_windows) {
  io::RunColumns columns = targets_only({412.5F, 437.5F, 462.5F, 487.5F, 512.5F}, 4);
  columns.window_defect[3] = WindowDefect::no_width;  // offsets of 0 are as good as none
  EXPECT_EQ(derive(columns), Codes{"OVL-RUN-022"});
  EXPECT_EQ(columns.window_low_mz[6], 425);
  EXPECT_EQ(columns.window_high_mz[6], 450);
  EXPECT_EQ(window_defects(columns), "");
}

TEST(WindowLimits, ambiguous_targets_give_none) {
  io::RunColumns variable = targets_only({410, 430, 445, 480, 530}, 4);
  io::RunColumns few = targets_only({410, 430, 450}, 4);
  io::RunColumns once = targets_only({410, 430, 450, 470}, 2);
  // Two cycles, each with windows of 20, half a window apart.
  io::RunColumns staggered = targets_only({410, 430, 450, 470, 420, 440, 460, 480}, 4);
  io::RunColumns some = targets_only({410, 430, 450, 470}, 4);
  some.window_defect[5] = WindowDefect::none;
  for (io::RunColumns* columns : {&variable, &few, &once, &staggered, &some}) {
    EXPECT_EQ(derive(*columns), Codes{});
    EXPECT_TRUE(std::isnan(columns->window_low_mz[0]));
  }
}

TEST(WindowLimits, defects_are_named_with_their_share) {
  io::RunColumns columns = targets_only({410, 430, 450, 470}, 2);
  columns.window_defect = {WindowDefect::none,       WindowDefect::none,
                           WindowDefect::none,       WindowDefect::none,
                           WindowDefect::no_offsets, WindowDefect::no_offsets,
                           WindowDefect::no_window,  WindowDefect::negative_offset};
  const std::string text = window_defects(columns);
  EXPECT_NE(text.find("MS:1000829) missing in 2 of 8 MS2 scans (25 %)"), std::string::npos) << text;
  EXPECT_NE(text.find("negative in 1 of 8 MS2 scans (13 %)"), std::string::npos) << text;
  columns.is_negative = {0, 0, 0, 0, 0, 0, 1, 1};
  EXPECT_NE(window_defects(columns).find("2 of 6"), std::string::npos);
  EXPECT_EQ(window_defects(columns).find("negative"), std::string::npos);
}

TEST(WindowLimits, windows_as_wide_as_the_acquired_range_are_doubted) {
  const auto codes_at = [](float width) {
    io::RunColumns columns = targets_only({900, 900, 900, 900}, 2);
    for (std::size_t i = 0; i < columns.ms_order.size(); ++i) {
      columns.window_defect[i] = WindowDefect::none;
      columns.window_low_mz[i] = 900 - width / 2;
      columns.window_high_mz[i] = 900 + width / 2;
    }
    std::vector<std::size_t> rows(columns.ms_order.size());
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    std::vector<Finding> findings;
    find_odd_windows(columns, rows, findings);
    return findings.empty() ? std::string() : findings.front().code;
  };
  EXPECT_EQ(codes_at(1500), "OVL-RUN-024");
  EXPECT_EQ(codes_at(800), "");
  EXPECT_EQ(codes_at(25), "");
}

}  // namespace
}  // namespace overland::run
