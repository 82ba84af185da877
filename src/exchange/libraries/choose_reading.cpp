#include "exchange/libraries/choose_reading.h"

#include <algorithm>
#include <cmath>

#include "exchange/libraries/import_groups.h"

namespace overland::exchange {
namespace {

constexpr double kIsotopeDistance = 1.00335483507;  // Da, carbon 13 less carbon 12
constexpr double kMeasuredAgreement = 0.005;        // Th
constexpr double kLeastGivenMz = 50;                // Th

// Whether a measured precursor was assigned to its first or second isotope.
bool is_isotope_of(double found, double ours, int charge) {
  const double isotopes = (found - ours) * charge / kIsotopeDistance;
  const double whole = std::round(isotopes);
  return std::abs(whole) <= 2 &&
         std::abs(isotopes - whole) * kIsotopeDistance / charge <= kMeasuredAgreement;
}

}  // namespace

bool is_given_mz(double mz) {
  return mz >= kLeastGivenMz && std::isfinite(mz);
}

Result<ChosenReading> choose_reading(std::string_view sequence, int charge, double precursor_mz,
                                     std::span<const DeclaredModification> declared) {
  auto readings = peptide_readings(sequence, declared);
  if (!readings) return std::unexpected(readings.error());
  const auto ours = [&](const Peptide& peptide) {
    return overland::precursor_mz(peptide, charge).value;
  };
  const bool has_mz = charge > 0 && is_given_mz(precursor_mz);
  if (!has_mz || !is_other_mz(precursor_mz, ours(readings->front()))) {
    return ChosenReading{std::move(readings->front()), false};
  }
  const auto nearest = std::ranges::min_element(
      *readings, {}, [&](const Peptide& p) { return std::abs(ours(p) - precursor_mz); });
  const double mz = ours(*nearest);
  const bool agrees =
      std::abs(mz - precursor_mz) <= kMzContradiction || is_isotope_of(precursor_mz, mz, charge);
  return ChosenReading{std::move(*nearest), !agrees};
}

}  // namespace overland::exchange
