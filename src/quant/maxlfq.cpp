#include "quant/maxlfq.h"

#include <algorithm>
#include <memory>
#include <numeric>

#include "base/parallel.h"
#include "quant/aligned_profile.h"
#include "quant/pairwise_profile.h"
#include "quant/weighted_profile.h"

namespace overland::quant {
namespace {

struct Workspace {
  GroupMatrix group;
  PairwiseProfile pairwise;
};

struct GroupProfile {
  std::vector<std::uint32_t> run, ions, component;
  std::vector<double> log2_quantity;
  std::size_t duplicates = 0;
};

// Rows of each group, as offsets into a list of row numbers in ascending order.
struct RowsByGroup {
  std::vector<std::uint64_t> begin;
  std::vector<std::uint32_t> rows;

  RowsByGroup(std::span<const std::uint32_t> group, std::size_t groups) : begin(groups + 1, 0) {
    for (const std::uint32_t g : group) ++begin[g + 1];
    std::partial_sum(begin.begin(), begin.end(), begin.begin());
    rows.resize(group.size());
    std::vector<std::uint64_t> next(begin.begin(), begin.end() - 1);
    for (std::size_t row = 0; row < group.size(); ++row) {
      rows[next[group[row]]++] = static_cast<std::uint32_t>(row);
    }
  }
  [[nodiscard]] std::span<const std::uint32_t> of(std::size_t group) const {
    return {rows.data() + begin[group], static_cast<std::size_t>(begin[group + 1] - begin[group])};
  }
};

std::size_t fit_profile(const LfqOptions& options, Workspace& work, GroupProfile& out) {
  switch (options.method) {
    case LfqMethod::maxlfq:
      return work.pairwise.fit(work.group, options.least_shared, out.log2_quantity, out.component);
    case LfqMethod::weighted:
      return fit_weighted_profile(work.group, out.log2_quantity, out.component);
    case LfqMethod::aligned:
      return fit_aligned_profile(work.group, out.log2_quantity, out.component);
  }
  return 0;
}

GroupProfile quantify(const LfqColumns& columns, std::span<const std::uint32_t> rows,
                      const LfqOptions& options, Workspace& work) {
  GroupProfile out;
  out.duplicates = work.group.fill(columns, rows);
  const GroupMatrix& group = work.group;
  out.run.assign(group.runs().begin(), group.runs().end());
  out.ions.assign(group.run_count(), 0);
  for (std::size_t i = 0; i < group.ion_count(); ++i) {
    for (std::size_t r = 0; r < group.run_count(); ++r) {
      out.ions[r] += GroupMatrix::is_present(group.ion(i)[r]) ? 1U : 0U;
    }
  }
  out.component.resize(group.run_count());
  out.log2_quantity.resize(group.run_count());
  const std::size_t components = fit_profile(options, work, out);
  set_level(group, options.level, out.component, components, out.log2_quantity);
  return out;
}

// Groups in descending order of their number of rows, so that the longest tasks start first.
std::vector<std::uint32_t> longest_first(const RowsByGroup& rows, std::size_t groups) {
  std::vector<std::uint32_t> order(groups);
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return rows.of(a).size() > rows.of(b).size();
  });
  return order;
}

}  // namespace

LfqProfiles quantify_groups(const LfqColumns& columns, std::size_t group_count,
                            const LfqOptions& options) {
  const RowsByGroup rows(columns.group, group_count);
  const std::vector<std::uint32_t> order = longest_first(rows, group_count);
  std::vector<GroupProfile> profiles(group_count);
  std::vector<std::unique_ptr<Workspace>> workspaces(
      static_cast<std::size_t>(options.machine.threads));
  parallel_for(group_count, options.machine, [&](std::size_t k, int worker) {
    auto& work = workspaces[static_cast<std::size_t>(worker)];
    if (!work) work = std::make_unique<Workspace>();
    profiles[order[k]] = quantify(columns, rows.of(order[k]), options, *work);
  });
  LfqProfiles out;
  out.begin.push_back(0);
  for (const GroupProfile& p : profiles) {
    out.run.insert(out.run.end(), p.run.begin(), p.run.end());
    out.ions.insert(out.ions.end(), p.ions.begin(), p.ions.end());
    out.component.insert(out.component.end(), p.component.begin(), p.component.end());
    out.log2_quantity.insert(out.log2_quantity.end(), p.log2_quantity.begin(),
                             p.log2_quantity.end());
    out.duplicates += p.duplicates;
    out.begin.push_back(out.run.size());
  }
  return out;
}

}  // namespace overland::quant
