// The chromatogram stage on synthetic runs in memory: allocations, bytes, time, and a checksum.
//
//   integration --scans N --active N --threads N [--max-ram BYTES] [--growth 1] [--soak PASSES]
//
// Prints one line of JSON. --growth does the same work by growth_scheme.h instead. --soak repeats
// the stage under a limit of the process's data segment: what it has when the threads are up, plus
// 1.1 times the plan. Resident memory is that at the end of each pass, with nothing of it held.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "base/allocation_counter.h"
#include "base/parallel.h"
#include "base/progress.h"
#include "base/resources.h"
#include "growth_scheme.h"
#include "support/synthetic_task.h"

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
  support::SyntheticTask task;
  run::RawRun raw;
  search::RunView view;
  Machine machine = {};
  search::RunModels models;
  params::SearchConfig config;
  explicit Bench(const Arguments& a)
      : task({.scans = static_cast<std::uint32_t>(a.at("scans")),
              .windows = 40,
              .active = static_cast<std::uint32_t>(a.at("active")),
              .trace_scans = 101}),
        raw(task.run()),
        view(task.view(raw)),
        machine(static_cast<int>(a.at("threads"))),
        models(task.models()) {}
  [[nodiscard]] quantify::TracePlanInput input() const {
    return {.view = view,
            .cycle_minutes = task.cycle_minutes(),
            .peak_width_minutes = task.peak_width(),
            .accepted = task.rows(),
            .competitors = {}};
  }
};

struct Measured {
  std::uint64_t planned = 0, batches = 0, points = 0, tasks = 0, sweeps = 0, allocations = 0;
  Checksum checksum;
};

double megabytes(std::uint64_t bytes) {
  return static_cast<double>(bytes) / 1e6;
}

double cpu_seconds() {
  rusage use{};
  ::getrusage(RUSAGE_SELF, &use);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(use.ru_utime) + seconds(use.ru_stime);
}

bool limit_data(std::uint64_t plan_bytes) {
  const std::uint64_t limit = own_status("VmData:") + plan_bytes + plan_bytes / 10;
  const rlimit limits{limit, limit};
  return ::setrlimit(RLIMIT_DATA, &limits) == 0;
}

bool grow(const Bench& bench, const quantify::TracePlan& plan, Measured& measured) {
  GrowthScheme growth(bench.view, plan, bench.models, bench.config, bench.machine);
  const bool is_complete = growth.run() == plan.point_count();
  measured.sweeps = growth.sweeps();
  return is_complete;
}

bool build(const Bench& bench, const quantify::TracePlan& plan, Measured& measured) {
  const quantify::ChromatogramBuilder builder(bench.view, bench.models, bench.config,
                                              bench.machine);
  const auto done = builder.run(plan, [&](const quantify::BatchPoints& batch) -> Result<void> {
    measured.checksum.add(batch.points);
    return {};
  });
  if (!done) return false;
  measured.tasks = done->tasks;
  measured.sweeps = done->solved.sweeps;
  return true;
}

// Returns the exit code.
int run_pass(const Bench& bench, const Arguments& a, bool is_limited, Measured& measured) {
  const std::uint64_t count = allocation_count();
  const std::uint64_t max_ram = a.contains("max-ram") ? a.at("max-ram") : ~std::uint64_t{0};
  const auto plan = quantify::TracePlan::make(bench.input(), bench.machine.threads, max_ram);
  if (!plan) {
    fmt::print(stderr, "{}\n", plan.error().message());
    return plan.error().exit_code();
  }
  measured = {};
  measured.planned = plan->memory().total();
  measured.batches = plan->batches().size();
  measured.points = plan->point_count();
  if (is_limited && !limit_data(measured.planned)) return 1;
  const bool is_done =
      a.contains("growth") ? grow(bench, *plan, measured) : build(bench, *plan, measured);
  measured.allocations = allocation_count() - count;
  return is_done ? 0 : 1;
}

int run(const Arguments& a) {
  Bench bench(a);
  const Machine& machine = bench.machine;
  parallel_for(1000, machine, [](std::size_t, int) {});  // the threads are up
  std::vector<std::string> resident(a.contains("soak") ? a.at("soak") : 1);
  Measured measured;
  const std::uint64_t live = live_allocated_bytes();
  reset_peak_allocated_bytes();
  const double cpu_before = cpu_seconds();
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t pass = 0; pass < resident.size(); ++pass) {
    const int code = run_pass(bench, a, resident.size() > 1 && pass == 0, measured);
    if (code != 0) return code;
    resident[pass] = fmt::format("{:.1f}", megabytes(own_status("VmRSS:")));
  }
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  fmt::print(
      "{{\"scans\": {}, \"active\": {}, \"threads\": {}, \"points\": {}, \"batches\": {}, "
      "\"tasks\": {}, \"allocations\": {}, \"peak_mb\": {:.1f}, \"plan_mb\": {:.1f}, "
      "\"wall_s\": {:.2f}, \"cpu_s\": {:.2f}, \"sweeps\": {}, \"checksum\": \"{:016x}\"",
      a.at("scans"), a.at("active"), machine.threads, measured.points, measured.batches,
      measured.tasks, measured.allocations, megabytes(peak_allocated_bytes() - live),
      megabytes(measured.planned), wall.count(), cpu_seconds() - cpu_before, measured.sweeps,
      measured.checksum.value);
  if (resident.size() > 1) fmt::print(", \"resident_mb\": \"{}\"", fmt::join(resident, " "));
  fmt::print("}}\n");
  return 0;
}

}  // namespace
}  // namespace overland::bench

int main(int argc, char** argv) {
  overland::give_back_arrays_from(overland::kPlannedStageArraysMb);
  overland::bench::Arguments arguments{{"scans", 10000}, {"active", 400}, {"threads", 1}};
  for (int i = 1; i + 1 < argc; i += 2) {
    arguments[std::string(argv[i]).substr(2)] = std::strtoull(argv[i + 1], nullptr, 10);
  }
  return overland::bench::run(arguments);
}
