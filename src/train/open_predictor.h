// The predictor that the user named.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/error.h"
#include "predict/predictor.h"
#include "predict/predictor_model.h"

namespace overland::train {

struct PredictorChoice {
  // "embedded"; a model file of `overland train-predictor`; or "koina:MODEL[+MODEL]".
  std::string name = "embedded";
  std::string koina_url = {};              // empty: the public server
  std::filesystem::path koina_cache = {};  // answers are kept there; empty: nowhere
};

// Errors OVL-PRE-001, OVL-IO-001, those of open_koina.
[[nodiscard]] Result<std::unique_ptr<predict::Predictor>> open_predictor(
    const PredictorChoice& choice);
// The networks behind it: of the file, else of the program (a prediction service has none to tune).
[[nodiscard]] Result<predict::PredictorModel> tunable_model(const PredictorChoice& choice);

}  // namespace overland::train
