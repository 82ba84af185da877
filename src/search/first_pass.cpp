#include "search/first_pass.h"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <memory>

#include "base/parallel.h"
#include "base/progress.h"
#include "kernel/peak_groups.h"
#include "kernel/peak_lookup.h"
#include "kernel/peak_match.h"
#include "kernel/spectral_scores.h"
#include "kernel/window_index.h"
#include "scoring/false_discovery.h"
#include "scoring/rescore.h"
#include "search/charge_bases.h"
#include "search/window_search.h"

namespace overland::search {
namespace {

using kernel::kTraceFragments;
constexpr std::uint32_t kNeighbours = 2;  // scans on either side of the best one that are looked at
constexpr std::size_t kFirstPassFeatures = 7;

struct BestHit {
  float score = 0;
  WindowScan scan;
};

struct WindowHits {
  std::vector<FirstPassHit> hits;
  std::vector<float> features;  // kFirstPassFeatures per hit
  std::uint64_t scans = 0, candidates = 0;
};

class QuickWindowSearch {
 public:
  // `models`: with a fitted mass error and retention time the search is narrow.
  QuickWindowSearch(const RunView& view, const params::TuneParameters& config,
                    const run::IsolationWindow& window, const RunModels& models, std::size_t stride)
      : view_(view),
        window_(window),
        stride_(stride),
        min_fragments_(static_cast<int>(config.first_pass.min_fragments)),
        tolerance_(models.mass.tolerance),
        bases_(view.library, models, window_center(window), window.energy_ratio) {
    scans_.assign(view, models, window);
    ScanTimes times;
    times.assign(view, models.rt, window);
    reach_.assign(models.rt, times);
  }

  WindowHits run() {
    WindowHits result;
    const library::IndexRange slice = view_.library.precursors_between(
        Mz{static_cast<double>(window_.low_mz)}, Mz{static_cast<double>(window_.high_mz)});
    constexpr auto kTile = static_cast<std::uint32_t>(kernel::kMaxIndexedPrecursors);
    for (PrecursorId first = slice.first; first < slice.last; first = first + kTile) {
      search_tile({first, std::min(first + kTile, slice.last)}, result);
    }
    return result;
  }

 private:
  void search_tile(library::IndexRange tile, WindowHits& result) {
    std::vector<std::uint64_t> begin(tile.size() + 1);
    const std::uint64_t offset = view_.library.fragment_begin[tile.first.index()];
    for (std::uint32_t i = 0; i <= tile.size(); ++i) {
      begin[i] = view_.library.fragment_begin[tile.first.index() + i] - offset;
    }
    const kernel::WindowIndex index(begin, view_.library.fragment_mz.subspan(offset, begin.back()));
    kernel::WindowIndex::Hits hits(tile.size());
    std::vector<BestHit> best(tile.size());
    std::vector<RtIntervals::Scans> within(tile.size());
    for (std::uint32_t i = 0; i < tile.size(); ++i) {
      within[i] = reach_.scans_of(static_cast<double>(view_.library.irt[tile.first.index() + i]));
    }
    for (std::size_t position = 0; position < window_.scans.size(); position += stride_) {
      const WindowScan scan(static_cast<std::uint32_t>(position));
      const kernel::ScanPeaks peaks = scans_.at(scan);
      index.query(peaks.mz, tolerance_, hits);
      score_touched(tile, peaks, scan, hits, within, best);
      result.candidates += candidates_;
      ++result.scans;
      kernel::WindowIndex::reset(hits);
    }
    for (std::uint32_t i = 0; i < tile.size(); ++i) {
      if (best[i].score > 0) describe(tile.first + i, best[i], result);
    }
  }

  void score_touched(library::IndexRange tile, const kernel::ScanPeaks& peaks, WindowScan scan,
                     const kernel::WindowIndex::Hits& hits,
                     std::span<const RtIntervals::Scans> within, std::vector<BestHit>& best) {
    candidates_ = 0;
    for (std::size_t t = 0; t < hits.touched_count; ++t) {
      const std::uint16_t id = hits.touched[t];
      if (std::popcount(hits.mask[id]) < min_fragments_) continue;
      if (scan < within[id].first || scan >= within[id].last) continue;
      if (candidates_++ == 0) lookup_->build(peaks.mz, tolerance_);
      const float score = quick_score(tile.first + id, peaks);
      if (score > best[id].score) best[id] = {score, scan};
    }
  }

  // C^2 M as in find_peak_groups, of one scan.
  float quick_score(PrecursorId precursor, const kernel::ScanPeaks& peaks) {
    std::array<float, kTraceFragments> predicted{};
    std::array<float, kTraceFragments> observed{};
    const std::size_t count = view_.library.intensities(
        precursor, bases_.of(view_.library.charge[precursor.index()]), predicted);
    const std::span<const float> mz = view_.fragment_mz(precursor);
    float seen = 0;
    for (std::size_t f = 0; f < count; ++f) {
      const std::int32_t peak = lookup_->find(mz[f]);
      if (peak < 0) continue;
      observed[f] = peaks.intensity[static_cast<std::size_t>(peak)];
      seen += 1;
    }
    const float similarity =
        kernel::sqrt_cosine(std::span(predicted).first(count), std::span(observed).first(count));
    return similarity * similarity * seen;
  }

  // Looks at the neighbouring scans too: what elutes is there for more than one scan.
  void describe(PrecursorId precursor, const BestHit& hit, WindowHits& result) {
    std::array<float, kTraceFragments> predicted{};
    const std::size_t count = view_.library.intensities(
        precursor, bases_.of(view_.library.charge[precursor.index()]), predicted);
    kernel::scale_template(std::span(predicted).first(count));
    std::array<float, (2 * kNeighbours + 1) * kTraceFragments> intensity{};
    std::array<std::uint8_t, 2 * kNeighbours + 1> matched{};
    static constexpr std::array<kernel::PointScores, 2 * kNeighbours + 1> kNoPoints{};
    const WindowScan first = earlier(hit.scan, kNeighbours);
    const WindowScan last = std::min(
        hit.scan + kNeighbours, WindowScan(static_cast<std::uint32_t>(window_.scans.size()) - 1));
    for (WindowScan k = first; k <= last; ++k) {
      const kernel::ScanPeaks peaks = scans_.at(k);
      for (std::size_t f = 0; f < count; ++f) {
        const std::int32_t peak =
            kernel::nearest_peak(peaks.mz, view_.fragment_mz(precursor)[f], tolerance_);
        if (peak < 0) continue;
        intensity[(k - first) * kTraceFragments + f] =
            peaks.intensity[static_cast<std::size_t>(peak)];
        ++matched[k - first];
      }
    }
    const std::size_t scans = std::size_t{last - first} + 1;
    const kernel::TraceView trace{
        std::span(intensity).first(scans * kTraceFragments), std::span(matched).first(scans),
        std::span(kNoPoints).first(scans), std::span(predicted).first(count)};
    const kernel::GroupScores s = score_group(
        trace, {hit.scan - first, 0, static_cast<std::uint32_t>(scans) - 1, hit.score}, 0);
    result.hits.push_back({precursor, window_.scans[hit.scan.index()], window_.energy_ratio});
    result.features.insert(result.features.end(),
                           {s.sqrt_cosine, s.apex_cosine, s.entropy, s.coelution, s.coelution_best3,
                            s.matched, hit.score});
  }

  const RunView& view_;
  const run::IsolationWindow& window_;
  std::size_t stride_;
  int min_fragments_;
  PpmWindow tolerance_;
  ChargeBases bases_;
  CorrectedScans scans_;
  RtIntervals reach_;
  std::uint64_t candidates_ = 0;
  std::unique_ptr<kernel::PeakLookup> lookup_ = std::make_unique<kernel::PeakLookup>();
};

scoring::FeatureMatrix to_matrix(const FirstPassJob& job, const std::vector<WindowHits>& windows) {
  const library::LibraryView& library = job.view.library;
  scoring::FeatureMatrix matrix;
  matrix.names = {"sqrt_cosine",    "apex_cosine", "entropy",    "coelution",
                  "coelution_best", "matched",     "match_score"};
  for (const WindowHits& window : windows) {
    matrix.values.insert(matrix.values.end(), window.features.begin(), window.features.end());
    for (const FirstPassHit& hit : window.hits) {
      matrix.candidate.push_back(static_cast<std::uint32_t>(matrix.candidate.size()));
      matrix.pair.push_back(library.pair[hit.precursor.index()]);
      matrix.is_decoy.push_back(library.is_decoy[hit.precursor.index()]);
      matrix.fold.push_back(job.fold_of_pair[library.pair[hit.precursor.index()]]);
    }
  }
  return matrix;
}

// Targets at the configured q-value; with too few for any calibration, at up to five times that.
void take_confident(const std::vector<FirstPassHit>& hits, const scoring::FeatureMatrix& matrix,
                    const std::vector<double>& q_value, double q_limit, FirstPassResult& result) {
  constexpr std::size_t kEnough = 30;
  for (const double relaxed : {1.0, 2.0, 5.0}) {
    result.confident.clear();
    result.q_value = q_limit * relaxed;
    for (std::size_t i = 0; i < hits.size(); ++i) {
      if (matrix.is_decoy[i] == 0 && q_value[i] <= result.q_value)
        result.confident.push_back(hits[i]);
    }
    if (result.confident.size() >= kEnough) return;
  }
}

}  // namespace

RunModels uncalibrated(const RunView& view, const params::TuneParameters& config) {
  RunModels models;
  const auto wide = static_cast<float>(config.first_pass.tolerance_ppm);
  models.mass.tolerance = {-wide, wide};
  models.rt.tolerance = std::numeric_limits<double>::infinity();
  models.nce = starting_nce(view.library, config.calibration.nce);
  return models;
}

Result<FirstPassResult> first_pass(const FirstPassJob& job, const RunModels& models,
                                   std::size_t max_scans, const params::TuneParameters& config) {
  const RunView& view = job.view;
  std::size_t scans = 0;
  for (const run::IsolationWindow& window : view.windows) scans += window.scans.size();
  const std::size_t stride = 1 + (scans == 0 ? 0 : (scans - 1) / max_scans);
  std::vector<WindowHits> windows(view.windows.size());
  ProgressBar progress(job.machine, "first pass", windows.size(), "windows");
  parallel_for(windows.size(), job.machine, [&](std::size_t w, int) {
    windows[w] = QuickWindowSearch(view, config, view.windows[w], models, stride).run();
    progress.tick();
  });
  FirstPassResult result;
  std::vector<FirstPassHit> hits;
  for (const WindowHits& window : windows) {
    hits.insert(hits.end(), window.hits.begin(), window.hits.end());
    result.scans += window.scans;
    result.candidates += window.candidates;
  }
  const scoring::FeatureMatrix matrix = to_matrix(job, windows);
  std::vector<float> initial(matrix.row_count());
  for (std::size_t i = 0; i < initial.size(); ++i)
    initial[i] = matrix.row(i)[kFirstPassFeatures - 1];
  scoring::RescoreSettings settings;
  settings.model = scoring::RescoreModel::linear;
  settings.train_q = config.first_pass.q_value;
  settings.decoys_per_target = library::decoys_per_target(view.library);
  const scoring::Rescored rescored = scoring::rescore(matrix, initial, settings, job.machine);
  const scoring::ErrorRates rates = scoring::error_rates(
      rescored.score, matrix.pair, matrix.is_decoy, settings.decoys_per_target);
  take_confident(hits, matrix, rates.q_value, config.first_pass.q_value, result);
  return result;
}

}  // namespace overland::search
