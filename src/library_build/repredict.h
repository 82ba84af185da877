// Replaces the predictions of a library, with the same precursors; used to refine the library of a
// search.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>

#include "base/machine.h"
#include "library/library.h"
#include "library_build/choose_fragments.h"
#include "predict/predictor.h"

namespace overland::library_build {

struct RepredictOptions {
  std::array<float, 9> nce{};            // collision energy by charge; element 0 is unused
  double irt_offset = 0, irt_slope = 1;  // iRT = offset + slope * predicted
  FragmentRules fragments;
  Machine machine = {};
};

struct RepredictCounts {
  std::uint64_t predicted = 0;  // precursors, decoys too
  std::uint64_t kept = 0;       // old spectrum and iRT kept: not supported by the predictor
};

// Decoys are predicted from their own sequences, like targets, whatever the source of their spectra
// was. Rows, pairs and proteins do not change. Memory does not grow with the library. Errors of the
// predictor and of LibraryWriter, OVL-LIB-010.
[[nodiscard]] Result<RepredictCounts> repredict_library(
    const library::LibraryView& library, const predict::Predictor& predictor,
    const RepredictOptions& options, const library::LibraryProvenance& provenance,
    const std::filesystem::path& folder);

}  // namespace overland::library_build
