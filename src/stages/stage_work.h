// What the stages of a search do: one function each, with the files that its job names. The entries
// of stages/catalogue.cpp say what a stage reads and writes.
#pragma once

#include <filesystem>

#include "params/search_config.h"
#include "stages/stage.h"

namespace overland::stages {

using StageResult = Result<StageOutputs>;

// read
// Of vendor files also how they are to be read.
[[nodiscard]] Result<InputHashes> run_file_hash(const StageJob& job,
                                                const run::VendorReading& vendor);
// Errors of open_run; OVL-RUN-009 (a data-dependent run).
[[nodiscard]] StageResult read_run(const StageJob& job, run::VendorReading vendor);

// build_library
struct BuildLibraryParameters {
  SearchLibraryBuild build;
  params::LibraryParameters library;
};
[[nodiscard]] std::string build_parameters_text(params::BuildConfig config);
[[nodiscard]] Result<InputHashes> build_library_inputs(const StageJob& job,
                                                       const BuildLibraryParameters& parameters);
// Runs with few scans want several decoys per target.
[[nodiscard]] Result<InputHashes> decoys_wanted_by_build(const StageJob& job,
                                                         const BuildLibraryParameters& parameters);
[[nodiscard]] StageResult build_search_library(const StageJob& job,
                                               const BuildLibraryParameters& parameters);

// library
struct SearchLibraryParameters {
  params::LibraryParameters library;
  std::filesystem::path given;  // empty: the built one
  bool shares_times = false;
};
[[nodiscard]] Result<InputHashes> search_library_inputs(const StageJob& job,
                                                        const SearchLibraryParameters& parameters);
// Errors OVL-LIB-023 (no targets), those of Library::open and import_library.
[[nodiscard]] StageResult make_search_library(const StageJob& job,
                                              const SearchLibraryParameters& parameters);

// Writes down what a library is that a stage made or chose; with the files of the library where it
// lies in the results folder.
[[nodiscard]] StageResult record_library(const StageJob& job, const params::Artefact& artefact,
                                         const std::filesystem::path& library, bool shares_times);

// refine
[[nodiscard]] Result<InputHashes> predictor_hash(const train::PredictorChoice& choice);
[[nodiscard]] StageResult refine_library(const StageJob& job,
                                         const params::RefineParameters& parameters,
                                         const train::PredictorChoice& predictor,
                                         bool shares_times);

// tune, borrow, second_pass, score, transfer
[[nodiscard]] StageResult tune_run(const StageJob& job, const params::TuneParameters& parameters);
[[nodiscard]] StageResult borrow_models_of_runs(const StageJob& job,
                                                const params::BorrowParameters& parameters);
[[nodiscard]] StageResult find_peak_groups(const StageJob& job,
                                           const params::SecondPassParameters& parameters);
[[nodiscard]] StageResult score_cohort(const StageJob& job,
                                       const params::ScoreParameters& parameters);
[[nodiscard]] StageResult match_between_runs(const StageJob& job,
                                             const params::TransferParameters& parameters);

// chromatograms, own_limits, limits, integrate
[[nodiscard]] StageResult extract_chromatograms(const StageJob& job,
                                                const params::IntegrateParameters& parameters);
[[nodiscard]] StageResult integrate_own_limits(const StageJob& job,
                                               const params::IntegrateParameters& parameters);
[[nodiscard]] StageResult agree_on_limits(const StageJob& job);
[[nodiscard]] StageResult integrate_run(const StageJob& job,
                                        const params::IntegrateParameters& parameters);

// report, page
[[nodiscard]] Result<InputHashes> report_inputs(const StageJob& job, bool pioneer_tables);
[[nodiscard]] StageResult write_tables(const StageJob& job,
                                       const params::ReportParameters& parameters,
                                       bool pioneer_tables);
[[nodiscard]] StageResult write_page(const StageJob& job);

}  // namespace overland::stages
