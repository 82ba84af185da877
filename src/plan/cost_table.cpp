#include "plan/cost_table.h"

#include <algorithm>
#include <span>

namespace overland::plan {
namespace {

// Threads of a stage that works window by window, and of one that has parts enough for any number.
constexpr int kPerWindow = 0, kMany = 64;

struct CostRow {
  std::string_view stage;
  int threads;
  Sizes cpu_seconds, memory_mb, disk_mb;  // coefficients
};

#include "plan/cost_coefficients.inc"

// The row of a stage, also of the first round.
const CostRow* row_of(std::string_view stage) {
  constexpr std::string_view kFirstRound = "first_";
  if (stage.starts_with(kFirstRound)) stage.remove_prefix(kFirstRound.size());
  const auto found = std::ranges::find(kCosts, stage, &CostRow::stage);
  return found == std::end(kCosts) ? nullptr : &*found;
}

double sum_of(const Sizes& coefficients, const Sizes& sizes) {
  double sum = 0;
  for (std::size_t i = 0; i < kSizes; ++i) sum += coefficients[i] * sizes[i];
  return sum;
}

double& at(Sizes& sizes, Size size) {
  return sizes[static_cast<std::size_t>(size)];
}

constexpr double kMillion = 1e6;

}  // namespace

Sizes sizes_of(const RunSize& run, const LibrarySize& library) {
  Sizes sizes{};
  const double peaks = static_cast<double>(run.peaks) / kMillion;
  const double precursors = static_cast<double>(library.precursors) / kMillion;
  const double windows = static_cast<double>(std::max<std::uint64_t>(run.windows, 1));
  at(sizes, Size::one) = 1;
  at(sizes, Size::peaks) = peaks;
  at(sizes, Size::converted_peaks) = run.is_converted ? peaks : 0;
  at(sizes, Size::precursors) = precursors;
  at(sizes, Size::imported_precursors) = library.is_imported ? precursors : 0;
  at(sizes, Size::pairs) = static_cast<double>(run.ms2_scans) * precursors / windows;
  constexpr double kPerBillion = 1e-9;
  at(sizes, Size::peak_pairs) = peaks * kMillion * precursors * kMillion * kPerBillion / windows;
  at(sizes, Size::runs) = 1;
  at(sizes, Size::run_precursors) = precursors;
  return sizes;
}

// Sums over runs, of what does not belong to the library alone.
Sizes sizes_of(const InputSizes& inputs) {
  Sizes all = sizes_of(RunSize{}, inputs.library);
  for (const Size size : {Size::peaks, Size::converted_peaks, Size::pairs, Size::peak_pairs,
                          Size::runs, Size::run_precursors}) {
    at(all, size) = 0;
    for (const RunSize& run : inputs.runs) {
      Sizes of_run = sizes_of(run, inputs.library);
      at(all, size) += at(of_run, size);
    }
  }
  return all;
}

StepCost predict_cost(std::string_view stage, const Sizes& sizes) {
  const CostRow* const row = row_of(stage);
  if (row == nullptr) return {};
  return {.cpu_seconds = sum_of(row->cpu_seconds, sizes),
          .memory_mb = sum_of(row->memory_mb, sizes),
          .disk_mb = sum_of(row->disk_mb, sizes)};
}

int useful_threads(std::string_view stage, std::uint64_t windows) {
  const CostRow* const row = row_of(stage);
  if (row == nullptr) return 1;
  if (row->threads != kPerWindow) return row->threads;
  return static_cast<int>(std::clamp<std::uint64_t>(windows, 1, kMany));
}

}  // namespace overland::plan
