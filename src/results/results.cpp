#include "results/results.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "audit/audit_entries.h"
#include "base/files/atomic_file.h"
#include "base/version.h"
#include "report/precursor_report.h"
#include "results/calibration_plot.h"

namespace overland::results {

Result<void> write_plots(std::span<const ReportedRun> runs, const std::filesystem::path& folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  for (const ReportedRun& run : runs) {
    const auto points = tune::read_points(run.points);
    if (!points) return std::unexpected(points.error());
    auto done = write_text_atomically(folder / (run.name + ".calibration.svg"),
                                      calibration_svg(run.name, run.models, *points));
    if (!done) return done;
  }
  return {};
}

std::string filter_text(const params::ReportParameters& config) {
  std::string kinds = "targets";
  if (config.report.entrapments)
    kinds += config.report.decoys ? ", entrapments" : " and entrapments";
  if (config.report.decoys) kinds += " and decoys";
  const std::string text = fmt::format("{} with Q.Value <= {} and Global.Q.Value <= {}", kinds,
                                       config.report.q_value, config.report.q_value);
  if (!config.transfer.enabled) return text;
  return fmt::format(
      "{}, or Matched.Between.Runs = 1: Transfer.Q.Value <= {}, Global.Q.Value <= {}", text,
      config.transfer.q_value, identify::kDonorQValue);
}

std::string quantified_text(const params::ReportParameters& config) {
  const double q = std::min(config.quantify.q_value, config.report.q_value);
  return fmt::format(
      "rows with a global q-value <= {0}, from target precursors with Global.Q.Value <= {0} and "
      "Q.Value <= {0}{1}",
      q, config.transfer.enabled ? " or Matched.Between.Runs = 1" : "");
}

Result<void> write_results_manifest(const std::vector<ManifestRun>& runs,
                                    const library::Library& library,
                                    const params::ReportParameters& config,
                                    const std::filesystem::path& out) {
  using Json = nlohmann::ordered_json;
  Json json;
  json["program"] = program_name();
  json["schema_version"] = report::kReportSchemaVersion;
  json["library"] = {{"source", library.provenance().source},
                     {"hash", library.content_hash()},
                     {"entrapments", audit::AuditCollector::can_audit(library.view())}};
  json["runs"] = Json::array();
  for (const ManifestRun& run : runs) {
    json["runs"].push_back({{"name", run.name},
                            {"hash", run.content_hash},
                            {"status", run.has_failed ? "failed" : "done"}});
  }
  const std::string filter = filter_text(config);
  json["tables"] = {
      {"report.parquet", {{"rows", "one per precursor and run"}, {"filter", filter}}},
      {"precursors_wide.parquet", {{"rows", "one per precursor"}, {"filter", filter}}},
      {"feature_importance.parquet", {{"rows", "one per feature"}, {"filter", "none"}}},
      {"runs.parquet", {{"rows", "one per run"}, {"filter", "none"}}},
      {"tic.parquet", {{"rows", "one per run, MS order and span of time"}, {"filter", "none"}}}};
  if (config.report.xic) {
    json["tables"]["xic.parquet"] = {{"rows", "one per precursor and run, and decoys"},
                                     {"filter", fmt::format("{}; {} decoys of each run beside them",
                                                            filter, config.report.xic_decoys)}};
  }
  const std::string quantified = quantified_text(config);
  for (const std::string name : {"protein_groups", "genes", "peptides"}) {
    json["tables"][name + ".parquet"] = {{"rows", "one per name and run"}, {"filter", quantified}};
    json["tables"][name + "_wide.parquet"] = {{"rows", "one per name"}, {"filter", quantified}};
  }
  json["tables"]["normalisation.parquet"] = {{"rows", "one per run and point of its curve"},
                                             {"filter", quantified}};
  if (audit::AuditCollector::can_audit(library.view())) {
    json["tables"]["audit.parquet"] = {
        {"rows", "one per level, scope and q-value"},
        {"filter", fmt::format("targets and entrapments, q-values up to {}", audit::kMostAudited)}};
  }
  return write_text_atomically(out / "manifest.json", json.dump(2) + "\n");
}

}  // namespace overland::results
