// The chromatogram stage on synthetic runs in memory: allocations, bytes, time, and a checksum.
//
//   integration --scans N --active N --threads N [--max-ram BYTES] [--growth 1] [--soak PASSES]
//
// Prints one line of JSON. --growth does the same work by growth_scheme.h instead. --soak repeats
// the stage under a limit of the process's data segment: what it has when the threads are up, plus
// 1.1 times the plan.
#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>

#include "base/allocation_counter.h"
#include "base/parallel.h"
#include "base/progress.h"
#include "growth_scheme.h"
#include "stages/synthetic_task.h"
#include "stages/window_pass.h"

namespace overland::bench {
namespace {

using Arguments = std::map<std::string, std::uint64_t>;

// Bytes of a line of /proc/self/status: "VmData:", "VmRSS:".
std::uint64_t own_status(std::string_view name) {
  std::ifstream in("/proc/self/status");
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(name)) {
      return std::strtoull(line.c_str() + name.size(), nullptr, 10) * 1024;
    }
  }
  return 0;
}

struct Checksum {
  std::uint64_t value = 14695981039346656037ULL;
  void add(std::span<const kernel::TracePoint> points) {
    for (const kernel::TracePoint& p : points) {
      const std::uint64_t bits = std::bit_cast<std::uint64_t>(p);
      value = (value ^ bits) * 1099511628211ULL;
    }
  }
};

struct Bench {
  testing_support::SyntheticTask task;
  RawRun raw;
  RunContext context;
  RunModels models;
  SearchConfig config;
  explicit Bench(const Arguments& a)
      : task({.scans = static_cast<std::uint32_t>(a.at("scans")),
              .windows = 40,
              .active = static_cast<std::uint32_t>(a.at("active")),
              .trace_scans = 101}),
        raw(task.run()),
        context(task.context(raw, static_cast<int>(a.at("threads")))),
        models(task.models()) {}
  [[nodiscard]] TracePlanInput input() const {
    return {.context = context,
            .cycle_minutes = task.cycle_minutes(),
            .peak_width_minutes = task.peak_width(),
            .passing = task.rows(),
            .competitors = {}};
  }
};

int limited(const TracePlan& plan) {
  const std::uint64_t limit =
      own_status("VmData:") +
      static_cast<std::uint64_t>(1.1 * static_cast<double>(plan.memory().total()));
  const rlimit limits{limit, limit};
  return ::setrlimit(RLIMIT_DATA, &limits);
}

int run(const Arguments& a) {
  Bench bench(a);
  const int threads = bench.context.threads;
  parallel_for(1000, threads, [](std::size_t, int) {});  // the threads are up
  const std::uint64_t max_ram = a.contains("max-ram") ? a.at("max-ram") : ~std::uint64_t{0};
  const std::uint64_t passes = a.contains("soak") ? a.at("soak") : 1;
  const ChromatogramBuilder builder(bench.context, bench.models, bench.config);
  Checksum checksum;
  std::uint64_t allocations = 0, planned = 0, slabs = 0, points = 0, tasks = 0;
  std::uint64_t first_resident = 0;
  const std::uint64_t live = live_allocated_bytes();
  reset_peak_allocated_bytes();
  rusage before{}, after{};
  ::getrusage(RUSAGE_SELF, &before);
  const auto start = std::chrono::steady_clock::now();
  for (std::uint64_t pass = 0; pass < passes; ++pass) {
    const std::uint64_t count = allocation_count();
    const auto plan = TracePlan::make(bench.input(), threads, max_ram);
    if (!plan) {
      fmt::print(stderr, "{}\n", plan.error().message());
      return plan.error().exit_code();
    }
    if (passes > 1 && pass == 0 && limited(*plan) != 0) return 1;
    planned = plan->memory().total();
    slabs = plan->slabs().size();
    points = plan->point_count();
    checksum = {};
    if (a.contains("growth")) {
      GrowthScheme growth(bench.context, *plan, trace_settings(bench.models, bench.config));
      if (growth.run() != points) return 1;
    } else {
      const auto done = builder.run(*plan, [&](const SlabPoints& slab) -> Result<void> {
        checksum.add(slab.points);
        return {};
      });
      if (!done) return 1;
      tasks = done->tasks;
    }
    allocations = allocation_count() - count;
    if (pass == 0) first_resident = own_status("VmRSS:");
  }
  const double wall =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  ::getrusage(RUSAGE_SELF, &after);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  const double cpu = seconds(after.ru_utime) + seconds(after.ru_stime) - seconds(before.ru_utime) -
                     seconds(before.ru_stime);
  const auto megabytes = [](std::uint64_t bytes) { return static_cast<double>(bytes) / 1e6; };
  fmt::print(
      "{{\"scans\": {}, \"active\": {}, \"threads\": {}, \"points\": {}, \"slabs\": {}, "
      "\"tasks\": {}, \"allocations\": {}, \"peak_mb\": {:.1f}, \"plan_mb\": {:.1f}, "
      "\"wall_s\": {:.2f}, \"cpu_s\": {:.2f}, \"checksum\": \"{:016x}\"",
      a.at("scans"), a.at("active"), threads, points, slabs, tasks, allocations,
      megabytes(peak_allocated_bytes() - live), megabytes(planned), wall, cpu, checksum.value);
  if (passes > 1) {
    fmt::print(", \"passes\": {}, \"resident_first_mb\": {:.0f}, \"resident_last_mb\": {:.0f}",
               passes, megabytes(first_resident), megabytes(own_status("VmRSS:")));
  }
  fmt::print("}}\n");
  return 0;
}

}  // namespace
}  // namespace overland::bench

int main(int argc, char** argv) {
  overland::set_progress_style(overland::ProgressStyle::quiet);
  overland::bench::Arguments arguments{{"scans", 10000}, {"active", 400}, {"threads", 1}};
  for (int i = 1; i + 1 < argc; i += 2) {
    arguments[std::string(argv[i]).substr(2)] = std::strtoull(argv[i + 1], nullptr, 10);
  }
  return overland::bench::run(arguments);
}
