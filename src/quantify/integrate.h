// Integrate: quantities of the precursors that passed in one run, from their stored chromatograms.
//
// Needs no peaks of the run, so the same chromatograms can be integrated again, with limits that
// all runs agree on. Each precursor is a separate task and writes its own row.
#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "base/ids.h"
#include "base/machine.h"
#include "identify/score.h"
#include "kernel/integrate_peak.h"
#include "kernel/trace_noise.h"
#include "quantify/consensus_limits.h"
#include "quantify/trace_file.h"
#include "search/run_models.h"
#include "search/run_view.h"

namespace overland::quantify {

struct Quantity {
  std::uint32_t precursor = 0;
  RunScan apex_scan{};  // moved by at most two points
  float rt_minutes = 0, rt_start = 0, rt_stop = 0, fwhm_minutes = 0;
  double area = 0;  // intensity x minutes; 0 unless status is ok
  double height = 0;
  std::uint32_t points = 0;
  float interference = 0;  // share of the matched peaks' intensity that is not its own, 0..1
  double sd = 0;           // of the area; 0 when unknown
  double ms1_area = 0;     // intensity x minutes, all isotopes; NaN without MS1 signal
  kernel::QuantityStatus status = kernel::QuantityStatus::no_signal;
};

struct IntegrationInput {
  const search::RunView& view;
  const search::RunModels& models;
  const params::IntegrateConfig& config;
  const std::vector<identify::ScoredRow>& accepted;
  const TraceFile& traces;
  // Limits to impose, and the width that they are multiples of; none: each peak has its own.
  const ConsensusLimits* limits = nullptr;
  double width_minutes = 0;
  Machine machine = {};
};

struct Integration {
  std::vector<Quantity> rows;  // one per accepted row, in its order; none is dropped
  kernel::NoiseModel noise;
};
[[nodiscard]] Integration integrate(const IntegrationInput& input);

[[nodiscard]] Result<void> write_quantities(const std::vector<Quantity>& rows,
                                            const std::filesystem::path& file);
// Errors OVL-IO-001..021, OVL-IO-061 (a row names what is beyond `bounds`).
[[nodiscard]] Result<std::vector<Quantity>> read_quantities(const std::filesystem::path& file,
                                                            const search::RowBounds& bounds);
// Quantities of the accepted rows, one each and in their order. Errors as above; OVL-IO-061 too
// where the precursors of the two differ.
[[nodiscard]] Result<std::vector<Quantity>> quantities_of(
    std::span<const identify::ScoredRow> accepted, const std::filesystem::path& file,
    const search::RowBounds& bounds);

}  // namespace overland::quantify
