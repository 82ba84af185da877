// Random streams of the simulator: each item of each kind has its own, so that neither the order of
// work nor the number of threads can change a byte, and a new kind of randomness does not disturb
// the others.
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
  return Rng(
      mix64(seed ^ mix64(static_cast<std::uint64_t>(kind) * 0x9E3779B97F4A7C15ULL) ^ mix64(~run)),
      item);
}

// exp(sigma x normal): median 1.
[[nodiscard]] inline double log_normal(Rng& rng, double sigma) {
  return pinned::exp(sigma * rng.normal());
}

// The sigma (natural log) of a log-normal distribution with this coefficient of variation.
[[nodiscard]] inline double sigma_of_cv(double cv) {
  return std::sqrt(pinned::log(1.0 + cv * cv));
}

}  // namespace overland::simulate
