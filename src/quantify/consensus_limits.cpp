#include "quantify/consensus_limits.h"

#include <algorithm>

#include "base/files/block_sorter.h"
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

struct LimitRow {
  std::uint32_t precursor = 0;
  double before = 0, after = 0;  // in peak widths
};

class LimitFinder {
 public:
  LimitFinder(const LimitFiles& runs, std::size_t most_held) : runs_(runs), most_held_(most_held) {}

  Result<ConsensusLimits> find() {
    auto done =
        each_run([this](std::size_t, const LimitColumns& columns) { return count(columns); });
    if (!done) return std::unexpected(done.error());
    auto sorter = BlockSorter<LimitRow>::create(
        runs_.scratch, seen_in_, {.rows = most_held_, .waiting_rows = most_held_ / 2});
    if (!sorter) return std::unexpected(sorter.error());
    done = each_run([&](std::size_t run, const LimitColumns& columns) {
      return sort(columns, runs_.widths[run], *sorter);
    });
    if (done) done = sorter->close();
    if (!done) return std::unexpected(done.error());
    for (const SortedBlock& block : sorter->blocks()) {
      const auto rows = sorter->rows(block);
      if (!rows) return std::unexpected(rows.error());
      add_precursors(block, rows->values);
    }
    return std::move(limits_);
  }

 private:
  // Of the runs that count.
  template <class Body>
  Result<void> each_run(const Body& body) const {
    for (std::size_t r = 0; r < runs_.quantities.size(); ++r) {
      if (!(runs_.widths[r] > 0)) continue;
      const auto columns = LimitColumns::open(runs_.quantities[r]);
      if (!columns) return std::unexpected(columns.error());
      if (auto done = body(r, *columns); !done) return done;
    }
    return {};
  }

  // The number of runs that saw each precursor.
  Result<void> count(const LimitColumns& columns) {
    for (std::size_t i = 0; i < columns.precursor.size(); ++i) {
      const std::uint32_t p = columns.precursor[i];
      if (!columns.is_ok(i)) continue;
      if (p >= seen_in_.size()) seen_in_.resize(p + std::size_t{1}, 0);
      ++seen_in_[p];
    }
    return {};
  }

  static Result<void> sort(const LimitColumns& columns, double width,
                           BlockSorter<LimitRow>& sorter) {
    for (std::size_t i = 0; i < columns.precursor.size(); ++i) {
      if (!columns.is_ok(i)) continue;
      const double apex = static_cast<double>(columns.rt[i]);
      const LimitRow row{columns.precursor[i],
                         (apex - static_cast<double>(columns.rt_start[i])) / width,
                         (static_cast<double>(columns.rt_stop[i]) - apex) / width};
      if (auto done = sorter.add(row.precursor, row); !done) return done;
    }
    return {};
  }

  void add_precursors(const SortedBlock& block, std::span<const LimitRow> rows) {
    std::vector<std::size_t> end{0};  // of each precursor's limits
    for (std::size_t p = block.first; p < block.last; ++p)
      end.push_back(end.back() + static_cast<std::size_t>(seen_in_[p]));
    std::vector<std::size_t> next(end.begin(), end.end() - 1);
    std::vector<double> before(rows.size()), after(rows.size());
    for (const LimitRow& row : rows) {
      const std::size_t place = next[row.precursor - block.first]++;
      before[place] = row.before;
      after[place] = row.after;
    }
    for (std::size_t p = block.first; p < block.last; ++p) {
      if (seen_in_[p] < 2) continue;
      const auto from = static_cast<std::ptrdiff_t>(end[p - block.first]);
      const auto to = static_cast<std::ptrdiff_t>(end[p - block.first + 1]);
      const auto median = [&](const std::vector<double>& all) {
        return static_cast<float>(kernel::median_of({all.begin() + from, all.begin() + to}));
      };
      limits_.precursor.push_back(static_cast<std::uint32_t>(p));
      limits_.before.push_back(median(before));
      limits_.after.push_back(median(after));
    }
  }

  const LimitFiles& runs_;
  std::size_t most_held_;
  std::vector<std::uint64_t> seen_in_;  // by precursor: runs
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

Result<ConsensusLimits> consensus_limits(const LimitFiles& runs, std::size_t most_held) {
  return LimitFinder(runs, most_held).find();
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
