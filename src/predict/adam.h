// Optimiser for training: Adam with decoupled weight decay (Loshchilov & Hutter 2019).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace overland::predict {

struct AdamSettings {
  double peak_rate = 2e-3;
  double weight_decay = 1e-2;
  double warm_up = 0.03;  // share of all steps in which the learning rate rises to its peak
  double clip = 1.0;      // maximum norm of a gradient
  std::size_t steps = 0;  // total number of steps, over which the rate falls smoothly to 0
};

class Adam {
 public:
  Adam(const AdamSettings& settings, std::size_t parameters);
  // Updates `weights` by one step of descent along `gradient`.
  void step(std::span<float> weights, std::span<const float> gradient);
  [[nodiscard]] double rate() const;  // learning rate of the next step

 private:
  AdamSettings settings_;
  std::size_t step_ = 0;
  double power_1_ = 1, power_2_ = 1;
  std::vector<float> mean_, square_;
};

}  // namespace overland::predict
