#include "train/tune_predictor.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "kernel/robust_statistics.h"
#include "predict/retention_network.h"
#include "predict/train_spectra.h"

namespace overland::train {
namespace {

using predict::PredictorModel;

constexpr float kTuningEnergyStep = 1;
constexpr std::size_t kEnergySample = 2000;  // number of spectra used to fit the energy
constexpr std::size_t kLeastOfCharge = 60;   // with fewer spectra a charge uses the common energy
constexpr std::size_t kCharges = 9;

// Examples sorted by peptide, as input of the networks. The retention time of a peptide is taken
// from its best-scoring precursor.
struct Prepared {
  predict::SpectrumExamples spectra;
  predict::RetentionExamples times;
  std::vector<std::size_t> fold;  // per peptide
  std::vector<std::uint32_t> all;
};

bool comes_before(const TuningExample& a, const TuningExample& b) {
  if (a.peptide.residues != b.peptide.residues) return a.peptide.residues < b.peptide.residues;
  const std::string first = to_unimod_notation(a.peptide), second = to_unimod_notation(b.peptide);
  return first != second ? first < second : a.score > b.score;
}

Prepared prepare(std::vector<TuningExample>& examples, const TuningSettings& settings) {
  std::stable_sort(examples.begin(), examples.end(), comes_before);
  Prepared p;
  for (const TuningExample& example : examples) {
    const predict::PeptideTokens tokens = predict::tokens_of(example.peptide);
    if (p.spectra.peptides.empty() || p.spectra.peptides.back() != tokens) {
      p.all.push_back(static_cast<std::uint32_t>(p.all.size()));
      p.spectra.peptides.push_back(tokens);
      p.spectra.row_begin.push_back(p.spectra.row_begin.back());
      p.times.time.push_back(example.irt);
      p.fold.push_back(predict::fold_of(example.peptide.residues, settings.folds));
    }
    p.spectra.charge.push_back(example.charge);
    p.spectra.nce.push_back(0);
    p.spectra.roots.insert(p.spectra.roots.end(), example.roots.begin(), example.roots.end());
    p.spectra.root_begin.push_back(p.spectra.roots.size());
    ++p.spectra.row_begin.back();
  }
  p.times.peptides = p.spectra.peptides;
  return p;
}

double median(std::vector<float> values) {
  return kernel::median_of(std::vector<double>(values.begin(), values.end()));
}

void set_energies(const std::array<float, kCharges>& nce, predict::SpectrumExamples& spectra) {
  for (std::size_t r = 0; r < spectra.charge.size(); ++r)
    spectra.nce[r] = nce[std::min<std::size_t>(spectra.charge[r], kCharges - 1)];
}

// The energy with the highest median similarity, for all charges together and for each charge with
// enough spectra.
std::array<float, kCharges> fit_energy(const PredictorModel& base, Prepared& data,
                                       const Machine& machine) {
  const predict::SpectrumNetwork network(base.spectrum_shape);
  std::vector<std::uint32_t> sample;
  const std::size_t step = std::max<std::size_t>(1, data.spectra.charge.size() / kEnergySample);
  for (std::size_t p = 0; p < data.all.size(); p += step) sample.push_back(data.all[p]);
  std::array<double, kCharges> best{};
  std::array<float, kCharges> nce{};
  for (float energy = base.least_nce; energy <= base.greatest_nce; energy += kTuningEnergyStep) {
    std::array<float, kCharges> flat{};
    flat.fill(energy);
    set_energies(flat, data.spectra);
    const std::vector<float> found =
        predict::evaluate_spectra(network, data.spectra, sample, base.spectrum, machine);
    std::array<std::vector<float>, kCharges> by_charge;
    std::size_t at = 0;
    for (const std::uint32_t p : sample)
      for (std::uint32_t r = data.spectra.row_begin[p]; r < data.spectra.row_begin[p + 1];
           ++r, ++at) {
        by_charge[0].push_back(found[at]);
        by_charge[std::min<std::size_t>(data.spectra.charge[r], kCharges - 1)].push_back(found[at]);
      }
    for (std::size_t z = 0; z < kCharges; ++z) {
      if (z > 0 && by_charge[z].size() < kLeastOfCharge) continue;
      const double now = median(by_charge[z]);
      if (now > best[z]) best[z] = now, nce[z] = energy;
    }
  }
  for (float& energy : nce)
    if (energy == 0) energy = nce[0];
  return nce;
}

// Observed iRT as a linear function of the base model's prediction, through the medians of the
// lower and upper halves (Theil-Sen costs more and gives the same result here).
void fit_line(const std::vector<float>& predicted, const std::vector<float>& observed,
              TunedPredictor& tuned) {
  std::vector<std::size_t> order(predicted.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return predicted[a] < predicted[b]; });
  const std::size_t third = order.size() / 3;
  const auto middle = [&](std::size_t first, std::size_t last, const std::vector<float>& of) {
    std::vector<double> values;
    for (std::size_t i = first; i < last; ++i) values.push_back(static_cast<double>(of[order[i]]));
    return kernel::median_of(std::move(values));
  };
  if (third < 10) return;
  const double x0 = middle(0, third, predicted),
               x1 = middle(order.size() - third, order.size(), predicted);
  const double y0 = middle(0, third, observed),
               y1 = middle(order.size() - third, order.size(), observed);
  if (!(x1 > x0) || !(y1 > y0)) return;
  tuned.irt_slope = (y1 - y0) / (x1 - x0);
  tuned.irt_offset = y0 - tuned.irt_slope * x0;
}

std::vector<float> predicted_times(const PredictorModel& model, const Prepared& data,
                                   std::span<const std::uint32_t> chosen, const Machine& machine) {
  const predict::RetentionNetwork network(model.retention_shape);
  std::vector<float> times =
      predict::evaluate_retention(network, data.times, chosen, model.retention, machine);
  const predict::RetentionScale& scale = model.scales.front();
  for (float& t : times)
    t = static_cast<float>(scale.mean + scale.deviation * static_cast<double>(t));
  return times;
}

// The peptides of fold f (`is_inside`), or all other peptides.
std::vector<std::uint32_t> part(const Prepared& data, std::size_t f, bool is_inside) {
  std::vector<std::uint32_t> chosen;
  for (const std::uint32_t p : data.all)
    if ((data.fold[p] == f) == is_inside) chosen.push_back(p);
  return chosen;
}

// Both networks, tuned on the peptides outside `fold`.
PredictorModel tune_without(const PredictorModel& base, const Prepared& data, std::size_t fold,
                            const TuningSettings& settings) {
  PredictorModel model = base;
  const std::vector<std::uint32_t> others = part(data, fold, false);
  predict::TrainingSettings training{.passes = settings.passes,
                                     .seed = settings.seed,
                                     .machine = settings.machine,
                                     .peak_rate = settings.peak_rate};
  const predict::ReportPass silent = [](int, double) {};
  predict::train_spectra(predict::SpectrumNetwork(model.spectrum_shape), data.spectra, others,
                         training, model.spectrum, silent);
  training.passes = settings.retention_passes;
  predict::train_retention(predict::RetentionNetwork(model.retention_shape), data.times, others,
                           training, model.retention, silent);
  return model;
}

class Tuning {
 public:
  Tuning(const PredictorModel& base, std::vector<TuningExample> examples,
         const TuningSettings& settings)
      : base_(base), settings_(settings), data_(prepare(examples, settings)) {}

  TunedPredictor run(float energy) {
    report().spectra = data_.spectra.charge.size();
    report().peptides = data_.all.size();
    fit_energies(energy);
    fit_retention();
    tune_folds();
    return std::move(tuned_);
  }

 private:
  TuningReport& report() { return tuned_.report; }

  std::vector<float> similarities(const PredictorModel& model,
                                  std::span<const std::uint32_t> chosen) const {
    return predict::evaluate_spectra(predict::SpectrumNetwork(base_.spectrum_shape), data_.spectra,
                                     chosen, model.spectrum, settings_.machine);
  }

  void fit_energies(float energy) {
    std::array<float, kCharges> given{};
    given.fill(energy);
    set_energies(given, data_.spectra);
    report().similarity_before = median(similarities(base_, data_.all));
    tuned_.nce = report().nce = fit_energy(base_, data_, settings_.machine);
    set_energies(tuned_.nce, data_.spectra);
    report().similarity_energy = median(similarities(base_, data_.all));
  }

  // Fits the line, and converts the observed times to the network's scale.
  void fit_retention() {
    observed_ = data_.times.time;
    const std::vector<float> before = predicted_times(base_, data_, data_.all, settings_.machine);
    fit_line(before, observed_, tuned_);
    std::vector<double> errors;
    add_errors(before, data_.all, errors);
    report().retention_error_before = kernel::median_of(std::move(errors));
    const predict::RetentionScale& scale = base_.scales.front();
    for (float& t : data_.times.time)
      t = static_cast<float>(
          ((static_cast<double>(t) - tuned_.irt_offset) / tuned_.irt_slope - scale.mean) /
          scale.deviation);
  }

  void tune_folds() {
    const bool is_enough = data_.all.size() >= settings_.least_peptides;
    std::vector<PredictorModel> models;
    std::vector<float> found;
    std::vector<double> errors;
    for (std::size_t f = 0; f < settings_.folds; ++f) {
      models.push_back(is_enough ? tune_without(base_, data_, f, settings_) : base_);
      const std::vector<std::uint32_t> inside = part(data_, f, true);
      const std::vector<float> now = similarities(models.back(), inside);
      found.insert(found.end(), now.begin(), now.end());
      add_errors(predicted_times(models.back(), data_, inside, settings_.machine), inside, errors);
    }
    report().similarity_tuned = median(found);
    report().retention_error_tuned = kernel::median_of(std::move(errors));
    tuned_.predictor = std::make_unique<predict::CrossFittedPredictor>(std::move(models));
  }

  void add_errors(const std::vector<float>& predicted, std::span<const std::uint32_t> chosen,
                  std::vector<double>& errors) const {
    for (std::size_t i = 0; i < chosen.size(); ++i)
      errors.push_back(std::abs(tuned_.irt_offset +
                                tuned_.irt_slope * static_cast<double>(predicted[i]) -
                                static_cast<double>(observed_[chosen[i]])));
  }

  const PredictorModel& base_;
  const TuningSettings& settings_;
  Prepared data_;
  std::vector<float> observed_;  // observed iRT per peptide, on the library's scale
  TunedPredictor tuned_;
};

}  // namespace

Result<TunedPredictor> tune_predictor(const PredictorModel& base,
                                      std::vector<TuningExample> examples, float energy,
                                      const TuningSettings& settings) {
  if (examples.empty())
    return fail("OVL-PRE-004", "there is no identified precursor to tune the predictor on", "",
                "Search without --refine; the log shows why there are so few identifications.");
  return Tuning(base, std::move(examples), settings).run(energy);
}

}  // namespace overland::train
