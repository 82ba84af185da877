// Input encoding of peptides for the networks: one token per residue, one row per cleavage site.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "chemistry/peptide.h"

namespace overland::predict {

inline constexpr std::size_t kTokens = 22;      // 20 residues, oxidised methionine, other
inline constexpr std::size_t kPositions = 32;   // distances from a terminus: 0 .. 31 or more
inline constexpr std::size_t kBasicCounts = 5;  // 0 .. 4 or more
inline constexpr std::size_t kLongestPeptide = 60;

// Modifications other than oxidised methionine are ignored. Cysteine is assumed to be
// carbamidomethylated, as it always was in training.
using PeptideTokens = std::vector<std::uint8_t>;
[[nodiscard]] PeptideTokens tokens_of(const Peptide& peptide);
// Number of residues K, R and H.
[[nodiscard]] int basic_residues(std::span<const std::uint8_t> tokens);

// Segments of consecutive rows with kGap rows of zeros before, between and after them, so that a
// sliding window needs no test for the ends of a peptide.
class SegmentRows {
 public:
  static constexpr std::size_t kGap = 2;
  void clear() { first_.clear(), total_ = kGap; }
  void add(std::size_t rows) {
    first_.push_back(total_);
    total_ += rows + kGap;
  }
  [[nodiscard]] std::size_t count() const { return first_.size(); }
  [[nodiscard]] std::size_t total() const { return total_; }
  [[nodiscard]] std::size_t begin(std::size_t segment) const { return first_[segment]; }
  [[nodiscard]] std::size_t end(std::size_t segment) const {
    return (segment + 1 < first_.size() ? first_[segment + 1] : total_) - kGap;
  }
  [[nodiscard]] std::size_t length(std::size_t segment) const {
    return end(segment) - begin(segment);
  }

 private:
  std::vector<std::size_t> first_;
  std::size_t total_ = kGap;
};

}  // namespace overland::predict
