// A library with the same precursors and new predictions: what a search refines its library to.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>

#include "library/library.h"
#include "library_build/choose_fragments.h"
#include "predict/predictor.h"

namespace overland::library_build {

struct RepredictOptions {
  std::array<float, 9> nce{};            // energy to ask for, by charge; 0 is not used
  double irt_offset = 0, irt_slope = 1;  // iRT = offset + slope * predicted
  FragmentRules fragments;
  int threads = 1;
};

struct RepredictCounts {
  std::uint64_t predicted = 0;  // precursors, decoys too
  std::uint64_t kept = 0;       // their old spectrum and iRT: the predictor cannot take the peptide
};

// Decoys are predicted for their own sequences, as targets are, whatever they had before. Rows,
// pairs and proteins stay as they are. Memory does not grow with the library. Errors of the
// predictor and of LibraryWriter, OVL-LIB-010.
[[nodiscard]] Result<RepredictCounts> repredict_library(
    const library::LibraryView& library, const predict::Predictor& predictor,
    const RepredictOptions& options, const library::LibraryProvenance& provenance,
    const std::filesystem::path& folder);

}  // namespace overland::library_build
