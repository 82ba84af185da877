// A predictor for tests: spectra and retention from hashes of the sequence. It knows
// carbamidomethyl Cys and oxidised Met only, as real models do, and counts its calls.
#pragma once

#include <algorithm>
#include <atomic>
#include <cmath>
#include <string>
#include <utility>

#include "base/files/hash.h"
#include "base/rng.h"
#include "kernel/intensity_spline.h"
#include "predict/predictor.h"

namespace overland::support {

class FakePredictor : public predict::Predictor {
 public:
  [[nodiscard]] std::string identity() const override { return "fake 1"; }
  [[nodiscard]] Result<void> predict_retention(std::span<const Peptide> peptides,
                                               std::span<float> irt) const override {
    for (std::size_t i = 0; i < peptides.size(); ++i) irt[i] = retention_of(peptides[i]);
    return {};
  }
  [[nodiscard]] Result<void> predict_spectra(std::span<const Peptide> peptides,
                                             std::span<const predict::SpectrumRequest> requests,
                                             predict::PredictedSpectra& spectra) const override {
    if (++calls > fails_after) return fail("OVL-IO-001", "the service is away", "fake", "Wait.");
    spectra.clear();
    spectra.begin.push_back(0);
    for (const predict::SpectrumRequest& request : requests) {
      if (is_known(peptides[request.peptide])) {
        add_spectrum(peptides[request.peptide], request, spectra);
      }
      spectra.begin.push_back(spectra.fragments.size());
    }
    return {};
  }

  static float retention_of(const Peptide& peptide) {
    Rng random(hash_seed(to_unimod_notation(peptide)), 1);
    return static_cast<float>(100 * random.uniform());
  }
  // Some spectra have too few fragments for a library.
  static float intensity_of(const Peptide& peptide, int charge, const FragmentIon& ion) {
    const std::uint64_t seed = hash_seed(to_unimod_notation(peptide));
    const auto key = std::uint64_t{ion.ordinal} * 100 + std::uint64_t{ion.charge} * 10 +
                     static_cast<std::uint64_t>(ion.type);
    Rng random(seed, key * 10 + static_cast<std::uint64_t>(charge));
    const double u = random.uniform();
    return static_cast<float>(seed % 50 == 0 ? (u > 0.95 ? u : 0.0) : u * u);
  }

  mutable std::atomic<int> calls = 0;
  int fails_after = 1 << 30;  // calls

 private:
  static bool is_known(const Peptide& peptide) {
    for (const Modification& modification : peptide.modifications) {
      if (modification.unimod != 4 && modification.unimod != 35) return false;
    }
    return true;
  }
  static void add_spectrum(const Peptide& peptide, const predict::SpectrumRequest& request,
                           predict::PredictedSpectra& spectra) {
    const auto length = static_cast<std::uint8_t>(peptide.residues.size());
    for (std::uint8_t ordinal = 1; ordinal < length; ++ordinal) {
      for (const FragmentType type : {FragmentType::b, FragmentType::y}) {
        for (std::uint8_t charge = 1; charge <= 2; ++charge) {
          const FragmentIon ion{type, ordinal, charge};
          const float intensity = intensity_of(peptide, request.charge, ion);
          if (intensity > 0) spectra.fragments.push_back({ion, intensity});
        }
      }
    }
  }
};

// The same with splines over the collision energy that are total abundances, as Altimeter's.
class FakeSplinePredictor : public FakePredictor {
 public:
  [[nodiscard]] std::string identity() const override { return "fake splines 1"; }
  [[nodiscard]] predict::IntensityMeaning intensity_meaning() const override {
    return {.has_splines = true, .is_total = true, .low_nce = 20, .high_nce = 40};
  }
  [[nodiscard]] Result<void> predict_spectra(std::span<const Peptide> peptides,
                                             std::span<const predict::SpectrumRequest> requests,
                                             predict::PredictedSpectra& spectra) const override {
    if (auto done = FakePredictor::predict_spectra(peptides, requests, spectra); !done) return done;
    predict::PredictedSpectra made;
    made.begin.push_back(0);
    made.knots.assign(knots.begin(), knots.end());
    if (calls > changes_after) made.knots.front() += 1;
    for (std::size_t r = 0; r < requests.size(); ++r) {
      const Peptide& peptide = peptides[requests[r].peptide];
      const auto basis = kernel::cubic_basis(knots, static_cast<double>(requests[r].nce));
      float highest = 0;
      for (const predict::PredictedFragment& fragment : spectra.of(r)) {
        const predict::PredictedSpline c = spline_of(peptide, requests[r].charge, fragment.ion);
        const float intensity = kernel::spline_intensity(c, basis);
        if (!(intensity > 0)) continue;
        highest = std::max(highest, intensity);
        made.fragments.push_back({fragment.ion, intensity});
        made.splines.push_back(c);
      }
      for (std::size_t f = made.begin.back(); f < made.fragments.size(); ++f) {
        made.fragments[f].intensity /= highest;
      }
      made.begin.push_back(made.fragments.size());
    }
    spectra = std::move(made);
    return {};
  }
  // Negative coefficients too.
  static predict::PredictedSpline spline_of(const Peptide& peptide, int charge,
                                            const FragmentIon& ion) {
    const float scale = intensity_of(peptide, charge, ion);
    Rng random(hash_seed(to_unimod_notation(peptide)),
               static_cast<std::uint64_t>(ion.ordinal * 100 + ion.charge * 10 + charge) * 2 +
                   static_cast<std::uint64_t>(ion.type));
    predict::PredictedSpline c{};
    for (float& x : c) x = scale * static_cast<float>(5 * random.uniform() - 1);
    return c;
  }

  kernel::SplineKnots knots{6, 13, 22, 25, 33, 39, 48, 55};
  int changes_after = 1 << 30;  // calls: then another first knot
};

}  // namespace overland::support
