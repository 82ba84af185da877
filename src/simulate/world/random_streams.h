// Random streams of the simulator. Each item of each kind has a separate stream, so that the result
// depends neither on the order of work nor on the number of threads, and a new kind of random
// numbers does not change the others.
#pragma once

#include <cstdint>

#include "base/rng.h"

namespace overland::simulate {

enum class Stream : std::uint64_t {
  protein = 1,
  protein_copy,
  protein_abundance,
  peptide,
  spectrum,
  presence,
  sibling,
  variant,
  listing,
  library_error,
  run,
  protein_in_run,
  peptide_in_run,
  background,
  background_in_run,
  scan,
};

[[nodiscard]] inline Rng stream(std::uint64_t seed, Stream kind, std::uint64_t item,
                                std::uint64_t run = 0) {
  return {
      mix64(seed ^ mix64(static_cast<std::uint64_t>(kind) * 0x9E3779B97F4A7C15ULL) ^ mix64(~run)),
      item};
}

// Log-normal variate exp(sigma x normal), with median 1.
[[nodiscard]] inline double log_normal(Rng& rng, double sigma) {
  return pinned::exp(sigma * rng.normal());
}

// Sigma (natural log) of a log-normal distribution with the coefficient of variation `cv`.
[[nodiscard]] inline double sigma_of_cv(double cv) {
  return std::sqrt(pinned::log(1.0 + cv * cv));
}

}  // namespace overland::simulate
