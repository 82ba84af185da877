// read, tune, borrow, second_pass.
#include <fmt/format.h>

#include "base/files/atomic_file.h"
#include "base/files/hash.h"
#include "run/run_file.h"
#include "run/run_record.h"
#include "run/run_writer.h"
#include "search/first_pass.h"
#include "search/second_pass.h"
#include "stages/log_reading.h"
#include "stages/stage_work.h"
#include "tune/borrow_models.h"
#include "tune/tune.h"

namespace overland::stages {
namespace {

constexpr std::size_t kPlottedPoints = 2000;  // of each kind

// Window numbers are stored in 16 bits. A scheme has hundreds of windows; data-dependent runs have
// about as many as scans.
Result<void> check_scheme(const StageJob& job, const run::RunRecord& run) {
  const RunInput& input = job.run();
  constexpr std::size_t kMostWindows = 60'000;
  if (run.windows > kMostWindows) {
    return fail(
        "OVL-RUN-009",
        fmt::format("{} MS2 scans in {} different isolation windows", run.ms2_scans, run.windows),
        input.file.string(),
        "The run looks data-dependent (DDA); Overland searches runs whose windows repeat.");
  }
  if (run.windows > 0 && run.ms2_scans < 3 * run.windows) {
    job.machine().warning(
        "{}: {} MS2 scans in {} windows: a window is hardly ever visited again, so nothing is "
        "known "
        "of how its precursors elute. Is the run DIA?",
        input.name, run.ms2_scans, run.windows);
  }
  if (run.scans_outside > 0) {
    job.machine().warning(
        "{}: {} scans are left out as no part of the scheme: windows visited less than a "
        "twentieth as often as others (data-dependent?), or MS1 scans of a narrow range",
        input.name, run.scans_outside);
  }
  return {};
}

void log_models(const StageJob& job, const std::string& run, const search::RunModels& m) {
  const auto borrowed = [](calibrate::ModelSource source) {
    return source == calibrate::ModelSource::other_runs ? " (of other runs)" : "";
  };
  job.machine().info(
      "{}: {} confident precursors, {} before calibration; mass error {}{} {:+.2f} ppm, SD {:.2f}, "
      "tolerance {:+.1f} to {:+.1f} ppm; MS1 {:+.2f} ppm; retention time {}{}, tolerance {:.2f} "
      "iRT",
      run, m.confident, m.confident_wide, to_text(m.mass.method), borrowed(m.mass.source),
      m.mass.offset_at(m.first_minute), m.mass.sd_ppm, m.mass.tolerance.low, m.mass.tolerance.high,
      m.ms1_mass.offset_at(m.first_minute), to_text(m.rt.method), borrowed(m.rt.source),
      m.rt.tolerance);
  if (m.energy.points > 0 || m.energy.method != calibrate::EnergyMethod::none) {
    job.machine().info("{}: collision energy {}{}, {:.1f} at 500 m/z and 2+ from {} spectra", run,
                       to_text(m.energy.method), borrowed(m.energy.source), m.nce_of(500, 2),
                       m.energy.points);
  }
}

}  // namespace

Result<InputHashes> run_file_hash(const StageJob& job, const run::VendorReading& vendor) {
  const auto hash = job.store().input_hash(job.run().file);
  if (!hash) return std::unexpected(hash.error());
  InputHashes inputs{{"run", *hash}};
  const auto format = run::vendor_format(job.run().file);
  if (!format) return inputs;
  inputs["way of reading vendor files"] =
      hash_text(fmt::format("{} {}", to_text(vendor.reader), vendor.converter));
  if (*format == run::VendorFormat::sciex_wiff)
    if (const auto scans = job.store().input_hash(run::scan_file_of(job.run().file)))
      inputs["scans of the run"] = *scans;
  return inputs;
}

// Other files than .arrow are converted once to the Arrow form, which later stages map into memory.
StageResult read_run(const StageJob& job, run::VendorReading vendor) {
  const RunInput& input = job.run();
  const auto hash = job.store().input_hash(input.file);
  if (!hash) return std::unexpected(hash.error());
  vendor.scratch = job.own_folder();
  const auto opened = run::open_run_file(input.file, job.machine(), vendor);
  if (!opened) return std::unexpected(opened.error());
  const run::RawRun& raw = opened->run;
  log_reading(raw, job.machine());
  run::RunRecord record = run::describe_run(raw, *hash);
  record.converter = opened->converter;
  if (auto ok = check_scheme(job, record); !ok) return std::unexpected(ok.error());
  StageOutputs outputs{{job.output(params::kRunRecord)}};
  auto done = run::write_run_record(record, outputs.files.front());
  if (done && run::is_converted(input.file)) {
    outputs.files.push_back(job.peaks_file(input));
    done = run::write_run_arrow(raw, outputs.files.back(), job.machine());
  }
  if (!done) return std::unexpected(done.error());
  return outputs;
}

StageResult tune_run(const StageJob& job, const params::TuneParameters& parameters) {
  const auto raw = job.open_raw_run();
  if (!raw) return std::unexpected(raw.error());
  const auto library = job.library();
  if (!library) return std::unexpected(library.error());
  const auto folds = job.folds();
  if (!folds) return std::unexpected(folds.error());
  const search::RunView run_view = search::view_of(*raw, (*library)->view());
  const auto tuned = tune::tune({run_view, *folds, job.machine()}, parameters);
  if (!tuned) return std::unexpected(tuned.error());
  auto done = write_text_atomically(job.output(params::kOwnModels), search::to_json(tuned->models));
  if (done)
    done =
        tune::write_points(tuned->points, kPlottedPoints, job.output(params::kCalibrationPoints));
  if (!done) return std::unexpected(done.error());
  return StageOutputs{{job.output(params::kOwnModels), job.output(params::kCalibrationPoints)}};
}

StageResult borrow_models_of_runs(const StageJob& job, const params::BorrowParameters& parameters) {
  std::vector<search::RunModels> models;
  for (const RunInput& run : job.runs()) {
    auto own = search::read_run_models(job.input(params::kOwnModels, run.name));
    if (!own) return std::unexpected(own.error());
    models.push_back(std::move(*own));
  }
  std::vector<search::RunModels*> borrowers;
  for (search::RunModels& of_run : models) borrowers.push_back(&of_run);
  if (parameters.borrow) tune::borrow_models(borrowers);
  StageOutputs outputs;
  for (std::size_t r = 0; r < models.size(); ++r) {
    log_models(job, job.runs()[r].name, models[r]);
    outputs.files.push_back(job.output(params::kModels, job.runs()[r].name));
    if (auto done = write_text_atomically(outputs.files.back(), search::to_json(models[r])); !done)
      return std::unexpected(done.error());
  }
  return outputs;
}

StageResult find_peak_groups(const StageJob& job, const params::SecondPassParameters& parameters) {
  const auto raw = job.open_raw_run();
  if (!raw) return std::unexpected(raw.error());
  const auto library = job.library();
  if (!library) return std::unexpected(library.error());
  const auto models = search::read_run_models(job.input(params::kModels));
  if (!models) return std::unexpected(models.error());
  const search::RunView run_view = search::view_of(*raw, (*library)->view());
  const search::PsmTable table = search::second_pass(run_view, *models, parameters, job.machine());
  job.machine().info("{}: {} peak groups of {} windows", job.run().name, table.rows.size(),
                     run_view.windows.size());
  if (auto done = search::write_psms(table, job.output(params::kPeakGroups)); !done)
    return std::unexpected(done.error());
  return StageOutputs{{job.output(params::kPeakGroups)},
                      fmt::format("{} peak groups", table.rows.size())};
}

}  // namespace overland::stages
