#include "params/search_config.h"

// One flat table of fields with unit, range and meaning; therefore longer than other files.
namespace overland::params {
namespace {

void add_fields(ConfigSchema& schema, FirstPassConfig& first) {
  schema.field("first_pass.tolerance_ppm", first.tolerance_ppm,
               {"ppm", "Fragment mass tolerance before the mass error is known.", 1, 200, {}});
  schema.field("first_pass.min_fragments", first.min_fragments,
               {"",
                "Minimum number of a precursor's 8 most intense fragments that must match in a "
                "scan for the precursor to be scored.",
                2,
                8,
                {}});
  schema.field(
      "first_pass.max_scans", first.max_scans,
      {"scans",
       "Number of MS2 scans used for calibration; runs with more scans are sampled evenly.",
       100,
       1e9,
       {}});
  schema.field("first_pass.q_value", first.q_value,
               {"", "Maximum q-value of the identifications used for calibration.", 1e-4, 0.2, {}});
}

void add_fields(ConfigSchema& schema, CalibrationConfig& calibration) {
  schema.field("calibration.mass", calibration.mass,
               {"", "Fit the mass error; if false, first_pass.tolerance_ppm is used.", {}, {}, {}});
  schema.field("calibration.mass_by_rt", calibration.mass_by_rt,
               {"",
                "Let the mass error change over the run; if false, it is constant over time.",
                {},
                {},
                {}});
  schema.field(
      "calibration.mass_by_mz", calibration.mass_by_mz,
      {"", "Let the mass error depend on m/z; if false, it depends on time only.", {}, {}, {}});
  schema.field("calibration.ms1_mass", calibration.ms1_mass,
               {"",
                "Fit the mass error of MS1 scans; if false, the mass error of the fragments is "
                "used with a tolerance of at least 10 ppm.",
                {},
                {},
                {}});
  schema.field(
      "calibration.mass_sigma", calibration.mass_sigma,
      {"SD", "Fragment mass tolerance in standard deviations of the mass error.", 1, 20, {}});
  schema.field("calibration.min_tolerance_ppm", calibration.min_tolerance_ppm,
               {"ppm", "Minimum fragment mass tolerance.", 0.1, 100, {}});
  schema.field("calibration.rt", calibration.rt,
               {"",
                "Fit retention time; if false, each precursor is searched in the whole run.",
                {},
                {},
                {}});
  schema.field("calibration.rt_local", calibration.rt_local,
               {"",
                "Widen the retention-time tolerance in regions with wider residuals; if false, one "
                "tolerance is used for the whole run.",
                {},
                {},
                {}});
  schema.field("calibration.second_round", calibration.second_round,
               {"",
                "Fit all models a second time, to the results of a first pass with narrow "
                "tolerances; if false, only the first pass with wide tolerances is used.",
                {},
                {},
                {}});
  schema.field("calibration.borrow", calibration.borrow,
               {"",
                "Take the models of a run with too few identifications from other runs with the "
                "same isolation windows; if false, the run is searched with default models.",
                {},
                {},
                {}});
  schema.field("calibration.huber", calibration.huber,
               {"",
                "Derive the Huber delta of the search from the run's peak intensities; if false, "
                "it is 10,000 in every run.",
                {},
                {},
                {}});
  schema.field("calibration.rt_sigma", calibration.rt_sigma,
               {"SD",
                "Retention-time tolerance in robust standard deviations of the residuals.",
                1,
                20,
                {}});
  schema.field("calibration.quad", calibration.quad,
               {"",
                "Fit the transmission of the quadrupole; if false, transmission is 1/2 at the "
                "nominal limits of the windows.",
                {},
                {},
                {}});
  schema.field(
      "calibration.nce_fit", calibration.nce_fit,
      {"",
       "Fit the collision energy if the library has splines; if false, calibration.nce is used.",
       {},
       {},
       {}});
  schema.field("calibration.nce", calibration.nce,
               {"NCE",
                "Collision energy at which a spline library is used before or without a fit; 0 "
                "means the library's reference energy.",
                0,
                100,
                {}});
}

void add_fields(ConfigSchema& schema, SecondPassConfig& second) {
  schema.field("second_pass.min_matched", second.min_matched,
               {"",
                "Minimum number of matched fragments for a precursor to be included in a scan's "
                "deconvolution.",
                1,
                12,
                {}});
  schema.field(
      "second_pass.min_group_fragments", second.min_group_fragments,
      {"", "Minimum number of fragments observed at the apex of a peak group.", 2, 12, {}});
  schema.field("second_pass.min_match_score", second.min_match_score,
               {"",
                "Minimum match score of a peak group: squared similarity to the library spectrum "
                "times the number of fragments observed.",
                0,
                12,
                {}});
  schema.field("second_pass.kept_candidates", second.kept_candidates,
               {"",
                "Number of precursors kept per precursor with a q-value of at most 5 % by match "
                "score alone, highest match scores first; 0 keeps all.",
                0,
                1000,
                {}});
  schema.field("second_pass.least_candidates", second.least_candidates,
               {"precursors", "Minimum number of precursors kept per run.", 1, 1e9, {}});
  schema.field("second_pass.loss", second.loss,
               {
                   "",
                   "Loss that the deconvolution minimises; squared is the fastest, poisson gives "
                   "intense peaks less weight.",
               });
  schema.field("second_pass.huber_delta_factor", second.huber_delta_factor,
               {"",
                "Huber delta of the search as a multiple of the run's median peak intensity.",
                0.01,
                1e6,
                {}});
  schema.field(
      "second_pass.ms1", second.ms1,
      {"", "Use the precursors' isotopes in MS1 scans, if the run has MS1 scans.", {}, {}, {}});
  schema.field("second_pass.isotopes", second.isotopes,
               {"",
                "Include heavier isotopes of fragments, and search precursors in windows that "
                "isolate only their heavier isotopes.",
                {},
                {},
                {}});
  schema.field("second_pass.min_transmitted", second.min_transmitted,
               {"share",
                "Minimum transmitted share of a precursor's isotopes for a search in a window that "
                "does not isolate the monoisotopic m/z; 1 disables this search.",
                0.01,
                1,
                {}});
}

void add_fields(ConfigSchema& schema, ScoreConfig& score) {
  schema.field("score.model", score.model,
               {
                   "",
                   "Rescoring model; auto uses trees unless there are few identifications.",
               });
  schema.field(
      "score.train_q_value", score.train_q_value,
      {"", "Maximum q-value of the targets used as positive training examples.", 1e-4, 0.2, {}});
  schema.field("score.tree_rounds", score.tree_rounds,
               {"", "Number of boosting rounds (trees per model).", 1, 5000, {}});
  schema.field("score.tree_depth", score.tree_depth, {"", "Maximum depth of a tree.", 1, 12, {}});
  schema.field("score.learning_rate", score.learning_rate,
               {"", "Learning rate (shrinkage) of each boosting round.", 0.001, 1, {}});
}

void add_fields(ConfigSchema& schema, TransferConfig& transfer) {
  schema.field("transfer.enabled", transfer.enabled,
               {"",
                "Match between runs: report precursors accepted in other runs that are found at "
                "their predicted retention time (needs at least two runs).",
                {},
                {},
                {}});
  schema.field(
      "transfer.q_value", transfer.q_value,
      {"", "Maximum share of false transfers among all reported transfers.", 1e-4, 0.2, {}});
}

void add_fields(ConfigSchema& schema, RefineConfig& refine) {
  schema.field(
      "refine.passes", refine.passes,
      {"", "Training epochs for fragment intensities when the predictor is tuned.", 0, 200, {}});
  schema.field("refine.retention_passes", refine.retention_passes,
               {"", "Training epochs for retention time when the predictor is tuned.", 0, 200, {}});
  schema.field("refine.rate", refine.rate,
               {"", "Maximum learning rate when the predictor is tuned.", 1e-6, 0.1, {}});
  schema.field("refine.least_peptides", refine.least_peptides,
               {"",
                "Minimum number of peptides for tuning the predictor; with fewer, only the "
                "collision energy and a linear retention correction are fitted.",
                30,
                1e9,
                {}});
  schema.field(
      "refine.q_value", refine.q_value,
      {"", "Maximum q-value of the identifications used to tune the predictor.", 1e-4, 0.1, {}});
}

void add_fields(ConfigSchema& schema, IntegrateConfig& integrate) {
  schema.field("integrate.competitor_q_value", integrate.competitor_q_value,
               {"",
                "Maximum q-value of co-eluting precursors, decoys included, that take part in the "
                "deconvolution without being quantified; 0 uses reported precursors only.",
                0,
                0.2,
                {}});
  schema.field("integrate.combine_windows", integrate.combine_windows,
               {"",
                "Where windows overlap, combine a precursor's chromatograms of all its windows; if "
                "false, the window that isolates the precursor most centrally is used.",
                {},
                {},
                {}});
  schema.field("integrate.ms1", integrate.ms1,
               {"", "Extract the precursors' chromatograms from MS1 scans too.", {}, {}, {}});
  schema.field(
      "integrate.loss", integrate.loss,
      {
          "",
          "Loss that the deconvolution for quantities minimises; independent of second_pass.loss.",
      });
  schema.field("integrate.huber_delta_factor", integrate.huber_delta_factor,
               {"",
                "Huber delta of the quantities as a multiple of the run's median peak intensity; a "
                "larger value gives less scatter between runs and more influence of interference.",
                0.01,
                1e6,
                {}});
  schema.field(
      "integrate.smoothing", integrate.smoothing,
      {"",
       "Lambda of the Whittaker smoother, on a time axis in units of the run's peak width.",
       0,
       1e3,
       {}});
  schema.field("integrate.differences", integrate.differences,
               {"", "Order of the differences that the Whittaker smoother penalises.", 2, 3, {}});
  schema.field(
      "integrate.edge_fraction", integrate.edge_fraction,
      {"", "A peak ends where its intensity falls below this share of the apex.", 0, 0.5, {}});
  schema.field("integrate.allowed_rise", integrate.allowed_rise,
               {"",
                "A peak ends where its intensity rises by this factor above its lowest point.",
                1,
                10,
                {}});
  schema.field("integrate.max_half_width", integrate.max_half_width,
               {"peak widths",
                "Maximum distance of a peak limit from the apex, in units of half the median width "
                "of the run's peak groups; 0 means no limit.",
                0,
                100,
                {}});
  schema.field("integrate.baseline", integrate.baseline,
               {
                   "",
                   "Baseline to subtract; line is the line through the lowest points on both sides "
                   "of the apex.",
               });
  schema.field(
      "integrate.consensus_limits", integrate.consensus_limits,
      {"", "Use the medians over all runs as peak limits relative to the apex.", {}, {}, {}});
}

void add_fields(ConfigSchema& schema, ReportFilter& report) {
  schema.field(
      "report.q_value", report.q_value,
      {"", "Maximum Q.Value and Global.Q.Value of the targets that are reported.", 0, 1, {}});
  schema.field("report.decoys", report.decoys, {"", "Report decoys too.", {}, {}, {}});
  schema.field("report.entrapments", report.entrapments,
               {"", "Report entrapments too, as if they were targets.", {}, {}, {}});
}

void add_fields(ConfigSchema& schema, ReportConfig& report) {
  add_fields(schema, static_cast<ReportFilter&>(report));
  schema.field("report.xic", report.xic,
               {"", "Write xic.parquet, the chromatograms behind each quantity.", {}, {}, {}});
  schema.field(
      "report.xic_decoys", report.xic_decoys,
      {"", "Number of decoys per run in xic.parquet, for comparison with targets.", 0, 1e6, {}});
  schema.field("report.tsv", report.tsv,
               {"", "Write each table as .tsv in addition to .parquet.", {}, {}, {}});
  schema.field("report.html", report.html,
               {"", "Write report.html, a page that shows the results.", {}, {}, {}});
}

void add_fields(ConfigSchema& schema, QuantifyConfig& quantify) {
  schema.field(
      "quantify.normalise", quantify.normalise,
      {
          "",
          "Normalisation between runs: a curve over retention time, one number per run, or none.",
      });
  schema.field("quantify.method", quantify.method,
               {
                   "",
                   "Method for protein quantities over runs: MaxLFQ; a fit weighted by the "
                   "uncertainty of the quantities; or aligned traces, for thousands of runs.",
               });
  schema.field("quantify.level", quantify.level,
               {
                   "",
                   "Absolute level of a protein: from its most intense precursor in each run, from "
                   "the sum of its precursors, or from their mean.",
               });
  schema.field("quantify.least_shared", quantify.least_shared,
               {"",
                "Minimum number of precursors that two runs must share for a ratio (maxlfq only).",
                1,
                1000,
                {}});
  schema.field("quantify.q_value", quantify.q_value,
               {"",
                "Maximum Q.Value and Global.Q.Value of the targets used for protein quantities.",
                0,
                1,
                {}});
}

void add_seed(ConfigSchema& schema, std::int64_t& seed) {
  schema.field("search.seed", seed, {"", "Seed of all random numbers.", 0, 1e15, {}});
}

void add_decoys(ConfigSchema& schema, std::int64_t& decoys_per_target) {
  schema.field("search.decoys_per_target", decoys_per_target,
               {"",
                "Number of decoys per target, ignored if the library has decoys; 0 chooses one, or "
                "more for small runs.",
                0,
                16,
                {}});
}

void add_modifications(ConfigSchema& schema, std::string& modifications) {
  schema.field("search.library_modifications", modifications,
               {"",
                "Modifications that only an imported library names, e.g. 'DBIA=+239.1634@C'; "
                "several are joined by ';'."});
}

// The JSON text of the fields that `add` declares.
template <class Add>
std::string text_of(const Add& add) {
  ConfigSchema schema;
  add(schema);
  return schema.to_json();
}

}  // namespace

ConfigSchema search_schema(SearchConfig& config) {
  ConfigSchema schema;
  add_seed(schema, config.seed);
  add_decoys(schema, config.decoys_per_target);
  add_modifications(schema, config.library_modifications);
  add_fields(schema, config.first_pass);
  add_fields(schema, config.calibration);
  add_fields(schema, config.second_pass);
  add_fields(schema, config.score);
  add_fields(schema, config.transfer);
  add_fields(schema, config.refine);
  add_fields(schema, config.quantify);
  add_fields(schema, config.integrate);
  add_fields(schema, config.report);
  return schema;
}

LibraryParameters LibraryParameters::of(const SearchConfig& config) {
  return {config.seed, config.decoys_per_target, config.library_modifications};
}
TuneParameters TuneParameters::of(const SearchConfig& config) {
  return {config.first_pass, config.calibration};
}
BorrowParameters BorrowParameters::of(const SearchConfig& config) {
  return {config.calibration.borrow};
}
SecondPassParameters SecondPassParameters::of(const SearchConfig& config) {
  return {config.calibration, config.second_pass};
}
ScoreParameters ScoreParameters::of(const SearchConfig& config) {
  return {config.seed, config.score, config.report.q_value};
}
TransferParameters TransferParameters::of(const SearchConfig& config) {
  return {config.seed, config.transfer};
}
RefineParameters RefineParameters::of(const SearchConfig& config) {
  return {config.seed, config.refine};
}
IntegrateParameters IntegrateParameters::of(const SearchConfig& config) {
  return {config.integrate, config.report};
}
ReportParameters ReportParameters::of(const SearchConfig& config) {
  return {config.report, config.quantify, config.transfer};
}

std::string parameters_text(LibraryParameters p) {
  return text_of([&p](ConfigSchema& schema) {
    add_seed(schema, p.seed);
    add_decoys(schema, p.decoys_per_target);
    add_modifications(schema, p.modifications);
  });
}
std::string parameters_text(TuneParameters p) {
  return text_of([&p](ConfigSchema& schema) {
    add_fields(schema, p.first_pass);
    add_fields(schema, p.calibration);
  });
}
std::string parameters_text(BorrowParameters p) {
  return text_of([&p](ConfigSchema& schema) { schema.field("calibration.borrow", p.borrow, {}); });
}
std::string parameters_text(SecondPassParameters p) {
  return text_of([&p](ConfigSchema& schema) {
    add_fields(schema, p.calibration);
    add_fields(schema, p.second_pass);
  });
}
std::string parameters_text(ScoreParameters p) {
  return text_of([&p](ConfigSchema& schema) {
    add_seed(schema, p.seed);
    add_fields(schema, p.score);
    schema.field("report.q_value", p.report_q_value, {});
  });
}
std::string parameters_text(TransferParameters p) {
  return text_of([&p](ConfigSchema& schema) {
    add_seed(schema, p.seed);
    add_fields(schema, p.transfer);
  });
}
std::string parameters_text(RefineParameters p) {
  return text_of([&p](ConfigSchema& schema) {
    add_seed(schema, p.seed);
    add_fields(schema, p.refine);
  });
}
std::string parameters_text(IntegrateParameters p) {
  return text_of([&p](ConfigSchema& schema) {
    add_fields(schema, p.integrate);
    add_fields(schema, p.report);
  });
}
std::string parameters_text(ReportParameters p) {
  return text_of([&p](ConfigSchema& schema) {
    add_fields(schema, p.report);
    add_fields(schema, p.quantify);
    add_fields(schema, p.transfer);
  });
}

}  // namespace overland::params
