#include "scoring/sorted_rates.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "scoring/false_discovery.h"

namespace overland::scoring {
namespace {

// Equal scores are in one bin, and a bin holds those that differ by less than 1 %.
constexpr unsigned kBinBits = 16;

std::size_t bin_of(float score) {
  return falling_bits(score) >> (32 - kBinBits);
}

}  // namespace

void QValueSteps::add(float score, double q_value) {
  score_.push_back(score);
  q_value_.push_back(q_value);
}

double QValueSteps::at(float score) const {
  // The first step whose lowest score is not above this one; scores fall.
  const auto step = std::ranges::lower_bound(score_, score, std::ranges::greater());
  return step == score_.end() ? 1 : q_value_[static_cast<std::size_t>(step - score_.begin())];
}

SortedRates::SortedRates() : counts_(std::size_t{1} << kBinBits) {}

void SortedRates::count(float score, bool is_decoy) {
  Counts& counts = counts_[bin_of(score)];
  ++(is_decoy ? counts.decoys : counts.targets);
}

Result<void> SortedRates::sort_into(const std::filesystem::path& folder, std::size_t most) {
  std::vector<std::uint64_t> rows;
  rows.reserve(counts_.size());
  for (const Counts& counts : counts_) rows.push_back(counts.targets + counts.decoys);
  auto sorter = BlockSorter<Row>::create(folder, rows, {.rows = most});
  if (!sorter) return std::unexpected(sorter.error());
  rows_.emplace(std::move(*sorter));
  return {};
}

Result<void> SortedRates::add(float score, bool is_decoy) {
  return rows_->add(bin_of(score), {score, is_decoy ? 1U : 0U});
}

void SortedRates::add_steps(std::vector<Row>& rows, const Counts& before, double k, double& best,
                            std::vector<std::pair<float, double>>& steps) const {
  std::ranges::sort(rows, {}, [](const Row& row) { return falling_bits(row.score); });
  std::vector<double> fdr;
  auto targets = static_cast<double>(before.targets);
  auto decoys = static_cast<double>(before.decoys);
  for (const Row& row : rows) {
    (row.is_decoy != 0 ? decoys : targets) += 1;
    fdr.push_back(estimated_fdr(targets, decoys, k));
  }
  for (std::size_t i = rows.size(); i-- > 0;) {
    // A threshold accepts all winners with equal scores or none of them.
    const bool is_threshold = i + 1 == rows.size() || rows[i + 1].score != rows[i].score;
    if (!is_threshold || !(fdr[i] < best)) continue;
    best = fdr[i];
    steps.emplace_back(rows[i].score, best);
  }
}

Result<QValueSteps> SortedRates::finish(double decoys_per_target, double most_q) {
  check(rows_.has_value(), "rates are sorted before they are finished");
  if (auto done = rows_->close(); !done) return std::unexpected(done.error());
  std::vector<Counts> before(counts_.size() + 1);
  for (std::size_t bin = 0; bin < counts_.size(); ++bin)
    before[bin + 1] = {before[bin].targets + counts_[bin].targets,
                       before[bin].decoys + counts_[bin].decoys};
  std::vector<std::pair<float, double>> steps;  // worst first
  std::vector<Row> rows;
  double best = 1;
  const std::span<const SortedBlock> blocks = rows_->blocks();
  for (std::size_t b = blocks.size(); b-- > 0;) {
    const auto view = rows_->rows(blocks[b]);
    if (!view) return std::unexpected(view.error());
    rows.assign(view->values.begin(), view->values.end());
    add_steps(rows, before[blocks[b].first], decoys_per_target, best, steps);
    std::erase_if(steps, [most_q](const auto& step) { return step.second > most_q; });
  }
  QValueSteps q;
  for (std::size_t i = steps.size(); i-- > 0;) q.add(steps[i].first, steps[i].second);
  return q;
}

}  // namespace overland::scoring
