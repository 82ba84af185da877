#include "predict/trunk.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace overland::predict {
namespace {

// Rows of the five embedding tables whose sum is a site's initial vector.
struct SiteTables {
  std::size_t pair, from_n, from_c, basic_n, basic_c;
};

template <class Visit>
void for_each_site(std::span<const std::uint8_t> tokens, const Visit& visit) {
  const std::size_t sites = tokens.size() - 1;
  const int all_basic = basic_residues(tokens);
  int basic = 0;
  const auto count = [](int n) {
    return std::min<std::size_t>(static_cast<std::size_t>(n), kBasicCounts - 1);
  };
  for (std::size_t t = 0; t < sites; ++t) {
    basic += basic_residues(tokens.subspan(t, 1));
    visit(t, SiteTables{.pair = tokens[t] * kTokens + tokens[t + 1],
                        .from_n = std::min(t, kPositions - 1),
                        .from_c = std::min(sites - 1 - t, kPositions - 1),
                        .basic_n = count(basic),
                        .basic_c = count(all_basic - basic)});
  }
}

}  // namespace

Trunk::Trunk(ParameterPlan& plan, const TrunkShape& shape)
    : channels_(shape.channels),
      pair_(plan.add(kTokens * kTokens, shape.channels, 0.5)),
      from_n_(plan.add(kPositions, shape.channels, 0.3)),
      from_c_(plan.add(kPositions, shape.channels, 0.3)),
      basic_n_(plan.add(kBasicCounts, shape.channels, 0.2)),
      basic_c_(plan.add(kBasicCounts, shape.channels, 0.2)),
      exchange_(plan_dense(plan, shape.channels, shape.channels,
                           std::sqrt(1.0 / static_cast<double>(shape.channels)))),
      exchange_before_(shape.blocks - 1) {
  for (std::size_t b = 0; b < shape.blocks; ++b)
    blocks_.push_back(plan_convolution(plan, shape.width, shape.channels));
}

void Trunk::embed(const float* weights, std::span<const std::uint8_t> tokens, float* rows) const {
  const std::size_t n = channels_;
  for_each_site(tokens, [&](std::size_t t, const SiteTables& at) {
    const float* const a = pair_.in(weights) + at.pair * n;
    const float* const b = from_n_.in(weights) + at.from_n * n;
    const float* const c = from_c_.in(weights) + at.from_c * n;
    const float* const d = basic_n_.in(weights) + at.basic_n * n;
    const float* const e = basic_c_.in(weights) + at.basic_c * n;
    float* const row = rows + t * n;
    for (std::size_t i = 0; i < n; ++i) row[i] = a[i] + b[i] + c[i] + d[i] + e[i];
  });
}

void Trunk::embed_gradient(float* gradient, std::span<const std::uint8_t> tokens,
                           const float* rows) const {
  const std::size_t n = channels_;
  for_each_site(tokens, [&](std::size_t t, const SiteTables& at) {
    const std::array<float*, 5> tables{
        pair_.in(gradient) + at.pair * n, from_n_.in(gradient) + at.from_n * n,
        from_c_.in(gradient) + at.from_c * n, basic_n_.in(gradient) + at.basic_n * n,
        basic_c_.in(gradient) + at.basic_c * n};
    for (float* const table : tables)
      for (std::size_t i = 0; i < n; ++i) table[i] += rows[t * n + i];
  });
}

void Trunk::exchange(const float* weights, State& state, Activations& rows) const {
  const std::size_t n = channels_;
  const std::size_t peptides = state.rows.count();
  state.mean.assign(peptides * n, 0.0F);
  state.shared.resize(peptides * n);
  for (std::size_t p = 0; p < peptides; ++p) {
    float* const mean = state.mean.data() + p * n;
    for (std::size_t r = state.rows.begin(p); r < state.rows.end(p); ++r)
      for (std::size_t i = 0; i < n; ++i) mean[i] += rows[r * n + i];
    const float part = 1.0F / static_cast<float>(state.rows.length(p));
    for (std::size_t i = 0; i < n; ++i) mean[i] *= part;
  }
  exchange_.forward(weights, state.mean.data(), peptides, state.shared.data());
  for (std::size_t p = 0; p < peptides; ++p) {
    const float* const shared = state.shared.data() + p * n;
    for (std::size_t r = state.rows.begin(p); r < state.rows.end(p); ++r)
      for (std::size_t i = 0; i < n; ++i) rows[r * n + i] += hard_swish(shared[i]);
  }
}

void Trunk::exchange_gradient(const float* weights, float* gradient, State& state,
                              Activations& rows) const {
  const std::size_t n = channels_;
  const std::size_t peptides = state.rows.count();
  state.gradient_shared.assign(peptides * n, 0.0F);
  state.gradient_mean.resize(peptides * n);
  for (std::size_t p = 0; p < peptides; ++p) {
    float* const shared = state.gradient_shared.data() + p * n;
    for (std::size_t r = state.rows.begin(p); r < state.rows.end(p); ++r)
      for (std::size_t i = 0; i < n; ++i) shared[i] += rows[r * n + i];
    for (std::size_t i = 0; i < n; ++i) shared[i] *= hard_swish_slope(state.shared[p * n + i]);
  }
  exchange_.backward(weights, gradient, state.mean.data(), state.gradient_shared.data(), peptides,
                     state.gradient_mean.data(), state.scratch);
  for (std::size_t p = 0; p < peptides; ++p) {
    const float part = 1.0F / static_cast<float>(state.rows.length(p));
    for (std::size_t r = state.rows.begin(p); r < state.rows.end(p); ++r)
      for (std::size_t i = 0; i < n; ++i) rows[r * n + i] += state.gradient_mean[p * n + i] * part;
  }
}

void Trunk::forward(const float* weights, std::span<const PeptideTokens* const> peptides,
                    State& state) const {
  state.rows.clear();
  for (const PeptideTokens* tokens : peptides) state.rows.add(tokens->size() - 1);
  const std::size_t size = state.rows.total() * channels_;
  state.level.resize(blocks_.size() + 1);
  state.before.resize(blocks_.size());
  for (Activations& level : state.level) level.resize(size);
  for (Activations& before : state.before) before.resize(size);
  clear_gaps(state.rows, channels_, state.level[0].data());
  for (std::size_t p = 0; p < peptides.size(); ++p)
    embed(weights, *peptides[p], state.level[0].data() + state.rows.begin(p) * channels_);
  for (std::size_t b = 0; b < blocks_.size(); ++b) {
    if (b == exchange_before_) exchange(weights, state, state.level[b]);
    blocks_[b].forward(weights, state.rows, state.level[b].data(), state.before[b].data(),
                       state.level[b + 1].data());
  }
}

void Trunk::backward(const float* weights, float* gradient,
                     std::span<const PeptideTokens* const> peptides, State& state,
                     Activations& output_gradient) const {
  for (std::size_t b = blocks_.size(); b-- > 0;) {
    blocks_[b].backward(weights, gradient, state.rows, state.level[b].data(),
                        state.before[b].data(), output_gradient.data(), state.scratch);
    if (b == exchange_before_) exchange_gradient(weights, gradient, state, output_gradient);
  }
  for (std::size_t p = 0; p < peptides.size(); ++p)
    embed_gradient(gradient, *peptides[p],
                   output_gradient.data() + state.rows.begin(p) * channels_);
}

}  // namespace overland::predict
