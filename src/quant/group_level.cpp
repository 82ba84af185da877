#include "quant/group_level.h"

#include <algorithm>

#include "base/pinned_math.h"
#include "kernel/robust_statistics.h"

namespace overland::quant {
namespace {

double exp2(double x) {
  return pinned::exp(x * 0.69314718055994531);
}

// log2 of the sum of 2^value over the values, without overflow of double.
class LogSum {
 public:
  void add(double log2) {
    if (log2 > shift_) {
      sum_ = sum_ * exp2(shift_ - log2) + 1;
      shift_ = log2;
    } else {
      sum_ += exp2(log2 - shift_);
    }
  }
  [[nodiscard]] double log2() const { return shift_ + pinned::log2(sum_); }

 private:
  double shift_ = -1e6;  // below all doubles
  double sum_ = 0;
};

struct Level {
  double top = 0, all = 0;  // sums of log2 quantities
  std::size_t runs = 0, quantities = 0;
  std::vector<double> last_run;  // log2 quantities of the last run
  LogSum data, profile;
};

double offset_of(const Level& sums, LfqLevel level) {
  switch (level) {
    case LfqLevel::top:
      return sums.top / static_cast<double>(sums.runs);
    case LfqLevel::sum:
      return sums.data.log2() - sums.profile.log2();
    case LfqLevel::mean:
      return sums.runs == 1 ? kernel::median_of(sums.last_run)
                            : sums.all / static_cast<double>(sums.quantities);
  }
  return 0;
}

}  // namespace

void set_level(const GroupMatrix& group, LfqLevel level, std::span<const std::uint32_t> component,
               std::size_t components, std::span<double> x) {
  std::vector<Level> levels(components);
  for (std::size_t r = 0; r < x.size(); ++r) {
    Level& sums = levels[component[r]];
    double top = GroupMatrix::kMissing;
    sums.last_run.clear();
    for (std::size_t i = 0; i < group.ion_count(); ++i) {
      const double log2 = group.ion(i)[r];
      if (!GroupMatrix::is_present(log2)) continue;
      top = std::max(top, log2);
      sums.all += log2;
      ++sums.quantities;
      if (level == LfqLevel::mean) sums.last_run.push_back(log2);
      if (level == LfqLevel::sum) sums.data.add(log2);
    }
    sums.top += top;
    ++sums.runs;
    if (level == LfqLevel::sum) sums.profile.add(x[r]);
  }
  std::vector<double> offset;
  for (const Level& sums : levels) offset.push_back(offset_of(sums, level));
  for (std::size_t r = 0; r < x.size(); ++r) x[r] += offset[component[r]];
}

}  // namespace overland::quant
