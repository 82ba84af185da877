// The optimiser of the training: Adam with decoupled weight decay (Loshchilov & Hutter 2019).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace overland::predict {

struct AdamSettings {
  double peak_rate = 2e-3;
  double weight_decay = 1e-2;
  double warm_up = 0.03;  // share of all steps in which the rate rises to its peak
  double clip = 1.0;      // greatest norm of a gradient
  std::size_t steps = 0;  // of the whole training: the rate falls to 0 along a smooth step
};

class Adam {
 public:
  Adam(const AdamSettings& settings, std::size_t parameters);
  // Moves `weights` against `gradient`.
  void step(std::span<float> weights, std::span<const float> gradient);
  [[nodiscard]] double rate() const;  // of the next step

 private:
  AdamSettings settings_;
  std::size_t step_ = 0;
  double power_1_ = 1, power_2_ = 1;
  std::vector<float> mean_, square_;
};

}  // namespace overland::predict
