#include "params/search_config.h"

namespace overland::params {
namespace {

void add_fields(ConfigSchema& schema, FirstPassConfig& first) {
  schema.field("first_pass.tolerance_ppm", first.tolerance_ppm,
               {"ppm", "fragment tolerance before the mass error is known", 1, 200, {}});
  schema.field("first_pass.min_fragments", first.min_fragments,
               {"", "of a precursor's 8 strongest fragments, to be looked at closer", 2, 8, {}});
  schema.field("first_pass.max_scans", first.max_scans,
               {"scans", "MS2 scans used for calibration; more are thinned evenly", 100, 1e9, {}});
  schema.field("first_pass.q_value", first.q_value,
               {"", "q-value of the identifications that calibrate", 1e-4, 0.2, {}});
}

void add_fields(ConfigSchema& schema, CalibrationConfig& calibration) {
  schema.field("calibration.mass", calibration.mass,
               {"", "fit the mass error; false keeps first_pass.tolerance_ppm", {}, {}, {}});
  schema.field("calibration.mass_by_rt", calibration.mass_by_rt,
               {"", "let the mass error drift over the run; false keeps it constant", {}, {}, {}});
  schema.field("calibration.mass_by_mz", calibration.mass_by_mz,
               {"", "let the mass error depend on m/z; false: on time alone", {}, {}, {}});
  schema.field(
      "calibration.ms1_mass", calibration.ms1_mass,
      {"",
       "fit the mass error of MS1 scans; false takes that of the fragments, 10 ppm or more "
       "to either side",
       {},
       {},
       {}});
  schema.field("calibration.mass_sigma", calibration.mass_sigma,
               {"SD", "fragment tolerance in standard deviations of the mass error", 1, 20, {}});
  schema.field("calibration.min_tolerance_ppm", calibration.min_tolerance_ppm,
               {"ppm", "least fragment tolerance", 0.1, 100, {}});
  schema.field(
      "calibration.rt", calibration.rt,
      {"", "fit retention time; false searches each precursor in the whole run", {}, {}, {}});
  schema.field("calibration.rt_local", calibration.rt_local,
               {"",
                "widen the retention-time tolerance where the residuals are wider; false: one "
                "tolerance",
                {},
                {},
                {}});
  schema.field("calibration.second_round", calibration.second_round,
               {"",
                "fit all models again to what a narrow first pass finds; false: to the wide pass "
                "alone",
                {},
                {},
                {}});
  schema.field("calibration.borrow", calibration.borrow,
               {"",
                "a run with too little data takes models from the other runs of its scheme; false: "
                "it is searched with the defaults",
                {},
                {},
                {}});
  schema.field("calibration.huber", calibration.huber,
               {"",
                "Huber delta of the search from the run's peaks; false: 10,000 in every run",
                {},
                {},
                {}});
  schema.field("calibration.rt_sigma", calibration.rt_sigma,
               {"SD", "retention-time tolerance in robust standard deviations", 1, 20, {}});
  schema.field("calibration.quad", calibration.quad,
               {"",
                "fit the quadrupole's transmission; false: half is transmitted at the windows' "
                "nominal limits",
                {},
                {},
                {}});
  schema.field("calibration.nce_fit", calibration.nce_fit,
               {"",
                "fit the collision energy where the library has splines; false: calibration.nce",
                {},
                {},
                {}});
  schema.field("calibration.nce", calibration.nce,
               {"NCE",
                "collision energy of a library of splines before it is fitted, or without a fit; 0 "
                "takes the "
                "library's reference energy",
                0,
                100,
                {}});
}

void add_fields(ConfigSchema& schema, SecondPassConfig& second) {
  schema.field(
      "second_pass.min_matched", second.min_matched,
      {"", "fragments with a peak that put a precursor into a scan's deconvolution", 1, 12, {}});
  schema.field("second_pass.min_group_fragments", second.min_group_fragments,
               {"", "fragments seen at the apex of a peak group", 2, 12, {}});
  schema.field("second_pass.min_evidence", second.min_evidence,
               {"",
                "least evidence of a peak group: squared similarity with the library times "
                "fragments seen",
                0,
                12,
                {}});
  schema.field("second_pass.kept_candidates", second.kept_candidates,
               {"",
                "precursors kept for each that passes a q-value of 5 % by evidence alone, best "
                "evidence first; 0: all",
                0,
                1000,
                {}});
  schema.field("second_pass.least_candidates", second.least_candidates,
               {"precursors", "kept of a run in any case", 1, 1e9, {}});
  schema.field(
      "second_pass.loss", second.loss,
      {
          "",
          "what the deconvolution minimises; squared is the fastest, poisson trusts bright "
          "peaks less",
      });
  schema.field("second_pass.huber_delta_factor", second.huber_delta_factor,
               {"", "Huber delta as a multiple of the run's median peak intensity", 0.01, 1e6, {}});
  schema.field("second_pass.ms1", second.ms1,
               {"", "use precursor isotopes of MS1 scans where there are any", {}, {}, {}});
  schema.field("second_pass.isotopes", second.isotopes,
               {"",
                "heavier isotopes of fragments, and precursors of which only heavier isotopes are "
                "in a window",
                {},
                {},
                {}});
  schema.field("second_pass.min_transmitted", second.min_transmitted,
               {"share",
                "of a precursor's isotopes that a window must let through to be searched for it "
                "though the monoisotopic one lies outside; 1: never",
                0.01,
                1,
                {}});
}

void add_fields(ConfigSchema& schema, ScoreConfig& score) {
  schema.field("score.model", score.model,
               {
                   "",
                   "rescoring model; auto takes trees unless identifications are few",
               });
  schema.field("score.train_q_value", score.train_q_value,
               {"", "targets at or below it train the model", 1e-4, 0.2, {}});
  schema.field("score.tree_rounds", score.tree_rounds, {"", "boosting rounds", 1, 5000, {}});
  schema.field("score.tree_depth", score.tree_depth, {"", "depth of a tree", 1, 12, {}});
  schema.field("score.learning_rate", score.learning_rate,
               {"", "shrinkage of a round", 0.001, 1, {}});
}

void add_fields(ConfigSchema& schema, TransferConfig& transfer) {
  schema.field("transfer.enabled", transfer.enabled,
               {"",
                "match between runs: report what passes in other runs and is found where it is "
                "expected (two runs or more)",
                {},
                {},
                {}});
  schema.field("transfer.q_value", transfer.q_value,
               {"", "share of false transfers among the transfers, at most", 1e-4, 0.2, {}});
}

void add_fields(ConfigSchema& schema, RefineConfig& refine) {
  schema.field("refine.passes", refine.passes,
               {"", "passes over the observed spectra that tune the predictor", 0, 200, {}});
  schema.field("refine.retention_passes", refine.retention_passes,
               {"", "likewise over the retention times", 0, 200, {}});
  schema.field("refine.rate", refine.rate, {"", "greatest learning rate of tuning", 1e-6, 0.1, {}});
  schema.field("refine.least_peptides", refine.least_peptides,
               {"",
                "with fewer only the collision energy and a line for retention are fitted",
                30,
                1e9,
                {}});
  schema.field("refine.q_value", refine.q_value,
               {"", "q-value of the identifications that tune", 1e-4, 0.1, {}});
}

void add_fields(ConfigSchema& schema, IntegrateConfig& integrate) {
  schema.field("integrate.competitor_q_value", integrate.competitor_q_value,
               {"",
                "co-eluting precursors, decoys too, up to this q-value share in the signal without "
                "being quantified; 0: only what passes",
                0,
                0.2,
                {}});
  schema.field(
      "integrate.combine_windows", integrate.combine_windows,
      {"",
       "where windows overlap, put a precursor's traces of all its windows together; false "
       "takes the window that holds it most centrally",
       {},
       {},
       {}});
  schema.field("integrate.ms1", integrate.ms1,
               {"", "follow the precursors in MS1 scans too", {}, {}, {}});
  schema.field(
      "integrate.loss", integrate.loss,
      {
          "",
          "what the deconvolution of the quantities minimises, whatever second_pass.loss is",
      });
  schema.field("integrate.huber_delta_factor", integrate.huber_delta_factor,
               {"",
                "Huber delta of the quantities as a multiple of the run's median peak intensity; "
                "larger: less scatter between runs, more pull from interference",
                0.01,
                1e6,
                {}});
  schema.field(
      "integrate.smoothing", integrate.smoothing,
      {"", "Whittaker lambda on a time axis in units of the run's peak width", 0, 1e3, {}});
  schema.field("integrate.differences", integrate.differences,
               {"", "order of the differences that smoothing keeps small", 2, 3, {}});
  schema.field("integrate.edge_fraction", integrate.edge_fraction,
               {"", "a peak ends where it falls below this share of its apex", 0, 0.5, {}});
  schema.field("integrate.allowed_rise", integrate.allowed_rise,
               {"", "a peak ends where it rises by this factor over its lowest point", 1, 10, {}});
  schema.field("integrate.max_half_width", integrate.max_half_width,
               {"peak widths",
                "a peak ends no farther from its apex than this many times half the median length "
                "of the run's peak groups; 0: anywhere",
                0,
                100,
                {}});
  schema.field("integrate.baseline", integrate.baseline,
               {
                   "",
                   "line: subtract the line through the lowest points on both sides of the apex",
               });
  schema.field("integrate.consensus_limits", integrate.consensus_limits,
               {"", "limits of a peak are the medians over all runs, about its apex", {}, {}, {}});
}

void add_fields(ConfigSchema& schema, ReportFilter& report) {
  schema.field("report.q_value", report.q_value,
               {"", "targets with Q.Value and Global.Q.Value up to it are reported", 0, 1, {}});
  schema.field("report.decoys", report.decoys, {"", "report decoys too", {}, {}, {}});
  schema.field("report.entrapments", report.entrapments,
               {"", "report entrapments too, as though they were targets", {}, {}, {}});
}

void add_fields(ConfigSchema& schema, ReportConfig& report) {
  add_fields(schema, static_cast<ReportFilter&>(report));
  schema.field("report.xic", report.xic,
               {"", "write xic.parquet: the chromatograms behind each quantity", {}, {}, {}});
  schema.field("report.xic_decoys", report.xic_decoys,
               {"", "decoys of each run in xic.parquet, for comparison", 0, 1e6, {}});
  schema.field("report.tsv", report.tsv,
               {"", "write each table as .tsv beside .parquet", {}, {}, {}});
  schema.field("report.html", report.html,
               {"", "write report.html, the results as one page", {}, {}, {}});
}

void add_fields(ConfigSchema& schema, QuantifyConfig& quantify) {
  schema.field(
      "quantify.normalise", quantify.normalise,
      {
          "",
          "makes runs comparable by a curve over retention time, one number, or not at all",
      });
  schema.field("quantify.method", quantify.method,
               {
                   "",
                   "how a protein's runs are compared: MaxLFQ; a fit weighted by the quantities' "
                   "uncertainty; traces shifted onto each other, for thousands of runs",
               });
  schema.field(
      "quantify.level", quantify.level,
      {
          "",
          "a protein's absolute level is that of its strongest precursor in each run, of the "
          "sum, or of the mean of all",
      });
  schema.field("quantify.least_shared", quantify.least_shared,
               {"", "precursors that two runs must share for a ratio (maxlfq)", 1, 1000, {}});
  schema.field("quantify.q_value", quantify.q_value,
               {"", "targets with Q.Value and Global.Q.Value up to it are summarised", 0, 1, {}});
}

void add_seed(ConfigSchema& schema, std::int64_t& seed) {
  schema.field("search.seed", seed, {"", "of every random choice", 0, 1e15, {}});
}

void add_decoys(ConfigSchema& schema, std::int64_t& decoys_per_target) {
  schema.field("search.decoys_per_target", decoys_per_target,
               {"",
                "0: one, or several where the run is small; ignored when the library has decoys",
                0,
                16,
                {}});
}

// The text of what `add` registers.
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
  return {config.seed, config.decoys_per_target};
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
