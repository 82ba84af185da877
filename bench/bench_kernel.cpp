// Time per scan of the hot loops, at the sizes of docs/log/2026-11-27-kernels.md. Each benchmark
// checks that its answer is not empty.
#include <benchmark/benchmark.h>

#include <bit>
#include <cstring>
#include <memory>

#include "kernel/candidate_scoring.h"
#include "kernel/peak_lookup.h"
#include "kernel/window_index.h"
#include "random_scans.h"

namespace overland::bench {
namespace {

constexpr PpmWindow kTolerance{-10, 10};

// Memory bandwidth of one core, as the yardstick of loops that move bytes.
void memory_copy(benchmark::State& state) {
  std::vector<char> from(256 << 20, 1);
  std::vector<char> to(from.size());
  for (auto _ : state) {
    std::memcpy(to.data(), from.data(), from.size());
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(2 * from.size()) * state.iterations());
}
BENCHMARK(memory_copy)->Unit(benchmark::kMillisecond);

// precursors, fragments of each, peaks of a scan
void window_index_query(benchmark::State& state) {
  const auto precursors = static_cast<std::size_t>(state.range(0));
  const RandomLibrary library(precursors, static_cast<std::size_t>(state.range(1)), 1);
  const RandomScans scans(64, static_cast<std::size_t>(state.range(2)), 2);
  const kernel::WindowIndex index(library.begin, library.mz);
  kernel::WindowIndex::Hits hits(precursors);
  std::size_t next = 0;
  std::size_t touched = 0;
  for (auto _ : state) {
    index.query(scans.mz[next], kTolerance, hits);
    touched += hits.touched_count;
    kernel::WindowIndex::reset(hits);
    next = (next + 1) % scans.mz.size();
  }
  if (touched == 0) state.SkipWithError("nothing was touched");
  state.counters["touched"] =
      static_cast<double>(touched) / static_cast<double>(state.iterations());
  state.counters["index_MB"] = static_cast<double>(index.memory_bytes()) / 1e6;
}
BENCHMARK(window_index_query)
    ->Args({5000, 10, 300})
    ->Args({20000, 12, 500})
    ->Args({60000, 12, 1000})
    ->Unit(benchmark::kMicrosecond);

void peak_lookup_build(benchmark::State& state) {
  const RandomScans scans(64, static_cast<std::size_t>(state.range(0)), 3);
  auto lookup = std::make_unique<kernel::PeakLookup>();
  std::size_t next = 0;
  for (auto _ : state) {
    lookup->build(scans.mz[next], kTolerance);
    benchmark::DoNotOptimize(lookup->find(500.25F));
    next = (next + 1) % scans.mz.size();
  }
}
BENCHMARK(peak_lookup_build)->Arg(300)->Arg(1000)->Arg(3000)->Unit(benchmark::kMicrosecond);

// active precursors a scan, peaks of a scan: the whole second pass (match, deconvolve, score).
void candidate_scoring(benchmark::State& state) {
  const auto active = static_cast<std::size_t>(state.range(0));
  constexpr std::uint32_t kScans = 400;
  constexpr std::uint32_t kInterval = 80;
  const std::size_t candidates = active * kScans / kInterval;
  const RandomLibrary library(candidates, kernel::kTraceFragments, 4);
  const RandomScans scans(kScans, static_cast<std::size_t>(state.range(1)), 5);
  kernel::TraceLayout layout;
  layout.clear();
  for (std::uint32_t c = 0; c < candidates; ++c) {
    const auto first = static_cast<std::uint32_t>((c * 7919ULL) % (kScans - kInterval + 1));
    layout.add(PrecursorId(c), WindowScan(first), WindowScan(first + kInterval),
               std::span(library.mz).subspan(library.begin[c], kernel::kTraceFragments));
    layout.set_template(
        CandidateId(c),
        std::span(library.intensity).subspan(library.begin[c], kernel::kTraceFragments), {});
  }
  const std::vector<kernel::ScanPeaks> views = scans.views();
  kernel::CandidateScoring scoring;
  kernel::ScoringScratch scratch;
  kernel::SolverCounts counts;
  for (auto _ : state) counts = scoring.run(layout, views, {}, scratch);
  if (counts.columns == 0) state.SkipWithError("no column");
  const double scan_count = static_cast<double>(counts.scans);
  state.counters["columns"] = static_cast<double>(counts.columns) / scan_count;
  state.counters["sweeps"] = static_cast<double>(counts.sweeps) / scan_count;
  state.counters["s_per_scan"] =
      benchmark::Counter(static_cast<double>(kScans) * static_cast<double>(state.iterations()),
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  state.SetItemsProcessed(
      static_cast<std::int64_t>(layout.point_count() * kernel::kTraceFragments) *
      state.iterations());
}
BENCHMARK(candidate_scoring)
    ->Args({500, 300})
    ->Args({900, 300})
    ->Args({5000, 1000})
    ->Unit(benchmark::kMillisecond);

// columns of a scan with three to twelve matched fragments each
void deconvolve(benchmark::State& state) {
  const auto columns = static_cast<std::size_t>(state.range(0));
  Rng rng(6, 0);
  const RandomScans scans(1, 300, 6);
  kernel::DesignMatrix matrix;
  matrix.reserve({columns, columns * kernel::kTraceFragments, 300});
  matrix.begin_scan(scans.mz[0].size());
  for (std::size_t j = 0; j < columns; ++j) {
    std::array<float, kernel::kTraceFragments> value{};
    std::array<std::int32_t, kernel::kTraceFragments> peak{};
    for (std::size_t f = 0; f < value.size(); ++f) {
      value[f] = static_cast<float>(1.0 / static_cast<double>(f + 1));
      peak[f] = rng.below(2) == 0 ? -1 : static_cast<std::int32_t>(rng.below(scans.mz[0].size()));
    }
    matrix.add_column(value, peak, scans.intensity[0]);
  }
  kernel::Deconvolver solver;
  std::vector<float> weights(columns);
  int sweeps = 0;
  for (auto _ : state) {
    std::fill(weights.begin(), weights.end(), 0.0F);
    sweeps = solver.solve(matrix, {.delta = 1e5F}, weights);
  }
  state.counters["sweeps_cold"] = sweeps;
}
BENCHMARK(deconvolve)->Arg(3)->Arg(9)->Arg(60)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace overland::bench
