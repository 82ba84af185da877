#include "train/train_predictor.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/files/hash.h"
#include "base/files/output_guard.h"
#include "base/progress.h"
#include "base/version.h"
#include "params/results_folder.h"
#include "train/training_data.h"
#include "train/tune_predictor.h"

namespace overland::train {
namespace {

using nlohmann::json;
using predict::PredictorModel;

double quantile(std::vector<float> values, double part) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  const auto at = static_cast<std::size_t>(part * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(at), values.end());
  return static_cast<double>(values[at]);
}

struct Split {
  std::vector<std::uint32_t> train, held_out;
};

// Splits the peptides that have examples into training and held-out peptides.
template <class HasExamples>
Split split(const TrainingPeptides& peptides, const HasExamples& has_examples) {
  Split s;
  for (std::uint32_t p = 0; p < peptides.tokens.size(); ++p)
    if (has_examples(p)) (peptides.is_held_out[p] ? s.held_out : s.train).push_back(p);
  return s;
}

bool is_tuning(const TrainPredictorOptions& options) {
  return !options.base.empty() || !options.from.empty();
}

struct Schedule {
  int passes, retention_passes;
  double peak_rate;
};

Schedule schedule_of(const TrainPredictorOptions& options) {
  const TuningSettings tuning;
  const Schedule usual = is_tuning(options)
                             ? Schedule{tuning.passes, tuning.retention_passes, tuning.peak_rate}
                             : Schedule{18, 14, 4e-3};
  return {options.passes.value_or(usual.passes),
          options.retention_passes.value_or(usual.retention_passes),
          options.peak_rate.value_or(usual.peak_rate)};
}

predict::TrainingSettings settings_of(const TrainPredictorOptions& options, int passes) {
  return {.passes = passes,
          .seed = options.seed,
          .machine = options.machine,
          .peak_rate = schedule_of(options).peak_rate};
}

// Logs each epoch and the remaining time.
class PassLog {
 public:
  PassLog(const Machine& machine, std::string title, int passes)
      : machine_(machine),
        bar_(machine, std::move(title), static_cast<std::uint64_t>(passes), "passes"),
        passes_(passes) {}
  void operator()(int pass, double loss) {
    bar_.tick();
    machine_.info("  epoch {} of {}: loss {:.4f}", pass, passes_, loss);
  }

 private:
  Machine machine_;
  ProgressBar bar_;
  int passes_;
};

void train_fragments(const TrainPredictorOptions& options, TrainingData& data,
                     PredictorModel& model, PredictorAccuracy& accuracy) {
  const predict::SpectrumNetwork network(model.spectrum_shape);
  if (model.spectrum.empty()) model.spectrum = network.plan().initial(options.seed);
  const predict::SpectrumExamples examples = spectrum_examples(data);
  const Split parts = split(data.peptides, [&examples](std::uint32_t p) {
    return examples.row_begin[p] < examples.row_begin[p + 1];
  });
  const auto [low, high] = std::minmax_element(examples.nce.begin(), examples.nce.end());
  if (options.base.empty() && options.from.empty())
    model.least_nce = *low, model.greatest_nce = *high;
  options.machine.info(
      "fragments: {} spectra of {} peptides, {} weights", grouped(examples.charge.size()),
      grouped(parts.train.size() + parts.held_out.size()), grouped(model.spectrum.size()));
  const int passes = schedule_of(options).passes;
  PassLog log(options.machine, "fragments", passes);
  predict::train_spectra(network, examples, parts.train, settings_of(options, passes),
                         model.spectrum, [&log](int pass, double loss) { log(pass, loss); });
  const std::vector<float> found =
      predict::evaluate_spectra(network, examples, parts.held_out, model.spectrum, options.machine);
  std::vector<std::vector<float>> by_charge(8);
  std::size_t at = 0;
  for (const std::uint32_t p : parts.held_out)
    for (std::uint32_t r = examples.row_begin[p]; r < examples.row_begin[p + 1]; ++r)
      by_charge[examples.charge[r] - 1U].push_back(found[at++]);
  accuracy.spectra = found.size();
  accuracy.median_similarity = quantile(found, 0.5);
  while (!by_charge.empty() && by_charge.back().empty()) by_charge.pop_back();
  for (auto& one : by_charge) accuracy.by_charge.push_back(quantile(std::move(one), 0.5));
}

struct Correlation {
  double n = 0, x = 0, y = 0, xx = 0, yy = 0, xy = 0;
  void add(double a, double b) { n += 1, x += a, y += b, xx += a * a, yy += b * b, xy += a * b; }
  [[nodiscard]] double pearson() const {
    return (n * xy - x * y) / std::sqrt((n * xx - x * x) * (n * yy - y * y));
  }
};

void judge_retention(const predict::RetentionExamples& examples,
                     std::span<const std::uint32_t> held_out, std::span<const float> predicted,
                     const PredictorModel& model, PredictorAccuracy& accuracy) {
  for (std::size_t s = 0; s < examples.scales; ++s) {
    Correlation correlation;
    std::vector<float> errors;
    double sum = 0;
    for (std::size_t i = 0; i < held_out.size(); ++i) {
      const float measured = examples.time[held_out[i] * examples.scales + s];
      if (std::isnan(measured)) continue;
      const float found = predicted[i * examples.scales + s];
      correlation.add(static_cast<double>(measured), static_cast<double>(found));
      errors.push_back(std::abs(found - measured) * static_cast<float>(model.scales[s].deviation));
      sum += static_cast<double>(errors.back());
    }
    if (errors.empty()) continue;
    accuracy.retention.push_back({.scale = model.scales[s].name,
                                  .peptides = errors.size(),
                                  .pearson = correlation.pearson(),
                                  .mean_absolute_error = sum / static_cast<double>(errors.size()),
                                  .error_95 = quantile(errors, 0.95)});
  }
}

void train_times(const TrainPredictorOptions& options, const TrainingData& data,
                 PredictorModel& model, PredictorAccuracy& accuracy) {
  const predict::RetentionNetwork network(model.retention_shape);
  std::vector<predict::RetentionScale> scales = retention_scales(data);
  if (model.retention.empty()) {
    model.retention = network.plan().initial(options.seed + 1);
  } else if (!model.scales.empty()) {
    scales.front() = model.scales.front();
  }
  model.scales = std::move(scales);
  const predict::RetentionExamples examples = retention_examples(data, model.scales);
  const Split parts = split(data.peptides, [&examples](std::uint32_t p) {
    for (std::size_t s = 0; s < examples.scales; ++s)
      if (!std::isnan(examples.time[p * examples.scales + s])) return true;
    return false;
  });
  options.machine.info(
      "retention: {} times of {} peptides, {} weights", grouped(data.retention.size()),
      grouped(parts.train.size() + parts.held_out.size()), grouped(model.retention.size()));
  const int passes = schedule_of(options).retention_passes;
  PassLog log(options.machine, "retention", passes);
  predict::train_retention(network, examples, parts.train, settings_of(options, passes),
                           model.retention, [&log](int pass, double loss) { log(pass, loss); });
  const std::vector<float> predicted = predict::evaluate_retention(
      network, examples, parts.held_out, model.retention, options.machine);
  judge_retention(examples, parts.held_out, predicted, model, accuracy);
}

json accuracy_json(const PredictorAccuracy& accuracy) {
  json retention = json::array();
  for (const auto& r : accuracy.retention)
    retention.push_back({{"scale", r.scale},
                         {"peptides", r.peptides},
                         {"pearson", r.pearson},
                         {"mean_absolute_error", r.mean_absolute_error},
                         {"error_95", r.error_95}});
  return {{"spectra", accuracy.spectra},
          {"median_spectral_angle_similarity", accuracy.median_similarity},
          {"by_charge", accuracy.by_charge},
          {"retention", retention}};
}

Result<json> provenance(const TrainPredictorOptions& options) {
  json tables = json::array();
  for (const auto* list : {&options.spectra, &options.retention})
    for (const std::filesystem::path& file : *list) {
      const auto hash = hash_file(file, options.machine);
      if (!hash) return std::unexpected(hash.error());
      tables.push_back({{"file", file.filename().string()}, {"hash", *hash}});
    }
  const Schedule schedule = schedule_of(options);
  return json{{"tables", tables},
              {"passes", schedule.passes},
              {"retention_passes", schedule.retention_passes},
              {"peak_rate", schedule.peak_rate},
              {"seed", options.seed},
              {"base", options.base.filename().string()},
              {"created_by", program_name()}};
}

void log_accuracy(const Machine& machine, const PredictorAccuracy& a) {
  if (a.spectra > 0)
    machine.info("held out: {} spectra, median spectral angle similarity {:.4f}",
                 grouped(a.spectra), a.median_similarity);
  for (std::size_t z = 0; z < a.by_charge.size(); ++z)
    machine.info("  charge {}: {:.4f}", z + 1, a.by_charge[z]);
  for (const auto& r : a.retention)
    machine.info(
        "held out: {} times on {}: Pearson {:.4f}, mean absolute error {:.4g}, 95 % quantile "
        "{:.4g}",
        grouped(r.peptides), r.scale, r.pearson, r.mean_absolute_error, r.error_95);
}

Result<TrainingData> read_tables(const TrainPredictorOptions& options) {
  TrainingData data;
  for (const auto& file : options.spectra)
    if (auto done = read_spectrum_table(file, data); !done) return std::unexpected(done.error());
  for (const auto& file : options.retention)
    if (auto done = read_retention_table(file, data); !done) return std::unexpected(done.error());
  if (data.spectra.empty() && data.retention.empty())
    return fail("OVL-PRE-003", "there are no rows to train on", "",
                "Give tables with rows by --spectra or --retention.");
  return data;
}

Result<PredictorModel> starting_model(const TrainPredictorOptions& options) {
  if (!options.base.empty()) return predict::read_model(options.base);
  if (!options.from.empty())
    return predict::parse_model(predict::embedded_model_bytes(), "the embedded model");
  if (options.spectra.empty())
    return fail("OVL-PRE-003", "there are no spectra to train the fragment intensities on", "",
                "Give --spectra, or --base with a model to tune.");
  PredictorModel model;
  model.spectrum_shape.channels = static_cast<std::size_t>(options.channels);
  return model;
}

// With --from, adds the search's observed spectra to the tables of spectra.
Result<TrainPredictorOptions> with_results(TrainPredictorOptions options) {
  if (options.from.empty()) return options;
  const std::filesystem::path table =
      params::ResultsFolder(options.from).path_of(params::kObservedSpectra);
  if (!std::filesystem::exists(table))
    return fail("OVL-PRE-003", "the results have no observed spectra", options.from.string(),
                "Give the results folder of a search with --refine.");
  options.spectra.push_back(table);
  return options;
}

}  // namespace

Result<PredictorAccuracy> train_predictor(const TrainPredictorOptions& given) {
  const auto with_table = with_results(given);
  if (!with_table) return std::unexpected(with_table.error());
  const TrainPredictorOptions& options = *with_table;
  std::vector<std::filesystem::path> inputs = options.spectra;
  inputs.insert(inputs.end(), options.retention.begin(), options.retention.end());
  if (!options.base.empty()) inputs.push_back(options.base);
  if (auto checked = check_output_file(options.out, inputs, options.overwrite); !checked)
    return std::unexpected(checked.error());
  auto model = starting_model(options);
  if (!model) return std::unexpected(model.error());
  auto data = read_tables(options);
  if (!data) return std::unexpected(data.error());
  auto training = provenance(options);
  if (!training) return std::unexpected(training.error());
  PredictorAccuracy accuracy;
  if (!data->spectra.empty()) train_fragments(options, *data, *model, accuracy);
  if (!data->retention.empty() || model->retention.empty())
    train_times(options, *data, *model, accuracy);
  model->name = options.name;
  (*training)["held_out"] = accuracy_json(accuracy);
  model->training = training->dump();
  if (auto done = predict::write_model(*model, options.out); !done)
    return std::unexpected(done.error());
  log_accuracy(options.machine, accuracy);
  return accuracy;
}

}  // namespace overland::train
