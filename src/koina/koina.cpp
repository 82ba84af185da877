#include "koina/koina.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "koina/koina_models.h"
#include "koina/koina_predictor.h"

namespace overland::koina {
namespace {

std::unexpected<Error> bad_option(std::string what, std::string where, std::string advice) {
  return fail("OVL-CFG-301", std::move(what), std::move(where), std::move(advice));
}

// Null if the key is empty.
Result<const Model*> model_for(const std::string& key, bool is_retention) {
  if (key.empty()) return nullptr;
  const auto model = find_model(key);
  if (!model) return model;
  if (((*model)->kind == Kind::retention) == is_retention) return model;
  return bad_option(fmt::format("the Koina model '{}' does not predict {}", key,
                                is_retention ? "retention times" : "fragments"),
                    "Koina model", "Choose another model.");
}

struct Range {
  std::string_view name;
  double value, low, high;
};

Result<void> check_numbers(const KoinaOptions& options) {
  const auto ranges = std::to_array<Range>({
      {"parallel requests", static_cast<double>(options.parallel_requests), 1, 64},
      {"peptides per request", static_cast<double>(options.batch_size), 1, 1000},
      {"attempts", static_cast<double>(options.attempts), 1, 100},
      {"timeout in seconds", options.timeout_seconds, 0.01, 86400},
      {"first pause in seconds", options.first_pause_seconds, 0, 3600},
      {"longest pause in seconds", options.longest_pause_seconds, 0, 3600},
  });
  for (const Range& range : ranges) {
    if (range.value >= range.low && range.value <= range.high) continue;
    return bad_option(fmt::format("{} is {}", range.name, range.value), "Koina options",
                      fmt::format("Give a number from {} to {}.", range.low, range.high));
  }
  return {};
}

Result<void> check_instrument(const KoinaOptions& options, const Model* model) {
  if (model == nullptr || knows_instrument(*model, options.instrument)) return {};
  return bad_option(
      fmt::format("{} does not support the instrument '{}'", model->key, options.instrument),
      "Koina instrument", fmt::format("Give one of {}.", model->instruments));
}

Result<void> check_url(const std::string& url) {
  if (url.starts_with("https://") || url.starts_with("http://")) return {};
  return bad_option(fmt::format("'{}' is not the URL of a service", url), "Koina address",
                    fmt::format("Give a URL such as {}.", kKoinaUrl));
}

Result<void> check_sites(const Model& model, std::span<const ModifiedSite> sites) {
  for (const ModifiedSite& site : sites) {
    if (knows_modification(model, site.residue, site.unimod)) continue;
    const bool anywhere = model.modifications == "*";
    return fail(
        "OVL-CFG-302",
        fmt::format("{} does not support UniMod:{} on {}", model.key, site.unimod,
                    site.residue == 'n' ? "the N-terminus" : std::string(1, site.residue)),
        "modifications",
        fmt::format("It supports {}; choose another model, or omit the modification.",
                    anywhere ? "all modifications with a UniMod accession" : model.modifications));
  }
  const bool has_carbamidomethyl = std::ranges::any_of(
      sites, [](const ModifiedSite& s) { return s.residue == 'C' && s.unimod == 4; });
  if (!model.needs_carbamidomethyl || has_carbamidomethyl) return {};
  return fail("OVL-CFG-302", fmt::format("{} requires carbamidomethylated cysteine", model.key),
              "modifications",
              "Add the fixed modification UniMod:4 on C, or choose another model.");
}

}  // namespace

std::vector<std::string> koina_model_keys() {
  std::vector<std::string> keys;
  for (const Model& model : all_models()) keys.emplace_back(model.key);
  return keys;
}

Result<void> choose_koina_models(std::string_view keys, KoinaOptions& options) {
  std::string fragments, retention;
  while (true) {
    const std::size_t plus = keys.find('+');
    const auto model = find_model(keys.substr(0, plus));
    if (!model) return std::unexpected(model.error());
    std::string& chosen = (*model)->kind == Kind::retention ? retention : fragments;
    if (!chosen.empty()) {
      return bad_option(
          fmt::format("'{}' and '{}' predict the same property", chosen, (*model)->key),
          "Koina model", "Name at most one fragment and one retention-time model.");
    }
    chosen = (*model)->key;
    if (plus == std::string_view::npos) break;
    keys.remove_prefix(plus + 1);
  }
  if (!fragments.empty()) options.fragment_model = std::move(fragments);
  if (!retention.empty()) options.retention_model = std::move(retention);
  return {};
}

Result<void> check_koina_modifications(const KoinaOptions& options,
                                       std::span<const ModifiedSite> sites) {
  for (const bool is_retention : {false, true}) {
    const auto model =
        model_for(is_retention ? options.retention_model : options.fragment_model, is_retention);
    if (!model) return std::unexpected(model.error());
    if (*model == nullptr) continue;
    if (auto checked = check_sites(**model, sites); !checked) return checked;
  }
  return {};
}

Result<std::unique_ptr<predict::Predictor>> open_koina(const KoinaOptions& options) {
  const auto fragments = model_for(options.fragment_model, false);
  if (!fragments) return std::unexpected(fragments.error());
  const auto retention = model_for(options.retention_model, true);
  if (!retention) return std::unexpected(retention.error());
  for (const auto& checked :
       {check_numbers(options), check_instrument(options, *fragments), check_url(options.url)}) {
    if (!checked) return std::unexpected(checked.error());
  }
  std::unique_ptr<KoinaCache> cache;
  if (!options.cache.empty()) {
    auto opened = KoinaCache::open(options.cache, options.machine);
    if (!opened) return std::unexpected(opened.error());
    cache = std::move(*opened);
  }
  return std::make_unique<KoinaPredictor>(options, *fragments, *retention, std::move(cache));
}

}  // namespace overland::koina
