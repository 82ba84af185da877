#include "quantify/consensus_limits.h"

#include <algorithm>

#include "io/table/mapped_columns.h"
#include "io/table/table.h"
#include "kernel/robust_statistics.h"
#include "quantify/integrate.h"

namespace overland::quantify {
namespace {

// What of a run's quantities.arrow the limits are made of.
struct LimitColumns {
  io::MappedColumns file;
  std::span<const std::uint32_t> precursor;
  std::span<const float> rt, rt_start, rt_stop;
  std::span<const std::uint8_t> status;

  [[nodiscard]] static Result<LimitColumns> open(const std::filesystem::path& path) {
    auto file = io::MappedColumns::open(path);
    if (!file) return std::unexpected(file.error());
    LimitColumns columns{std::move(*file), {}, {}, {}, {}, {}};
    Result<void> done = columns.load("precursor", columns.precursor);
    if (done) done = columns.load("rt", columns.rt);
    if (done) done = columns.load("rt_start", columns.rt_start);
    if (done) done = columns.load("rt_stop", columns.rt_stop);
    if (done) done = columns.load("status", columns.status);
    if (!done) return std::unexpected(done.error());
    return columns;
  }
  template <class T>
  Result<void> load(const std::string& name, std::span<const T>& into) {
    const auto values = file.column<T>(name);
    if (!values) return std::unexpected(values.error());
    into = *values;
    return {};
  }
  [[nodiscard]] bool is_ok(std::size_t row) const {
    return static_cast<kernel::QuantityStatus>(status[row]) == kernel::QuantityStatus::ok;
  }
};

class LimitFinder {
 public:
  LimitFinder(std::span<const std::filesystem::path> quantities, std::span<const double> widths,
              std::size_t most_held)
      : files_(quantities), width_(widths), most_held_(most_held) {}

  Result<ConsensusLimits> find() {
    if (auto done = count(); !done) return std::unexpected(done.error());
    for (std::size_t first = 0, last = 0; first < seen_in_.size(); first = last) {
      std::size_t held = 0;
      do {
        held += seen_in_[last++];
      } while (last < seen_in_.size() && held + seen_in_[last] <= most_held_);
      if (held == 0) continue;
      if (auto done = add_precursors(first, last); !done) return std::unexpected(done.error());
    }
    return std::move(limits_);
  }

 private:
  // The number of runs that saw each precursor.
  Result<void> count() {
    for (std::size_t r = 0; r < files_.size(); ++r) {
      if (!(width_[r] > 0)) continue;
      const auto columns = LimitColumns::open(files_[r]);
      if (!columns) return std::unexpected(columns.error());
      for (std::size_t i = 0; i < columns->precursor.size(); ++i) {
        const std::uint32_t p = columns->precursor[i];
        if (!columns->is_ok(i)) continue;
        if (p >= seen_in_.size()) seen_in_.resize(p + std::size_t{1}, 0);
        ++seen_in_[p];
      }
    }
    return {};
  }

  // Of the precursors from `first` to before `last`.
  Result<void> add_precursors(std::size_t first, std::size_t last) {
    std::vector<std::size_t> end(last - first + 1, 0);  // of each precursor's limits
    for (std::size_t p = first; p < last; ++p) end[p - first + 1] = end[p - first] + seen_in_[p];
    std::vector<std::size_t> next(end.begin(), end.end() - 1);
    std::vector<double> before(end.back()), after(end.back());
    for (std::size_t r = 0; r < files_.size(); ++r) {
      if (!(width_[r] > 0)) continue;
      const auto columns = LimitColumns::open(files_[r]);
      if (!columns) return std::unexpected(columns.error());
      for (std::size_t i = 0; i < columns->precursor.size(); ++i) {
        const std::size_t p = columns->precursor[i];
        if (p < first || p >= last || !columns->is_ok(i)) continue;
        const double apex = static_cast<double>(columns->rt[i]);
        const std::size_t place = next[p - first]++;
        before[place] = (apex - static_cast<double>(columns->rt_start[i])) / width_[r];
        after[place] = (static_cast<double>(columns->rt_stop[i]) - apex) / width_[r];
      }
    }
    for (std::size_t p = first; p < last; ++p) {
      if (seen_in_[p] < 2) continue;
      const auto from = static_cast<std::ptrdiff_t>(end[p - first]);
      const auto to = static_cast<std::ptrdiff_t>(end[p - first + 1]);
      const auto median = [&](const std::vector<double>& all) {
        return static_cast<float>(kernel::median_of({all.begin() + from, all.begin() + to}));
      };
      limits_.precursor.push_back(static_cast<std::uint32_t>(p));
      limits_.before.push_back(median(before));
      limits_.after.push_back(median(after));
    }
    return {};
  }

  std::span<const std::filesystem::path> files_;
  std::span<const double> width_;
  std::size_t most_held_;
  std::vector<std::uint32_t> seen_in_;  // by precursor: runs
  ConsensusLimits limits_;
};

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

Result<ConsensusLimits> consensus_limits(std::span<const std::filesystem::path> quantities,
                                         std::span<const double> widths, std::size_t most_held) {
  return LimitFinder(quantities, widths, most_held).find();
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
