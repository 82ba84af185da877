// Chromatograms of a run's accepted precursors: the deconvolved weight in every scan around the
// apex.
//
// The layout is fixed before the first scan (trace_plan.h). A task is one scan block of one
// window's scans and writes to separate memory: no lock, no sort, no concatenation, and no
// allocation per scan. Batch by batch the points go to a sink in the order of TracePlan::order(),
// so that neither threads nor batches change a byte of them.
#pragma once

#include <functional>
#include <span>

#include "base/machine.h"
#include "params/search_config.h"
#include "quantify/trace_plan.h"

namespace overland::quantify {

// One finished batch: the points of order()[batch.first, batch.last), one trace after the other.
struct BatchPoints {
  Batch batch;
  std::span<const kernel::TracePoint> points;
};
using BatchSink = std::function<Result<void>(const BatchPoints&)>;

struct ChromatogramCounts {
  kernel::SolverCounts solved;
  std::uint64_t tasks = 0;
};

class ChromatogramBuilder {
 public:
  ChromatogramBuilder(const search::RunView& view, const search::RunModels& models,
                      const params::IntegrateConfig& config, const Machine& machine);

  // Errors of the sink.
  [[nodiscard]] Result<ChromatogramCounts> run(const TracePlan& plan, const BatchSink& sink) const;

 private:
  struct BatchLayout;
  struct Worker;
  struct Task;
  void lay_out(const TracePlan& plan, const Batch& batch, BatchLayout& layout) const;
  void fill_list(const TracePlan& plan, const Batch& batch, ScanListId list,
                 BatchLayout& layout) const;
  void run_task(const Task& task, const BatchLayout& layout, Worker& worker,
                std::span<kernel::TracePoint> arena) const;

  const search::RunView& view_;
  const search::RunModels& models_;
  Machine machine_;
  kernel::TraceSettings ms2_, ms1_;
};

// Of MS2 chromatograms: tolerance of the search, loss and delta of the quantities.
[[nodiscard]] kernel::TraceSettings quantity_settings(const search::RunModels& models,
                                                      const params::IntegrateConfig& config);

// Median time between the limits of the accepted peaks, halved: the run's peak width in minutes.
[[nodiscard]] double run_peak_width(std::span<const identify::ScoredRow> accepted,
                                    const search::RunModels& models);

}  // namespace overland::quantify
