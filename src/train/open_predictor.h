// Opens the predictor chosen by the user.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/error.h"
#include "base/machine.h"
#include "predict/predictor.h"
#include "predict/predictor_model.h"

namespace overland::train {

struct PredictorChoice {
  // "embedded"; a model file of `overland train-predictor`; or "koina:MODEL[+MODEL]".
  std::string name = "embedded";
  std::string koina_url = {};              // empty: the public server
  std::filesystem::path koina_cache = {};  // cache of received predictions; empty: no cache
};

// Errors OVL-PRE-001, OVL-IO-001, and the errors of open_koina.
[[nodiscard]] Result<std::unique_ptr<predict::Predictor>> open_predictor(
    const PredictorChoice& choice, const Machine& machine);
// The networks to tune: from the model file if one is chosen, otherwise the embedded networks (also
// for a prediction service, whose networks cannot be tuned).
[[nodiscard]] Result<predict::PredictorModel> tunable_model(const PredictorChoice& choice);

}  // namespace overland::train
