// Tables of measured or predicted spectra and retention times as examples for the predictor
// (docs/formats/training-tables.md).
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "predict/predictor_model.h"
#include "predict/retention_network.h"
#include "predict/train_spectra.h"

namespace overland::train {

// Distinct peptides; peptides with equal tokens, which the network cannot distinguish, are one.
struct TrainingPeptides {
  std::vector<predict::PeptideTokens> tokens;
  std::vector<std::uint8_t> is_held_out;  // 1: used for evaluation only
  std::unordered_map<std::string, std::uint32_t> index;
  std::uint32_t find_or_add(const predict::PeptideTokens& peptide);
};

struct SpectrumRow {
  std::uint32_t peptide = 0;
  std::uint8_t charge = 0;
  float nce = 0;
  std::vector<std::uint16_t> roots;  // SpectrumExamples::roots
};

// Time of one peptide on scale `scale` (0: scale of the spectrum tables; k: of retention table k).
struct RetentionRow {
  std::uint32_t peptide = 0;
  std::uint32_t scale = 0;
  float time = 0;
};

struct TrainingData {
  TrainingPeptides peptides;
  std::vector<SpectrumRow> spectra;
  std::vector<RetentionRow> retention;
  std::vector<std::string> scale_names;
};

// Reads Parquet with the columns sequence (or modified_sequence), charge, nce, intensity and
// optionally irt and holdout. Errors OVL-PRE-002 (invalid row), OVL-IO-..., OVL-LIB-010.
[[nodiscard]] Result<void> read_spectrum_table(const std::filesystem::path& file,
                                               TrainingData& data);
// Reads delimited text or Parquet with the columns seq (or modified_sequence), tr (or irt) and
// optionally modifications (`position|name`). A tenth of the peptides, chosen by a hash of their
// residues, is held out.
[[nodiscard]] Result<void> read_retention_table(const std::filesystem::path& file,
                                                TrainingData& data);

// Converts the rows of spectra to the network's input and removes them from `data`.
[[nodiscard]] predict::SpectrumExamples spectrum_examples(TrainingData& data);
// Converts the retention times to the network's input, standardised by `scales`.
[[nodiscard]] predict::RetentionExamples retention_examples(
    const TrainingData& data, std::span<const predict::RetentionScale> scales);
// Mean and SD of each scale over the training peptides.
[[nodiscard]] std::vector<predict::RetentionScale> retention_scales(const TrainingData& data);

}  // namespace overland::train
