#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/files/atomic_file.h"
#include "base/version.h"
#include "explain/explain.h"

namespace overland::explain {

std::string_view to_text(GateState state) {
  switch (state) {
    case GateState::passed:
      return "passed";
    case GateState::failed:
      return "failed";
    case GateState::note:
      return "note";
    case GateState::not_reached:
      return "not reached";
  }
  return "";
}

std::string explanation_text(const Explanation& e) {
  std::string text = fmt::format("{} in {}: {}\n\n", e.precursor, e.run, e.verdict);
  for (const Gate& gate : e.gates) {
    text += fmt::format("{:<12} {:<17} {}\n", to_text(gate.state), gate.name, gate.text);
    if (!gate.needed.empty()) text += fmt::format("{:<30} needed: {}\n", "", gate.needed);
  }
  if (!e.features.empty()) {
    text += fmt::format("\n{:<24} {:>11} {:>15} {:>14} {:>11} {:>11}\n", "feature", "value",
                        "% of targets <", "% of decoys <", "targets", "decoys");
    for (const FeatureComparison& f : e.features)
      text +=
          fmt::format("{:<24} {:>11.4g} {:>15.1f} {:>14.1f} {:>11.4g} {:>11.4g}\n", f.name, f.value,
                      f.among_targets, f.among_decoys, f.median_targets, f.median_decoys);
    text += "(medians of the best peak groups of this run's accepted targets and of its decoys)\n";
  }
  if (!e.competitors.empty()) {
    text +=
        fmt::format("\n{:>12} {:>12}  {}\n", "shared peaks", "weight", "competitor at the apex");
    for (const Competitor& c : e.competitors)
      text += fmt::format("{:>12} {:>12.4g}  {}{}\n", c.shared_peaks, c.weight, c.precursor,
                          c.is_decoy ? " (decoy)" : "");
  }
  return text;
}

report::PageJson explanation_json(const Explanation& e) {
  report::PageJson json{{"precursor", e.precursor},
                        {"run", e.run},
                        {"verdict", e.verdict},
                        {"found", e.is_found},
                        {"gates", report::PageJson::array()},
                        {"features", report::PageJson::array()},
                        {"competitors", report::PageJson::array()},
                        {"traces", report::PageJson::array()}};
  for (const Gate& gate : e.gates)
    json["gates"].push_back({{"gate", gate.name},
                             {"state", to_text(gate.state)},
                             {"text", gate.text},
                             {"needed", gate.needed}});
  for (const FeatureComparison& f : e.features)
    json["features"].push_back({{"name", f.name},
                                {"value", report::rounded(f.value)},
                                {"amongTargets", report::rounded(f.among_targets, 3)},
                                {"amongDecoys", report::rounded(f.among_decoys, 3)},
                                {"medianTargets", report::rounded(f.median_targets)},
                                {"medianDecoys", report::rounded(f.median_decoys)}});
  for (const Competitor& c : e.competitors)
    json["competitors"].push_back({{"precursor", c.precursor},
                                   {"isDecoy", c.is_decoy},
                                   {"sharedPeaks", c.shared_peaks},
                                   {"weight", report::rounded(c.weight)}});
  for (const report::Chromatogram& trace : e.traces)
    json["traces"].push_back(report::chromatogram_json(trace, {e.run}, false));
  return json;
}

Result<void> write_explanation_page(const Explanation& explanation,
                                    const std::filesystem::path& file) {
  report::PageJson page;
  page["page"] = "explain";
  page["program"] = program_name();
  page["title"] = explanation.precursor;
  page["names"] = {explanation.run};
  page["explain"] = explanation_json(explanation);
  return write_text_atomically(file, report::html_page(page));
}

}  // namespace overland::explain
