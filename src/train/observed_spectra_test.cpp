#include "train/observed_spectra.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "predict/spectrum_loss.h"
#include "predict/train_spectra.h"
#include "support/example_search.h"

namespace overland::train {
namespace {

using support::example_run;
using support::example_targets;
using support::ExampleRun;

// Rows at the true apexes of the targets that elute.
std::vector<identify::ScoredRow> true_rows(const search::RunView& run_view,
                                           std::span<const float> irt,
                                           const std::vector<std::uint8_t>& elutes) {
  std::vector<identify::ScoredRow> rows;
  for (std::uint32_t p = 0; p < irt.size(); ++p) {
    if (elutes[p] == 0) continue;
    const auto mz = run_view.library.precursor_mz[p];
    const auto windows = static_cast<std::uint16_t>(run_view.windows.size());
    for (std::uint16_t w = 0; w < windows; ++w) {
      const run::IsolationWindow& window = run_view.windows[w];
      if (mz < window.low_mz || mz >= window.high_mz) continue;
      const float apex = 10.1F + irt[p] / 100;
      const auto nearest = std::ranges::min_element(
          window.scans, {}, [&](RunScan s) { return std::abs(run_view.rt_of(s) - apex); });
      rows.push_back(
          {.precursor = p, .window = WindowId(w), .apex_scan = *nearest, .irt_observed = irt[p]});
    }
  }
  return rows;
}

TEST(ObservedSpectra, AreThoseOfThePeptides) {
  const auto targets = example_targets(150);
  support::ScratchFolder scratch;
  ASSERT_TRUE(library::write_library(targets, {"example", "", "test"}, scratch.path() / "a.lib"));
  const auto library = library::Library::open(scratch.path() / "a.lib");
  ASSERT_TRUE(library);
  const ExampleRun options{.noise_peaks = 300};
  const run::RawRun run = example_run(targets, options);
  const library::LibraryView view = library->view();
  const search::RunView run_view{run, run::discover_windows(run), run::survey_ranges(run), view};
  search::RunModels models;
  models.mass.tolerance = {-12, 12};
  std::vector<std::uint8_t> elutes(view.precursor_count());
  for (std::uint32_t p = 0; p < elutes.size(); ++p)
    for (std::size_t t = 0; t < targets.size(); ++t)
      if (to_unimod_notation(targets[t].peptide) == view.modified_sequence[p])
        elutes[p] = support::is_present(t, options);
  const auto rows = true_rows(run_view, view.irt, elutes);
  ASSERT_GT(rows.size(), 80U);
  const auto observed = observe_spectra(run_view, models, rows, 2);
  ASSERT_GT(observed.size(), rows.size() / 2);
  std::vector<double> similarity;
  for (const ObservedSpectrum& o : observed) {
    const std::size_t sites = o.roots.size() / predict::kSeries;
    std::vector<float> expected(o.roots.size(), 0), found(o.roots.size(), 0);
    for (std::uint64_t f = view.fragment_begin[o.precursor];
         f < view.fragment_begin[o.precursor + 1]; ++f) {
      const int charge = library::kind_charge(view.fragment_kind[f]);
      if (charge > 2) continue;
      const std::size_t series =
          (library::kind_type(view.fragment_kind[f]) == FragmentType::y ? 1U : 0U) +
          2U * static_cast<std::size_t>(charge - 1);
      expected[series * sites + view.fragment_ordinal[f] - 1U] =
          library::decode_intensity(view.fragment_intensity[f]);
    }
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (o.roots[i] == predict::kNotMeasured) {
        expected[i] = 0;
        continue;
      }
      const float root = static_cast<float>(o.roots[i]) / predict::kRootUnit;
      found[i] = root * root;
    }
    similarity.push_back(predict::spectral_angle_similarity(expected, found));
  }
  std::ranges::sort(similarity);
  EXPECT_GT(similarity[similarity.size() / 2], 0.85);
}

TEST(ObservedSpectra, DoNotDependOnThreadsAndSurviveRowsWithoutSignal) {
  const auto targets = example_targets(60);
  support::ScratchFolder scratch;
  ASSERT_TRUE(library::write_library(targets, {"example", "", "test"}, scratch.path() / "a.lib"));
  const auto library = library::Library::open(scratch.path() / "a.lib");
  ASSERT_TRUE(library);
  const run::RawRun run = example_run(targets, {.noise_peaks = 0});
  const search::RunView run_view{run, run::discover_windows(run), run::survey_ranges(run),
                                 library->view()};
  search::RunModels models;
  models.mass.tolerance = {-12, 12};
  const std::vector<std::uint8_t> all(run_view.library.precursor_count(), 1);
  const auto rows = true_rows(run_view, run_view.library.irt, all);
  const auto one = observe_spectra(run_view, models, rows, 1);
  const auto three = observe_spectra(run_view, models, rows, 3);
  ASSERT_LT(one.size(), rows.size());  // some do not elute
  ASSERT_EQ(one.size(), three.size());
  for (std::size_t i = 0; i < one.size(); ++i) {
    EXPECT_EQ(one[i].precursor, three[i].precursor);
    EXPECT_EQ(one[i].roots, three[i].roots);
  }
}

}  // namespace
}  // namespace overland::train
