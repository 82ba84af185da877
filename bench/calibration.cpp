// The yardstick of bench/speed.py: work of a fixed kind that uses none of Overland's code, in each
// benchmark program, so that times are compared in its unit and the machine's speed cancels.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace {

// Branches and moves of a sort, divisions and roots of a sum, loads that wait for each other: what
// the hot loops are made of. The data (0.4 MB) fit into the caches that these use.
void calibration(benchmark::State& state) {
  constexpr std::size_t kCount = 1 << 15;
  std::vector<std::uint32_t> random(kCount);
  std::uint32_t seed = 1;
  for (std::uint32_t& value : random) value = seed = seed * 1664525U + 1013904223U;
  std::vector<std::uint32_t> sorted(kCount);
  std::vector<float> roots(kCount);
  for (auto _ : state) {
    sorted = random;
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t i = 0; i < kCount; ++i)
      roots[i] = std::sqrt(static_cast<float>(sorted[i])) / (1.0F + static_cast<float>(random[i]));
    std::uint32_t place = 0;
    for (std::size_t i = 0; i < kCount; ++i) place = sorted[(place ^ random[i]) % kCount];
    benchmark::DoNotOptimize(place);
    benchmark::DoNotOptimize(roots.data());
    benchmark::ClobberMemory();
  }
}
BENCHMARK(calibration)->Unit(benchmark::kMicrosecond);

}  // namespace
