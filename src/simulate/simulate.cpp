#include "simulate/simulate.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <set>

#include "base/files/atomic_file.h"
#include "run/run_writer.h"
#include "simulate/instrument/render.h"
#include "simulate/truth/gzip_member.h"
#include "simulate/truth/searched_library.h"
#include "simulate/truth/truth.h"
#include "simulate/world/cohort.h"

namespace overland::simulate {
namespace {

Result<void> gzip_file(const std::filesystem::path& plain, const std::filesystem::path& packed) {
  std::ifstream in(plain, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (!in) {
    return fail("OVL-IO-001", "cannot read the temporary file that was just written",
                plain.string(), "Check the disk.");
  }
  return write_text_atomically(packed, gzip_member(text));
}

Result<void> write_run(const run::RawRun& run, const std::string& format,
                       const std::filesystem::path& file, const Machine& machine) {
  if (format == "arrow") return run::write_run_arrow(run, file, machine);
  if (format == "mzml") return run::write_run_mzml(run, file, machine);
  const TemporaryFile plain(temporary_name(file));  // NAME.mzML may be an output itself
  if (Result<void> done = run::write_run_mzml(run, plain.name(), machine); !done) return done;
  return gzip_file(plain.name(), file);
}

std::string ending_of(const std::string& format) {
  if (format == "mzml") return ".mzML";
  if (format == "mzml.gz") return ".mzML.gz";
  return ".arrow";
}

class Simulation {
 public:
  Simulation(const SimulationConfig& config, std::filesystem::path out, const Machine& machine)
      : config_(config), out_(std::move(out)), machine_(machine) {}

  Result<SimulationReport> run() {
    if (Result<void> done = prepare(); !done) return std::unexpected(done.error());
    const auto replicates = static_cast<std::uint32_t>(config_.cohort.replicates);
    for (std::uint32_t c = 0; c < world_.conditions.size(); ++c) {
      for (std::uint32_t r = 0; r < replicates; ++r) {
        if (Result<void> done = make_one_run(c, r); !done) return std::unexpected(done.error());
      }
    }
    const io::Table table =
        truth_table(world_, library_, find_siblings(world_, schedule_, library_), truths_);
    if (Result<void> done = io::write_parquet(table, out_ / "truth.parquet"); !done) {
      return std::unexpected(done.error());
    }
    return std::move(report_);
  }

 private:
  Result<void> prepare() {
    if (Result<void> done = check_simulation(config_); !done) return done;
    Result<World> world = make_world(config_, machine_);
    if (!world) return std::unexpected(world.error());
    world_ = std::move(*world);
    std::vector<double> precursor_mz;
    for (const Precursor& precursor : world_.precursors) precursor_mz.push_back(precursor.mz);
    Result<Schedule> schedule = make_schedule(config_, precursor_mz);
    if (!schedule) return std::unexpected(schedule.error());
    schedule_ = std::move(*schedule);
    library_ = make_searched_library(config_, world_, isotopes_, machine_);
    report_.library_precursors = library_.size();
    std::set<std::uint32_t> proteins;
    for (const ListedPrecursor& listed : library_) {
      const Form& form = world_.forms[world_.precursors[listed.precursor].form];
      const ProteinSet& set = world_.protein_sets[form.protein_set];
      proteins.insert(set.proteins.begin(), set.proteins.end());
    }
    report_.library_proteins = proteins.size();
    SimulationConfig copy = config_;
    const std::string json = simulation_schema(copy).to_json();
    if (Result<void> done = write_text_atomically(out_ / "simulation.json", json); !done) {
      return done;
    }
    return write_searched_library(world_, library_, out_ / "library.tsv.gz", machine_);
  }

  Result<void> make_one_run(std::uint32_t condition, std::uint32_t replicate) {
    RunModel model = make_run(config_, world_, condition, replicate);
    const std::vector<IonSource> sources =
        make_ion_sources(config_, world_, model, schedule_.range());
    const RenderedRun rendered =
        render_run({config_, world_, schedule_, model, sources, isotopes_}, machine_);
    RunTruth truth{
        {},
        truth_of_run({config_, world_, schedule_, model, library_, rendered.fill, isotopes_},
                     machine_)};
    SimulatedRun summary = summarise(rendered.run, truth.rows);
    for (const std::string& format : split_list(config_.formats, ',')) {
      const std::filesystem::path file = out_ / (model.name + ending_of(format));
      if (Result<void> done = write_run(rendered.run, format, file, machine_); !done) return done;
      summary.files.push_back(file);
    }
    machine_.info("simulated {}: {} MS2 scans, {:.0f} peaks per scan, {} detectable precursors",
                  summary.name, summary.ms2_scans, summary.mean_peaks, summary.detectable);
    report_.runs.push_back(std::move(summary));
    truth.model = without_forms(std::move(model));
    truths_.push_back(std::move(truth));
    return {};
  }

  static RunModel without_forms(RunModel model) {
    model.form_area = {};
    model.elution = {};
    model.apex_minutes = {};
    model.fwhm_minutes = {};
    return model;
  }

  static SimulatedRun summarise(const run::RawRun& run, const std::vector<TruthRow>& truth) {
    SimulatedRun summary;
    summary.name = run.name();
    std::uint64_t peaks = 0;
    for (RunScan scan; scan.index() < run.scan_count(); ++scan) {
      const bool is_ms2 = run.headers().ms_order[scan.index()] == 2;
      ++(is_ms2 ? summary.ms2_scans : summary.ms1_scans);
      if (is_ms2) peaks += run.peaks(scan).size();
    }
    summary.mean_peaks = static_cast<double>(peaks) /
                         static_cast<double>(std::max<std::uint64_t>(1, summary.ms2_scans));
    for (const TruthRow& row : truth) {
      summary.present += row.is_present ? 1 : 0;
      summary.detectable += row.is_detectable ? 1 : 0;
    }
    return summary;
  }

  const SimulationConfig& config_;
  std::filesystem::path out_;
  Machine machine_;
  ResidueIsotopes isotopes_;
  World world_;
  Schedule schedule_;
  std::vector<ListedPrecursor> library_;
  std::vector<RunTruth> truths_;
  SimulationReport report_;
};

}  // namespace

std::string SimulationReport::summary() const {
  std::string text =
      fmt::format("library: {} precursors of {} proteins\n", library_precursors, library_proteins);
  for (const SimulatedRun& run : runs) {
    text += fmt::format(
        "{}: {} MS2 and {} MS1 scans, {:.1f} peaks per MS2 scan, {} library "
        "precursors present, {} detectable\n",
        run.name, run.ms2_scans, run.ms1_scans, run.mean_peaks, run.present, run.detectable);
  }
  return text;
}

Result<SimulationReport> simulate(const SimulationConfig& config, const std::filesystem::path& out,
                                  const Machine& machine) {
  return Simulation(config, out, machine).run();
}

}  // namespace overland::simulate
