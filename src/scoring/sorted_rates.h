// q-values of winners that are too many for memory: they are counted by score, then sorted by it
// into blocks on disk. The numbers are those of q_values (scoring/false_discovery.h).
//
//   SortedRates rates;
//   for (...) rates.count(score, is_decoy);
//   rates.sort_into(folder);
//   for (...) rates.add(score, is_decoy);      // the same ones
//   const auto q = rates.finish(k, 0.01);
//   if (q->at(score) <= 0.01) ...
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "base/error.h"
#include "base/files/block_sorter.h"

namespace overland::scoring {

// The q-value as a function of the score: it falls in steps.
class QValueSteps {
 public:
  // Lower than that of all scores added before.
  void add(float score, double q_value);
  // 1 where no step reaches.
  [[nodiscard]] double at(float score) const;

 private:
  std::vector<float> score_;  // lowest of each step, ascending
  std::vector<double> q_value_;
};

class SortedRates {
 public:
  SortedRates();
  void count(float score, bool is_decoy);
  // Errors OVL-IO-002. `most`: rows of a block, but for those of almost equal scores.
  [[nodiscard]] Result<void> sort_into(const std::filesystem::path& folder,
                                       std::size_t most = std::size_t{1} << 18);
  // Errors OVL-IO-002.
  [[nodiscard]] Result<void> add(float score, bool is_decoy);
  // Steps with q-values up to `most_q`. Errors OVL-IO-002, OVL-RES-002.
  [[nodiscard]] Result<QValueSteps> finish(double decoys_per_target, double most_q);

 private:
  struct Counts {
    std::uint64_t targets = 0, decoys = 0;
  };
  struct Row {
    float score = 0;
    std::uint32_t is_decoy = 0;
  };
  // Of one block, after the winners with better scores: `best` is the least q-value of worse ones.
  void add_steps(std::vector<Row>& rows, const Counts& before, double k, double& best,
                 std::vector<std::pair<float, double>>& steps) const;

  std::vector<Counts> counts_;  // by bin of scores, best first
  std::optional<BlockSorter<Row>> rows_;
};

}  // namespace overland::scoring
