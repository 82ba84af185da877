#include "exchange/libraries/annotate_peaks.h"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace overland::exchange {
namespace {

constexpr double kIonTrapMedianPpm = 12;

}  // namespace

void IonLadder::assign(const Peptide& peptide, int precursor_charge) {
  rungs_.clear();
  const int charges = std::clamp(precursor_charge, 1, 3);
  for (std::size_t i = 1; i < peptide.residues.size(); ++i) {
    for (int z = 1; z <= charges; ++z) {
      for (const FragmentType type : {FragmentType::b, FragmentType::y}) {
        const FragmentIon ion{type, static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(z)};
        rungs_.push_back({fragment_mz(peptide, ion).value, ion});
      }
    }
  }
  std::ranges::sort(rungs_, {}, [](const Rung& r) { return std::tuple(r.mz, r.ion); });
}

std::optional<FragmentIon> IonLadder::nearest(double mz, PeakTolerance tolerance) const {
  const double limit = std::max(tolerance.th, mz * tolerance.ppm * 1e-6);
  auto at = std::ranges::lower_bound(rungs_, mz - limit, {}, &Rung::mz);
  const Rung* best = nullptr;
  const auto rank = [mz](const Rung& r) {
    return std::tuple(std::abs(r.mz - mz), r.ion.charge, r.ion.type == FragmentType::b,
                      r.ion.ordinal);
  };
  for (; at != rungs_.end() && at->mz <= mz + limit; ++at) {
    if (best == nullptr || rank(*at) < rank(*best)) best = &*at;
  }
  if (best == nullptr) return std::nullopt;
  return best->ion;
}

std::optional<double> IonLadder::distance(double mz, double limit) const {
  const auto above = std::ranges::lower_bound(rungs_, mz, {}, &Rung::mz);
  double best = limit;
  if (above != rungs_.end()) best = std::min(best, above->mz - mz);
  if (above != rungs_.begin()) best = std::min(best, mz - std::prev(above)->mz);
  if (!(best < limit)) return std::nullopt;
  return best;
}

PeakTolerance tolerance_of(std::span<double> distances_ppm) {
  if (distances_ppm.empty()) return kAccurate;
  const auto middle = distances_ppm.begin() + static_cast<std::ptrdiff_t>(distances_ppm.size() / 2);
  std::nth_element(distances_ppm.begin(), middle, distances_ppm.end());
  return *middle > kIonTrapMedianPpm ? kIonTrap : kAccurate;
}

}  // namespace overland::exchange
