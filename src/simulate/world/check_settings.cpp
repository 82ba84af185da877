#include <cmath>

#include "simulate/world/cohort.h"
#include "simulate/world/settings.h"

namespace overland::simulate {
namespace {

Result<void> wrong(std::string what, std::string key, std::string advice) {
  return fail("OVL-CFG-101", std::move(what), std::move(key), std::move(advice));
}

Result<void> check_formats(const SimulationConfig& config) {
  const std::vector<std::string> formats = split_list(config.formats, ',');
  for (const std::string& format : formats) {
    if (format == "arrow" || format == "mzml" || format == "mzml.gz") continue;
    return fail("OVL-CFG-102", "'" + format + "' is not a run format", "formats",
                "Use arrow, mzml or mzml.gz, separated by commas.");
  }
  if (!formats.empty()) return {};
  return fail("OVL-CFG-102", "no run format is named", "formats", "Use arrow, mzml or mzml.gz.");
}

Result<void> check_ranges(const SimulationConfig& config) {
  const AcquisitionSettings& a = config.acquisition;
  const SearchedLibrarySettings& l = config.library;
  const RetentionSettings& r = config.retention;
  if (a.scheme != "list" && !(a.low_mz + a.width_mz <= a.high_mz)) {
    return wrong("windows are wider than the m/z range", "acquisition.width_mz",
                 "The width must be at most high_mz - low_mz.");
  }
  if (!(a.overlap_mz < a.width_mz)) {
    return wrong("neighbouring windows would overlap completely", "acquisition.overlap_mz",
                 "Keep overlap_mz below width_mz.");
  }
  if (!(a.scan_low_mz < a.scan_high_mz && a.ms1_low_mz < a.ms1_high_mz)) {
    return wrong("the scan range is empty", "acquisition.scan_low_mz",
                 "The lower limit must be below the upper limit.");
  }
  if (!(l.low_mz < l.high_mz && l.fragment_low_mz < l.fragment_high_mz)) {
    return wrong("the m/z range of the library is empty", "library.low_mz",
                 "The lower limit must be below the upper limit.");
  }
  if (l.min_charge > l.max_charge || l.min_length > l.max_length) {
    return wrong("the range of charges or lengths is empty", "library.min_charge",
                 "The minimum must not exceed the maximum.");
  }
  if (!(r.first_minute < r.last_minute)) {
    return wrong("the time range in which peptides elute is empty", "retention.first_minute",
                 "Keep first_minute below last_minute.");
  }
  if (std::abs(r.curvature) + 2 * r.run_curvature + std::abs(r.skew) >= 0.98) {
    return wrong("retention times would not be monotone", "retention.curvature",
                 "Keep |curvature| + 2 run_curvature + |skew| below 0.98.");
  }
  return {};
}

Result<void> check_shares(const SimulationConfig& config) {
  const SpectrumSettings& s = config.spectrum;
  if (s.fragment_yield + s.small_ions + s.surviving_precursor > 1.0 + 1e-9) {
    return wrong("a precursor would produce more ions than it has", "spectrum.fragment_yield",
                 "Keep fragment_yield + small_ions + surviving_precursor at 1 or below.");
  }
  return {};
}

}  // namespace

Result<void> check_simulation(const SimulationConfig& config) {
  if (Result<void> done = check_formats(config); !done) return done;
  if (Result<void> done = check_ranges(config); !done) return done;
  if (Result<void> done = check_shares(config); !done) return done;
  if (const auto species = read_species(config); !species) {
    return std::unexpected(species.error());
  }
  return {};
}

}  // namespace overland::simulate
