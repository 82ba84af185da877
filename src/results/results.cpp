#include "results/results.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "audit/audit_entries.h"
#include "base/atomic_file.h"
#include "identify/passing.h"
#include "io/table/table.h"
#include "quantify/integrate.h"
#include "quantify/quantify.h"
#include "report/precursor_report.h"
#include "results/calibration_plot.h"
#include "results/tic_table.h"

namespace overland::results {
namespace {

// The time at which the run's model reaches `irt`, between two times, by bisection.
float rt_of_irt(const calibrate::PiecewiseLinear& irt_of_rt, double irt, double low, double high) {
  for (int step = 0; step < 40; ++step) {
    const double middle = (low + high) / 2;
    (irt_of_rt(middle) < irt ? low : high) = middle;
  }
  return static_cast<float>((low + high) / 2);
}

std::string status_text(kernel::QuantityStatus status) {
  switch (status) {
    case kernel::QuantityStatus::ok:
      return "ok";
    case kernel::QuantityStatus::no_signal:
      return "no signal";
    case kernel::QuantityStatus::apex_lost:
      return "apex lost";
    case kernel::QuantityStatus::outside:
      return "outside of all windows";
  }
  return "";
}

void copy_rates(const identify::ScoredRow& scored, report::ReportRow& row) {
  row.q_value = scored.q_value;
  row.global_q_value = scored.global_q_value;
  row.pep = scored.pep;
  row.global_pep = scored.global_pep;
  row.peptide_q_value = scored.peptide_q_value;
  row.global_peptide_q_value = scored.global_peptide_q_value;
  row.peptide_pep = scored.peptide_pep;
  row.protein_q_value = scored.protein_q_value;
  row.global_protein_q_value = scored.global_protein_q_value;
  row.protein_pep = scored.protein_pep;
  row.is_matched = scored.is_matched != 0;
  row.transfer_q_value = scored.transfer_q_value;
}

void copy_group(const identify::ScoredRow& scored, const identify::ProteinGroupNames& groups,
                report::ReportRow& row) {
  row.is_razor = scored.is_razor != 0;
  if (scored.protein_group == scoring::kNoGroup) return;
  row.protein_group = groups.protein_ids[scored.protein_group];
  row.genes = groups.genes[scored.protein_group];
}

report::ReportRow make_row(std::uint32_t run_index, const identify::ScoredRow& scored,
                           const quantify::Quantity& quantity, const run::RawRun& raw,
                           const search::RunModels& models, const library::LibraryView& library) {
  const auto& rt = raw.headers().rt_minutes;
  report::ReportRow row;
  row.precursor = scored.precursor;
  row.run = run_index;
  const bool is_ok = quantity.status == kernel::QuantityStatus::ok;
  row.rt = is_ok ? quantity.rt_minutes : scored.rt_minutes;
  row.rt_start = is_ok ? quantity.rt_start : scored.rt_start;
  row.rt_stop = is_ok ? quantity.rt_stop : scored.rt_stop;
  row.fwhm = quantity.fwhm_minutes;
  row.irt_observed = static_cast<float>(models.rt.irt_of_rt(static_cast<double>(row.rt)));
  row.predicted_rt =
      rt_of_irt(models.rt.irt_of_rt, static_cast<double>(library.irt[scored.precursor]),
                static_cast<double>(rt.front()), static_cast<double>(rt.back()));
  row.quantity = is_ok ? quantity.area : std::numeric_limits<double>::quiet_NaN();
  row.quantity_sd = is_ok ? quantity.sd : std::numeric_limits<double>::quiet_NaN();
  row.ms1_area = is_ok ? quantity.ms1_area : std::numeric_limits<double>::quiet_NaN();
  row.quantity_status = status_text(quantity.status);
  row.interference = quantity.interference;
  copy_rates(scored, row);
  if (scored.twin < library.precursor_count())
    row.indistinguishable = report::precursor_id(library, scored.twin);
  row.score = scored.score;
  row.points = quantity.points;
  row.apex_scan = raw.headers().scan_number[is_ok ? quantity.apex_scan : scored.apex_scan];
  return row;
}

Result<void> add_rows_of_run(const ReportedRun& run, const run::RawRun& raw,
                             std::uint32_t run_index, const library::LibraryView& library,
                             const params::ReportParameters& config,
                             std::vector<report::ReportRow>& rows) {
  const search::RowBounds bounds{.precursors = library.precursor_count(),
                                 .scans = raw.scan_count()};
  const auto scores = identify::read_scores(run.scores, bounds);
  if (!scores) return std::unexpected(scores.error());
  const std::vector<identify::ScoredRow> passing =
      identify::passing_rows(*scores, library, config.report);
  const auto quantities = quantify::quantities_of(passing, run.quantities, bounds);
  if (!quantities) return std::unexpected(quantities.error());
  const auto groups = identify::read_protein_groups(run.protein_groups);
  if (!groups) return std::unexpected(groups.error());
  for (std::size_t i = 0; i < passing.size(); ++i) {
    const std::uint32_t group = passing[i].protein_group;
    if (group != scoring::kNoGroup && group >= groups->protein_ids.size())
      return search::foreign_rows("a row names a protein group that is not there", run.scores);
    rows.push_back(make_row(run_index, passing[i], (*quantities)[i], raw, run.models, library));
    copy_group(passing[i], *groups, rows.back());
  }
  return {};
}

Result<void> write_both(const io::Table& table, const std::filesystem::path& out,
                        const std::string& name, bool also_tsv, const Machine& machine) {
  machine.check_cancelled();
  auto done = io::write_parquet(table, out / (name + ".parquet"));
  if (done && also_tsv) done = io::write_tsv(table, out / (name + ".tsv"), machine);
  return done;
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

Result<void> write_quantity_tables(const quantify::CohortQuantities& quantities,
                                   const std::vector<std::string>& runs,
                                   const params::ReportParameters& config,
                                   const std::filesystem::path& out, const Machine& machine) {
  struct Level {
    const report::LevelQuantities& level;
    const char* file;
    const char* column;
  };
  const std::array levels{Level{quantities.proteins, "protein_groups", "PG.MaxLFQ"},
                          Level{quantities.genes, "genes", "Genes.MaxLFQ"},
                          Level{quantities.peptides, "peptides", "Peptide.MaxLFQ"}};
  const params::QuantifyConfig& q = config.quantify;
  const auto write = [&](io::Table table, const std::string& name) {
    table.metadata["overland.filter"] = quantified_text(config);
    table.metadata["overland.quantify"] =
        fmt::format("normalise {}, method {}, level {}", to_text(q.normalise), to_text(q.method),
                    to_text(q.level));
    return write_both(table, out, name, config.report.tsv, machine);
  };
  Result<void> done =
      write(report::make_normalisation_table(quantities.curves, runs), "normalisation");
  for (const Level& l : levels) {
    if (done) done = write(report::make_long_level(l.level, runs, l.column), l.file);
    if (done) done = write(report::make_wide_level(l.level, runs), std::string(l.file) + "_wide");
  }
  return done;
}

}  // namespace

Result<ResultCounts> write_report(std::span<const ReportedRun> runs,
                                  const std::vector<std::string>& names,
                                  const library::LibraryView& library,
                                  const params::ReportParameters& config,
                                  const std::filesystem::path& out, const Machine& machine) {
  std::vector<report::ReportRow> rows;
  TicTable tic;
  for (const ReportedRun& run : runs) {
    const auto index =
        static_cast<std::uint32_t>(std::ranges::find(names, run.name) - names.begin());
    const auto raw = run::open_run(run.run, machine);
    if (!raw) return std::unexpected(raw.error());
    tic.add(run.name, raw->headers());
    if (auto done = add_rows_of_run(run, *raw, index, library, config, rows); !done) {
      return std::unexpected(done.error());
    }
  }
  const quantify::CohortQuantities quantities =
      quantify::quantify_rows(rows, library, names.size(), config.quantify, machine);
  io::Table report = report::make_report(rows, library, names);
  report.metadata["overland.filter"] = filter_text(config);
  io::Table wide = report::make_wide(rows, library, names);
  wide.metadata["overland.filter"] = filter_text(config);
  auto done = write_both(report, out, "report", config.report.tsv, machine);
  if (done) done = write_both(wide, out, "precursors_wide", config.report.tsv, machine);
  if (done) done = write_quantity_tables(quantities, names, config, out, machine);
  if (done) done = io::write_parquet(std::move(tic).finish(), out / "tic.parquet");
  if (!done) return std::unexpected(done.error());
  ResultCounts counts;
  std::set<std::uint32_t> distinct;
  for (const report::ReportRow& row : rows) {
    distinct.insert(row.precursor);
    counts.without_quantity += row.quantity_status == "ok" ? 0U : 1U;
  }
  counts.rows = rows.size();
  counts.precursors = distinct.size();
  return counts;
}

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

Result<void> write_results_manifest(const std::vector<ManifestRun>& runs,
                                    const library::Library& library,
                                    const params::ReportParameters& config,
                                    const std::filesystem::path& out) {
  using Json = nlohmann::ordered_json;
  Json json;
  json["program"] = "overland " OVERLAND_VERSION;
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
