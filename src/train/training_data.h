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

// Peptides are what the network tells apart: those with equal tokens are one.
struct TrainingPeptides {
  std::vector<predict::PeptideTokens> tokens;
  std::vector<std::uint8_t> is_held_out;  // never to be trained on
  std::unordered_map<std::string, std::uint32_t> index;
  std::uint32_t find_or_add(const predict::PeptideTokens& peptide);
};

struct SpectrumRow {
  std::uint32_t peptide = 0;
  std::uint8_t charge = 0;
  float nce = 0;
  std::vector<std::uint16_t> roots;  // as in SpectrumExamples
};

// Time of one peptide on scale `scale` (0: the spectrum tables'; k: retention table k).
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

// Parquet with sequence (or modified_sequence), charge, nce, intensity and, if there, irt and
// holdout. Errors OVL-PRE-002 (a row that cannot be used), OVL-IO-..., OVL-LIB-010.
[[nodiscard]] Result<void> read_spectrum_table(const std::filesystem::path& file,
                                               TrainingData& data);
// Delimited text or Parquet with seq (or modified_sequence), tr (or irt) and, if there,
// modifications as `position|name`. A tenth of its peptides, by a hash of their residues, is held
// out.
[[nodiscard]] Result<void> read_retention_table(const std::filesystem::path& file,
                                                TrainingData& data);

// Into the networks' form; consumes the rows.
[[nodiscard]] predict::SpectrumExamples spectrum_examples(TrainingData& data);
// Times standardised by `scales`.
[[nodiscard]] predict::RetentionExamples retention_examples(
    const TrainingData& data, std::span<const predict::RetentionScale> scales);
// Mean and deviation of each scale over the peptides to train on.
[[nodiscard]] std::vector<predict::RetentionScale> retention_scales(const TrainingData& data);

}  // namespace overland::train
