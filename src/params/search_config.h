// All parameters of a search, in sections and with their defaults; docs/guide/parameters.md is
// written from the schema. The second half of the file defines which sections each stage may read:
// a stage receives only its own struct of parameters, and the key of its result contains a hash of
// this struct.
#pragma once

#include <cstdint>
#include <string>

#include "base/config_schema.h"
#include "kernel/deconvolve.h"
#include "kernel/integrate_peak.h"
#include "quant/maxlfq.h"
#include "quant/normalise.h"
#include "scoring/rescore.h"

namespace overland::params {

struct FirstPassConfig {
  double tolerance_ppm = 20;
  std::int64_t min_fragments = 5;
  std::int64_t max_scans = 20000;
  double q_value = 0.01;
};

struct CalibrationConfig {
  double mass_sigma = 5.5;
  double min_tolerance_ppm = 3;
  double rt_sigma = 4;
  bool mass = true;
  bool mass_by_rt = true;
  bool mass_by_mz = true;
  bool ms1_mass = true;
  bool rt = true;
  bool rt_local = true;
  bool quad = true;
  bool second_round = true;
  bool nce_fit = true;
  bool borrow = true;
  bool huber = true;
  double nce = 0;
};

struct SecondPassConfig {
  std::int64_t min_matched = 3;
  std::int64_t min_group_fragments = 4;
  double min_match_score = 0;
  std::int64_t kept_candidates = 10;
  std::int64_t least_candidates = 40000;
  kernel::Loss loss = kernel::Loss::huber;
  double huber_delta_factor = 0.3;
  bool ms1 = true;
  bool isotopes = true;
  double min_transmitted = 0.25;
};

struct ScoreConfig {
  scoring::RescoreModel model = scoring::RescoreModel::automatic;
  double train_q_value = 0.05;
  std::int64_t tree_rounds = 160;
  std::int64_t tree_depth = 4;
  double learning_rate = 0.12;
};

struct TransferConfig {
  bool enabled = false;
  double q_value = 0.01;
};

struct RefineConfig {
  std::int64_t passes = 8, retention_passes = 12;
  double rate = 6e-4;
  std::int64_t least_peptides = 300;
  double q_value = 0.01;
};

struct IntegrateConfig {
  double competitor_q_value = 0;
  bool combine_windows = false;
  bool ms1 = true;
  kernel::Loss loss = kernel::Loss::huber;
  double huber_delta_factor = 1.5;
  double smoothing = 0.002;
  std::int64_t differences = 2;
  double edge_fraction = 0.05;
  double allowed_rise = 1.15;
  double max_half_width = 1;
  kernel::Baseline baseline = kernel::Baseline::none;
  bool consensus_limits = true;
};

struct QuantifyConfig {
  quant::Normalisation normalise = quant::Normalisation::retention_time;
  quant::LfqMethod method = quant::LfqMethod::maxlfq;
  quant::LfqLevel level = quant::LfqLevel::top;
  std::int64_t least_shared = 1;
  double q_value = 0.01;
};

// The scored rows that are reported.
struct ReportFilter {
  double q_value = 0.01;
  bool decoys = false;
  bool entrapments = false;
};

struct ReportConfig : ReportFilter {
  bool xic = true;
  std::int64_t xic_decoys = 100;
  bool tsv = false;
  bool html = true;
};

struct SearchConfig {
  std::int64_t seed = 1;
  std::int64_t decoys_per_target = 0;
  std::string library_modifications = {};  // rules (library_build/modification_rules.h)
  FirstPassConfig first_pass;
  CalibrationConfig calibration;
  SecondPassConfig second_pass;
  ScoreConfig score;
  TransferConfig transfer;
  RefineConfig refine;
  IntegrateConfig integrate;
  QuantifyConfig quantify;
  ReportConfig report;
};

// Declares key, unit, range and description of each field of `config`, which must outlive the
// schema.
[[nodiscard]] ConfigSchema search_schema(SearchConfig& config);

// The parameters of each stage.
struct LibraryParameters {
  std::int64_t seed = 1, decoys_per_target = 0;
  std::string modifications = {};  // declared for the library
  [[nodiscard]] static LibraryParameters of(const SearchConfig& config);
};
struct TuneParameters {
  FirstPassConfig first_pass;
  CalibrationConfig calibration;
  [[nodiscard]] static TuneParameters of(const SearchConfig& config);
};
struct BorrowParameters {
  bool borrow = true;
  [[nodiscard]] static BorrowParameters of(const SearchConfig& config);
};
struct SecondPassParameters {
  CalibrationConfig calibration;
  SecondPassConfig second_pass;
  [[nodiscard]] static SecondPassParameters of(const SearchConfig& config);
};
struct ScoreParameters {
  std::int64_t seed = 1;
  ScoreConfig score;
  double report_q_value = 0.01;  // rows with a q-value up to this one are kept
  [[nodiscard]] static ScoreParameters of(const SearchConfig& config);
};
struct TransferParameters {
  std::int64_t seed = 1;
  TransferConfig transfer;
  [[nodiscard]] static TransferParameters of(const SearchConfig& config);
};
struct RefineParameters {
  std::int64_t seed = 1;
  RefineConfig refine;
  [[nodiscard]] static RefineParameters of(const SearchConfig& config);
};
struct IntegrateParameters {
  IntegrateConfig integrate;
  ReportFilter report;  // the rows that are integrated
  [[nodiscard]] static IntegrateParameters of(const SearchConfig& config);
};
struct ReportParameters {
  ReportConfig report;
  QuantifyConfig quantify;
  TransferConfig transfer;
  [[nodiscard]] static ReportParameters of(const SearchConfig& config);
};

// The values of a stage's parameters as JSON text, from which the stage's key is hashed.
[[nodiscard]] std::string parameters_text(LibraryParameters parameters);
[[nodiscard]] std::string parameters_text(TuneParameters parameters);
[[nodiscard]] std::string parameters_text(BorrowParameters parameters);
[[nodiscard]] std::string parameters_text(SecondPassParameters parameters);
[[nodiscard]] std::string parameters_text(ScoreParameters parameters);
[[nodiscard]] std::string parameters_text(TransferParameters parameters);
[[nodiscard]] std::string parameters_text(RefineParameters parameters);
[[nodiscard]] std::string parameters_text(IntegrateParameters parameters);
[[nodiscard]] std::string parameters_text(ReportParameters parameters);

}  // namespace overland::params
