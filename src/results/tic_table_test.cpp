#include "results/tic_table.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "base/rng.h"

namespace overland::results {
namespace {

run::ScanHeaders random_headers(Rng& rng, std::size_t scans) {
  run::ScanHeaders headers;
  for (std::size_t i = 0; i < scans; ++i) {
    headers.rt_minutes.push_back(static_cast<float>(2 + 0.01 * static_cast<double>(i)));
    headers.ms_order.push_back(i % 7 == 0 ? 1 : 2);
    headers.tic.push_back(i % 50 == 3 ? NAN : static_cast<float>(1e6 * rng.uniform()));
  }
  return headers;
}

TEST(TicTable, means_of_spans_are_those_of_a_plain_loop) {
  Rng rng(3, 0);
  const run::ScanHeaders headers = random_headers(rng, 2000);
  const io::Table table = tic_table("a", headers);
  const auto& order = **table.column<std::uint8_t>("MS.Order");
  const auto& rt = **table.column<float>("RT");
  const auto& value = **table.column<double>("TIC");
  const auto& scans = **table.column<std::uint32_t>("Scans");
  const double first = headers.rt_minutes.front(), last = headers.rt_minutes.back();
  std::size_t counted = 0;
  for (std::size_t row = 0; row < rt.size(); ++row) {
    double sum = 0;
    std::uint32_t n = 0;
    for (std::size_t i = 0; i < headers.tic.size(); ++i) {
      const double middle = static_cast<double>(rt[row]);
      const double half = (last - first) / 600;
      const double t = static_cast<double>(headers.rt_minutes[i]);
      const bool is_last = i + 1 == headers.tic.size();
      const bool is_inside = t >= middle - half - 1e-6 &&
                             (t < middle + half - 1e-6 || (is_last && t < middle + half + 1e-6));
      if (headers.ms_order[i] != order[row] || std::isnan(headers.tic[i]) || !is_inside) continue;
      sum += static_cast<double>(headers.tic[i]);
      ++n;
    }
    EXPECT_EQ(scans[row], n) << row;
    EXPECT_NEAR(value[row], sum / n, 1e-6 * sum) << row;
    counted += n;
  }
  EXPECT_EQ(counted, 2000U - 40U) << "each scan with a current counts once";
}

TEST(TicTable, a_run_of_one_scan_and_one_of_none) {
  EXPECT_EQ(tic_table("none", {}).row_count(), 0U);
  run::ScanHeaders one;
  one.rt_minutes = {5};
  one.ms_order = {2};
  one.tic = {10};
  const io::Table table = tic_table("one", one);
  EXPECT_EQ(table.row_count(), 1U);
  EXPECT_EQ((**table.column<double>("TIC"))[0], 10);
}

}  // namespace
}  // namespace overland::results
