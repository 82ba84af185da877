#include "exchange/libraries/import_pairs.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <optional>
#include <tuple>
#include <unordered_map>

#include "base/protein_marks.h"

namespace overland::exchange {
namespace {

// A key that is equal for a target and all its shuffles.
std::string shuffle_key(const library::LibraryPrecursor& precursor) {
  std::string key = precursor.peptide.residues;
  std::ranges::sort(key);
  std::vector<double> masses;
  for (const Modification& modification : precursor.peptide.modifications) {
    masses.push_back(modification.mass);
  }
  std::ranges::sort(masses);
  for (const double mass : masses) key += fmt::format(" {:.4f}", mass);
  return key + fmt::format("/{}", precursor.charge);
}

void sort_both(std::vector<library::LibraryPrecursor>& precursors,
               std::vector<std::string>& names) {
  std::vector<std::string> sequences;
  sequences.reserve(precursors.size());
  for (const auto& p : precursors) sequences.push_back(to_unimod_notation(p.peptide));
  std::vector<std::size_t> order(precursors.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) {
    return std::tuple(std::string_view(sequences[i]), precursors[i].charge, precursors[i].is_decoy,
                      i);
  });
  std::vector<library::LibraryPrecursor> sorted;
  std::vector<std::string> sorted_names;
  sorted.reserve(order.size());
  sorted_names.reserve(order.size());
  for (const std::size_t i : order) {
    sorted.push_back(std::move(precursors[i]));
    sorted_names.push_back(std::move(names[i]));
  }
  precursors = std::move(sorted);
  names = std::move(sorted_names);
}

// Sets the partners of entrapments and of their decoys.
void set_partners(std::vector<library::LibraryPrecursor>& precursors) {
  const auto is_entrapment = [](const library::LibraryPrecursor& p) { return p.entrapment > 0; };
  if (std::ranges::none_of(precursors, is_entrapment)) return;
  std::unordered_map<std::string, std::vector<std::uint32_t>> targets_of;
  for (const library::LibraryPrecursor& p : precursors) {
    if (!p.is_decoy && p.entrapment == 0) targets_of[shuffle_key(p)].push_back(p.pair);
  }
  // Targets with the same residues are assigned in turn, so that each gets one entrapment of every
  // group.
  std::unordered_map<std::string, std::size_t> dealt;
  std::unordered_map<std::uint32_t, std::uint32_t> partner_of;  // pair -> partner
  for (const library::LibraryPrecursor& p : precursors) {
    if (p.is_decoy || p.entrapment == 0) continue;
    const std::string key = shuffle_key(p);
    const auto found = targets_of.find(key);
    if (found == targets_of.end()) continue;
    const std::size_t turn = dealt[fmt::format("{} {}", p.entrapment, key)]++;
    partner_of[p.pair] = found->second[turn % found->second.size()];
  }
  for (library::LibraryPrecursor& p : precursors) {
    const auto found = partner_of.find(p.pair);
    if (p.entrapment > 0 && found != partner_of.end()) p.partner = found->second;
  }
}

}  // namespace

void sort_and_pair(std::vector<library::LibraryPrecursor>& precursors,
                   std::vector<std::string>& names) {
  sort_both(precursors, names);
  std::uint32_t next = 0;
  bool has_decoys = false;
  for (library::LibraryPrecursor& precursor : precursors) {
    if (precursor.is_decoy) {
      has_decoys = true;
    } else {
      precursor.pair = next++;
    }
  }
  if (!has_decoys) return set_partners(precursors);

  std::unordered_map<std::string_view, std::size_t> by_name;
  // Targets without a decoy, in reverse order.
  std::unordered_map<std::string, std::vector<std::size_t>> by_shuffle;
  for (std::size_t i = precursors.size(); i-- > 0;) {
    if (precursors[i].is_decoy) continue;
    if (!names[i].empty()) by_name[names[i]] = i;
    by_shuffle[shuffle_key(precursors[i])].push_back(i);
  }
  for (std::size_t i = 0; i < precursors.size(); ++i) {
    library::LibraryPrecursor& decoy = precursors[i];
    if (!decoy.is_decoy) continue;
    const auto named = by_name.find(without_decoy_mark(names[i]));
    const auto shuffled = by_shuffle.find(shuffle_key(decoy));
    if (named != by_name.end() && precursors[named->second].charge == decoy.charge) {
      decoy.pair = precursors[named->second].pair;
    } else if (shuffled != by_shuffle.end() && !shuffled->second.empty()) {
      decoy.pair = precursors[shuffled->second.back()].pair;
      shuffled->second.pop_back();
    } else {
      decoy.pair = next++;
    }
  }
  set_partners(precursors);
}

}  // namespace overland::exchange
