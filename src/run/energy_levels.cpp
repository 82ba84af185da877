#include "run/energy_levels.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kernel/robust_statistics.h"

namespace overland::run {
namespace {

constexpr double kSameEnergy = 0.1;        // relative
constexpr double kFewScans = 0.1;          // of the scans of the most frequent level, or of a level
constexpr std::size_t kFewestScans = 8;    // of a window, to tell
constexpr std::size_t kMostEnergies = 16;  // of a method

using Energies = std::span<const double>;

bool is_known(float energy) {
  return std::isfinite(energy) && energy > 0;
}

std::vector<double> known_ascending(std::span<const float> energies) {
  std::vector<double> known;
  for (const float energy : energies)
    if (is_known(energy)) known.push_back(static_cast<double>(energy));
  std::ranges::sort(known);
  return known;
}

// Cuts ascending energies at their gaps, and leaves out the pieces of few scans.
std::vector<Energies> frequent_pieces(Energies ascending) {
  std::vector<Energies> pieces;
  std::size_t first = 0, most = 0;
  for (std::size_t i = 1; i <= ascending.size(); ++i) {
    if (i < ascending.size() && ascending[i] <= (1 + kSameEnergy) * ascending[i - 1]) continue;
    pieces.push_back(ascending.subspan(first, i - first));
    most = std::max(most, i - first);
    first = i;
  }
  std::erase_if(pieces, [&](Energies piece) {
    return static_cast<double>(piece.size()) <= kFewScans * static_cast<double>(most);
  });
  return pieces;
}

double median_of(Energies energies) {
  return kernel::median_of({energies.begin(), energies.end()});
}

// Whether more than a few energies differ from the median by more than the same energy does.
bool is_spread(Energies piece) {
  const double usual = median_of(piece);
  const auto others = std::ranges::count_if(
      piece, [&](double energy) { return std::abs(energy / usual - 1) > kSameEnergy; });
  return static_cast<double>(others) > kFewScans * static_cast<double>(piece.size());
}

std::string defect_of(const std::vector<Energies>& pieces, std::size_t unknown) {
  if (std::ranges::any_of(pieces, is_spread)) return "without levels that are 10 % apart";
  if (pieces.size() > kMostEnergies) return fmt::format("between {} levels", pieces.size());
  if (pieces.size() > 1 && unknown > 0) return fmt::format("and {} scans state none", unknown);
  return "";
}

}  // namespace

EnergyLevels energy_levels(std::span<const float> energies) {
  EnergyLevels levels;
  levels.of_scan.assign(energies.size(), 0);
  const std::vector<double> known = known_ascending(energies);
  if (known.empty()) return levels;
  std::vector<Energies> pieces{known};
  if (known.size() >= kFewestScans) {
    pieces = frequent_pieces(known);
    levels.defect = defect_of(pieces, energies.size() - known.size());
    if (!levels.defect.empty() || pieces.size() == 1) pieces = {known};
  }
  std::vector<double> borders;  // between the levels
  for (std::size_t k = 0; k < pieces.size(); ++k) {
    levels.energy.push_back(median_of(pieces[k]));
    if (k > 0) borders.push_back((pieces[k - 1].back() + pieces[k].front()) / 2);
  }
  for (std::size_t i = 0; i < energies.size(); ++i) {
    if (!is_known(energies[i])) continue;
    const auto border = std::ranges::upper_bound(borders, static_cast<double>(energies[i]));
    levels.of_scan[i] = static_cast<std::uint8_t>(border - borders.begin());
  }
  return levels;
}

}  // namespace overland::run
