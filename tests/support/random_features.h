// Feature tables for the tests of this folder: pairs of a target and k decoys, one row each.
#pragma once

#include <string>

#include "base/rng.h"
#include "scoring/feature_matrix.h"

namespace overland::support {

struct RandomFeatures {
  scoring::FeatureMatrix matrix;
  std::vector<bool> is_real;  // per row

  // A real target's first `informative` features are shifted by `shift` standard deviations.
  RandomFeatures(std::uint64_t seed, std::uint32_t pairs, int k, std::size_t width,
                 double real_share = 0, std::size_t informative = 0, double shift = 0) {
    Rng rng(seed, 0);
    for (std::size_t c = 0; c < width; ++c) matrix.names.push_back("f" + std::to_string(c));
    for (std::uint32_t p = 0; p < pairs; ++p) {
      const auto fold = static_cast<std::uint8_t>(rng.below(scoring::kFolds));
      const bool pair_is_real = rng.uniform() < real_share;
      for (int member = 0; member <= k; ++member) {
        is_real.push_back(pair_is_real && member == 0);
        for (std::size_t c = 0; c < width; ++c) {
          const double signal = is_real.back() && c < informative ? shift : 0;
          matrix.values.push_back(static_cast<float>(rng.normal() + signal));
        }
        matrix.candidate.push_back(static_cast<std::uint32_t>(matrix.candidate.size()));
        matrix.pair.push_back(p);
        matrix.is_decoy.push_back(member > 0 ? 1 : 0);
        matrix.fold.push_back(fold);
      }
    }
  }
  [[nodiscard]] std::vector<float> column(std::size_t c) const {
    std::vector<float> values;
    for (std::size_t r = 0; r < matrix.row_count(); ++r) values.push_back(matrix.row(r)[c]);
    return values;
  }
};

}  // namespace overland::support
