#include "results/tic_table.h"

#include <algorithm>
#include <cmath>

#include "report/precursor_report.h"

namespace overland::results {
namespace {

constexpr std::size_t kMostSpans = 300;

struct Spans {
  std::vector<std::uint8_t> order;
  std::vector<float> rt;
  std::vector<double> tic;
  std::vector<std::uint32_t> scans;
};

// Precondition: there are scans.
void add(const run::ScanHeaders& headers, std::uint8_t order, Spans& spans) {
  const auto first = static_cast<double>(headers.rt_minutes.front());  // scans are in time order
  const auto last = static_cast<double>(headers.rt_minutes.back());
  const double width = std::max((last - first) / static_cast<double>(kMostSpans), 1e-9);
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
    spans.order.push_back(order);
    spans.rt.push_back(static_cast<float>(first + (static_cast<double>(span) + 0.5) * width));
    spans.tic.push_back(sum[span] / static_cast<double>(scans[span]));
    spans.scans.push_back(scans[span]);
  }
}

}  // namespace

io::Table tic_table(const std::string& name, const run::ScanHeaders& headers) {
  Spans spans;
  if (!headers.rt_minutes.empty()) {
    for (const std::uint8_t order : {std::uint8_t{1}, std::uint8_t{2}}) add(headers, order, spans);
  }
  io::Table table;
  table.metadata["overland.schema_version"] = report::kReportSchemaVersion;
  table.add("Run", std::vector<std::string>(spans.order.size(), name));
  table.add("MS.Order", std::move(spans.order), "", "1 or 2");
  table.add("RT", std::move(spans.rt), "minutes", "middle of the span");
  table.add("TIC", std::move(spans.tic), "counts", "mean over the scans of the span");
  table.add("Scans", std::move(spans.scans));
  return table;
}

}  // namespace overland::results
