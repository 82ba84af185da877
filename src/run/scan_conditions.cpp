#include "run/scan_conditions.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "io/run_columns.h"
#include "kernel/robust_statistics.h"

namespace overland::run {
namespace {

constexpr std::size_t kMostVoltages = 16;
constexpr double kSameEnergy = 0.1;        // relative
constexpr double kToldEnergy = 0.01;       // relative
constexpr double kAlternatingShare = 0.1;  // of the scans of a window
constexpr std::size_t kFewestScans = 8;    // of a window, to tell

using WindowKey = std::tuple<float, float, float>;  // low, high, voltage

std::map<WindowKey, std::vector<double>> energies_of(const io::RunColumns& columns,
                                                     const std::vector<std::size_t>& rows) {
  std::map<WindowKey, std::vector<double>> energies;
  for (const std::size_t i : rows) {
    const double energy = static_cast<double>(columns.collision_energy[i]);
    if (columns.ms_order[i] != 2 || !(energy > 0) || !std::isfinite(energy)) continue;
    const float voltage =
        columns.compensation_voltage.empty() ? 0 : columns.compensation_voltage[i];
    energies[{columns.window_low_mz[i], columns.window_high_mz[i],
              std::isnan(voltage) ? 0 : voltage}]
        .push_back(energy);
  }
  return energies;
}

// Whether more than a few scans have another energy than most.
bool alternates(const std::vector<double>& energies) {
  const double usual = kernel::median_of(energies);
  const auto others = std::ranges::count_if(
      energies, [&](double energy) { return std::abs(energy / usual - 1) > kSameEnergy; });
  return static_cast<double>(others) > kAlternatingShare * static_cast<double>(energies.size());
}

}  // namespace

Result<void> settle_voltages(io::RunColumns& columns, const std::vector<std::size_t>& rows,
                             const std::string& where, std::vector<Finding>& findings) {
  if (columns.compensation_voltage.empty()) return {};
  std::set<float> voltages;
  std::size_t missing = 0;
  for (const std::size_t i : rows) {
    const float voltage = columns.compensation_voltage[i];
    if (std::isfinite(voltage))
      voltages.insert(voltage);
    else
      ++missing;
  }
  if (voltages.empty()) return {};
  if (voltages.size() == 1) {
    for (const std::size_t i : rows) columns.compensation_voltage[i] = *voltages.begin();
    return {};
  }
  constexpr const char* kAdvice =
      "Split the run by compensation voltage into files of one each, and search these.";
  if (voltages.size() > kMostVoltages) {
    return fail("OVL-RUN-027",
                fmt::format("the scans have {} different compensation voltages (MS:1001581)",
                            voltages.size()),
                where, kAdvice);
  }
  const std::string values = fmt::format("{}", fmt::join(voltages, ", "));
  if (missing > 0) {
    return fail("OVL-RUN-027",
                fmt::format("{} of {} scans have no compensation voltage (MS:1001581), the others "
                            "one of {} V",
                            missing, rows.size(), values),
                where, kAdvice);
  }
  findings.push_back(
      {"OVL-RUN-028",
       fmt::format("the scans have {} compensation voltages ({} V): the windows of each are "
                   "searched apart, and a precursor counts where it scores best",
                   voltages.size(), values),
       "To have the voltages compared in the tables, split the run into files of one each."});
  return {};
}

Result<void> check_energies(const io::RunColumns& columns, const std::vector<std::size_t>& rows,
                            const std::string& where, std::vector<Finding>& findings) {
  double widest = 0;
  for (const auto& [window, energies] : energies_of(columns, rows)) {
    if (energies.size() < kFewestScans) continue;
    const auto [low, high] = std::ranges::minmax(energies);
    if (alternates(energies)) {
      return fail("OVL-RUN-029",
                  fmt::format("the collision energy of the isolation window {:.2f} to {:.2f} m/z "
                              "changes from scan to scan, between {:.1f} and {:.1f}",
                              std::get<0>(window), std::get<1>(window), low, high),
                  where, "Split the run by collision energy into files of one each.");
    }
    widest = std::max(widest, high / low - 1);
  }
  if (widest > kToldEnergy) {
    findings.push_back({"OVL-RUN-030",
                        fmt::format("collision energies within an isolation window differ by up to "
                                    "{:.0f} %: the spectra count as spectra of one energy",
                                    100 * widest),
                        "Nothing, if the method varies the energy on purpose."});
  }
  return {};
}

}  // namespace overland::run
