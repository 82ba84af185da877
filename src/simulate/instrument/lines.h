// The lines of one precursor in a spectrum: m/z and share of the precursor's ion current, including
// the effect of the quadrupole.
#pragma once

#include <span>
#include <vector>

#include "simulate/instrument/quadrupole.h"
#include "simulate/world/fragment_model.h"
#include "simulate/world/ladder.h"
#include "simulate/world/random_streams.h"

namespace overland::simulate {

struct Line {
  double mz = 0;
  float share = 0;
};

struct LineRequest {
  const Peptide& peptide;
  int charge = 0;
  std::span<const TrueFragment> fragments;
  std::uint64_t family = 0;  // seed of neutral losses and internal ions
};

// Each thread uses one LineMaker, whose memory is reused. Lines are appended in descending order of
// their share.
class LineMaker {
 public:
  LineMaker(const SimulationConfig& config, const ResidueIsotopes& isotopes, MzRange scan_range);
  // Appends fragments with isotopes conditional on the transmitted precursor isotopes, the
  // surviving precursor, neutral losses, immonium, a2 and internal ions. Returns the transmitted
  // share of the precursor's ions; nothing is appended if it is below 1e-3.
  double append_ms2(const LineRequest& request, const Quadrupole& quadrupole,
                    std::vector<Line>& lines);
  // Appends the isotope envelope of the precursor.
  double append_ms1(const LineRequest& request, std::vector<Line>& lines);

 private:
  void add(double mz, double share);
  void add_fragments(const LineRequest& request, const Transmission& transmitted, Rng& rng);
  void add_small_ions(const LineRequest& request, double transmitted, Rng& rng);

  const SimulationConfig& config_;
  const ResidueIsotopes& isotopes_;
  MzRange range_;
  Ladder ladder_;
  std::vector<Line> fresh_;
};

}  // namespace overland::simulate
