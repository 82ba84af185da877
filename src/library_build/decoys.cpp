#include "library_build/decoys.h"

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "library_build/decoy_rule.h"

namespace overland::library_build {
namespace {

using Precursors = std::vector<library::LibraryPrecursor>;
using Order = ResidueOrder;

auto sort_key(const library::LibraryPrecursor& precursor) {
  return std::tuple(std::string_view(precursor.peptide.residues), precursor.charge,
                    precursor.entrapment);
}

bool comes_before(const library::LibraryPrecursor& a, const library::LibraryPrecursor& b) {
  if (const auto x = sort_key(a), y = sort_key(b); x != y) return x < y;
  return std::ranges::lexicographical_compare(
      a.peptide.modifications, b.peptide.modifications, {},
      [](const Modification& m) { return std::tuple(m.site, m.unimod, m.mass); },
      [](const Modification& m) { return std::tuple(m.site, m.unimod, m.mass); });
}

class DecoyMaker {
 public:
  DecoyMaker(Precursors& precursors, int per_target, std::uint64_t seed)
      : precursors_(precursors),
        per_target_(per_target),
        seed_(seed),
        is_left_out_(precursors.size(), false) {}

  DecoyReport run();

 private:
  void reserve_sequences();
  std::vector<std::size_t> targets_in_order() const;
  void take_peptide(std::span<const std::size_t> forms);
  void renumber_present_decoys();
  void renumber_partners(std::span<const std::uint32_t> pairs_on_entry);
  void remove_left_out();
  bool make_decoys_of(std::span<const std::size_t> forms);
  std::optional<Order> find_order(std::span<const std::size_t> forms, int index);
  bool is_admissible(std::span<const std::size_t> forms, const Order& order) const;

  Precursors& precursors_;
  int per_target_;
  std::uint64_t seed_;
  std::vector<bool> is_left_out_;
  Precursors made_;
  std::uint32_t next_pair_ = 0;
  std::unordered_set<std::string> taken_;                        // I = L, targets and decoys
  std::unordered_set<std::uint32_t> pairs_with_decoy_;           // on entry
  std::unordered_map<std::uint32_t, std::uint32_t> kept_pairs_;  // pair on entry -> pair on return
};

void DecoyMaker::reserve_sequences() {
  for (const library::LibraryPrecursor& precursor : precursors_) {
    taken_.insert(fold_isoleucine(precursor.peptide.residues));
    if (precursor.is_decoy) pairs_with_decoy_.insert(precursor.pair);
  }
}

// Sorted by sequence, so that the forms of a peptide are adjacent and results do not depend on
// their order.
std::vector<std::size_t> DecoyMaker::targets_in_order() const {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < precursors_.size(); ++i) {
    if (!precursors_[i].is_decoy) order.push_back(i);
  }
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    if (comes_before(precursors_[a], precursors_[b])) return true;
    return a < b && !comes_before(precursors_[b], precursors_[a]);
  });
  return order;
}

bool DecoyMaker::is_admissible(std::span<const std::size_t> forms, const Order& order) const {
  const std::string& residues = precursors_[forms[0]].peptide.residues;
  if (taken_.contains(fold_isoleucine(permuted(residues, order)))) return false;
  return std::ranges::all_of(forms, [&](std::size_t form) {
    const library::LibraryPrecursor& target = precursors_[form];
    return is_unlike(permuted(target.peptide, order), target.peptide, target.fragments);
  });
}

std::optional<Order> DecoyMaker::find_order(std::span<const std::size_t> forms, int index) {
  const std::string& residues = precursors_[forms[0]].peptide.residues;
  if (residues.size() < 3) return std::nullopt;
  if (index == 0) {
    Order order = reversed_but_last(residues.size());
    if (is_admissible(forms, order)) return order;
  }
  for (int attempt = 0; attempt < kMostShuffles; ++attempt) {
    Order order = shuffle_for(residues, seed_, index, attempt);
    if (is_admissible(forms, order)) return order;
  }
  return std::nullopt;
}

// Makes all decoys of a peptide; false, without any, if one cannot be made.
bool DecoyMaker::make_decoys_of(std::span<const std::size_t> forms) {
  const std::size_t made_before = made_.size();
  std::vector<std::string> newly_taken;
  for (int index = 0; index < per_target_; ++index) {
    const auto order = find_order(forms, index);
    if (!order) {
      for (const std::string& sequence : newly_taken) taken_.erase(sequence);
      made_.erase(made_.begin() + static_cast<std::ptrdiff_t>(made_before), made_.end());
      return false;
    }
    newly_taken.push_back(
        fold_isoleucine(permuted(precursors_[forms[0]].peptide.residues, *order)));
    taken_.insert(newly_taken.back());
    for (const std::size_t form : forms) {
      library::LibraryPrecursor decoy = precursors_[form];
      decoy.is_decoy = true;
      decoy.peptide = permuted(precursors_[form].peptide, *order);
      for (auto& fragment : decoy.fragments) {
        fragment.mz = static_cast<float>(fragment_mz(decoy.peptide, fragment.ion).value);
      }
      made_.push_back(std::move(decoy));
    }
  }
  return true;
}

// `forms` are all targets of one sequence. Numbers their pairs and makes missing decoys.
void DecoyMaker::take_peptide(std::span<const std::size_t> forms) {
  std::vector<std::size_t> without;
  for (const std::size_t form : forms) {
    library::LibraryPrecursor& target = precursors_[form];
    if (!pairs_with_decoy_.contains(target.pair)) {
      without.push_back(form);
      continue;
    }
    kept_pairs_[target.pair] = next_pair_;
    target.pair = next_pair_++;
  }
  const std::uint32_t first_pair = next_pair_;
  for (const std::size_t form : without) precursors_[form].pair = next_pair_++;
  if (without.empty() || make_decoys_of(without)) return;
  next_pair_ = first_pair;
  for (const std::size_t form : without) is_left_out_[form] = true;
}

// A decoy without a target gets a separate pair.
void DecoyMaker::renumber_present_decoys() {
  for (library::LibraryPrecursor& decoy : precursors_) {
    if (!decoy.is_decoy) continue;
    const auto [place, is_orphan] = kept_pairs_.try_emplace(decoy.pair, next_pair_);
    if (is_orphan) ++next_pair_;
    decoy.pair = place->second;
  }
}

// Replaces partners, given as pairs on entry, by pairs on return. A partner that was left out is
// removed.
void DecoyMaker::renumber_partners(std::span<const std::uint32_t> pairs_on_entry) {
  std::unordered_map<std::uint32_t, std::uint32_t> pair_of;
  for (std::size_t i = 0; i < precursors_.size(); ++i) {
    const library::LibraryPrecursor& target = precursors_[i];
    const bool may_be_partner = !target.is_decoy && !target.partner && !is_left_out_[i];
    if (may_be_partner) pair_of[pairs_on_entry[i]] = target.pair;
  }
  for (Precursors* all : {&precursors_, &made_}) {
    for (library::LibraryPrecursor& precursor : *all) {
      if (!precursor.partner) continue;
      const auto found = pair_of.find(*precursor.partner);
      precursor.partner = found != pair_of.end() ? std::optional(found->second) : std::nullopt;
    }
  }
}

void DecoyMaker::remove_left_out() {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < precursors_.size(); ++i) {
    if (is_left_out_[i]) continue;
    if (kept != i) precursors_[kept] = std::move(precursors_[i]);
    ++kept;
  }
  precursors_.resize(kept);
}

DecoyReport DecoyMaker::run() {
  std::vector<std::uint32_t> pairs_on_entry;
  for (const library::LibraryPrecursor& precursor : precursors_)
    pairs_on_entry.push_back(precursor.pair);
  reserve_sequences();
  const std::vector<std::size_t> order = targets_in_order();
  for (auto first = order.begin(); first != order.end();) {
    const std::string& residues = precursors_[*first].peptide.residues;
    const auto last = std::find_if(first, order.end(), [&](std::size_t i) {
      return precursors_[i].peptide.residues != residues;
    });
    take_peptide({first, last});
    first = last;
  }
  renumber_present_decoys();
  renumber_partners(pairs_on_entry);
  DecoyReport report{made_.size(), 0};
  report.without_decoy = static_cast<std::uint64_t>(std::ranges::count(is_left_out_, true));
  remove_left_out();
  precursors_.insert(precursors_.end(), std::make_move_iterator(made_.begin()),
                     std::make_move_iterator(made_.end()));
  return report;
}

}  // namespace

DecoyReport add_decoys(Precursors& precursors, int per_target, std::uint64_t seed) {
  return DecoyMaker(precursors, per_target, seed).run();
}

}  // namespace overland::library_build
