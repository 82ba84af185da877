#include "quantify/consensus_limits.h"

#include <algorithm>

#include "io/table/mapped_columns.h"
#include "io/table/table.h"
#include "kernel/robust_statistics.h"
#include "quantify/integrate.h"

namespace overland::quantify {
namespace {

struct Seen {
  std::uint32_t precursor = 0;
  double before = 0, after = 0;
};

std::vector<Seen> all_limits(std::span<const std::vector<Quantity>> runs) {
  std::vector<Seen> seen;
  for (const std::vector<Quantity>& rows : runs) {
    const double width = median_width(rows);
    if (!(width > 0)) continue;
    for (const Quantity& row : rows) {
      if (row.status != kernel::QuantityStatus::ok) continue;
      const double apex = static_cast<double>(row.rt_minutes);
      seen.push_back({row.precursor, (apex - static_cast<double>(row.rt_start)) / width,
                      (static_cast<double>(row.rt_stop) - apex) / width});
    }
  }
  std::sort(seen.begin(), seen.end(),
            [](const Seen& a, const Seen& b) { return a.precursor < b.precursor; });
  return seen;
}

}  // namespace

double median_width(std::span<const Quantity> rows) {
  std::vector<double> widths;
  for (const Quantity& row : rows) {
    if (row.status == kernel::QuantityStatus::ok) {
      widths.push_back(static_cast<double>(row.fwhm_minutes));
    }
  }
  return kernel::median_of(std::move(widths));
}

std::optional<std::size_t> ConsensusLimits::find(std::uint32_t wanted) const {
  const auto place = std::lower_bound(precursor.begin(), precursor.end(), wanted);
  if (place == precursor.end() || *place != wanted) return std::nullopt;
  return static_cast<std::size_t>(place - precursor.begin());
}

ConsensusLimits consensus_limits(std::span<const std::vector<Quantity>> runs) {
  const std::vector<Seen> seen = all_limits(runs);
  ConsensusLimits limits;
  for (std::size_t begin = 0, end = 0; begin < seen.size(); begin = end) {
    while (end < seen.size() && seen[end].precursor == seen[begin].precursor) ++end;
    if (end - begin < 2) continue;
    std::vector<double> before, after;
    for (std::size_t i = begin; i < end; ++i) {
      before.push_back(seen[i].before);
      after.push_back(seen[i].after);
    }
    limits.precursor.push_back(seen[begin].precursor);
    limits.before.push_back(static_cast<float>(kernel::median_of(std::move(before))));
    limits.after.push_back(static_cast<float>(kernel::median_of(std::move(after))));
  }
  return limits;
}

Result<void> write_limits(const ConsensusLimits& limits, const std::filesystem::path& file) {
  io::Table table;
  table.add("precursor", limits.precursor, "", "row of the library");
  table.add("before", limits.before, "peak widths of the run", "from the start to the apex");
  table.add("after", limits.after, "peak widths of the run", "from the apex to the end");
  return io::write_arrow(table, file);
}

Result<ConsensusLimits> read_limits(const std::filesystem::path& file) {
  const auto mapped = io::MappedColumns::open(file);
  if (!mapped) return std::unexpected(mapped.error());
  const auto precursor = mapped->column<std::uint32_t>("precursor");
  if (!precursor) return std::unexpected(precursor.error());
  const auto before = mapped->column<float>("before");
  if (!before) return std::unexpected(before.error());
  const auto after = mapped->column<float>("after");
  if (!after) return std::unexpected(after.error());
  ConsensusLimits limits;
  limits.precursor.assign(precursor->begin(), precursor->end());
  limits.before.assign(before->begin(), before->end());
  limits.after.assign(after->begin(), after->end());
  return limits;
}

}  // namespace overland::quantify
