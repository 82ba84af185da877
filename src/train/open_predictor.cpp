#include "train/open_predictor.h"

#include "koina/koina.h"
#include "predict/network_predictor.h"

namespace overland::train {
namespace {

constexpr std::string_view kEmbedded = "embedded", kKoina = "koina:";

bool is_koina(const PredictorChoice& choice) {
  return std::string_view(choice.name).starts_with(kKoina);
}

}  // namespace

Result<predict::PredictorModel> tunable_model(const PredictorChoice& choice) {
  if (choice.name != kEmbedded && !is_koina(choice)) return predict::read_model(choice.name);
  return predict::parse_model(predict::embedded_model_bytes(), "the embedded model");
}

Result<std::unique_ptr<predict::Predictor>> open_predictor(const PredictorChoice& choice,
                                                           const Machine& machine) {
  if (is_koina(choice)) {
    koina::KoinaOptions options;
    if (auto named = koina::choose_koina_models(choice.name.substr(kKoina.size()), options); !named)
      return std::unexpected(named.error());
    if (!choice.koina_url.empty()) options.url = choice.koina_url;
    options.cache = choice.koina_cache;
    options.machine = machine;
    return koina::open_koina(options);
  }
  auto model = tunable_model(choice);
  if (!model) return std::unexpected(model.error());
  return std::make_unique<predict::NetworkPredictor>(std::move(*model), machine);
}

}  // namespace overland::train
