// A run and a library as a stage of the search sees them, made by hand or from the example search.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "search/run_models.h"
#include "search/run_view.h"
#include "support/example_runs.h"
#include "support/example_search.h"

namespace overland::support {

class ViewExample {
 public:
  ViewExample(const std::vector<library::LibraryPrecursor>& precursors, run::RawRun run)
      : run_(std::move(run)) {
    const auto folder = scratch_.path() / "example.lib";
    EXPECT_TRUE(library::write_library(precursors, {"example", "", "test"}, folder));
    auto opened = library::Library::open(folder);
    EXPECT_TRUE(opened);
    library_.emplace(std::move(*opened));
    view_.emplace(search::view_of(run_, library_->view()));
  }
  [[nodiscard]] const search::RunView& view() const { return *view_; }
  [[nodiscard]] const std::filesystem::path& folder() const { return scratch_.path(); }
  // Row of the library of a precursor of the list.
  [[nodiscard]] PrecursorId row_of(const library::LibraryPrecursor& precursor) const {
    const library::LibraryView& library = view_->library;
    for (std::uint32_t p = 0; p < library.precursor_count(); ++p)
      if (library.charge[p] == precursor.charge &&
          library.modified_sequence[p] == to_unimod_notation(precursor.peptide))
        return PrecursorId(p);
    ADD_FAILURE() << "not in the library";
    return {};
  }

 private:
  ScratchFolder scratch_;
  run::RawRun run_;
  std::optional<library::Library> library_;
  std::optional<search::RunView> view_;
};

// What calibration learns about a run of example_run.
inline search::RunModels example_models() {
  search::RunModels models;
  models.mass.offset_ppm_of_rt = calibrate::PiecewiseLinear({10}, {1});
  models.mass.tolerance = models.ms1_mass.tolerance = {-11, 11};
  models.ms1_mass.offset_ppm_of_rt = models.mass.offset_ppm_of_rt;
  models.rt.irt_of_rt = calibrate::PiecewiseLinear({10.1, 11.1}, {0, 100});
  models.rt.tolerance = 8;
  models.rt.method = calibrate::RtMethod::linear;
  models.median_peak_intensity = 250;
  models.cycle_minutes = 0.02;
  models.first_minute = 10;
  models.last_minute = 11.2;
  return models;
}

// Minutes at which a target of the example run elutes.
inline double example_apex(const library::LibraryPrecursor& target) {
  return 10.1 + static_cast<double>(target.irt) / 100;
}

}  // namespace overland::support
