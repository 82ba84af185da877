#include "predict/cross_fitted.h"

#include <algorithm>

#include "base/files/hash.h"

namespace overland::predict {

std::size_t fold_of(std::string_view residues, std::size_t folds) {
  std::string folded(residues);
  std::replace(folded.begin(), folded.end(), 'I', 'L');
  return hash_seed(folded) % folds;
}

CrossFittedPredictor::CrossFittedPredictor(std::vector<PredictorModel> models) {
  for (PredictorModel& model : models)
    folds_.push_back(std::make_unique<NetworkPredictor>(std::move(model)));
}

std::string CrossFittedPredictor::identity() const {
  std::string all;
  for (const auto& fold : folds_) all += fold->identity() + "\n";
  return folds_.front()->model().name + " cross-fitted " + hash_text(all);
}

Result<void> CrossFittedPredictor::predict_retention(std::span<const Peptide> peptides,
                                                     std::span<float> irt) const {
  std::vector<Peptide> part;
  std::vector<std::size_t> places;
  std::vector<float> times;
  for (std::size_t f = 0; f < folds_.size(); ++f) {
    part.clear(), places.clear();
    for (std::size_t p = 0; p < peptides.size(); ++p)
      if (fold_of(peptides[p].residues, folds_.size()) == f)
        part.push_back(peptides[p]), places.push_back(p);
    times.resize(part.size());
    if (auto done = folds_[f]->predict_retention(part, times); !done) return done;
    for (std::size_t i = 0; i < places.size(); ++i) irt[places[i]] = times[i];
  }
  return {};
}

// Each fold predicts its requests; the predictions are then arranged in the order of the requests.
Result<void> CrossFittedPredictor::predict_spectra(std::span<const Peptide> peptides,
                                                   std::span<const SpectrumRequest> requests,
                                                   PredictedSpectra& spectra) const {
  std::vector<std::size_t> fold_of_request(requests.size()), place(requests.size());
  std::vector<std::vector<SpectrumRequest>> asked(folds_.size());
  for (std::size_t r = 0; r < requests.size(); ++r) {
    const std::size_t f = fold_of(peptides[requests[r].peptide].residues, folds_.size());
    fold_of_request[r] = f;
    place[r] = asked[f].size();
    asked[f].push_back(requests[r]);
  }
  std::vector<PredictedSpectra> answers(folds_.size());
  for (std::size_t f = 0; f < folds_.size(); ++f)
    if (auto done = folds_[f]->predict_spectra(peptides, asked[f], answers[f]); !done) return done;
  spectra.clear();
  spectra.begin.push_back(0);
  for (std::size_t r = 0; r < requests.size(); ++r) {
    const auto fragments = answers[fold_of_request[r]].of(place[r]);
    spectra.fragments.insert(spectra.fragments.end(), fragments.begin(), fragments.end());
    spectra.begin.push_back(spectra.fragments.size());
  }
  return {};
}

}  // namespace overland::predict
