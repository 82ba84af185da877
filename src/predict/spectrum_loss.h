// How far a predicted spectrum is from a measured one.
#pragma once

#include <cstdint>
#include <span>

namespace overland::predict {

// 1 - 2 acos(cos(a, b)) / pi, in [0, 1] (Toprak et al. 2014); 0 where one is empty.
[[nodiscard]] double spectral_angle_similarity(std::span<const float> a, std::span<const float> b);

// Place of a fragment in a list of kSeries blocks of `sites`, each ascending by ordinal: b+, y+,
// b2+, y2+. The network's rows go by cleavage site instead: y ions meet theirs from the other end.
[[nodiscard]] constexpr std::size_t list_place(std::size_t series, std::size_t site,
                                               std::size_t sites) {
  return series * sites + (series % 2 == 0 ? site : sites - 1 - site);
}

// `output`, `output_gradient`: sites x kOutputs of the network; `roots`: the measured roots of
// intensity (>= 0; negative: not measured, does not count) in the order of list_place. The loss is
// the angle between intensities plus `root_weight` times the angle between their roots, in units of
// a right angle. Overwrites output_gradient.
struct SpectrumLoss {
  float root_weight = 0.3F;
  void gradient(std::span<const float> output, std::span<const float> roots,
                std::span<float> output_gradient) const;
};

// Intensities from the network's output, in the order of list_place; the greatest is 1.
void intensities_of(std::span<const float> output, std::span<float> intensities);

}  // namespace overland::predict
