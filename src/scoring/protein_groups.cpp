#include "scoring/protein_groups.h"

#include <algorithm>
#include <limits>
#include <queue>
#include <span>
#include <tuple>

namespace overland::scoring {
namespace {

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

class GreedyCover {
 public:
  GreedyCover(const ProteinEvidence& evidence, std::uint32_t protein_count)
      : evidence_(evidence),
        sets_of_(protein_count),
        total_(protein_count, 0),
        group_of_protein_(protein_count, kNone),
        group_of_set_(evidence.set_count(), kNone) {
    for (std::uint32_t s = 0; s < evidence.set_count(); ++s) {
      for (const std::uint32_t p : proteins(s)) {
        sets_of_[p].push_back(s);
        total_[p] += evidence.confident[s] + evidence.weak[s];
      }
    }
  }

  // Chooses proteins until each set with a positive `weight` is explained.
  void cover(const std::vector<std::uint32_t>& weight) {
    std::priority_queue<Entry> queue;
    for (std::uint32_t p = 0; p < sets_of_.size(); ++p) push(queue, p, weight);
    while (!queue.empty()) {
      const Entry top = queue.top();
      queue.pop();
      const std::uint32_t protein = ~std::get<2>(top);
      if (group_of_protein_[protein] != kNone) continue;
      if (remaining(protein, weight) != std::get<0>(top)) {
        push(queue, protein, weight);
        continue;
      }
      take(protein, weight);
    }
  }

  // Assigns each set to the first chosen group that contains one of its proteins.
  void assign_explained() {
    for (std::uint32_t s = 0; s < evidence_.set_count(); ++s) {
      if (group_of_set_[s] != kNone) continue;
      for (const std::uint32_t p : proteins(s)) {
        group_of_set_[s] = std::min(group_of_set_[s], group_of_protein_[p]);
      }
    }
  }

  [[nodiscard]] ProteinGroups result() const {
    std::vector<std::uint32_t> order(members_.size());
    for (std::uint32_t g = 0; g < order.size(); ++g) order[g] = g;
    std::ranges::sort(order, {}, [&](std::uint32_t g) { return members_[g].front(); });
    ProteinGroups groups;
    std::vector<std::uint32_t> place(order.size());
    for (const std::uint32_t g : order) {
      place[g] = static_cast<std::uint32_t>(groups.members.size());
      groups.members.push_back(members_[g]);
    }
    for (std::uint32_t s = 0; s < evidence_.set_count(); ++s) {
      const std::uint32_t own = group_of_set_[s];
      groups.group_of_set.push_back(own == kNone ? kNone : place[own]);
      groups.is_shared.push_back(std::ranges::any_of(proteins(s), [&](std::uint32_t p) {
        return group_of_protein_[p] != kNone && group_of_protein_[p] != own;
      }));
    }
    return groups;
  }

 private:
  using Entry = std::tuple<std::uint64_t, std::uint64_t, std::uint32_t>;  // ..., ~protein

  [[nodiscard]] std::span<const std::uint32_t> proteins(std::uint32_t s) const {
    return std::span(evidence_.protein)
        .subspan(evidence_.begin[s], evidence_.begin[s + 1] - evidence_.begin[s]);
  }
  [[nodiscard]] bool is_open(std::uint32_t s, const std::vector<std::uint32_t>& weight) const {
    return weight[s] > 0 && group_of_set_[s] == kNone;
  }
  [[nodiscard]] std::uint64_t remaining(std::uint32_t p,
                                        const std::vector<std::uint32_t>& weight) const {
    std::uint64_t sum = 0;
    for (const std::uint32_t s : sets_of_[p]) sum += is_open(s, weight) ? weight[s] : 0;
    return sum;
  }
  [[nodiscard]] std::vector<std::uint32_t> open_sets(
      std::uint32_t p, const std::vector<std::uint32_t>& weight) const {
    std::vector<std::uint32_t> sets;
    for (const std::uint32_t s : sets_of_[p]) {
      if (is_open(s, weight)) sets.push_back(s);
    }
    return sets;
  }
  void push(std::priority_queue<Entry>& queue, std::uint32_t p,
            const std::vector<std::uint32_t>& weight) const {
    const std::uint64_t left = remaining(p, weight);
    if (left > 0 && group_of_protein_[p] == kNone) queue.emplace(left, total_[p], ~p);
  }
  // Makes a group of `protein` and all proteins that explain the same unexplained sets.
  void take(std::uint32_t protein, const std::vector<std::uint32_t>& weight) {
    const std::vector<std::uint32_t> sets = open_sets(protein, weight);
    const auto group = static_cast<std::uint32_t>(members_.size());
    std::vector<std::uint32_t> members;
    for (const std::uint32_t p : proteins(sets.front())) {
      if (group_of_protein_[p] == kNone && open_sets(p, weight) == sets) members.push_back(p);
    }
    for (const std::uint32_t p : members) group_of_protein_[p] = group;
    for (const std::uint32_t s : sets) group_of_set_[s] = group;
    members_.push_back(std::move(members));
  }

  const ProteinEvidence& evidence_;
  std::vector<std::vector<std::uint32_t>> sets_of_;  // per protein, ascending
  std::vector<std::uint64_t> total_;
  std::vector<std::uint32_t> group_of_protein_, group_of_set_;
  std::vector<std::vector<std::uint32_t>> members_;  // groups in the order of their choice
};

}  // namespace

void ProteinEvidence::add(const std::vector<std::uint32_t>& proteins,
                          std::uint32_t confident_peptides, std::uint32_t weak_peptides) {
  protein.insert(protein.end(), proteins.begin(), proteins.end());
  begin.push_back(protein.size());
  confident.push_back(confident_peptides);
  weak.push_back(weak_peptides);
}

ProteinGroups infer_protein_groups(const ProteinEvidence& evidence, std::uint32_t protein_count) {
  GreedyCover cover(evidence, protein_count);
  cover.cover(evidence.confident);
  cover.assign_explained();
  cover.cover(evidence.weak);
  cover.assign_explained();
  return cover.result();
}

}  // namespace overland::scoring
