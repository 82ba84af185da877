// Cross-run stages alone, on many different runs: bench/cross_run.py runs it.
//
//   cross_run make OUT RUNS PRECURSORS       library, run files and config.json of a search
//   cross_run stage OUT NAME THREADS         one stage, for all runs
//   cross_run list OUT                       `overland stages OUT`
//
// Stages of single runs that need spectra are replaced: their files come from bench/cohort_model.h
// and are written by the program's own writers, with manifests by its driver. The other stages,
// those over all runs among them, do what they do in a search.
#include <fmt/format.h>

#include <cstdlib>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "base/files/atomic_file.h"
#include "cohort_model.h"
#include "commands/pipeline.h"
#include "identify/accepted.h"
#include "io/table/table.h"
#include "quantify/integrate.h"
#include "run/run_writer.h"
#include "search/run_models.h"
#include "stages/catalogue.h"
#include "stages/stage_driver.h"
#include "stages/stage_work.h"
#include "support/example_runs.h"
#include "support/random_peptides.h"
#include "tune/calibration_points.h"

namespace {

using namespace overland;
namespace fs = std::filesystem;
using bench::CohortModel;
using stages::StageJob;
using stages::StageOutputs;
using stages::StageResult;

constexpr std::size_t kDifferentFiles = 16;  // of scan headers; the run files are links to them

// A protein has ten precursors, some are of two proteins; every tenth target has an entrapment.
std::vector<library::LibraryPrecursor> targets(std::size_t count) {
  std::vector<library::LibraryPrecursor> all = support::random_precursors(count + count / 10, 7);
  Rng rng(8, 0);
  for (std::size_t i = 0; i < all.size(); ++i) {
    library::LibraryPrecursor& p = all[i];
    const bool is_entrapment = i >= count;
    const std::uint64_t protein = rng.below(std::max<std::size_t>(count / 10, 2));
    p.protein_ids = fmt::format("{}{:05d}", is_entrapment ? "ENT" : "P", protein);
    p.genes = fmt::format("{}{:05d}", is_entrapment ? "ent" : "G", protein);
    if (!is_entrapment && rng.below(20) == 0) p.protein_ids += fmt::format(";P{:05d}", protein + 1);
    p.entrapment = is_entrapment ? 1 : 0;
    if (is_entrapment) p.partner = all[i - count].pair;
    for (std::uint8_t n = 2; p.fragments.size() < 7 && n < p.peptide.residues.size(); ++n) {
      const FragmentIon ion{FragmentType::y, n, 1};
      const auto is_there = [&](const auto& fragment) { return fragment.ion == ion; };
      if (!std::ranges::any_of(p.fragments, is_there)) p.fragments.push_back({ion, 0, 100});
    }
  }
  return all;
}

// Headers of a run of usual length, with hardly any peak.
run::RawRun raw_run(std::uint64_t seed) {
  Rng rng(seed, 0);
  std::vector<support::HandScan> scans;
  for (std::size_t cycle = 0; cycle < bench::kCycles; ++cycle) {
    for (std::size_t w = 0; w <= bench::kWindows; ++w) {
      support::HandScan scan;
      scan.rt_minutes = static_cast<float>(
          bench::kMinutes / bench::kCycles *
          (static_cast<double>(cycle) + static_cast<double>(w) / bench::kCycleScans));
      if (w > 0) {
        scan.low_mz =
            static_cast<float>(bench::kLowMz + bench::kWindowWidth * static_cast<double>(w - 1));
        scan.high_mz = scan.low_mz + static_cast<float>(bench::kWindowWidth);
      }
      scan.peaks = {{500.25F, static_cast<float>(1000 * (1 + rng.uniform()))}};
      scans.push_back(scan);
    }
  }
  return support::hand_run(scans);
}

Result<std::vector<fs::path>> write_runs(const fs::path& folder, std::size_t count) {
  fs::create_directories(folder);
  std::vector<fs::path> files;
  for (std::size_t r = 0; r < count; ++r) {
    files.push_back(folder / fmt::format("{}_{:04d}.arrow", r % 2 == 0 ? "A" : "B", r));
    if (r >= kDifferentFiles) {
      fs::create_hard_link(files[r % kDifferentFiles], files[r]);
    } else if (auto done = run::write_run_arrow(raw_run(r), files[r]); !done) {
      return std::unexpected(done.error());
    }
  }
  return files;
}

Result<void> make(const fs::path& out, std::size_t runs, std::size_t precursors) {
  const fs::path data = out.string() + ".data";
  fs::create_directories(data);
  stages::SearchOptions options;
  options.library = data / "cohort.lib";
  // About 70 % of the targets are found in a run.
  auto done = library::write_library(targets(precursors * 10 / 7), {"cohort", "", "bench"},
                                     options.library);
  if (!done) return done;
  auto files = write_runs(data / "runs", runs);
  if (!files) return std::unexpected(files.error());
  options.runs = std::move(*files);
  options.out = out;
  options.config.decoys_per_target = 1;
  options.config.transfer.enabled = true;
  options.config.report.xic = false;
  return commands::prepare_search(options);
}

// The functions of the stages that are replaced.
class MadeStages {
 public:
  explicit MadeStages(const stages::SearchPlan& plan) {
    for (std::size_t r = 0; r < plan.runs.size(); ++r) place_[plan.runs[r].name] = r;
  }

  void replace(stages::Stage& stage) {
    static const std::map<std::string_view, StageResult (MadeStages::*)(const StageJob&)> made{
        {"tune", &MadeStages::tune},
        {"second_pass", &MadeStages::second_pass},
        {"chromatograms", &MadeStages::chromatograms},
        {"own_limits", &MadeStages::own_limits},
        {"integrate", &MadeStages::integrate}};
    const auto found = made.find(stage.name);
    if (found == made.end()) return;
    stage.work = [this, function = found->second](const StageJob& job) {
      return (this->*function)(job);
    };
  }

 private:
  StageResult tune(const StageJob& job) {
    const std::uint64_t r = place_.at(job.run().name);
    Rng rng(r, 9);
    search::RunModels models;
    models.scheme = "cohort";
    models.last_minute = bench::kMinutes;
    models.cycle_minutes = bench::kMinutes / bench::kCycles;
    models.confident = models.confident_wide = 5000;
    models.median_peak_intensity = 1000;
    for (calibrate::MassErrorModel* mass : {&models.mass, &models.ms1_mass}) {
      mass->method = calibrate::MassMethod::constant;
      mass->source = calibrate::ModelSource::run;
      mass->offset_ppm_of_rt = calibrate::PiecewiseLinear({0}, {rng.normal()});
    }
    models.rt.method = calibrate::RtMethod::spline;
    models.rt.source = calibrate::ModelSource::run;
    std::vector<double> x, y;
    for (int k = 0; k <= 60; ++k) {
      x.push_back(bench::kMinutes * k / 60);
      y.push_back(CohortModel::irt_of(x.back()));
    }
    models.rt.irt_of_rt = calibrate::PiecewiseLinear(std::move(x), std::move(y));
    tune::CalibrationPoints points;
    for (int i = 0; i < 2000; ++i) {
      const double minutes = bench::kMinutes * rng.uniform();
      points.mass.push_back({minutes, 2 * rng.normal(), 300 + 900 * rng.uniform(), 0});
      points.rt.push_back({minutes, CohortModel::irt_of(minutes) + rng.normal()});
    }
    auto done = write_text_atomically(job.output(params::kOwnModels), search::to_json(models));
    if (done) done = tune::write_points(points, 2000, job.output(params::kCalibrationPoints));
    if (!done) return std::unexpected(done.error());
    return StageOutputs{{job.output(params::kOwnModels), job.output(params::kCalibrationPoints)}};
  }

  StageResult second_pass(const StageJob& job) {
    const auto model = model_of(job);
    if (!model) return std::unexpected(model.error());
    const std::uint64_t r = place_.at(job.run().name);
    const std::vector<bench::Peak> peaks = (*model)->peaks(r);
    std::vector<std::vector<float>> features(search::psm_features().size());
    for (const bench::Peak& peak : peaks) (*model)->features(r, peak, features);
    const auto column = [&](auto field) {
      std::vector<std::decay_t<decltype(bench::Peak().*field)>> values;
      for (const bench::Peak& peak : peaks) values.push_back(peak.*field);
      return values;
    };
    io::Table table;
    table.add("precursor", column(&bench::Peak::precursor));
    table.add("window", column(&bench::Peak::window));
    table.add("apex_scan", column(&bench::Peak::apex_scan));
    table.add("rt", column(&bench::Peak::rt));
    table.add("rt_start", column(&bench::Peak::rt_start));
    table.add("rt_stop", column(&bench::Peak::rt_stop));
    table.add("irt_observed", column(&bench::Peak::irt));
    for (std::size_t f = 0; f < features.size(); ++f)
      table.add(std::string("f.") + search::psm_features()[f].name, std::move(features[f]));
    if (auto done = io::write_arrow(table, job.output(params::kPeakGroups)); !done)
      return std::unexpected(done.error());
    return StageOutputs{{job.output(params::kPeakGroups)}};
  }

  // Of the files of chromatograms the stages over all runs read only the number of rows.
  StageResult chromatograms(const StageJob& job) {
    io::Table traces, points;
    traces.add("owner", std::vector<std::uint32_t>{0});
    points.add("weight", std::vector<float>{0});
    auto done = io::write_arrow(traces, job.output(params::kTraces));
    if (done) done = io::write_arrow(points, job.output(params::kTracePoints));
    if (!done) return std::unexpected(done.error());
    return StageOutputs{{job.output(params::kTraces), job.output(params::kTracePoints)}};
  }

  StageResult own_limits(const StageJob& job) {
    return quantities(job, job.output(params::kOwnQuantities));
  }

  // Limits of all runs would change the areas a little; their rows are the same.
  StageResult integrate(const StageJob& job) {
    const fs::path made = job.output(params::kQuantities);
    if (!job.reads(params::kOwnQuantities)) return quantities(job, made);
    fs::remove(made);
    fs::create_hard_link(job.input(params::kOwnQuantities), made);
    return StageOutputs{{made}};
  }

  StageResult quantities(const StageJob& job, const fs::path& made) {
    const auto model = model_of(job);
    if (!model) return std::unexpected(model.error());
    const auto library = job.library();
    const library::LibraryView view = (*library)->view();
    const auto scores =
        identify::read_scores(job.accepted_scores(), {.precursors = view.precursor_count()});
    if (!scores) return std::unexpected(scores.error());
    const std::uint64_t r = place_.at(job.run().name);
    Rng rng(r, 10);
    std::vector<quantify::Quantity> rows;
    for (const identify::ScoredRow& scored : identify::accepted_rows(*scores, view, {})) {
      quantify::Quantity& row = rows.emplace_back();
      row.precursor = scored.precursor;
      row.apex_scan = scored.apex_scan;
      row.rt_minutes = scored.rt_minutes;
      row.rt_start = scored.rt_minutes - 0.08F - 0.03F * static_cast<float>(rng.uniform());
      row.rt_stop = scored.rt_minutes + 0.1F + 0.03F * static_cast<float>(rng.uniform());
      row.fwhm_minutes = 0.08F + 0.02F * static_cast<float>(rng.uniform());
      row.area = pinned::exp(0.6931471805599453 * (*model)->quantity(r, scored.precursor));
      row.height = 10 * row.area;
      row.points = 8;
      row.interference = static_cast<float>(0.2 * rng.uniform());
      row.sd = 0.1 * row.area;
      row.ms1_area = 3 * row.area;
      const bool is_lost = rng.uniform() < 0.01;
      row.status = is_lost ? kernel::QuantityStatus::no_signal : kernel::QuantityStatus::ok;
    }
    if (auto done = quantify::write_quantities(rows, made); !done)
      return std::unexpected(done.error());
    return StageOutputs{{made}};
  }

  Result<const CohortModel*> model_of(const StageJob& job) {
    if (model_) return &*model_;
    const auto library = job.library();
    if (!library) return std::unexpected(library.error());
    model_.emplace((*library)->view());
    return &*model_;
  }

  std::map<std::string, std::size_t> place_;  // by name of the run
  std::optional<CohortModel> model_;
};

Result<void> do_stage(const fs::path& out, const std::string& name, int threads) {
  auto options = stages::read_search_file(out);
  if (!options) return std::unexpected(options.error());
  options->machine.threads = threads;
  const auto plan = stages::plan_search(*options);
  if (!plan) return std::unexpected(plan.error());
  std::vector<stages::Stage> all = stages::search_stages(*plan);
  MadeStages made(*plan);
  for (stages::Stage& stage : all) made.replace(stage);
  stages::StageStore store(out, options->machine);
  stages::StageDriver driver(*plan, store, all);
  return driver.run_one(name, "");
}

Result<void> do_command(int count, char** arguments) {
  const std::string command = count > 2 ? arguments[1] : "";
  if (command == "make" && count == 5)
    return make(arguments[2], std::strtoull(arguments[3], nullptr, 10),
                std::strtoull(arguments[4], nullptr, 10));
  if (command == "stage" && count == 5)
    return do_stage(arguments[2], arguments[3], std::atoi(arguments[4]));
  if (command != "list")
    return fail("OVL-USE-001",
                "cross_run make OUT RUNS PRECURSORS | stage OUT NAME THREADS | list OUT", "",
                "See bench/cross_run.py.");
  const auto text = commands::list_stages(arguments[2], commands::StageListFormat::json);
  if (!text) return std::unexpected(text.error());
  fmt::print("{}", *text);
  return {};
}

}  // namespace

int main(int count, char** arguments) {
  const auto done = do_command(count, arguments);
  if (done) return 0;
  fmt::print(stderr, "{}\n", done.error().message());
  return 1;
}
