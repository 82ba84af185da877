#include "train/observed_spectra.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/parallel.h"
#include "chemistry/peptide.h"
#include "kernel/peak_match.h"
#include "predict/spectrum_network.h"
#include "predict/train_spectra.h"
#include "search/window_search.h"

namespace overland::train {
namespace {

constexpr std::uint32_t kHalfScans = 3;  // scans on each side of the apex
constexpr float kLeastCosine = 0.85F;    // minimum cosine of an ion's chromatogram and the profile
constexpr float kNegligible = 0.01F;   // relative to the strongest ion: too weak to judge its shape
constexpr std::size_t kLeastSeen = 6;  // minimum number of ions with signal

struct Ions {
  Peptide peptide;
  std::size_t sites = 0;
  [[nodiscard]] std::size_t count() const { return predict::kSeries * sites; }
  // Ion number i in the order of list_place.
  [[nodiscard]] FragmentIon at(std::size_t i) const {
    const std::size_t series = i / sites;
    return {.type = series % 2 == 0 ? FragmentType::b : FragmentType::y,
            .ordinal = static_cast<std::uint8_t>(i % sites + 1),
            .charge = static_cast<std::uint8_t>(series / 2 + 1)};
  }
};

class Observer {
 public:
  Observer(const search::RunView& view, const search::RunModels& models)
      : view_(view), models_(models) {}

  // False if the precursor's chromatograms are not sufficient.
  bool observe(const run::IsolationWindow& window, std::span<const kernel::ScanPeaks> scans,
               const identify::ScoredRow& row, ObservedSpectrum& out) {
    auto peptide = parse_peptide(view_.library.modified_sequence[row.precursor]);
    if (!peptide || peptide->residues.size() < 2) return false;
    const std::size_t sites = peptide->residues.size() - 1;
    const Ions ions{std::move(*peptide), sites};
    const auto apex = std::lower_bound(window.scans.begin(), window.scans.end(), row.apex_scan);
    if (apex == window.scans.end() || *apex != row.apex_scan) return false;
    const auto at = static_cast<std::uint32_t>(apex - window.scans.begin());
    const std::uint32_t first = at > kHalfScans ? at - kHalfScans : 0;
    const auto last =
        std::min<std::uint32_t>(at + kHalfScans + 1, static_cast<std::uint32_t>(scans.size()));
    const auto around_apex = scans.subspan(first, last - first);
    if (!make_profile(PrecursorId(row.precursor), around_apex)) return false;
    measure(ions, around_apex, row.apex_scan);
    return finish(row, out);
  }

 private:
  // Sets the profile: the sum of the library fragments' chromatograms, scaled to norm 1.
  bool make_profile(PrecursorId precursor, std::span<const kernel::ScanPeaks> scans) {
    profile_.assign(scans.size(), 0.0F);
    for (const float mz : view_.fragment_mz(precursor))
      for (std::size_t k = 0; k < scans.size(); ++k) profile_[k] += intensity_at(scans[k], mz);
    const float length =
        std::sqrt(std::inner_product(profile_.begin(), profile_.end(), profile_.begin(), 0.0F));
    if (!(length > 0)) return false;
    for (float& p : profile_) p /= length;
    return true;
  }

  void measure(const Ions& ions, std::span<const kernel::ScanPeaks> scans, RunScan scan) {
    const float low = view_.run.headers().scan_low_mz[scan.index()];
    const float high = view_.run.headers().scan_high_mz[scan.index()];
    projected_.assign(ions.count(), -1.0F);
    cosine_.assign(ions.count(), 0.0F);
    for (std::size_t i = 0; i < ions.count(); ++i) {
      const double mz = fragment_mz(ions.peptide, ions.at(i)).value;
      if (mz < static_cast<double>(low) || mz > static_cast<double>(high)) continue;
      float along = 0, square = 0;
      for (std::size_t k = 0; k < scans.size(); ++k) {
        const float x = intensity_at(scans[k], static_cast<float>(mz));
        along += x * profile_[k];
        square += x * x;
      }
      projected_[i] = along;
      cosine_[i] = square > 0 ? along / std::sqrt(square) : 0;
    }
  }

  bool finish(const identify::ScoredRow& row, ObservedSpectrum& out) const {
    float greatest = 0;
    for (std::size_t i = 0; i < projected_.size(); ++i)
      if (cosine_[i] >= kLeastCosine) greatest = std::max(greatest, projected_[i]);
    if (!(greatest > 0)) return false;
    out = {.precursor = row.precursor, .score = row.score, .irt = row.irt_observed, .roots = {}};
    for (std::size_t i = 0; i < projected_.size(); ++i) {
      const float share = projected_[i] / greatest;
      const bool is_own = cosine_[i] >= kLeastCosine || (share >= 0 && share < kNegligible);
      out.roots.push_back(
          is_own ? static_cast<std::uint16_t>(std::lround(predict::kRootUnit * std::sqrt(share)))
                 : predict::kNotMeasured);
      out.seen += is_own && share >= kNegligible;
    }
    return out.seen >= kLeastSeen;
  }

  [[nodiscard]] float intensity_at(const kernel::ScanPeaks& scan, float mz) const {
    const std::int32_t peak = kernel::nearest_peak(scan.mz, mz, models_.mass.tolerance);
    return peak < 0 ? 0.0F : scan.intensity[static_cast<std::size_t>(peak)];
  }

  const search::RunView& view_;
  const search::RunModels& models_;
  std::vector<float> profile_, projected_, cosine_;
};

}  // namespace

std::vector<ObservedSpectrum> observe_spectra(const search::RunView& view,
                                              const search::RunModels& models,
                                              const std::vector<identify::ScoredRow>& rows,
                                              const Machine& machine) {
  std::vector<std::vector<std::size_t>> members(view.windows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) members[rows[i].window.index()].push_back(i);
  std::vector<ObservedSpectrum> found(rows.size());
  std::vector<std::uint8_t> is_usable(rows.size(), 0);
  parallel_for(members.size(), machine, [&](std::size_t w, int) {
    if (members[w].empty()) return;
    search::CorrectedScans scans;
    scans.assign(view, models, view.windows[w]);
    Observer observer(view, models);
    for (const std::size_t i : members[w])
      is_usable[i] = observer.observe(view.windows[w], scans.scans(), rows[i], found[i]);
  });
  std::vector<ObservedSpectrum> usable;
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (is_usable[i]) usable.push_back(std::move(found[i]));
  return usable;
}

}  // namespace overland::train
