#include "predict/adam.h"

#include <algorithm>
#include <cmath>

namespace overland::predict {
namespace {
constexpr double kBeta1 = 0.9, kBeta2 = 0.98, kEpsilon = 1e-8;
}  // namespace

Adam::Adam(const AdamSettings& settings, std::size_t parameters)
    : settings_(settings), mean_(parameters), square_(parameters) {}

double Adam::rate() const {
  const double done =
      static_cast<double>(step_) / static_cast<double>(std::max<std::size_t>(settings_.steps, 1));
  if (done < settings_.warm_up)
    return settings_.peak_rate * (done + 1e-3) / (settings_.warm_up + 1e-3);
  const double x = std::min(1.0, (done - settings_.warm_up) / (1 - settings_.warm_up));
  return settings_.peak_rate * (1 - x * x * (3 - 2 * x));
}

void Adam::step(std::span<float> weights, std::span<const float> gradient) {
  double square = 0;
  for (const float g : gradient) square += static_cast<double>(g) * g;
  const double norm = std::sqrt(square);
  const auto scale = static_cast<float>(norm > settings_.clip ? settings_.clip / norm : 1.0);
  const double rate_now = rate();
  power_1_ *= kBeta1;
  power_2_ *= kBeta2;
  ++step_;
  const auto rate_1 = static_cast<float>(rate_now / (1 - power_1_));
  const auto correct_2 = static_cast<float>(1 / (1 - power_2_));
  const auto keep = static_cast<float>(1 - rate_now * settings_.weight_decay);
  const auto beta_1 = static_cast<float>(kBeta1), beta_2 = static_cast<float>(kBeta2);
  const auto epsilon = static_cast<float>(kEpsilon);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const float g = gradient[i] * scale;
    mean_[i] = beta_1 * mean_[i] + (1 - beta_1) * g;
    square_[i] = beta_2 * square_[i] + (1 - beta_2) * g * g;
    weights[i] =
        weights[i] * keep - rate_1 * mean_[i] / (std::sqrt(square_[i] * correct_2) + epsilon);
  }
}

}  // namespace overland::predict
