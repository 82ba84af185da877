#include "tune/borrow_models.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <vector>

#include "kernel/robust_statistics.h"

namespace overland::tune {
namespace {

constexpr double kUnknownSpreadPpm = 3;  // between runs, where one alone lends
constexpr std::size_t kGrid = 100;

using Lenders = std::vector<const search::RunModels*>;

double median_over(const Lenders& lenders,
                   const std::function<double(const search::RunModels&)>& value) {
  std::vector<double> values;
  for (const search::RunModels* lender : lenders) values.push_back(value(*lender));
  return kernel::median_of(std::move(values));
}

// How far the lenders lie from their median, at most.
double spread_over(const Lenders& lenders,
                   const std::function<double(const search::RunModels&)>& value) {
  const double middle = median_over(lenders, value);
  double widest = 0;
  for (const search::RunModels* lender : lenders)
    widest = std::max(widest, std::abs(value(*lender) - middle));
  return widest;
}

using MassOf = calibrate::MassErrorModel search::RunModels::*;

double middle_offset(const search::RunModels& run, MassOf mass) {
  return (run.*mass).offset_at(0.5 * (run.first_minute + run.last_minute));
}

// The drift of other runs says nothing about this one's; the dependence on m/z is the instrument's.
calibrate::MassErrorModel median_mass(const Lenders& lenders, MassOf mass) {
  const auto offset = [mass](const search::RunModels& run) { return middle_offset(run, mass); };
  calibrate::MassErrorModel model;
  model.method = calibrate::MassMethod::constant;
  model.source = calibrate::ModelSource::other_runs;
  model.offset_ppm_of_rt = calibrate::PiecewiseLinear({0}, {median_over(lenders, offset)});
  std::vector<double> mz;
  std::vector<double> ppm;
  for (double m = 100; m <= 2000; m += 50) {
    mz.push_back(m);
    ppm.push_back(median_over(
        lenders, [&](const search::RunModels& run) { return (run.*mass).offset_ppm_of_mz(m); }));
  }
  if (std::ranges::any_of(ppm, [](double v) { return v != 0; })) {
    model.offset_ppm_of_mz = calibrate::with_constant_ends(std::move(mz), std::move(ppm));
    model.method = calibrate::MassMethod::mz;
  }
  const double spread = lenders.size() == 1 ? kUnknownSpreadPpm : spread_over(lenders, offset);
  const double low = median_over(lenders, [&](const search::RunModels& run) {
    return static_cast<double>((run.*mass).tolerance.low);
  });
  const double high = median_over(lenders, [&](const search::RunModels& run) {
    return static_cast<double>((run.*mass).tolerance.high);
  });
  model.tolerance = {static_cast<float>(low - spread), static_cast<float>(high + spread)};
  model.sd_ppm =
      median_over(lenders, [&](const search::RunModels& run) { return (run.*mass).sd_ppm; });
  model.quality =
      median_over(lenders, [&](const search::RunModels& run) { return (run.*mass).quality; });
  return model;
}

// At each time the median of the lenders; a median of rising curves rises.
calibrate::RtModel median_rt(const Lenders& lenders, const search::RunModels& borrower) {
  calibrate::RtModel model;
  model.method = calibrate::RtMethod::spline;
  model.source = calibrate::ModelSource::other_runs;
  const double length = std::max(borrower.last_minute - borrower.first_minute, 1e-3);
  std::vector<double> x;
  std::vector<double> y;
  double spread = 0;
  for (std::size_t k = 0; k <= kGrid; ++k) {
    x.push_back(borrower.first_minute +
                length * static_cast<double>(k) / static_cast<double>(kGrid));
    const auto irt = [t = x.back()](const search::RunModels& run) { return run.rt.irt_of_rt(t); };
    y.push_back(median_over(lenders, irt));
    spread = std::max(spread, spread_over(lenders, irt));
  }
  model.irt_of_rt = {std::move(x), std::move(y)};
  const double tolerance =
      median_over(lenders, [](const search::RunModels& r) { return r.rt.tolerance; });
  // One lender does not tell how runs differ: as much again is allowed.
  model.tolerance = tolerance + (lenders.size() == 1 ? tolerance : spread);
  model.residual_sd =
      median_over(lenders, [](const search::RunModels& r) { return r.rt.residual_sd; });
  model.quality = median_over(lenders, [](const search::RunModels& r) { return r.rt.quality; });
  return model;
}

// A median of each coefficient alone might describe no run: the whole model of the middle one.
calibrate::EnergyModel median_energy(Lenders lenders) {
  const auto key = [](const search::RunModels* run) {
    const calibrate::EnergyModel& e = run->energy;
    return std::array<double, 4>{e.at(500, 2), e.slope, e.per_charge, e.constant};
  };
  std::ranges::sort(lenders, {}, key);
  calibrate::EnergyModel model = lenders[(lenders.size() - 1) / 2]->energy;
  model.source = calibrate::ModelSource::other_runs;
  model.points = 0;
  return model;
}

bool is_like_gradient(const search::RunModels& a, const search::RunModels& b) {
  const double length = std::max(a.last_minute - a.first_minute, b.last_minute - b.first_minute);
  return std::abs(a.first_minute - b.first_minute) <= 0.1 * length &&
         std::abs(a.last_minute - b.last_minute) <= 0.1 * length;
}

Lenders lenders_of(std::span<search::RunModels* const> runs, const search::RunModels& borrower,
                   const std::function<bool(const search::RunModels&)>& can_lend) {
  Lenders lenders;
  for (const search::RunModels* run : runs)
    if (run != &borrower && run->scheme == borrower.scheme && can_lend(*run))
      lenders.push_back(run);
  return lenders;
}

}  // namespace

void borrow_models(std::span<search::RunModels* const> runs) {
  for (search::RunModels* run : runs) {
    const auto borrow = [&](const std::function<bool(const search::RunModels&)>& can_lend,
                            const std::function<void(const Lenders&)>& take) {
      const Lenders lenders = lenders_of(runs, *run, can_lend);
      if (!lenders.empty()) take(lenders);
    };
    const auto is_own = [](const auto& model) {
      return model.source == calibrate::ModelSource::run;
    };
    if (run->mass.method == calibrate::MassMethod::none) {
      borrow([&](const search::RunModels& r) { return is_own(r.mass); },
             [&](const Lenders& l) { run->mass = median_mass(l, &search::RunModels::mass); });
    }
    if (!is_own(run->ms1_mass) && !is_own(run->mass)) {
      borrow(
          [&](const search::RunModels& r) { return is_own(r.ms1_mass); },
          [&](const Lenders& l) { run->ms1_mass = median_mass(l, &search::RunModels::ms1_mass); });
    }
    if (run->rt.method == calibrate::RtMethod::none) {
      borrow([&](const search::RunModels& r) { return is_own(r.rt) && is_like_gradient(r, *run); },
             [&](const Lenders& l) { run->rt = median_rt(l, *run); });
    }
    if (run->energy.method == calibrate::EnergyMethod::none) {
      borrow([&](const search::RunModels& r) { return is_own(r.energy); },
             [&](const Lenders& l) { run->energy = median_energy(l); });
    }
  }
}

}  // namespace overland::tune
