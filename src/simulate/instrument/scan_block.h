// Simulates a block of consecutive scans of one window (or of MS1). Precursors are added and
// removed as time advances, so that the work per scan is proportional to the number of eluting
// precursors.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "simulate/instrument/detector.h"
#include "simulate/instrument/lines.h"
#include "simulate/instrument/render.h"

namespace overland::simulate {

struct ScanBlock {
  std::int32_t window = kMs1;
  std::span<const std::uint32_t> scans;  // indices into Schedule::scans
};

struct ScanBlockPeaks {
  std::vector<float> mz, intensity;
  std::vector<std::size_t> begin;  // scans + 1 offsets
  std::vector<float> fill;         // per scan
};

// Each thread uses one ScanBlockRenderer, whose memory is reused.
class ScanBlockRenderer {
 public:
  explicit ScanBlockRenderer(const RenderInput& input);
  [[nodiscard]] ScanBlockPeaks render(const ScanBlock& block);

 private:
  struct Eluting {
    const IonSource* source = nullptr;
    std::size_t line_begin = 0, line_end = 0;
    double transmitted = 0;  // transmitted share of the source's ions
    double current = 0;      // ion current in the present scan
  };
  void find_eluting(const ScanBlock& block);
  void enter(const IonSource& source, const ScanBlock& block);
  void gather(const ScanBlock& block, std::uint32_t scan, double minutes, ScanBlockPeaks& out);

  const RenderInput& input_;
  LineMaker ms1_lines_, ms2_lines_;
  std::vector<const IonSource*> waiting_;  // in the order of the start of elution
  std::vector<Eluting> eluting_;
  std::vector<Line> lines_;
  std::vector<TrueFragment> fragments_;
  std::vector<IonPeak> peaks_;
};

}  // namespace overland::simulate
