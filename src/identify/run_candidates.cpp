#include "identify/run_candidates.h"

#include <algorithm>
#include <limits>
#include <map>
#include <tuple>

namespace overland::identify {
namespace {

constexpr float kAbsent = -std::numeric_limits<float>::infinity();

struct Block {  // peak groups of one precursor: rows [first, last) of the table
  std::uint32_t first, last;
};

// Forms of one peptide that are all targets or all decoys.
struct FormKey {
  std::uint32_t family, charge, member, block;
  [[nodiscard]] auto key() const { return std::tuple(family, charge, member); }
};

class PeakChooser {
 public:
  PeakChooser(const search::PsmIdentity& psms, std::span<const float> score,
              const library::LibraryView& library, const CompetitionGroups& competition)
      : psms_(psms), score_(score), library_(library), competition_(competition) {
    const auto rows = static_cast<std::uint32_t>(psms.precursor.size());
    for (std::uint32_t r = 0; r < rows;) {
      Block block{r, r + 1};
      while (block.last < rows && psms.precursor[block.last] == psms.precursor[r]) ++block.last;
      blocks_.push_back(block);
      chosen_.push_back(best(block, {}));
      r = block.last;
    }
  }

  // Assigns peak groups to the forms of one peptide, in descending order of score.
  void settle(std::vector<std::uint32_t> forms) {
    std::vector<std::uint32_t> taken;  // rows
    while (!forms.empty()) {
      const auto best_form = std::ranges::max_element(forms, {}, [&](std::uint32_t b) {
        const std::uint32_t row = chosen_[b];
        return std::pair(
            row == scoring::kNoGroup ? -std::numeric_limits<float>::infinity() : score_[row], ~row);
      });
      const std::uint32_t block = *best_form;
      if (chosen_[block] != scoring::kNoGroup && is_taken(chosen_[block], taken)) {
        chosen_[block] = best(blocks_[block], taken);
        continue;
      }
      if (chosen_[block] != scoring::kNoGroup) taken.push_back(chosen_[block]);
      forms.erase(best_form);
    }
  }

  [[nodiscard]] RunCandidates result() const {
    RunCandidates run;
    for (const std::uint32_t row : chosen_) {
      if (row == scoring::kNoGroup) continue;
      run.best.precursor.push_back(psms_.precursor[row]);
      run.best.score.push_back(score_[row]);
      run.place.push_back(row);
    }
    return run;
  }
  [[nodiscard]] const std::vector<Block>& blocks() const { return blocks_; }

 private:
  [[nodiscard]] std::uint32_t ion(std::uint32_t row) const {
    return competition_.ion[library_.pair_of(PrecursorId(psms_.precursor[row]))];
  }
  // Whether two peak groups of different ions are the same peak: the window is the same, and the
  // apex of one lies within the other. Precursors of one ion are merged later (collapse_ions).
  [[nodiscard]] bool is_same_peak(std::uint32_t a, std::uint32_t b) const {
    return ion(a) != ion(b) && psms_.window[a] == psms_.window[b] &&
           psms_.rt_start[b] <= psms_.rt_minutes[a] && psms_.rt_minutes[a] <= psms_.rt_stop[b];
  }
  [[nodiscard]] bool is_taken(std::uint32_t row, std::span<const std::uint32_t> taken) const {
    return std::ranges::any_of(taken, [&](std::uint32_t t) { return is_same_peak(row, t); });
  }
  [[nodiscard]] std::uint32_t best(const Block& block, std::span<const std::uint32_t> taken) const {
    std::uint32_t best = scoring::kNoGroup;
    for (std::uint32_t r = block.first; r < block.last; ++r) {
      if (is_taken(r, taken)) continue;
      if (best == scoring::kNoGroup || score_[r] > score_[best]) best = r;
    }
    return best;
  }

  const search::PsmIdentity& psms_;
  std::span<const float> score_;
  const library::LibraryView& library_;
  const CompetitionGroups& competition_;
  std::vector<Block> blocks_;
  std::vector<std::uint32_t> chosen_;  // per block: chosen row, or kNoGroup
};

}  // namespace

RunCandidates choose_peak_groups(const search::PsmIdentity& psms, std::span<const float> score,
                                 const library::LibraryView& library,
                                 const CompetitionGroups& competition) {
  PeakChooser chooser(psms, score, library, competition);
  std::vector<FormKey> forms;
  for (std::uint32_t b = 0; b < chooser.blocks().size(); ++b) {
    const PrecursorId p(psms.precursor[chooser.blocks()[b].first]);
    forms.push_back({competition.family[library.pair_of(p)], library.charge[p.index()],
                     competition.member[p], b});
  }
  std::ranges::stable_sort(forms, {}, [](const FormKey& f) { return f.key(); });
  for (std::size_t i = 0; i < forms.size();) {
    std::vector<std::uint32_t> same;
    const std::size_t first = i;
    for (; i < forms.size() && forms[i].key() == forms[first].key(); ++i)
      same.push_back(forms[i].block);
    if (same.size() > 1) chooser.settle(std::move(same));
  }
  return chooser.result();
}

RunCandidates collapse_ions(const RunCandidates& run, const IonNames& names) {
  std::map<std::uint32_t, std::size_t> kept;  // name -> position of its row
  std::vector<std::pair<std::uint32_t, std::size_t>> order;
  for (std::size_t i = 0; i < run.place.size(); ++i) {
    const std::uint32_t p = run.best.precursor[i];
    if (names.il_twin[p] == scoring::kNoGroup) {
      order.emplace_back(p, i);
      continue;
    }
    const auto [it, is_new] = kept.emplace(names.name[p], i);
    if (!is_new && run.best.score[i] > run.best.score[it->second]) it->second = i;
  }
  order.insert(order.end(), kept.begin(), kept.end());
  std::ranges::sort(order);
  RunCandidates collapsed;
  for (const auto& [name, i] : order) {
    collapsed.best.precursor.push_back(name);
    collapsed.best.score.push_back(run.best.score[i]);
    collapsed.place.push_back(run.place[i]);
  }
  return collapsed;
}

BestOfRuns::BestOfRuns(std::size_t precursors) : best_(precursors, kAbsent) {}

void BestOfRuns::add(const Candidates& run) {
  for (std::size_t i = 0; i < run.precursor.size(); ++i) {
    float& known = best_[run.precursor[i]];
    known = std::max(known, run.score[i]);
  }
}

BestOfRuns BestOfRuns::collapsed(const IonNames& names) const {
  BestOfRuns named(best_.size());
  for (std::uint32_t p = 0; p < best_.size(); ++p) {
    float& known = named.best_[names.name[p]];
    known = std::max(known, best_[p]);
  }
  return named;
}

Candidates BestOfRuns::result() const {
  Candidates global;
  for (std::uint32_t p = 0; p < best_.size(); ++p) {
    if (best_[p] == kAbsent) continue;
    global.precursor.push_back(p);
    global.score.push_back(best_[p]);
  }
  return global;
}

}  // namespace overland::identify
