#include "quant/aligned_profile.h"

#include <vector>

#include "kernel/robust_statistics.h"
#include "quant/weighted_profile.h"

namespace overland::quant {
namespace {

class Alignment {
 public:
  explicit Alignment(const GroupMatrix& group)
      : group_(group),
        shift_(group.ion_count(), 0),
        is_joined_(group.ion_count(), false),
        sum_(group.run_count(), 0),
        count_(group.run_count(), 0) {}

  void run(std::span<double> x) {
    for (std::size_t joined = 0; joined < group_.ion_count(); ++joined) {
      const std::size_t next = next_ion();
      const double shift = kernel::median_of(differences(next));  // 0 if no run is shared
      is_joined_[next] = true;
      shift_[next] = shift;
      for (std::size_t r = 0; r < sum_.size(); ++r) {
        if (!GroupMatrix::is_present(group_.ion(next)[r])) continue;
        sum_[r] += group_.ion(next)[r] - shift;
        count_[r] += 1;
      }
    }
    std::vector<double> values;
    for (std::size_t r = 0; r < x.size(); ++r) {
      values.clear();
      for (std::size_t i = 0; i < group_.ion_count(); ++i) {
        if (GroupMatrix::is_present(group_.ion(i)[r])) {
          values.push_back(group_.ion(i)[r] - shift_[i]);
        }
      }
      x[r] = kernel::median_of(values);
    }
  }

 private:
  // The trace with most runs in common with the aligned traces; ties: most runs, then the first.
  [[nodiscard]] std::size_t next_ion() const {
    std::size_t best = group_.ion_count(), best_common = 0, best_runs = 0;
    for (std::size_t i = 0; i < group_.ion_count(); ++i) {
      if (is_joined_[i]) continue;
      std::size_t common = 0, runs = 0;
      for (std::size_t r = 0; r < sum_.size(); ++r) {
        if (!GroupMatrix::is_present(group_.ion(i)[r])) continue;
        ++runs;
        common += count_[r] > 0 ? 1U : 0U;
      }
      const bool is_better = best == group_.ion_count() || common > best_common ||
                             (common == best_common && runs > best_runs);
      if (!is_better) continue;
      best = i;
      best_common = common;
      best_runs = runs;
    }
    return best;
  }

  [[nodiscard]] std::vector<double> differences(std::size_t ion) const {
    std::vector<double> d;
    for (std::size_t r = 0; r < sum_.size(); ++r) {
      if (count_[r] == 0 || !GroupMatrix::is_present(group_.ion(ion)[r])) continue;
      d.push_back(group_.ion(ion)[r] - sum_[r] / count_[r]);
    }
    return d;
  }

  const GroupMatrix& group_;
  std::vector<double> shift_;
  std::vector<bool> is_joined_;
  std::vector<double> sum_, count_;  // per run: sum and number of the shifted values
};

}  // namespace

std::size_t fit_aligned_profile(const GroupMatrix& group, std::span<double> x,
                                std::span<std::uint32_t> component) {
  const std::size_t components = find_ion_components(group, component);
  Alignment(group).run(x);
  centre_components(component, components, x);
  return components;
}

}  // namespace overland::quant
