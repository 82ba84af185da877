#include "library_build/block_predictions.h"

#include <limits>
#include <utility>

namespace overland::library_build {
namespace {

// UniMod 4 (carbamidomethyl) and 35 (oxidation), which every predictor supports.
bool is_common(const Modification& modification) {
  return modification.unimod == 4 || modification.unimod == 35;
}

}  // namespace

void BlockPredictions::add(Peptide peptide, std::span<const std::uint8_t> charges, float nce) {
  const std::uint32_t index = size();
  peptides_.push_back(std::move(peptide));
  first_request_.push_back(requests_.size());
  for (const std::uint8_t charge : charges) requests_.push_back({index, charge, nce});
}

Result<void> BlockPredictions::run(const predict::Predictor& predictor) {
  first_request_.push_back(requests_.size());
  irt_.assign(peptides_.size(), std::numeric_limits<float>::quiet_NaN());
  if (auto done = predictor.predict_retention(peptides_, irt_); !done) return done;
  return predictor.predict_spectra(peptides_, requests_, spectra_);
}

Result<void> BlockPredictions::guess_unknown(const predict::Predictor& predictor) {
  BlockPredictions again;
  std::vector<std::uint32_t> unknown;
  for (std::uint32_t p = 0; p < peptides_.size(); ++p) {
    Peptide plain = peptides_[p];
    std::erase_if(plain.modifications, [](const Modification& m) { return !is_common(m); });
    if (plain == peptides_[p] || has_answer(p)) continue;
    unknown.push_back(p);
    std::vector<std::uint8_t> charges;
    for (std::size_t r = first_request_[p]; r < first_request_[p + 1]; ++r) {
      charges.push_back(requests_[r].charge);
    }
    again.add(std::move(plain), charges, requests_.front().nce);
  }
  if (unknown.empty()) return {};
  if (auto done = again.run(predictor); !done) return done;
  guess_of_.assign(peptides_.size(), kNone);
  for (std::uint32_t i = 0; i < unknown.size(); ++i) {
    guess_of_[unknown[i]] = i;
    irt_[unknown[i]] = again.irt_[i];
  }
  guesses_ = std::make_unique<BlockPredictions>(std::move(again));
  return {};
}

predict::PredictedSpectrum BlockPredictions::spectrum(std::uint32_t peptide, int charge) const {
  if (is_guessed(peptide)) {
    return guesses_->spectrum(guess_of_[peptide], charge);
  }
  for (std::size_t r = first_request_[peptide]; r < first_request_[peptide + 1]; ++r) {
    if (requests_[r].charge == charge) return spectra_.spectrum(r);
  }
  return {};
}

std::span<const float> BlockPredictions::knots() const {
  return spectra_.knots.empty() && guesses_ ? guesses_->knots() : std::span(spectra_.knots);
}

bool BlockPredictions::has_answer(std::uint32_t peptide) const {
  for (std::size_t r = first_request_[peptide]; r < first_request_[peptide + 1]; ++r) {
    if (!spectra_.of(r).empty()) return true;
  }
  return false;
}

}  // namespace overland::library_build
