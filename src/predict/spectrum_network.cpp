#include "predict/spectrum_network.h"

#include <algorithm>
#include <cmath>

namespace overland::predict {
namespace {

constexpr std::size_t kHidden = 48;
constexpr int kChargeClasses = 4;  // 1, 2, 3, 4 or more
constexpr float kSharpness = 0.04F;

// Encodes charge classes, energy, and the number of mobile protons (Wysocki et al. 2000).
std::array<float, kConditions> describe(const PeptideTokens& tokens, const SpectrumQuery& query) {
  std::array<float, kConditions> c{};
  const int charge_class = std::clamp<int>(query.charge, 1, kChargeClasses) - 1;
  const float energy = (query.nce - 30) / 10;
  const float free_protons =
      static_cast<float>(query.charge) - static_cast<float>(basic_residues(tokens));
  const float length = (static_cast<float>(tokens.size()) - 15) / 10;
  c[static_cast<std::size_t>(charge_class)] = 1;
  c[static_cast<std::size_t>(kChargeClasses + charge_class)] = energy;
  c[8] = energy;
  c[9] = energy * energy;
  c[10] = std::clamp(free_protons, -3.0F, 3.0F) / 2;
  c[11] = free_protons > 0 ? 1.0F : 0.0F;
  c[12] = c[10] * energy;
  c[13] = length;
  c[14] = length * energy;
  c[15] = static_cast<float>(query.charge) / static_cast<float>(tokens.size()) * 4;
  return c;
}

}  // namespace

float positive_root(float output) {
  return 0.5F * (output + std::sqrt(output * output + kSharpness));
}

float positive_root_slope(float output) {
  return 0.5F * (1 + output / std::sqrt(output * output + kSharpness));
}

SpectrumNetwork::SpectrumNetwork(const TrunkShape& shape)
    : channels_(shape.channels),
      trunk_(plan_, shape),
      condition_(plan_dense(plan_, kConditions, kHidden, 0.35)),
      modulation_(plan_dense(plan_, kHidden, 4 * shape.channels, 0.02)),
      first_(plan_convolution(plan_, 3, shape.channels)),
      second_(plan_convolution(plan_, 3, shape.channels)),
      output_(plan_dense(plan_, shape.channels, kOutputs, 0.03)) {}

// Copies the trunk's rows of each peptide to all queries of the peptide.
void SpectrumNetwork::spread(std::span<const SpectrumQuery> queries, State& state) const {
  for (std::size_t q = 0; q < queries.size(); ++q) {
    const std::size_t from = state.trunk.rows.begin(queries[q].peptide);
    const std::size_t sites = state.rows.length(q);
    std::copy_n(state.trunk.output().data() + from * channels_, sites * channels_,
                state.level_1.data() + state.rows.begin(q) * channels_);
  }
}

void SpectrumNetwork::gather(std::span<const SpectrumQuery> queries, State& state) const {
  state.trunk_gradient.assign(state.trunk.rows.total() * channels_, 0.0F);
  for (std::size_t q = 0; q < queries.size(); ++q) {
    float* const to =
        state.trunk_gradient.data() + state.trunk.rows.begin(queries[q].peptide) * channels_;
    const float* const from = state.gradient.data() + state.rows.begin(q) * channels_;
    for (std::size_t i = 0; i < state.rows.length(q) * channels_; ++i) to[i] += from[i];
  }
}

// out = in (1 + scale) + shift; `part` (0 or 1) selects the pair of scale and shift.
void SpectrumNetwork::modulate(const State& state, std::size_t part, const Activations& in,
                               Activations& out) const {
  const std::size_t n = channels_;
  for (std::size_t q = 0; q < state.rows.count(); ++q) {
    const float* const scale = state.modulation.data() + q * 4 * n + part * 2 * n;
    const float* const shift = scale + n;
    for (std::size_t r = state.rows.begin(q); r < state.rows.end(q); ++r)
      for (std::size_t i = 0; i < n; ++i)
        out[r * n + i] = in[r * n + i] * (1 + scale[i]) + shift[i];
  }
  clear_gaps(state.rows, n, out.data());
}

// state.gradient: gradient with respect to the modulated rows on entry, to `in` on return.
void SpectrumNetwork::modulate_gradient(State& state, std::size_t part,
                                        const Activations& in) const {
  const std::size_t n = channels_;
  for (std::size_t q = 0; q < state.rows.count(); ++q) {
    const float* const scale = state.modulation.data() + q * 4 * n + part * 2 * n;
    float* const by_scale = state.modulation_gradient.data() + q * 4 * n + part * 2 * n;
    float* const by_shift = by_scale + n;
    for (std::size_t r = state.rows.begin(q); r < state.rows.end(q); ++r)
      for (std::size_t i = 0; i < n; ++i) {
        const float g = state.gradient[r * n + i];
        by_scale[i] += g * in[r * n + i];
        by_shift[i] += g;
        state.gradient[r * n + i] = g * (1 + scale[i]);
      }
  }
}

void SpectrumNetwork::forward(const float* weights, std::span<const PeptideTokens* const> peptides,
                              std::span<const SpectrumQuery> queries, State& state) const {
  trunk_.forward(weights, peptides, state.trunk);
  state.rows.clear();
  state.conditions.clear();
  for (const SpectrumQuery& query : queries) {
    state.rows.add(peptides[query.peptide]->size() - 1);
    const auto described = describe(*peptides[query.peptide], query);
    state.conditions.insert(state.conditions.end(), described.begin(), described.end());
  }
  const std::size_t size = state.rows.total() * channels_;
  for (Activations* a : {&state.modulated_1, &state.before_1, &state.level_1, &state.modulated_2,
                         &state.before_2, &state.level_2})
    a->resize(size);
  state.hidden_before.resize(queries.size() * kHidden);
  state.hidden.resize(queries.size() * kHidden);
  state.modulation.resize(queries.size() * 4 * channels_);
  condition_.forward(weights, state.conditions.data(), queries.size(), state.hidden_before.data());
  std::transform(state.hidden_before.begin(), state.hidden_before.end(), state.hidden.begin(),
                 hard_swish);
  modulation_.forward(weights, state.hidden.data(), queries.size(), state.modulation.data());
  spread(queries, state);
  modulate(state, 0, state.level_1, state.modulated_1);
  first_.forward(weights, state.rows, state.modulated_1.data(), state.before_1.data(),
                 state.level_1.data());
  modulate(state, 1, state.level_1, state.modulated_2);
  second_.forward(weights, state.rows, state.modulated_2.data(), state.before_2.data(),
                  state.level_2.data());
  state.output.resize(state.rows.total() * kOutputs);
  output_.forward(weights, state.level_2.data(), state.rows.total(), state.output.data());
}

void SpectrumNetwork::backward(const float* weights, float* gradient,
                               std::span<const PeptideTokens* const> peptides,
                               std::span<const SpectrumQuery> queries, State& state) const {
  state.gradient.resize(state.rows.total() * channels_);
  state.modulation_gradient.assign(state.modulation.size(), 0.0F);
  output_.backward(weights, gradient, state.level_2.data(), state.output_gradient.data(),
                   state.rows.total(), state.gradient.data(), state.scratch);
  second_.backward(weights, gradient, state.rows, state.modulated_2.data(), state.before_2.data(),
                   state.gradient.data(), state.scratch);
  modulate_gradient(state, 1, state.level_1);
  first_.backward(weights, gradient, state.rows, state.modulated_1.data(), state.before_1.data(),
                  state.gradient.data(), state.scratch);
  // level_1 was overwritten by the first block's output; its input, the trunk's rows, is restored.
  spread(queries, state);
  modulate_gradient(state, 0, state.level_1);
  gather(queries, state);
  state.hidden_gradient.resize(state.hidden.size());
  modulation_.backward(weights, gradient, state.hidden.data(), state.modulation_gradient.data(),
                       queries.size(), state.hidden_gradient.data(), state.scratch);
  for (std::size_t i = 0; i < state.hidden.size(); ++i)
    state.hidden_gradient[i] *= hard_swish_slope(state.hidden_before[i]);
  condition_.backward(weights, gradient, state.conditions.data(), state.hidden_gradient.data(),
                      queries.size(), nullptr, state.scratch);
  trunk_.backward(weights, gradient, peptides, state.trunk, state.trunk_gradient);
}

}  // namespace overland::predict
