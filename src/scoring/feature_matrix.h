// Input table of rescoring: one row per peak group, stored as parallel columns.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace overland::scoring {

struct FeatureMatrix {
  std::vector<std::string> names;        // feature columns
  std::vector<std::uint8_t> is_core;     // per column: used by the linear model; empty: all are
  std::vector<std::int8_t> direction;    // per column: see TrainingRows::direction
  std::vector<float> values;             // row-major, rows x names; NaN = missing
  std::vector<std::uint32_t> candidate;  // number of (run, precursor); its rows are contiguous
  std::vector<std::uint32_t> pair;       // equal for a target and its decoys in one run
  std::vector<std::uint8_t> is_decoy;
  std::vector<std::uint8_t> fold;  // 0 .. kFolds-1; equal for a pair and all forms of its peptide

  [[nodiscard]] FeatureMatrix without_rows() const {
    FeatureMatrix empty;
    empty.names = names;
    empty.is_core = is_core;
    empty.direction = direction;
    return empty;
  }
  void add_row(const FeatureMatrix& from, std::size_t i) {
    values.insert(values.end(), from.row(i).begin(), from.row(i).end());
    candidate.push_back(from.candidate[i]);
    pair.push_back(from.pair[i]);
    is_decoy.push_back(from.is_decoy[i]);
    fold.push_back(from.fold[i]);
  }

  [[nodiscard]] std::size_t row_count() const { return candidate.size(); }
  [[nodiscard]] std::size_t width() const { return names.size(); }
  [[nodiscard]] std::span<const float> row(std::size_t i) const {
    return {values.data() + i * width(), width()};
  }
};

inline constexpr int kFolds = 3;

}  // namespace overland::scoring
