// What the quadrupole does to the candidates of one isolation window: which precursors can leave a
// trace there, how their library spectra change, and which heavier fragment isotopes go with them.
#pragma once

#include <span>

#include "kernel/candidate_scoring.h"
#include "params/search_config.h"
#include "run/isolation_scheme.h"
#include "search/run_models.h"
#include "search/run_view.h"

namespace overland::search {

class IsotopeTemplates {
 public:
  IsotopeTemplates(const RunView& view, const RunModels& models,
                   const params::SecondPassParameters& config, const run::IsolationWindow& window);

  // Precursors outside of these limits have nothing to do with the window.
  [[nodiscard]] MzRange precursor_range() const { return range_; }
  // Those of the range that are searched for: whose monoisotopic m/z lies within the nominal
  // limits, or of which enough is transmitted all the same.
  [[nodiscard]] bool is_visible(PrecursorId precursor) const;
  // From the library's intensities to those expected behind the quadrupole; returns the first
  // heavier isotopes of those fragments where it is a few per cent of the whole spectrum or more.
  [[nodiscard]] kernel::TemplateIsotopes shape(PrecursorId precursor,
                                               std::span<float> intensity) const;

 private:
  [[nodiscard]] bool is_nominal(double mz) const { return nominal_.contains(Mz{mz}); }

  const library::LibraryView& library_;
  calibrate::WindowTransmission transmission_;
  MzRange nominal_, range_;
  double min_transmitted_;
  bool is_on_;
};

}  // namespace overland::search
