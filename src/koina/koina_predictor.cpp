#include "koina/koina_predictor.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <unordered_map>
#include <utility>

#include "koina/prediction_record.h"

namespace overland::koina {
namespace {

constexpr std::size_t kOutside = std::numeric_limits<std::size_t>::max();
// Intensity of fragments whose spline is <= 0 at the requested energy but not at other energies.
constexpr float kTraceIntensity = 1e-6F;

std::string knots_identity(const Model& model) {
  return fmt::format("{}\nknots", model.name);
}

std::unexpected<Error> no_model(std::string_view kind) {
  return fail("OVL-CFG-301", fmt::format("no Koina model was chosen for {}", kind), "Koina model",
              "Choose a model, for example --predictor koina:altimeter+chronologer.");
}

Error damaged(const Model& model) {
  return {"OVL-KOI-006", "a cached prediction cannot be read", std::string(model.name),
          "Delete the cache of predictions; the predictions are then requested again."};
}

// Appends one prediction to `spectra`, scaled so that its largest intensity is 1.
Result<void> append_fragments(const Model& model, std::string_view record, float energy,
                              const kernel::SplineKnots& knots,
                              predict::PredictedSpectra& spectra) {
  const bool is_spline = model.kind == Kind::spline;
  const auto ions = read_ions(record, is_spline ? 4 : 1);
  if (!ions) return std::unexpected(damaged(model));
  const kernel::SplineBasis basis = kernel::cubic_basis(knots, static_cast<double>(energy));
  const auto value_of = [&](const Ion& ion) {
    return is_spline ? kernel::spline_intensity(ion.values, basis) : ion.values[0];
  };
  float largest = 0;
  for (const Ion& ion : *ions) largest = std::max(largest, value_of(ion));
  if (!(largest > 0)) return {};
  for (const Ion& ion : *ions) {
    const float intensity = std::max(value_of(ion) / largest, kTraceIntensity);
    spectra.fragments.push_back({.ion = ion.ion, .intensity = intensity});
    if (is_spline) spectra.splines.push_back(ion.values);
  }
  return {};
}

std::unique_ptr<Exchange> exchange_for(const KoinaOptions& options, const Model* model) {
  if (model == nullptr) return nullptr;
  const std::string_view slash = options.url.ends_with('/') ? "" : "/";
  return std::make_unique<Exchange>(options,
                                    fmt::format("{}{}{}/infer", options.url, slash, model->name));
}

}  // namespace

struct KoinaPredictor::Plan {
  std::vector<Query> queries;
  std::vector<RecordKey> keys;        // per query
  std::vector<std::string> records;   // per query; empty until predicted
  std::vector<std::size_t> query_of;  // per request
};

KoinaPredictor::KoinaPredictor(KoinaOptions options, const Model* fragments, const Model* retention,
                               std::unique_ptr<KoinaCache> cache)
    : options_(std::move(options)),
      fragments_(fragments),
      retention_(retention),
      cache_(std::move(cache)),
      fragment_exchange_(exchange_for(options_, fragments)),
      retention_exchange_(exchange_for(options_, retention)) {
  if (cache_ == nullptr || fragments_ == nullptr || fragments_->kind != Kind::spline) return;
  if (const auto record = cache_->find(record_key(knots_identity(*fragments_))))
    knots_ = read_knots(*record);
}

std::string KoinaPredictor::identity() const {
  std::string text = "koina";
  if (fragments_ != nullptr) {
    text += fmt::format(" {}", fragments_->name);
    if (!fragments_->instruments.empty()) text += fmt::format(" ({})", options_.instrument);
  }
  if (retention_ != nullptr) text += fmt::format(" {}", retention_->name);
  return fmt::format("{} at {}", text, options_.url);
}

predict::IntensityMeaning KoinaPredictor::intensity_meaning() const {
  if (fragments_ == nullptr) return {};
  return {.has_splines = fragments_->kind == Kind::spline,
          .is_total = fragments_->gives_totals,
          .low_nce = static_cast<double>(fragments_->lowest_energy),
          .high_nce = static_cast<double>(fragments_->highest_energy)};
}

KoinaPredictor::Plan KoinaPredictor::plan_of(
    const Model& model, std::span<const Peptide> peptides,
    std::span<const predict::SpectrumRequest> requests) const {
  Plan plan;
  plan.query_of.reserve(requests.size());
  std::unordered_map<RecordKey, std::size_t, RecordKeyHash> seen;
  std::uint64_t outside = 0;
  for (const predict::SpectrumRequest& request : requests) {
    auto text = sequence_text(model, peptides[request.peptide]);
    if (!text || (model.kind != Kind::retention &&
                  !takes_charge(model, request.charge, options_.instrument))) {
      ++outside;
      plan.query_of.push_back(kOutside);
      continue;
    }
    Query query{std::move(*text), request.charge, request.nce, request.peptide};
    const RecordKey key = record_key(query_identity(model, options_.instrument, query));
    const auto [at, is_new] = seen.try_emplace(key, plan.queries.size());
    plan.query_of.push_back(at->second);
    if (!is_new) continue;
    plan.queries.push_back(std::move(query));
    plan.keys.push_back(key);
  }
  if (options_.counts != nullptr) options_.counts->outside_limits += outside;
  plan.records.resize(plan.queries.size());
  return plan;
}

Result<void> KoinaPredictor::answer(const Model& model, Exchange& exchange,
                                    std::span<const Peptide> peptides, Plan& plan) const {
  bool can_use_cache = cache_ != nullptr;
  if (can_use_cache && model.kind == Kind::spline) {
    const std::scoped_lock lock(knots_mutex_);
    can_use_cache = knots_.has_value();
  }
  std::vector<std::size_t> missing;
  for (std::size_t i = 0; i < plan.queries.size(); ++i) {
    auto kept = can_use_cache ? cache_->find(plan.keys[i]) : std::nullopt;
    if (kept) {
      plan.records[i] = std::move(*kept);
    } else {
      missing.push_back(i);
    }
  }
  if (options_.counts != nullptr) options_.counts->cached += plan.queries.size() - missing.size();
  const auto size = static_cast<std::size_t>(options_.batch_size);
  const std::size_t count = (missing.size() + size - 1) / size;
  const auto batch_at = [&](std::size_t b) {
    return std::span(missing).subspan(b * size, std::min(size, missing.size() - b * size));
  };
  const auto name_of = [&](std::size_t b) {
    return fmt::format("{}, batch {} of {}", model.name, b + 1, count);
  };
  return exchange.run(
      count,
      [&](std::size_t b) {
        std::vector<Query> queries;
        for (const std::size_t i : batch_at(b)) queries.push_back(plan.queries[i]);
        return Batch{request_body(model, options_.instrument, queries), name_of(b),
                     plan.keys[batch_at(b).front()].high};
      },
      [&](std::size_t b, const Reply& reply) {
        return take_answer(model, peptides, batch_at(b), reply, name_of(b), plan);
      });
}

Result<void> KoinaPredictor::take_answer(const Model& model, std::span<const Peptide> peptides,
                                         std::span<const std::size_t> batch, const Reply& reply,
                                         const std::string& where, Plan& plan) const {
  std::vector<Query> queries;
  for (const std::size_t i : batch) queries.push_back(plan.queries[i]);
  auto answer = read_answer(model, reply, queries, peptides, where);
  if (!answer) return std::unexpected(answer.error());
  if (answer->knots) {
    if (auto kept = keep_knots(model, *answer->knots, where); !kept) return kept;
  }
  if (options_.counts != nullptr) options_.counts->answered += batch.size();
  std::vector<KeyedRecord> records;
  for (std::size_t k = 0; k < batch.size(); ++k) {
    if (cache_ != nullptr) records.emplace_back(plan.keys[batch[k]], answer->records[k]);
    plan.records[batch[k]] = std::move(answer->records[k]);
  }
  return cache_ != nullptr ? cache_->append(records) : Result<void>{};
}

Result<void> KoinaPredictor::keep_knots(const Model& model, const kernel::SplineKnots& knots,
                                        const std::string& where) const {
  const std::scoped_lock lock(knots_mutex_);
  if (knots_) {
    if (*knots_ == knots) return {};
    return fail(
        "OVL-KOI-006",
        fmt::format("the knots {} of the splines differ from the knots of other replies, {}",
                    fmt::join(knots, ", "), fmt::join(*knots_, ", ")),
        where,
        "The service's model has changed: delete the cache of predictions or give another "
        "cache, and build again.");
  }
  if (cache_ != nullptr) {
    const KeyedRecord record{record_key(knots_identity(model)), write_knots(knots)};
    if (auto kept = cache_->append(std::span(&record, 1)); !kept) return kept;
  }
  knots_ = knots;
  return {};
}

Result<void> KoinaPredictor::check_energies(
    std::span<const predict::SpectrumRequest> requests) const {
  for (const predict::SpectrumRequest& request : requests) {
    if (request.nce >= fragments_->lowest_energy && request.nce <= fragments_->highest_energy)
      continue;
    return fail("OVL-CFG-301",
                fmt::format("the collision energy {} is outside {} to {}", request.nce,
                            fragments_->lowest_energy, fragments_->highest_energy),
                std::string(fragments_->key), "Give an energy within the range of the model.");
  }
  return {};
}

Result<void> KoinaPredictor::predict_retention(std::span<const Peptide> peptides,
                                               std::span<float> irt) const {
  if (retention_ == nullptr) return no_model("retention times");
  std::vector<predict::SpectrumRequest> requests(peptides.size());
  for (std::size_t i = 0; i < requests.size(); ++i)
    requests[i].peptide = static_cast<std::uint32_t>(i);
  Plan plan = plan_of(*retention_, peptides, requests);
  if (auto done = answer(*retention_, *retention_exchange_, peptides, plan); !done) return done;
  for (std::size_t i = 0; i < irt.size(); ++i) {
    irt[i] = std::numeric_limits<float>::quiet_NaN();
    if (plan.query_of[i] == kOutside) continue;
    const auto time = read_number(plan.records[plan.query_of[i]]);
    if (!time) return std::unexpected(damaged(*retention_));
    irt[i] = *time;
  }
  return {};
}

Result<void> KoinaPredictor::predict_spectra(std::span<const Peptide> peptides,
                                             std::span<const predict::SpectrumRequest> requests,
                                             predict::PredictedSpectra& spectra) const {
  spectra.clear();
  if (fragments_ == nullptr) return no_model("fragments");
  if (auto checked = check_energies(requests); !checked) return checked;
  Plan plan = plan_of(*fragments_, peptides, requests);
  if (auto done = answer(*fragments_, *fragment_exchange_, peptides, plan); !done) return done;
  kernel::SplineKnots knots{};
  if (fragments_->kind == Kind::spline) {
    const std::scoped_lock lock(knots_mutex_);
    if (knots_) {
      knots = *knots_;
      spectra.knots.assign(knots.begin(), knots.end());
    }
  }
  spectra.begin.push_back(0);
  for (std::size_t r = 0; r < requests.size(); ++r) {
    if (plan.query_of[r] != kOutside) {
      const auto done = append_fragments(*fragments_, plan.records[plan.query_of[r]],
                                         requests[r].nce, knots, spectra);
      if (!done) return done;
    }
    spectra.begin.push_back(spectra.fragments.size());
  }
  return {};
}

}  // namespace overland::koina
