#include "explain/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "explain/explain_inputs.h"
#include "explain/explain_population.h"
#include "explain/explain_window.h"
#include "identify/score.h"
#include "quantify/integrate.h"
#include "search/isotope_templates.h"

namespace overland::explain {
namespace {

float match_score(const BestScan& scan) {
  return scan.cosine * scan.cosine * static_cast<float>(scan.matched);
}

class Explainer {
 public:
  Explainer(const ExplainInputs& inputs, const ExplainOptions& options,
            const WantedPrecursor& wanted)
      : in_(inputs), wanted_(wanted), library_(inputs.library.view()), machine_(options.machine) {
    result_.precursor = wanted.sequence + "/" + std::to_string(wanted.charge);
    result_.run = options.run;
    view_.emplace(search::view_of(inputs.run, library_));
  }

  Explanation run() {
    const bool is_through = in_library() && isolated() && in_time() && fragments_seen() &&
                            has_group() && scored() && globally() && quantified();
    for (const char* name : {"library", "isolation window", "retention time", "fragments",
                             "peak group", "score", "global q-value", "quantity"}) {
      const auto is_named = [&](const Gate& gate) { return gate.name == name; };
      if (std::none_of(result_.gates.begin(), result_.gates.end(), is_named))
        result_.gates.push_back({.name = name, .text = "", .needed = ""});
    }
    other_runs();
    result_.is_found = is_through || is_reported_;
    set_verdict();
    return std::move(result_);
  }

 private:
  bool pass(const char* name, std::string text) {
    result_.gates.push_back(
        {.name = name, .state = GateState::passed, .text = std::move(text), .needed = ""});
    return true;
  }
  bool lose(const char* name, std::string text, std::string needed) {
    result_.gates.push_back({.name = name,
                             .state = GateState::failed,
                             .text = std::move(text),
                             .needed = std::move(needed)});
    return false;
  }
  void note(const char* name, std::string text) {
    result_.gates.push_back(
        {.name = name, .state = GateState::note, .text = std::move(text), .needed = ""});
  }

  // Other forms of the peptide in the library, as a hint if the wanted form is not in the library.
  [[nodiscard]] std::string other_forms() const {
    constexpr std::size_t kMost = 5;
    const auto wanted = parse_peptide(wanted_.sequence);
    std::string list;
    std::size_t count = 0;
    for (std::uint32_t p = 0; p < library_.precursor_count(); ++p) {
      if (library_.is_decoy[p] != 0) continue;
      const auto peptide = parse_peptide(library_.modified_sequence[p]);
      if (!wanted || !peptide || peptide->residues != wanted->residues) continue;
      if (++count > kMost) continue;
      list += fmt::format("{}{}/{}", list.empty() ? "" : ", ", library_.modified_sequence[p],
                          library_.charge[p]);
    }
    if (count > kMost) list += fmt::format(" and {} more", count - kMost);
    return list;
  }

  bool in_library() {
    for (std::uint32_t p = 0; p < library_.precursor_count(); ++p) {
      if (library_.charge[p] != wanted_.charge || library_.modified_sequence[p] != wanted_.sequence)
        continue;
      precursor_ = PrecursorId(p);
      return pass("library", fmt::format("m/z {:.4f}, iRT {:.2f}, {} fragments, {}proteins {}",
                                         library_.precursor_mz[p], library_.irt[p],
                                         view_->fragment_count(precursor_),
                                         library_.is_decoy[p] != 0 ? "a decoy, " : "",
                                         library_.protein_ids[library_.protein_set[p]]));
    }
    const std::string forms = other_forms();
    return lose(
        "library",
        fmt::format("not in the library of the search ({} precursors)", library_.precursor_count()),
        forms.empty()
            ? "a library with this precursor; it has no other form of the peptide either"
            : "a library with this precursor; it has other forms of the peptide: " + forms);
  }

  // Of a run with several conditions the window of the one that the precursor was scored in.
  [[nodiscard]] std::optional<WindowId> central_window(Mz mz) const {
    const auto& windows = view_->windows;
    const auto row =
        std::ranges::find(in_.scores.rows, precursor_.index(), &identify::ScoredRow::precursor);
    if (row == in_.scores.rows.end()) return run::most_central_window(windows, mz);
    return run::most_central_window(windows, mz, windows[row->window.index()].condition);
  }

  bool isolated() {
    const float mz = library_.precursor_mz[precursor_.index()];
    const auto& windows = view_->windows;
    const Mz precursor_mz{static_cast<double>(mz)};
    if (const auto central = central_window(precursor_mz)) {
      window_ = central;
      const std::size_t count =
          run::isolating_windows(windows, precursor_mz, windows[central->index()].condition);
      const run::IsolationWindow& w = windows[central->index()];
      return pass(
          "isolation window",
          fmt::format("{:.2f} to {:.2f} m/z, {} scans{}", w.low_mz, w.high_mz, w.scans.size(),
                      count > 1 ? fmt::format("; the most central of {} windows", count) : ""));
    }
    for (std::size_t i = 0; i < windows.size(); ++i) {
      const run::IsolationWindow& w = windows[i];
      const search::IsotopeTemplates templates(*view_, in_.models, in_.search, w);
      const bool shows = templates.precursor_range().contains(Mz{static_cast<double>(mz)}) &&
                         templates.is_visible(precursor_);
      if (!shows) continue;
      window_ = WindowId(static_cast<std::uint16_t>(i));
      return pass("isolation window", fmt::format("heavier isotopes only, in {:.2f} to {:.2f} m/z, "
                                                  "{} scans",
                                                  w.low_mz, w.high_mz, w.scans.size()));
    }
    if (windows.empty()) return lose("isolation window", "the run has no windows", "MS2 scans");
    return lose(
        "isolation window", fmt::format("no window of the run isolates m/z {:.4f}", mz),
        fmt::format(
            "a run with a window for this m/z; this run's windows range from {:.2f} to {:.2f} m/z",
            windows.front().low_mz, windows.back().high_mz));
  }

  bool in_time() {
    window_pass_.emplace(*view_, in_.models, in_.search, *window_, machine_);
    replay_ = window_pass_->replay(precursor_);
    const auto& rt = in_.run.headers().rt_minutes;
    const double irt = static_cast<double>(library_.irt[precursor_.index()]);
    if (!replay_)
      return lose(
          "retention time",
          fmt::format(
              "by the run's model ({}) iRT {:.2f} is outside the run, which lasts from {:.2f} "
              "to {:.2f} minutes",
              overland::to_text(in_.models.rt.method), irt, rt.front(), rt.back()),
          fmt::format("an iRT within {:.2f} to {:.2f}, or a wider calibration.rt_sigma",
                      in_.models.rt.irt_of_rt(static_cast<double>(rt.front())),
                      in_.models.rt.irt_of_rt(static_cast<double>(rt.back()))));
    return pass("retention time",
                fmt::format("searched from {:.2f} to {:.2f} minutes, {} scans, among {} candidates "
                            "of the window (model {}, tolerance {:.2f} iRT)",
                            replay_->rt_first, replay_->rt_last,
                            replay_->last_scan - replay_->first_scan, replay_->candidates,
                            overland::to_text(in_.models.rt.method), in_.models.rt.tolerance));
  }

  bool fragments_seen() {
    const BestScan& best = replay_->best_in_range;
    const BestScan& elsewhere = replay_->best_elsewhere;
    result_.traces = {replay_->trace};
    const std::string within = fmt::format("{:+.1f} to {:+.1f} ppm", in_.models.mass.tolerance.low,
                                           in_.models.mass.tolerance.high);
    std::string text = best.matched == 0
                           ? fmt::format("none of {} matched within {} in any of these scans",
                                         replay_->fragments, within)
                           : fmt::format(
                                 "at most {} of {} matched together within {}, at {:.2f} minutes "
                                 "(square-root cosine "
                                 "{:.3f}); included in the deconvolution of {} scans",
                                 best.matched, replay_->fragments, within, best.rt_minutes,
                                 best.cosine, replay_->columns);
    if (match_score(elsewhere) > 1.2F * match_score(best))
      text += fmt::format(
          "; the match is better outside the retention-time range: {} fragments at {:.2f} minutes, "
          "cosine {:.3f}",
          elsewhere.matched, elsewhere.rt_minutes, elsewhere.cosine);
    const auto least = static_cast<int>(in_.search.second_pass.min_group_fragments);
    if (best.matched >= least) return pass("fragments", text);
    return lose(
        "fragments", text,
        fmt::format("{} fragments in neighbouring scans (second_pass.min_group_fragments)", least));
  }

  bool has_group() {
    row_ = best_row(in_.psms, in_.scores, precursor_.index());
    if (!row_)
      return lose(
          "peak group",
          fmt::format("no peak group was found; the best match score is {:.2f} (squared "
                      "similarity x number of fragments)",
                      match_score(replay_->best_in_range)),
          fmt::format("a match score of {:.2f} (second_pass.min_match_score), and a place among "
                      "the run's best candidates (second_pass.kept_candidates)",
                      in_.search.second_pass.min_match_score));
    const std::size_t r = *row_;
    const auto range =
        std::equal_range(in_.psms.precursor.begin(), in_.psms.precursor.end(), precursor_.index());
    pass("peak group",
         fmt::format("{} found; the best has its apex at {:.3f} minutes, from {:.3f} to "
                     "{:.3f}, {:+.2f} iRT from the library",
                     range.second - range.first, in_.psms.rt_minutes[r], in_.psms.rt_start[r],
                     in_.psms.rt_stop[r],
                     in_.psms.irt_observed[r] - library_.irt[precursor_.index()]));
    report::Chromatogram& trace = result_.traces.front();
    trace.apex = in_.psms.rt_minutes[r];
    trace.rt_start = in_.psms.rt_start[r];
    trace.rt_stop = in_.psms.rt_stop[r];
    result_.competitors = window_pass_->competitors_at(precursor_, in_.psms.rt_minutes[r]);
    if (!result_.competitors.empty())
      note("competitors",
           fmt::format("{} other precursors share peaks at the apex; {} shares most: {} peaks",
                       result_.competitors.size(), result_.competitors.front().precursor,
                       result_.competitors.front().shared_peaks));
    result_.features = compare_features(in_.psms, in_.scores, library_, in_.report_q_value, r);
    return true;
  }

  // The features that differ most from the accepted targets, the largest difference first.
  [[nodiscard]] std::string weakest_features() const {
    std::vector<const FeatureComparison*> order;
    for (const FeatureComparison& f : result_.features)
      if (std::isfinite(f.among_targets) && std::isfinite(f.median_decoys) &&
          f.median_targets != f.median_decoys)
        order.push_back(&f);
    const auto badness = [](const FeatureComparison& f) {
      return f.median_targets > f.median_decoys ? f.among_targets : 100 - f.among_targets;
    };
    std::stable_sort(order.begin(), order.end(),
                     [&](const FeatureComparison* a, const FeatureComparison* b) {
                       return badness(*a) < badness(*b);
                     });
    std::string list;
    for (std::size_t i = 0; i < std::min<std::size_t>(3, order.size()); ++i)
      list += fmt::format("{}{} {:.3g} (accepted targets: {:.3g})", i == 0 ? "" : ", ",
                          order[i]->name, order[i]->value, order[i]->median_targets);
    return list;
  }

  [[nodiscard]] double least_accepted_score() const {
    double least = std::numeric_limits<double>::infinity();
    for (const identify::ScoredRow& row : in_.scores.rows)
      if (row.q_value <= in_.report_q_value && library_.is_decoy[row.precursor] == 0)
        least = std::min(least, static_cast<double>(row.score));
    return least;
  }

  bool scored() {
    const double limit = in_.report_q_value;
    const auto found = std::find_if(
        in_.scores.rows.begin(), in_.scores.rows.end(),
        [&](const identify::ScoredRow& row) { return row.precursor == precursor_.index(); });
    const double least = least_accepted_score();
    const std::string needed =
        std::isfinite(least)
            ? fmt::format("a score of {:.3f}; features farthest from the accepted targets: {}",
                          least, weakest_features())
            : "a run with accepted targets: this run has none";
    const auto names_it = [&](const identify::ScoredRow& row) {
      return row.il_twin == precursor_.index();
    };
    const auto il_twin = std::find_if(in_.scores.rows.begin(), in_.scores.rows.end(), names_it);
    if (found == in_.scores.rows.end() && il_twin != in_.scores.rows.end())
      return lose("score",
                  fmt::format("reported as its I/L twin {}{}, which differs by I and L only",
                              library_.modified_sequence[il_twin->precursor],
                              library_.charge[il_twin->precursor]),
                  "a difference that is visible in mass spectra");
    if (found == in_.scores.rows.end())
      return lose("score",
                  fmt::format("q-value above {}; such rows are not kept",
                              std::max(identify::kKeptQValue, limit)),
                  needed);
    score_ = &*found;
    const std::string text = fmt::format("score {:.3f}, q = {:.3g}, PEP = {:.3g} in this run",
                                         found->score, found->q_value, found->pep);
    if (found->q_value <= limit) return pass("score", text);
    if (found->is_matched != 0)
      return pass("score", fmt::format("{}; matched between runs with a transfer q-value of {:.3g}",
                                       text, found->transfer_q_value));
    return lose("score", text, fmt::format("q <= {}: {}", limit, needed));
  }

  bool globally() {
    const double limit = in_.report_q_value;
    const std::string text =
        fmt::format("q = {:.3g} over all runs of the search", score_->global_q_value);
    if (score_->global_q_value <= limit) return pass("global q-value", text);
    return lose("global q-value", text,
                fmt::format("q <= {}: a higher score in at least one run", limit));
  }

  bool quantified() {
    const auto row = std::find_if(in_.reported.begin(), in_.reported.end(),
                                  [&](const ReportedRow& r) { return r.run == result_.run; });
    if (row == in_.reported.end())
      return lose("quantity", "no row in report.parquet",
                  library_.is_decoy[precursor_.index()] != 0
                      ? "--report-decoys"
                      : "acceptance by the report's other filters");
    is_reported_ = true;
    if (!(row->quantity > 0))
      return lose("quantity", fmt::format("reported without a quantity: {}", row->status),
                  "signal assigned to this precursor in the scans around the apex");
    report::Chromatogram& trace = result_.traces.front();
    trace.apex = static_cast<float>(row->rt);
    trace.rt_start = static_cast<float>(row->rt_start);
    trace.rt_stop = static_cast<float>(row->rt_stop);
    return pass("quantity",
                fmt::format("area {:.4g} intensity x minutes from {:.3f} to {:.3f} minutes, apex "
                            "{:.3f}, {} points, interference {:.2f}",
                            row->quantity, row->rt_start, row->rt_stop, row->rt, row->points,
                            row->interference));
  }

  void other_runs() {
    constexpr std::size_t kMost = 5;
    std::string list;
    std::size_t count = 0;
    for (const ReportedRow& row : in_.reported) {
      if (row.run == result_.run || ++count > kMost) continue;
      list += fmt::format("{}{} (q = {:.3g}, {:.2f} minutes)", list.empty() ? "" : ", ", row.run,
                          row.q_value, row.rt);
    }
    if (count > kMost) list += fmt::format(" and {} more", count - kMost);
    if (count > 0) note("other runs", "reported in " + list);
  }

  void set_verdict() {
    const auto lost =
        std::find_if(result_.gates.begin(), result_.gates.end(),
                     [](const Gate& gate) { return gate.state == GateState::failed; });
    if (lost == result_.gates.end())
      result_.verdict = "Found and quantified";
    else if (is_reported_)
      result_.verdict = "Found, but without a quantity";
    else
      result_.verdict = "Not found: lost at the gate '" + lost->name + "'";
  }

  const ExplainInputs& in_;
  const WantedPrecursor& wanted_;
  library::LibraryView library_;
  Machine machine_;
  std::optional<search::RunView> view_;
  std::optional<WindowReplayer> window_pass_;
  std::optional<WindowReplay> replay_;
  std::optional<std::size_t> row_;
  const identify::ScoredRow* score_ = nullptr;
  PrecursorId precursor_;
  std::optional<WindowId> window_;  // the window in which the precursor was searched
  bool is_reported_ = false;
  Explanation result_;
};

}  // namespace

Result<Explanation> explain(const ExplainOptions& options) {
  const auto wanted = parse_precursor(options.precursor);
  if (!wanted) return std::unexpected(wanted.error());
  const auto inputs = open_explain_inputs(options, *wanted);
  if (!inputs) return std::unexpected(inputs.error());
  return Explainer(*inputs, options, *wanted).run();
}

}  // namespace overland::explain
