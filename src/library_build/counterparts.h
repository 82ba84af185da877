// Chooses the sequences of the entrapments and decoys of all peptides of a proteome. Entrapments
// are shuffled targets; targets and entrapments both have decoys. No chosen sequence equals (I = L)
// a target, an entrapment or another decoy. The random stream is a hash of the sequence and the
// seed.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/machine.h"
#include "chemistry/peptide.h"
#include "library_build/peptide_table.h"
#include "library_build/shuffled_sequence.h"

namespace overland::library_build {

enum class DecoyMethod : std::uint8_t {
  reverse,  // all but the last residue, else a shuffle
  shuffle,
  mutate  // the second residue from each end by DIA-NN's table, else a shuffle
};

struct CounterpartRules {
  int entrapments = 0, decoys = 1;  // per target; per target and entrapment
  DecoyMethod method = DecoyMethod::reverse;
  std::uint64_t seed = 1;
  std::array<bool, 26> is_modifiable{};  // residues that a mutation does not change
};

// A decoy or entrapment: its sequence, and the position of each residue in the original.
struct Counterpart {
  ResidueOrder order;
  std::string residues;
};
// The counterpart with the modifications of the original.
[[nodiscard]] Peptide form_of(const Counterpart& counterpart, const Peptide& original);

struct CounterpartReport {
  std::uint64_t without_entrapment = 0;  // targets left out: no entrapment was found
  std::uint64_t without_decoy = 0;       // targets left out: no decoy for them or an entrapment
};

class Counterparts {
 public:
  // Stores one byte per counterpart, from which sequences are derived on request.
  [[nodiscard]] static Counterparts choose(const Proteome& proteome, const PeptideTable& table,
                                           const CounterpartRules& rules,
                                           const Machine& machine = {});

  [[nodiscard]] bool is_kept(std::size_t peptide) const { return is_kept_[peptide]; }
  [[nodiscard]] const CounterpartReport& report() const { return report_; }
  // Original 0 is the target itself, 1.. are its entrapments. Precondition: the peptide is kept.
  [[nodiscard]] Counterpart original(std::size_t peptide, std::string_view residues,
                                     int original_index) const;
  // Decoy `index` of an original; its order is relative to the original.
  [[nodiscard]] Counterpart decoy(std::size_t peptide, const Counterpart& original,
                                  int original_index, int index) const;

 private:
  class Chooser;
  explicit Counterparts(const CounterpartRules& rules) : rules_(rules) {}
  [[nodiscard]] std::size_t decoy_index(std::size_t peptide, int original_index, int index) const;

  CounterpartRules rules_;
  std::vector<bool> is_kept_;
  std::vector<std::uint8_t> entrapment_attempt_, decoy_attempt_;
  CounterpartReport report_;
};

}  // namespace overland::library_build
