#include "run/scan_conditions.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <utility>

#include "io/run_columns.h"
#include "run/energy_levels.h"
#include "run/isolation_scheme.h"

namespace overland::run {
namespace {

constexpr std::size_t kMostVoltages = 16;
constexpr double kToldEnergy = 0.01;  // relative

// The lowest and the highest of the energies that are known; equal if none is.
std::pair<double, double> extremes(const std::vector<float>& energies) {
  double low = std::numeric_limits<double>::infinity(), high = 0;
  for (const float energy : energies) {
    if (!std::isfinite(energy) || energy <= 0) continue;
    low = std::min(low, static_cast<double>(energy));
    high = std::max(high, static_cast<double>(energy));
  }
  return {high > 0 ? low : high, high};
}

std::unexpected<Error> no_levels(const IsolationWindow& window, const std::vector<float>& energies,
                                 const std::string& defect, const std::string& where) {
  const auto [low, high] = extremes(energies);
  return fail("OVL-RUN-029",
              fmt::format("the collision energy of the isolation window {:.2f} to {:.2f} m/z "
                          "changes from scan to scan, between {:.1f} and {:.1f}, {}",
                          window.low_mz, window.high_mz, low, high, defect),
              where, "Split the run by collision energy into files of one each.");
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

Result<std::vector<Finding>> compare_energies(const RawRun& run, const std::string& where) {
  std::vector<Finding> findings;
  const std::vector<IsolationWindow> windows = searched_windows(run);
  double widest = 0;
  bool has_levels = false;
  for (const IsolationWindow& window : windows) {
    const std::vector<float> energies = energies_of(run, window);
    const EnergyLevels levels = energy_levels(energies);
    if (!levels.defect.empty()) return no_levels(window, energies, levels.defect, where);
    has_levels |= window.condition.energy_level > 0;
    const auto [low, high] = extremes(energies);
    if (low > 0) widest = std::max(widest, high / low - 1);
  }
  if (has_levels)
    findings.push_back(
        {"OVL-RUN-031",
         fmt::format("the collision energy alternates within isolation windows ({}): the windows "
                     "of each energy are searched apart, and a precursor counts where it scores "
                     "best",
                     fmt::join(condition_names(windows), "; ")),
         "To have the energies compared in the tables, split the run into files of one each."});
  if (widest > kToldEnergy)
    findings.push_back({"OVL-RUN-030",
                        fmt::format("collision energies within an isolation window differ by up to "
                                    "{:.0f} %: the spectra count as spectra of one energy",
                                    100 * widest),
                        "Nothing, if the method varies the energy on purpose."});
  return findings;
}

}  // namespace overland::run
