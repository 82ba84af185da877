#include "predict/spectrum_loss.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "predict/spectrum_network.h"

namespace overland::predict {
namespace {

constexpr double kLeastSine = 0.05;  // keeps the slope of the angle finite near angle 0

struct Products {
  double ab = 0, aa = 0, bb = 0;
  [[nodiscard]] double cosine() const { return aa > 0 && bb > 0 ? ab / std::sqrt(aa * bb) : 0; }
  // d(angle / right angle)/da_i = by_b * b_i + by_a * a_i.
  struct Slope {
    double by_b = 0, by_a = 0;
  };
  [[nodiscard]] Slope slope() const {
    if (aa <= 0 || bb <= 0) return {};
    const double c = cosine();
    const double sine = std::max(std::sqrt(std::max(0.0, 1 - c * c)), kLeastSine);
    const double factor = 2 / std::numbers::pi / sine;
    return {-factor / std::sqrt(aa * bb), factor * c / aa};
  }
  void add(double a, double b) {
    ab += a * b;
    aa += a * a;
    bb += b * b;
  }
};

}  // namespace

double spectral_angle_similarity(std::span<const float> a, std::span<const float> b) {
  Products p;
  for (std::size_t i = 0; i < a.size(); ++i) p.add(a[i], b[i]);
  if (p.aa <= 0 || p.bb <= 0) return 0;
  return 1 - 2 / std::numbers::pi * std::acos(std::clamp(p.cosine(), -1.0, 1.0));
}

void SpectrumLoss::gradient(std::span<const float> output, std::span<const float> roots,
                            std::span<float> output_gradient) const {
  const std::size_t sites = roots.size() / kSeries;
  Products intensity, root;
  const auto visit = [&](const auto& act) {
    for (std::size_t t = 0; t < sites; ++t)
      for (std::size_t s = 0; s < kSeries; ++s)
        if (const double measured = roots[list_place(s, t, sites)]; measured >= 0)
          act(t * kOutputs + s, measured);
  };
  visit([&](std::size_t at, double measured) {
    const double predicted = positive_root(output[at]);
    root.add(predicted, measured);
    intensity.add(predicted * predicted, measured * measured);
  });
  std::fill(output_gradient.begin(), output_gradient.end(), 0.0F);
  const Products::Slope by_intensity = intensity.slope(), by_root = root.slope();
  visit([&](std::size_t at, double measured) {
    const double predicted = positive_root(output[at]);
    const double slope =
        2 * predicted *
            (by_intensity.by_b * measured * measured + by_intensity.by_a * predicted * predicted) +
        static_cast<double>(root_weight) * (by_root.by_b * measured + by_root.by_a * predicted);
    output_gradient[at] = static_cast<float>(slope) * positive_root_slope(output[at]);
  });
}

void intensities_of(std::span<const float> output, std::span<float> intensities) {
  const std::size_t sites = intensities.size() / kSeries;
  float greatest = 0;
  for (std::size_t t = 0; t < sites; ++t)
    for (std::size_t s = 0; s < kSeries; ++s) {
      const float root = positive_root(output[t * kOutputs + s]);
      intensities[list_place(s, t, sites)] = root * root;
      greatest = std::max(greatest, root * root);
    }
  for (float& intensity : intensities) intensity /= greatest;
}

}  // namespace overland::predict
