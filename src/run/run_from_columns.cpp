// From the columns of a file to a run: what is kept, what is refused, what is said.
#include <fmt/format.h>

#include <cmath>
#include <set>

#include "io/run_columns.h"
#include "run/profile_check.h"
#include "run/raw_run.h"
#include "run/scan_conditions.h"
#include "run/scan_times.h"
#include "run/window_limits.h"

namespace overland::run {
namespace {

bool has_window(const io::RunColumns& columns, std::size_t i) {
  const float low = columns.window_low_mz[i], high = columns.window_high_mz[i];
  return std::isfinite(low) && std::isfinite(high) && low >= 0 && low < high;
}

// Whether a scan is kept; counts it in the report.
bool keeps(const io::RunColumns& columns, std::size_t i, ReadReport& report) {
  if (columns.ms_order[i] != 1 && columns.ms_order[i] != 2) {
    ++report.scans_other_order;
    return false;
  }
  if (!columns.is_negative.empty() && columns.is_negative[i] != 0) {
    ++report.scans_negative;
    return false;
  }
  if (columns.ms_order[i] == 2 && !has_window(columns, i)) {
    ++report.scans_without_window;
    return false;
  }
  if (columns.peak_count[i] == 0) ++report.scans_empty;
  return true;
}

template <class T>
std::vector<T> choose(const std::vector<T>& column, const std::vector<std::size_t>& rows) {
  std::vector<T> chosen;
  if (column.empty()) return chosen;  // of no scan
  chosen.reserve(rows.size());
  for (const std::size_t row : rows) chosen.push_back(column[row]);
  return chosen;
}

RawRun make_run(std::string name, const io::RunColumns& columns,
                const std::vector<std::size_t>& rows, ReadReport report) {
  ScanHeaders headers{.rt_minutes = choose(columns.rt_minutes, rows),
                      .ms_order = choose(columns.ms_order, rows),
                      .scan_number = choose(columns.scan_number, rows),
                      .window_low_mz = choose(columns.window_low_mz, rows),
                      .window_high_mz = choose(columns.window_high_mz, rows),
                      .scan_low_mz = choose(columns.scan_low_mz, rows),
                      .scan_high_mz = choose(columns.scan_high_mz, rows),
                      .collision_energy = choose(columns.collision_energy, rows),
                      .tic = choose(columns.tic, rows),
                      .compensation_voltage = choose(columns.compensation_voltage, rows),
                      .scan_parts = choose(columns.scan_parts, rows)};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (headers.ms_order[i] != 1) continue;
    headers.window_low_mz[i] = headers.window_high_mz[i] = 0;
    headers.collision_energy[i] = io::kUnknown;
  }
  RawRun::Peaks peaks{.mz = choose(columns.mz, rows),
                      .intensity = choose(columns.intensity, rows),
                      .count = choose(columns.peak_count, rows),
                      .backing = columns.backing};
  return {std::move(name), std::move(headers), std::move(peaks), std::move(report)};
}

std::string what_is_there(std::size_t scans, const ReadReport& report) {
  if (scans == 0) return "the run holds no scans";
  std::string text = "the run has no MS2 scan with an isolation window (" + std::to_string(scans) +
                     (scans == 1 ? " scan" : " scans");
  if (report.scans_without_window > 0) {
    text += ", " + std::to_string(report.scans_without_window) + " of them MS2 without window";
  }
  if (report.scans_negative > 0) {
    text += ", " + std::to_string(report.scans_negative) + " of them of negative polarity";
  }
  return text + ")";
}

// Scans of one mobility each, as a converter writes that does not combine them. One value for all
// scans separates nothing.
Result<void> check_mobility(const io::RunColumns& columns, const std::vector<std::size_t>& rows,
                            const std::string& where) {
  if (columns.mobility.empty()) return {};
  std::set<float> values;
  for (const std::size_t i : rows)
    if (std::isfinite(columns.mobility[i])) values.insert(columns.mobility[i]);
  if (values.size() <= 1) return {};
  return fail("OVL-RUN-026",
              fmt::format("the scans are of {} different ion mobilities (MS:1002815, MS:1002476)",
                          values.size()),
              where, std::string(io::kMobilityAdvice));
}

void find_levels(const io::RunColumns& columns, std::vector<Finding>& findings) {
  if (columns.levels_inferred == 0) return;
  findings.push_back({"OVL-RUN-016",
                      fmt::format("{} spectra do not state their MS level (MS:1000511): taken as "
                                  "MS2, for they are MSn spectra or have an isolation window",
                                  columns.levels_inferred),
                      "If they are not MS2, convert the run again."});
}

void find_direct_reading(const io::RunColumns& columns, std::vector<Finding>& findings) {
  if (!columns.is_read_directly) return;
  findings.push_back(
      {"OVL-RUN-061",
       fmt::format("the file was read without the vendor's library, which is experimental; {} "
                   "reference peaks were left out",
                   columns.reference_peaks),
       "Compare a run with its conversion (overland check-raw RUN.raw RUN.mzML), or install "
       "ThermoRawFileParser (docs/guide/vendor-files.md)."});
}

// The scans that are kept. Errors OVL-RUN-001, OVL-RUN-003.
Result<std::vector<std::size_t>> kept_rows(const io::RunColumns& columns, const std::string& where,
                                           ReadReport& report) {
  std::vector<std::size_t> rows;
  bool has_ms2 = false;
  for (std::size_t i = 0; i < columns.scan_count(); ++i) {
    if (!keeps(columns, i, report)) continue;
    if (!std::isfinite(columns.rt_minutes[i])) {
      return fail("OVL-RUN-001", "a scan has no retention time",
                  where + ", scan " + std::to_string(columns.scan_number[i]),
                  "Convert the run again; every scan needs its start time.");
    }
    has_ms2 |= columns.ms_order[i] == 2;
    rows.push_back(i);
  }
  if (has_ms2) return rows;
  const std::string defects = window_defects(columns);
  return fail("OVL-RUN-003",
              what_is_there(columns.scan_count(), report) + (defects.empty() ? "" : ": ") + defects,
              where,
              "Overland searches DIA runs: convert with MS2 spectra and their isolation windows, "
              "target and both offsets.");
}

// Compares what the file says about the scans with the data, and settles what it leaves open.
Result<void> settle_scans(io::RunColumns& columns, const std::vector<std::size_t>& rows,
                          const std::string& where, std::vector<Finding>& findings) {
  if (auto done = check_mobility(columns, rows, where); !done) return done;
  if (auto done = check_centroids(columns, rows, where); !done) return done;
  if (auto done = settle_voltages(columns, rows, where, findings); !done) return done;
  find_levels(columns, findings);
  find_odd_windows(columns, rows, findings);
  return settle_times(columns, rows, where, findings);
}

}  // namespace

Result<RawRun> run_from_columns(std::string name, io::RunColumns columns,
                                const std::string& where) {
  ReadReport report{.peaks_dropped = columns.corrections.peaks_dropped,
                    .peaks_merged = columns.corrections.peaks_merged};
  report.scans_resorted = columns.corrections.scans_resorted;
  find_direct_reading(columns, report.findings);
  derive_windows(columns, report.findings);
  const auto rows = kept_rows(columns, where, report);
  if (!rows) return std::unexpected(rows.error());
  if (auto done = settle_scans(columns, *rows, where, report.findings); !done)
    return std::unexpected(done.error());
  RawRun run = make_run(std::move(name), columns, *rows, std::move(report));
  const auto of_energies = compare_energies(run, where);
  if (!of_energies) return std::unexpected(of_energies.error());
  run.add_findings(*of_energies);
  return run;
}

}  // namespace overland::run
