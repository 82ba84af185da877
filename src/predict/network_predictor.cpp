#include "predict/network_predictor.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/files/hash.h"
#include "predict/spectrum_loss.h"

namespace overland::predict {
namespace {

constexpr std::size_t kBatchPeptides = 16;  // activations of a batch fit into a core's cache
constexpr float kLeastIntensity = 1e-3F;    // fragments with a lower intensity are left out

constexpr std::int32_t kCarbamidomethyl = 4, kOxidation = 35;  // UniMod

// Whether the peptide has only residues and modifications that the networks were trained on.
bool can_take(const Peptide& peptide) {
  return peptide.residues.size() >= 2 && peptide.residues.size() <= kLongestPeptide &&
         std::ranges::all_of(peptide.modifications, [&peptide](const Modification& m) {
           if (m.site < 0 || static_cast<std::size_t>(m.site) >= peptide.residues.size())
             return false;
           const char residue = peptide.residues[static_cast<std::size_t>(m.site)];
           return (m.unimod == kCarbamidomethyl && residue == 'C') ||
                  (m.unimod == kOxidation && residue == 'M');
         });
}

void append_fragments(std::span<const float> intensities, PredictedSpectra& spectra) {
  const std::size_t sites = intensities.size() / kSeries;
  for (std::size_t i = 0; i < intensities.size(); ++i) {
    if (!(intensities[i] >= kLeastIntensity)) continue;
    const std::size_t series = i / sites;
    spectra.fragments.push_back(
        {.ion = {.type = series % 2 == 0 ? FragmentType::b : FragmentType::y,
                 .ordinal = static_cast<std::uint8_t>(i % sites + 1),
                 .charge = static_cast<std::uint8_t>(series / 2 + 1)},
         .intensity = intensities[i]});
  }
}

}  // namespace

struct NetworkPredictor::Batch {
  std::vector<PeptideTokens> tokens;
  std::vector<const PeptideTokens*> pointers;
  std::vector<SpectrumQuery> queries;
  std::vector<float> intensities;
  SpectrumNetwork::State state;

  void clear() { tokens.clear(), queries.clear(); }
  std::span<const PeptideTokens* const> peptides() {
    pointers.clear();
    for (const PeptideTokens& t : tokens) pointers.push_back(&t);
    return pointers;
  }
};

NetworkPredictor::NetworkPredictor(PredictorModel model, const Machine& machine)
    : model_(std::move(model)),
      spectrum_(model_.spectrum_shape),
      retention_(model_.retention_shape),
      identity_(model_.name + " " +
                hash_text(hash_bytes(std::as_bytes(std::span(model_.spectrum))) +
                          hash_bytes(std::as_bytes(std::span(model_.retention))))),
      machine_(machine) {}

Result<void> NetworkPredictor::predict_retention(std::span<const Peptide> peptides,
                                                 std::span<float> irt) const {
  RetentionNetwork::State state;
  std::vector<PeptideTokens> tokens;
  std::vector<const PeptideTokens*> pointers;
  std::vector<std::size_t> places;
  const RetentionScale& scale = model_.scales.front();
  for (std::size_t first = 0; first < peptides.size(); first += kBatchPeptides) {
    machine_.check_cancelled();
    tokens.clear(), pointers.clear(), places.clear();
    for (std::size_t p = first; p < std::min(first + kBatchPeptides, peptides.size()); ++p) {
      irt[p] = std::numeric_limits<float>::quiet_NaN();
      if (!can_take(peptides[p])) continue;
      tokens.push_back(tokens_of(peptides[p]));
      places.push_back(p);
    }
    if (tokens.empty()) continue;
    for (const PeptideTokens& t : tokens) pointers.push_back(&t);
    retention_.forward(model_.retention.data(), pointers, state);
    for (std::size_t i = 0; i < places.size(); ++i)
      irt[places[i]] = static_cast<float>(
          scale.mean + scale.deviation * static_cast<double>(state.output[i * kRetentionScales]));
  }
  return {};
}

void NetworkPredictor::predict_batch(Batch& batch, PredictedSpectra& spectra) const {
  machine_.check_cancelled();
  if (batch.queries.empty()) return;
  spectrum_.forward(model_.spectrum.data(), batch.peptides(), batch.queries, batch.state);
  for (std::size_t q = 0; q < batch.queries.size(); ++q) {
    const SegmentRows& rows = batch.state.rows;
    batch.intensities.resize(rows.length(q) * kSeries);
    intensities_of(
        std::span(batch.state.output).subspan(rows.begin(q) * kOutputs, rows.length(q) * kOutputs),
        batch.intensities);
    append_fragments(batch.intensities, spectra);
    spectra.begin.push_back(spectra.fragments.size());
  }
  batch.clear();
}

Result<void> NetworkPredictor::predict_spectra(std::span<const Peptide> peptides,
                                               std::span<const SpectrumRequest> requests,
                                               PredictedSpectra& spectra) const {
  spectra.clear();
  spectra.begin.push_back(0);
  Batch batch;
  std::uint32_t last = std::numeric_limits<std::uint32_t>::max();
  for (const SpectrumRequest& request : requests) {
    const Peptide& peptide = peptides[request.peptide];
    if (request.peptide != last && batch.tokens.size() == kBatchPeptides)
      predict_batch(batch, spectra);
    if (!can_take(peptide)) {
      predict_batch(batch, spectra);
      spectra.begin.push_back(spectra.fragments.size());
      continue;
    }
    if (request.peptide != last || batch.tokens.empty()) batch.tokens.push_back(tokens_of(peptide));
    last = request.peptide;
    batch.queries.push_back(
        {.peptide = static_cast<std::uint32_t>(batch.tokens.size() - 1),
         .charge = request.charge,
         .nce = std::clamp(request.nce, model_.least_nce, model_.greatest_nce)});
  }
  predict_batch(batch, spectra);
  return {};
}

Result<std::unique_ptr<NetworkPredictor>> embedded_predictor() {
  auto model = parse_model(embedded_model_bytes(), "the embedded model");
  if (!model) return std::unexpected(model.error());
  return std::make_unique<NetworkPredictor>(std::move(*model));
}

}  // namespace overland::predict
