#include "simulate/instrument/render.h"

#include <algorithm>
#include <limits>

#include "base/parallel.h"
#include "simulate/instrument/detector.h"
#include "simulate/instrument/lines.h"
#include "simulate/instrument/scan_block.h"

namespace overland::simulate {
namespace {

constexpr std::size_t kMs2ScansPerBlock = 256;  // MS2 scans of one window per block
constexpr std::size_t kMs1ScansPerBlock = 16;   // MS1 scans per block

std::vector<ScanBlock> cut_into_scan_blocks(const Schedule& schedule) {
  std::vector<ScanBlock> blocks;
  const auto cut = [&](std::int32_t window, const std::vector<std::uint32_t>& scans,
                       std::size_t length) {
    for (std::size_t first = 0; first < scans.size(); first += length) {
      const std::size_t count = std::min(length, scans.size() - first);
      blocks.push_back({window, {scans.data() + first, count}});
    }
  };
  cut(kMs1, schedule.ms1, kMs1ScansPerBlock);
  for (std::size_t w = 0; w < schedule.windows.size(); ++w) {
    cut(static_cast<std::int32_t>(w), schedule.of_window[w], kMs2ScansPerBlock);
  }
  return blocks;
}

run::ScanHeaders make_headers(const RenderInput& input) {
  const AcquisitionSettings& s = input.config.acquisition;
  run::ScanHeaders headers;
  for (std::size_t i = 0; i < input.schedule.scans.size(); ++i) {
    const ScheduledScan& scan = input.schedule.scans[i];
    const bool is_ms1 = scan.window == kMs1;
    const MzRange window =
        is_ms1 ? MzRange{} : input.schedule.windows[static_cast<std::size_t>(scan.window)];
    headers.rt_minutes.push_back(scan.rt_minutes);
    headers.ms_order.push_back(is_ms1 ? 1 : 2);
    headers.scan_number.push_back(static_cast<std::int32_t>(i) + 1);
    headers.window_low_mz.push_back(static_cast<float>(window.low.value));
    headers.window_high_mz.push_back(static_cast<float>(window.high.value));
    headers.scan_low_mz.push_back(static_cast<float>(is_ms1 ? s.ms1_low_mz : s.scan_low_mz));
    headers.scan_high_mz.push_back(static_cast<float>(is_ms1 ? s.ms1_high_mz : s.scan_high_mz));
    headers.collision_energy.push_back(is_ms1 ? std::numeric_limits<float>::quiet_NaN()
                                              : static_cast<float>(s.collision_energy));
  }
  return headers;
}

}  // namespace

RenderedRun render_run(const RenderInput& input, const Machine& machine) {
  const std::vector<ScanBlock> blocks = cut_into_scan_blocks(input.schedule);
  auto peaks = std::make_shared<std::vector<ScanBlockPeaks>>(blocks.size());
  std::vector<ScanBlockRenderer> renderers;
  for (int i = 0; i < std::max(machine.threads, 1); ++i) renderers.emplace_back(input);
  parallel_for(blocks.size(), machine, [&](std::size_t i, int worker) {
    (*peaks)[i] = renderers[static_cast<std::size_t>(worker)].render(blocks[i]);
  });
  const std::size_t count = input.schedule.scans.size();
  run::RawRun::Peaks views{std::vector<const float*>(count), std::vector<const float*>(count),
                           std::vector<std::uint32_t>(count), peaks};
  run::ScanHeaders headers = make_headers(input);
  headers.tic.resize(count);
  std::vector<float> fill(count);
  for (std::size_t s = 0; s < blocks.size(); ++s) {
    const ScanBlockPeaks& block = (*peaks)[s];
    for (std::size_t i = 0; i < blocks[s].scans.size(); ++i) {
      const std::uint32_t scan = blocks[s].scans[i];
      views.mz[scan] = block.mz.data() + block.begin[i];
      views.intensity[scan] = block.intensity.data() + block.begin[i];
      views.count[scan] = static_cast<std::uint32_t>(block.begin[i + 1] - block.begin[i]);
      fill[scan] = block.fill[i];
      double tic = 0;
      for (std::size_t p = block.begin[i]; p < block.begin[i + 1]; ++p) {
        tic += static_cast<double>(block.intensity[p]);
      }
      headers.tic[scan] = static_cast<float>(tic);
    }
  }
  return {run::RawRun(input.model.name, std::move(headers), std::move(views), {}), std::move(fill)};
}

}  // namespace overland::simulate
