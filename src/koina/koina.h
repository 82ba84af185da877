// Predictions asked of a Koina server (https://koina.wilhelmlab.org, or one of your own): fragment
// intensities, collision-energy splines and retention times of public models.
//
//   KoinaOptions options;
//   if (auto named = choose_koina_models("prosit_2020_hcd", options); !named) return ...;
//   options.cache = out / "koina.cache";
//   auto predictor = open_koina(options);       // asks nothing yet
//   (*predictor)->predict_spectra(peptides, requests, spectra);
//
// Batches go out in parallel and are asked again when the service fails for a while. With a cache
// file, an interrupted build asks only for what is missing. Peptides outside a model's limits get
// no fragments (retention: NaN) and are counted. Predictions do not depend on batches, on the
// number of parallel requests, or on whether they came from the cache.
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
#include "predict/predictor.h"

namespace overland::koina {

inline constexpr std::string_view kKoinaUrl = "https://koina.wilhelmlab.org:443/v2/models";

// What a predictor did, readable while it works.
struct KoinaCounts {
  std::atomic<std::uint64_t> answered{0};        // predictions that came from the service
  std::atomic<std::uint64_t> cached{0};          // predictions found in the cache
  std::atomic<std::uint64_t> outside_limits{0};  // peptides or precursors the model cannot take
  std::atomic<std::uint64_t> batches{0};         // requests that were answered
  std::atomic<std::uint64_t> retries{0};         // requests that had to be asked again
};

struct KoinaOptions {
  std::string fragment_model = "altimeter";     // key; empty: none
  std::string retention_model = "chronologer";  // key; empty: none
  std::string url = std::string(kKoinaUrl);     // MODEL/infer is put behind it
  std::string instrument = "LUMOS";             // of models that ask for one; each has its own list
  std::filesystem::path cache;                  // append-only file; empty: nothing is kept
  int parallel_requests = 8;                    // 1..64, of all calls together
  int batch_size = 1000;                        // peptides per request, 1..1000
  int attempts = 10;                            // per request, 1..100
  double timeout_seconds = 300;                 // of one attempt
  double first_pause_seconds = 1;               // before the second attempt; doubles from there
  double longest_pause_seconds = 60;
  KoinaCounts* counts = nullptr;  // filled where given; must outlive the predictor
};

[[nodiscard]] std::vector<std::string> koina_model_keys();

// Puts "prosit_2020_hcd", "chronologer" or "altimeter+prosit_2024_irt_ptm" into the options; a kind
// that is not named keeps its model. Errors OVL-CFG-301 (unknown key, or two of a kind).
[[nodiscard]] Result<void> choose_koina_models(std::string_view keys, KoinaOptions& options);

struct ModifiedSite {
  char residue = 'M';       // 'A'..'Y'; 'n' peptide N-terminus
  std::int32_t unimod = 0;  // accession
};
// To be called before a long build: whether the chosen models know the modifications, and whether
// they can do without carbamidomethylated cysteine. Errors OVL-CFG-301, OVL-CFG-302.
[[nodiscard]] Result<void> check_koina_modifications(const KoinaOptions& options,
                                                     std::span<const ModifiedSite> sites);

// Errors OVL-CFG-301 (a key, instrument or number), OVL-KOI-007 (the cache is no cache or in use),
// OVL-IO-001, OVL-IO-002. The predictor's functions return OVL-KOI-001 .. 006, OVL-CFG-301
// (collision energy outside the model's range; a kind of prediction without a model), OVL-IO-002.
[[nodiscard]] Result<std::unique_ptr<predict::Predictor>> open_koina(const KoinaOptions& options);

}  // namespace overland::koina
