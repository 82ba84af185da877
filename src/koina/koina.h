// Predictions from a Koina server (https://koina.wilhelmlab.org, or a private server): fragment
// intensities, collision-energy splines and retention times of public models.
//
//   KoinaOptions options;
//   if (auto named = choose_koina_models("prosit_2020_hcd", options); !named) return ...;
//   options.cache = out / "koina.cache";
//   auto predictor = open_koina(options);       // sends no request yet
//   (*predictor)->predict_spectra(peptides, requests, spectra);
//
// Batches are sent in parallel and repeated after temporary failures. With a cache file, the
// repetition of an interrupted build requests only the missing predictions. Peptides outside a
// model's limits get no fragments (retention: NaN) and are counted. Predictions do not depend on
// the batches, on the number of parallel requests, or on whether they came from the cache.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/machine.h"
#include "predict/predictor.h"

namespace overland::koina {

inline constexpr std::string_view kKoinaUrl = "https://koina.wilhelmlab.org:443/v2/models";

// Counters of a predictor, which can be read while it works.
struct KoinaCounts {
  std::atomic<std::uint64_t> answered{0};  // predictions received from the service
  std::atomic<std::uint64_t> cached{0};    // predictions found in the cache
  std::atomic<std::uint64_t> outside_limits{
      0};                                 // peptides or precursors not supported by the model
  std::atomic<std::uint64_t> batches{0};  // successful requests
  std::atomic<std::uint64_t> retries{0};  // repeated requests
};

struct KoinaOptions {
  std::string fragment_model = "altimeter";     // key; empty: none
  std::string retention_model = "chronologer";  // key; empty: none
  std::string url = std::string(kKoinaUrl);     // "/MODEL/infer" is appended
  std::string instrument = "LUMOS";             // for models with an instrument input
  std::filesystem::path cache;                  // append-only file; empty: no cache
  int parallel_requests = 8;                    // 1..64, of all calls together
  int batch_size = 1000;                        // peptides per request, 1..1000
  int attempts = 10;                            // per request, 1..100
  double timeout_seconds = 300;                 // per attempt
  double first_pause_seconds = 1;               // before the second attempt; doubled for each more
  double longest_pause_seconds = 60;
  Machine machine = {};           // reports, and stops requests
  KoinaCounts* counts = nullptr;  // optional; must outlive the predictor
};

[[nodiscard]] std::vector<std::string> koina_model_keys();

// Sets the models by their keys: "prosit_2020_hcd", "chronologer" or
// "altimeter+prosit_2024_irt_ptm". A kind of model that is not named is not changed. Error
// OVL-CFG-301 (unknown key, or two models of one kind).
[[nodiscard]] Result<void> choose_koina_models(std::string_view keys, KoinaOptions& options);

struct ModifiedSite {
  char residue = 'M';       // 'A'..'Y'; 'n' peptide N-terminus
  std::int32_t unimod = 0;  // accession
};
// To be called before a long build: checks that the chosen models support the modifications, and
// that cysteine is carbamidomethylated if a model requires it. Errors OVL-CFG-301, OVL-CFG-302.
[[nodiscard]] Result<void> check_koina_modifications(const KoinaOptions& options,
                                                     std::span<const ModifiedSite> sites);

// Errors OVL-CFG-301 (invalid key, instrument or number), OVL-KOI-007 (the file is not a cache, or
// is in use), OVL-IO-001, OVL-IO-002. The predictor's functions return OVL-KOI-001 .. 006,
// OVL-CFG-301 (collision energy outside the model's range; no model for this kind of prediction),
// OVL-IO-002.
[[nodiscard]] Result<std::unique_ptr<predict::Predictor>> open_koina(const KoinaOptions& options);

}  // namespace overland::koina
