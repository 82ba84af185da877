#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "base/progress.h"
#include "base/summary.h"
#include "plan/search_forecast.h"

namespace overland::plan {
namespace {

using Json = nlohmann::ordered_json;
constexpr int kVersion = 1;

std::string duration_text(double seconds) {
  constexpr double kMinute = 60, kHour = 3600;
  if (seconds < kMinute) return fmt::format("{:.1f} s", seconds);
  if (seconds < 2 * kHour) return fmt::format("{:.1f} min", seconds / kMinute);
  return fmt::format("{:.1f} h", seconds / kHour);
}

std::string megabytes_text(double megabytes) {
  return memory_text(static_cast<std::uint64_t>(megabytes * 1e6));
}

// The steps of one stage: one line of the table.
struct StageLine {
  std::string stage;
  std::size_t steps = 0, to_do = 0;
  double cpu_seconds = 0, memory_mb = 0, disk_mb = 0;
  bool is_measured = true;
  std::map<std::string, std::vector<std::string>> runs_by_reason = {};
};

std::vector<StageLine> lines_of(const SearchForecast& forecast) {
  std::vector<StageLine> lines;
  for (const ForecastStep& step : forecast.steps) {
    if (lines.empty() || lines.back().stage != step.stage) lines.push_back({.stage = step.stage});
    StageLine& line = lines.back();
    ++line.steps;
    if (step.is_done()) continue;
    ++line.to_do;
    line.cpu_seconds += step.cost.cpu_seconds;
    line.memory_mb = std::max(line.memory_mb, step.cost.memory_mb);
    line.disk_mb += step.cost.disk_mb;
    line.is_measured = line.is_measured && step.is_measured;
    line.runs_by_reason[step.reason].push_back(step.run);
  }
  return lines;
}

std::string runs_text(const std::vector<std::string>& runs, std::size_t steps) {
  constexpr std::size_t kNamed = 3;
  if (runs.front().empty()) return "";
  if (runs.size() == steps && steps > 1) return " (all runs)";
  std::string text;
  for (std::size_t i = 0; i < std::min(runs.size(), kNamed); ++i)
    text += (i == 0 ? " (" : ", ") + runs[i];
  if (runs.size() > kNamed) text += fmt::format(" and {} more", runs.size() - kNamed);
  return text + ")";
}

std::string inputs_text(const InputSizes& inputs) {
  std::string text = fmt::format("library: {} precursors with decoys ({})\n",
                                 grouped(inputs.library.precursors), inputs.library.source);
  for (const RunSize& run : inputs.runs)
    text += run.source.empty()
                ? fmt::format("run {}: cannot be read\n", run.name)
                : fmt::format("run {}: {} MS2 scans in {} windows, {:.1f} million peaks ({})\n",
                              run.name, grouped(run.ms2_scans), run.windows,
                              static_cast<double>(run.peaks) / 1e6, run.source);
  return text;
}

std::string line_text(const StageLine& line) {
  if (line.to_do == 0) return fmt::format("{:<20} {:>9}\n", line.stage, "done");
  std::string text =
      fmt::format("{:<20} {:>9} {:>10} {:>9} {:>9}  {}\n", line.stage,
                  line.steps == 1 ? "to do" : fmt::format("{} of {}", line.to_do, line.steps),
                  duration_text(line.cpu_seconds), megabytes_text(line.memory_mb),
                  megabytes_text(line.disk_mb), line.is_measured ? "measured" : "model");
  for (const auto& [reason, runs] : line.runs_by_reason)
    text += fmt::format("    {}{}\n", reason, runs_text(runs, line.steps));
  return text;
}

std::string total_text(const SearchForecast& forecast) {
  const ForecastTotal total = forecast.total();
  if (total.steps == 0) return "\nEverything is up to date: the search has nothing to do.\n";
  return fmt::format(
      "\n{} of {} steps to do: {} of one core, about {} on {} {}; peak memory {}; results folder "
      "{} on disk.\nPredictions include factors for safety: {} of time, {} of memory, {} of "
      "disk.\n",
      total.steps, forecast.steps.size(), duration_text(total.cpu_seconds),
      duration_text(total.wall_seconds), forecast.threads,
      forecast.threads == 1 ? "thread" : "threads", megabytes_text(total.memory_mb),
      megabytes_text(total.disk_mb), kSafety.cpu_seconds, kSafety.memory_mb, kSafety.disk_mb);
}

// Three digits are more than a prediction is worth.
double in_thousandths(double value) {
  return std::round(value * 1000) / 1000;
}

Json cost_json(const StepCost& cost) {
  return {{"cpu_seconds", in_thousandths(cost.cpu_seconds)},
          {"memory_mb", in_thousandths(cost.memory_mb)},
          {"disk_mb", in_thousandths(cost.disk_mb)}};
}

Json json_of(const ForecastStep& step) {
  Json json = {{"stage", step.stage},
               {"run", step.run},
               {"inputs", step.inputs},
               {"state", step.is_done() ? "done" : "to do"},
               {"reason", step.reason}};
  json.update(cost_json(step.cost));
  json["threads"] = step.threads;
  json["source"] = step.is_measured ? "measured" : "model";
  return json;
}

}  // namespace

std::string forecast_text(const SearchForecast& forecast) {
  std::string text = inputs_text(forecast.inputs);
  text += fmt::format("\n{:<20} {:>9} {:>10} {:>9} {:>9}  {}\n", "stage", "state", "core time",
                      "memory", "disk", "source");
  for (const StageLine& line : lines_of(forecast)) text += line_text(line);
  return text + total_text(forecast);
}

std::string forecast_json(const SearchForecast& forecast) {
  Json json = {{"version", kVersion}, {"runs", Json::array()}, {"steps", Json::array()}};
  for (const RunSize& run : forecast.inputs.runs) json["runs"].push_back(run.name);
  for (const ForecastStep& step : forecast.steps) json["steps"].push_back(json_of(step));
  const ForecastTotal total = forecast.total();
  json["total"] = {{"steps", total.steps},
                   {"threads", forecast.threads},
                   {"cpu_seconds", in_thousandths(total.cpu_seconds)},
                   {"wall_seconds", in_thousandths(total.wall_seconds)},
                   {"memory_mb", in_thousandths(total.memory_mb)},
                   {"disk_mb", in_thousandths(total.disk_mb)}};
  constexpr auto kReplace = Json::error_handler_t::replace;
  return json.dump(2, ' ', false, kReplace) + "\n";
}

}  // namespace overland::plan
