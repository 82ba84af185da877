// The distinct peptides of a proteome (I = L) with the proteins that contain them.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/machine.h"
#include "library_build/digest.h"
#include "library_build/proteome.h"

namespace overland::library_build {

struct TablePeptide {
  std::uint64_t begin;     // in Proteome::residues
  std::uint32_t proteins;  // index of its list of proteins
  std::uint8_t length;
  bool is_protein_n, is_protein_c;  // in at least one of its proteins
};
static_assert(sizeof(TablePeptide) == 16);

class PeptideTable {
 public:
  // Ascending by sequence (I = L). Of sequences that differ in I and L only, the alphabetically
  // first represents all. The result does not depend on the number of threads. Precondition:
  // max_length <= 255.
  [[nodiscard]] static PeptideTable digest(const Proteome& proteome, const DigestRules& rules,
                                           const Machine& machine);

  [[nodiscard]] std::span<const TablePeptide> peptides() const { return peptides_; }
  [[nodiscard]] std::uint32_t list_count() const {
    return static_cast<std::uint32_t>(list_begin_.size() - 1);
  }
  // The distinct proteins of a list, ascending. No two lists are equal.
  [[nodiscard]] std::span<const std::uint32_t> proteins(std::uint32_t list) const {
    return std::span(lists_).subspan(list_begin_[list], list_begin_[list + 1] - list_begin_[list]);
  }

 private:
  std::vector<TablePeptide> peptides_;
  std::vector<std::uint32_t> lists_;
  std::vector<std::uint64_t> list_begin_{0};
};

}  // namespace overland::library_build
