#include "library_build/counterparts.h"

#include <algorithm>
#include <bit>
#include <optional>

#include "base/files/hash.h"
#include "base/rng.h"
#include "library_build/decoy_rule.h"

namespace overland::library_build {
namespace {

constexpr std::uint8_t kFirstChoice = 0;  // reversal or mutation; shuffles are numbered from 1
constexpr std::uint64_t kEntrapmentSalt = 0xE9846AF9B1A615DULL;

// DIA-NN's table of mutations, by letter.
constexpr char mutation_of(char residue) {
  constexpr std::string_view kFrom = "GAVLIFMPWSCTYHKRQEND";
  constexpr std::string_view kTo = "LLLVVLLLLTSSSSLNDQEQ";
  const std::size_t at = kFrom.find(residue);
  return at == std::string_view::npos ? '\0' : kTo[at];
}

// A set of 64-bit hashes of sequences. A collision only causes one unnecessary shuffle, about once
// in 1e13 sequences.
class FingerprintSet {
 public:
  explicit FingerprintSet(std::size_t most) : slots_(std::bit_ceil(2 * most + 2), 0) {}
  [[nodiscard]] bool contains(std::uint64_t hash) const { return slots_[place(hash)] != 0; }
  void insert(std::uint64_t hash) { slots_[place(hash)] = hash; }

 private:
  [[nodiscard]] std::size_t place(std::uint64_t hash) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = static_cast<std::size_t>(mix64(hash)) & mask;
    while (slots_[at] != 0 && slots_[at] != hash) at = (at + 1) & mask;
    return at;
  }
  std::vector<std::uint64_t> slots_;  // 0: free
};

std::uint64_t fingerprint(std::string residues) {
  const std::uint64_t hash = hash_seed(fold_isoleucine(std::move(residues)));
  return hash == 0 ? 1 : hash;
}

// The residue nearest to `from`, in the direction away from the terminus, that may be mutated.
std::optional<std::size_t> mutable_site(std::string_view residues, std::size_t from, int step,
                                        const std::array<bool, 26>& is_modifiable) {
  const std::size_t half = residues.size() / 2;
  for (std::size_t i = from; step > 0 ? i < half : i >= half; i = step > 0 ? i + 1 : i - 1) {
    if (!is_modifiable[static_cast<std::size_t>(residues[i] - 'A')]) return i;
  }
  return std::nullopt;
}

std::optional<std::string> mutated(std::string_view residues,
                                   const std::array<bool, 26>& is_modifiable) {
  const auto n_side = mutable_site(residues, 1, 1, is_modifiable);
  const auto c_side = mutable_site(residues, residues.size() - 2, -1, is_modifiable);
  if (!n_side || !c_side) return std::nullopt;
  std::string result(residues);
  result[*n_side] = mutation_of(residues[*n_side]);
  result[*c_side] = mutation_of(residues[*c_side]);
  return result;
}

std::optional<Counterpart> first_choice(std::string_view residues, const CounterpartRules& rules) {
  switch (rules.method) {
    case DecoyMethod::reverse: {
      ResidueOrder order = reversed_but_last(residues.size());
      std::string reversed = permuted(residues, order);
      return Counterpart{std::move(order), std::move(reversed)};
    }
    case DecoyMethod::mutate: {
      auto changed = mutated(residues, rules.is_modifiable);
      if (!changed) return std::nullopt;
      return Counterpart{unchanged_order(residues.size()), std::move(*changed)};
    }
    case DecoyMethod::shuffle:
      return std::nullopt;
  }
  return std::nullopt;
}

// The sequence to shuffle and the counterpart to choose.
struct Shuffles {
  std::string_view residues;
  std::uint64_t seed;
  int index;

  [[nodiscard]] Counterpart take(int attempt) const {  // from 1
    ResidueOrder order = shuffle_for(residues, seed, index, attempt - 1);
    std::string shuffled = permuted(residues, order);
    return {std::move(order), std::move(shuffled)};
  }
};

Shuffles entrapment_shuffles(std::string_view residues, const CounterpartRules& rules,
                             int original_index) {
  return {residues, rules.seed ^ kEntrapmentSalt, original_index};
}

Shuffles decoy_shuffles(std::string_view residues, const CounterpartRules& rules, int index) {
  return {residues, rules.seed, index};
}

}  // namespace

Peptide form_of(const Counterpart& counterpart, const Peptide& original) {
  Peptide form = permuted(original, counterpart.order);
  form.residues = counterpart.residues;  // a mutation is not a permutation
  return form;
}

class Counterparts::Chooser {
 public:
  Chooser(const Proteome& proteome, const PeptideTable& table, Counterparts& result)
      : proteome_(proteome),
        table_(table),
        result_(result),
        rules_(result.rules_),
        taken_(table.peptides().size() * (1 + static_cast<std::size_t>(rules_.entrapments)) *
               (1 + static_cast<std::size_t>(rules_.decoys))) {}

  void run(const Machine& machine) {
    const std::size_t count = table_.peptides().size();
    const auto originals = static_cast<std::size_t>(1 + rules_.entrapments);
    result_.is_kept_.assign(count, true);
    result_.entrapment_attempt_.assign(count * (originals - 1), 0);
    result_.decoy_attempt_.assign(count * originals * static_cast<std::size_t>(rules_.decoys), 0);
    for (std::size_t p = 0; p < count; ++p) taken_.insert(fingerprint(std::string(residues(p))));
    for (std::size_t p = 0; p < count; ++p) {
      machine.check_cancelled();
      if (!choose_entrapments(p)) leave_out(p, result_.report_.without_entrapment);
    }
    for (std::size_t p = 0; p < count; ++p) {
      machine.check_cancelled();
      if (!result_.is_kept_[p]) continue;
      if (!choose_decoys(p)) leave_out(p, result_.report_.without_decoy);
    }
  }

 private:
  // The origin of a counterpart: a target, or an entrapment with its target.
  struct Origin {
    std::string_view original, target;
  };
  [[nodiscard]] std::string_view residues(std::size_t p) const {
    const TablePeptide& peptide = table_.peptides()[p];
    return proteome_.residues().substr(peptide.begin, peptide.length);
  }
  void leave_out(std::size_t p, std::uint64_t& reason) {
    result_.is_kept_[p] = false;
    ++reason;
  }
  // Reserves a candidate if it is unused and differs enough from the original and its target.
  bool take(const Origin& origin, const Counterpart& candidate,
            std::vector<std::uint64_t>& reserved) const {
    const std::uint64_t hash = fingerprint(candidate.residues);
    if (taken_.contains(hash) || std::ranges::find(reserved, hash) != reserved.end()) return false;
    if (!is_unlike(candidate.residues, origin.original) ||
        !is_unlike(candidate.residues, origin.target)) {
      return false;
    }
    reserved.push_back(hash);
    return true;
  }
  std::optional<std::uint8_t> shuffle(const Origin& origin, const Shuffles& shuffles,
                                      std::vector<std::uint64_t>& reserved) const {
    for (int attempt = 1; attempt <= kMostShuffles; ++attempt) {
      if (take(origin, shuffles.take(attempt), reserved)) {
        return static_cast<std::uint8_t>(attempt);
      }
    }
    return std::nullopt;
  }
  // Adds all reserved sequences.
  void commit(const std::vector<std::uint64_t>& reserved) {
    for (const std::uint64_t hash : reserved) taken_.insert(hash);
  }
  bool choose_entrapments(std::size_t p) {
    std::vector<std::uint64_t> reserved;
    const auto per_target = static_cast<std::size_t>(rules_.entrapments);
    for (int original_index = 1; original_index <= rules_.entrapments; ++original_index) {
      const std::string_view target = residues(p);
      const auto attempt =
          shuffle({target, target}, entrapment_shuffles(target, rules_, original_index), reserved);
      if (!attempt) return false;
      result_.entrapment_attempt_[p * per_target + static_cast<std::size_t>(original_index - 1)] =
          *attempt;
    }
    commit(reserved);
    return true;
  }
  bool choose_decoys(std::size_t p) {
    std::vector<std::uint64_t> reserved;
    for (int original_index = 0; original_index <= rules_.entrapments; ++original_index) {
      const std::string original = result_.original(p, residues(p), original_index).residues;
      for (int index = 0; index < rules_.decoys; ++index) {
        const auto attempt = choose_decoy({original, residues(p)}, index, reserved);
        if (!attempt) return false;
        result_.decoy_attempt_[result_.decoy_index(p, original_index, index)] = *attempt;
      }
    }
    commit(reserved);
    return true;
  }
  std::optional<std::uint8_t> choose_decoy(const Origin& origin, int index,
                                           std::vector<std::uint64_t>& reserved) const {
    if (index == 0) {
      const auto first = first_choice(origin.original, rules_);
      if (first && take(origin, *first, reserved)) return kFirstChoice;
    }
    return shuffle(origin, decoy_shuffles(origin.original, rules_, index), reserved);
  }

  const Proteome& proteome_;
  const PeptideTable& table_;
  Counterparts& result_;
  const CounterpartRules& rules_;
  FingerprintSet taken_;
};

Counterparts Counterparts::choose(const Proteome& proteome, const PeptideTable& table,
                                  const CounterpartRules& rules, const Machine& machine) {
  Counterparts result(rules);
  Chooser(proteome, table, result).run(machine);
  return result;
}

std::size_t Counterparts::decoy_index(std::size_t peptide, int original_index, int index) const {
  const std::size_t group = peptide * static_cast<std::size_t>(1 + rules_.entrapments) +
                            static_cast<std::size_t>(original_index);
  return group * static_cast<std::size_t>(rules_.decoys) + static_cast<std::size_t>(index);
}

Counterpart Counterparts::original(std::size_t peptide, std::string_view residues,
                                   int original_index) const {
  if (original_index == 0) return {unchanged_order(residues.size()), std::string(residues)};
  const std::size_t at = peptide * static_cast<std::size_t>(rules_.entrapments) +
                         static_cast<std::size_t>(original_index - 1);
  return entrapment_shuffles(residues, rules_, original_index).take(entrapment_attempt_[at]);
}

Counterpart Counterparts::decoy(std::size_t peptide, const Counterpart& original,
                                int original_index, int index) const {
  const std::uint8_t attempt = decoy_attempt_[decoy_index(peptide, original_index, index)];
  if (attempt == kFirstChoice) {
    if (auto first = first_choice(original.residues, rules_)) return std::move(*first);
  }
  return decoy_shuffles(original.residues, rules_, index).take(attempt);
}

}  // namespace overland::library_build
