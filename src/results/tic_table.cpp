#include "results/tic_table.h"

#include <algorithm>
#include <cmath>

#include "report/precursor_report.h"

namespace overland::results {
namespace {

constexpr std::size_t kMostSpans = 300;

}  // namespace

void TicTable::add(const std::string& name, const run::ScanHeaders& headers) {
  if (headers.rt_minutes.empty()) return;
  const auto first = static_cast<double>(headers.rt_minutes.front());  // scans are in time order
  const auto last = static_cast<double>(headers.rt_minutes.back());
  const double width = std::max((last - first) / static_cast<double>(kMostSpans), 1e-9);
  for (const std::uint8_t order : {std::uint8_t{1}, std::uint8_t{2}}) {
    std::vector<double> sum(kMostSpans, 0);
    std::vector<std::uint32_t> scans(kMostSpans, 0);
    for (std::size_t i = 0; i < headers.rt_minutes.size(); ++i) {
      if (headers.ms_order[i] != order || !std::isfinite(headers.tic[i])) continue;
      const double place = (static_cast<double>(headers.rt_minutes[i]) - first) / width;
      const std::size_t span = std::min(static_cast<std::size_t>(place), kMostSpans - 1);
      sum[span] += static_cast<double>(headers.tic[i]);
      ++scans[span];
    }
    for (std::size_t span = 0; span < kMostSpans; ++span) {
      if (scans[span] == 0) continue;
      run_.push_back(name);
      order_.push_back(order);
      rt_.push_back(static_cast<float>(first + (static_cast<double>(span) + 0.5) * width));
      tic_.push_back(sum[span] / static_cast<double>(scans[span]));
      scans_.push_back(scans[span]);
    }
  }
}

io::Table TicTable::finish() && {
  io::Table table;
  table.metadata["overland.schema_version"] = report::kReportSchemaVersion;
  table.add("Run", std::move(run_));
  table.add("MS.Order", std::move(order_), "", "1 or 2");
  table.add("RT", std::move(rt_), "minutes", "middle of the span");
  table.add("TIC", std::move(tic_), "counts", "mean over the scans of the span");
  table.add("Scans", std::move(scans_));
  return table;
}

}  // namespace overland::results
