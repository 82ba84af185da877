#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "audit/audit.h"
#include "base/files/atomic_file.h"
#include "io/table/table.h"
#include "report/precursor_report.h"
#include "report/svg_plot.h"

namespace overland::audit {
namespace {

using Json = nlohmann::ordered_json;

struct Row {
  const AuditCurve& curve;
  const scoring::AuditPoint& point;
};

std::vector<Row> rows_of(const Audit& audit) {
  std::vector<Row> rows;
  for (const auto* curves : {&audit.curves, &audit.runs}) {
    for (const AuditCurve& curve : *curves) {
      for (const scoring::AuditPoint& point : curve.points) rows.push_back({curve, point});
    }
  }
  return rows;
}

template <class T, class F>
std::vector<T> each(const std::vector<Row>& rows, F value) {
  std::vector<T> values;
  for (const Row& row : rows) values.push_back(value(row));
  return values;
}

std::string verdict_text(const Row& row) {
  return to_text(scoring::verdict_at(row.point, row.point.q_value, row.curve.ratio));
}

void add_bounds(io::Table& table, const std::vector<Row>& rows, const std::string& name,
                double scoring::ProportionBounds::* bound) {
  table.add(name, each<double>(rows, [=](const Row& r) { return r.point.fdp.*bound; }));
  table.add(name + ".Low", each<double>(rows, [=](const Row& r) { return r.point.low.*bound; }), "",
            "95 % interval");
  table.add(name + ".High", each<double>(rows, [=](const Row& r) { return r.point.high.*bound; }),
            "", "95 % interval");
}

io::Table table_of(const Audit& audit) {
  const std::vector<Row> rows = rows_of(audit);
  io::Table table;
  table.metadata["overland.schema_version"] = report::kReportSchemaVersion;
  table.metadata["overland.resamples"] = std::to_string(audit.resamples);
  table.add("Level", each<std::string>(rows, [](const Row& r) { return r.curve.level; }));
  table.add("Scope", each<std::string>(rows, [](const Row& r) { return r.curve.scope; }), "",
            "run: q-values of all runs; global; one run");
  table.add("Run", each<std::string>(rows, [](const Row& r) { return r.curve.run; }), "",
            "of the scope 'one run'");
  table.add("Q.Value", each<double>(rows, [](const Row& r) { return r.point.q_value; }), "",
            "accepted: at or below it");
  table.add("Targets", each<std::uint64_t>(rows, [](const Row& r) { return r.point.targets; }), "",
            "accepted");
  table.add("Entrapments",
            each<std::uint64_t>(rows, [](const Row& r) { return r.point.entrapments; }), "",
            "accepted");
  add_bounds(table, rows, "Lower.Bound", &scoring::ProportionBounds::lower_bound);
  add_bounds(table, rows, "Combined", &scoring::ProportionBounds::combined);
  add_bounds(table, rows, "Paired", &scoring::ProportionBounds::paired);
  table.add("Verdict", each<std::string>(rows, verdict_text), "",
            "on the claim that at most Q.Value of the accepted are false");
  return table;
}

Json number(double value) {
  return std::isnan(value) ? Json(nullptr) : Json(value);
}

Json bounds_json(const scoring::ProportionBounds& bounds) {
  return {{"lower_bound", number(bounds.lower_bound)},
          {"combined", number(bounds.combined)},
          {"paired", number(bounds.paired)}};
}

bool is_level(double q) {
  return std::ranges::find(kAuditLevels, q) != kAuditLevels.end();
}

const char* scope_words(const std::string& scope) {
  return scope == "global" ? "over all runs" : "in the runs";
}

// Percentage with up to three significant digits.
std::string percent(double share) {
  if (std::isnan(share)) return "-";
  const double p = 100 * share;
  return fmt::format("{:.{}f}", p, p < 1 ? 3 : p < 10 ? 2 : 1);
}

std::string text_row(const Row& row) {
  const scoring::AuditPoint& p = row.point;
  const bool is_paired = !std::isnan(p.fdp.paired);
  const auto bound =
      is_paired ? &scoring::ProportionBounds::paired : &scoring::ProportionBounds::combined;
  const std::string few =
      scoring::has_too_few(p, p.q_value, row.curve.ratio) ? " (too few accepted)" : "";
  return fmt::format("{:<14}{:<15}{:>5} %{:>10}{:>13}{:>10}{:>10}{:>10}   {:>6} .. {:<8}{}{}\n",
                     row.curve.level, scope_words(row.curve.scope), 100 * p.q_value, p.targets,
                     p.entrapments, percent(p.fdp.lower_bound), percent(p.fdp.paired),
                     percent(p.fdp.combined), percent(p.low.*bound), percent(p.high.*bound),
                     verdict_text(row), few);
}

// List of the runs with the verdict `invalid` at 1 %.
std::string refuted_runs(const Audit& audit) {
  std::string names;
  std::size_t count = 0;
  constexpr std::size_t kNamed = 5;
  for (const AuditCurve& curve : audit.runs) {
    for (const scoring::AuditPoint& point : curve.points) {
      if (point.q_value != kAuditLevels[1]) continue;
      if (scoring::verdict_at(point, point.q_value, curve.ratio) != scoring::AuditVerdict::invalid)
        continue;
      if (count++ < kNamed) names += fmt::format("  {} ({})\n", curve.run, curve.level);
    }
  }
  if (count == 0) return "";
  return fmt::format("invalid at 1 % in {} single run(s), see audit.parquet:\n{}", count, names);
}

report::PlotPanel panel_of(const AuditCurve& curve) {
  const bool is_paired = !std::isnan(curve.points.front().fdp.paired);
  const auto upper =
      is_paired ? &scoring::ProportionBounds::paired : &scoring::ProportionBounds::combined;
  report::PlotPanel panel{.title = fmt::format("{}, {}", curve.level, scope_words(curve.scope)),
                          .x_label = "claimed q-value",
                          .y_label = "false-discovery proportion"};
  report::PlotBand band{.x = {}, .low = {}, .high = {}, .label = "95 %"};
  report::PlotLine claim{.x = {0}, .y = {0}, .label = "claim"};
  report::PlotLine lower{.x = {}, .y = {}, .label = "lower bound"};
  report::PlotLine high{.x = {}, .y = {}, .label = is_paired ? "paired" : "combined"};
  for (const scoring::AuditPoint& p : curve.points) {
    if (p.targets + p.entrapments == 0) continue;
    for (auto* x : {&band.x, &lower.x, &high.x}) x->push_back(p.q_value);
    band.low.push_back(p.low.*upper);
    band.high.push_back(std::min(p.high.*upper, 2 * kMostAudited));
    lower.y.push_back(p.fdp.lower_bound);
    high.y.push_back(p.fdp.*upper);
  }
  claim.x.push_back(kMostAudited);
  claim.y.push_back(kMostAudited);
  panel.bands.push_back(std::move(band));
  panel.lines = {std::move(high), std::move(lower), std::move(claim)};
  return panel;
}

}  // namespace

std::string audit_json(const Audit& audit) {
  Json json{{"verdict_at", kAuditLevels[1]}, {"resamples", audit.resamples}};
  json["curves"] = Json::array();
  for (const Row& row : rows_of(audit)) {
    if (!is_level(row.point.q_value)) continue;
    const scoring::AuditPoint& p = row.point;
    Json& part = json["curves"].emplace_back();
    part = {{"level", row.curve.level}, {"scope", row.curve.scope}};
    if (!row.curve.run.empty()) part["run"] = row.curve.run;
    part["q_value"] = p.q_value;
    part["verdict"] = verdict_text(row);
    part["too_few"] = scoring::has_too_few(p, p.q_value, row.curve.ratio);
    part["targets"] = p.targets;
    part["entrapments"] = p.entrapments;
    part["ratio"] = row.curve.ratio;
    part["fdp"] = bounds_json(p.fdp);
    part["low_95"] = bounds_json(p.low);
    part["high_95"] = bounds_json(p.high);
  }
  return json.dump(1) + "\n";
}

std::string audit_text(const Audit& audit) {
  std::string text = fmt::format("{:<29}{:>7}{:>10}{:>13}{:>10}{:>10}{:>10}   {:<18}{}\n",
                                 "false among the accepted, %", "q-value", "targets", "entrapments",
                                 "at least", "paired", "combined", "95 % interval", "the claim is");
  for (const AuditCurve& curve : audit.curves) {
    for (const scoring::AuditPoint& point : curve.points) {
      if (is_level(point.q_value)) text += text_row({curve, point});
    }
  }
  text +=
      "\nat least: lower bound. Upper bound: paired if each target has one entrapment, else "
      "combined. The interval is the 95 % confidence interval of the upper bound.\n";
  const bool has_transfers = std::ranges::any_of(
      audit.curves, [](const AuditCurve& curve) { return !curve.has_upper_bound(); });
  if (has_transfers) {
    text +=
        "transfer: match between runs, by Transfer.Q.Value. Entrapments show false donors only; "
        "precursors that are absent from the acceptor run are estimated from the donors' decoys.\n";
  }
  return text + refuted_runs(audit);
}

Result<void> write_audit(const Audit& audit, const std::filesystem::path& results) {
  auto done = io::write_parquet(table_of(audit), results / "audit.parquet");
  if (done) done = write_text_atomically(results / "audit.json", audit_json(audit));
  std::vector<report::PlotPanel> panels;
  for (const AuditCurve& curve : audit.curves) {
    if (curve.has_upper_bound()) panels.push_back(panel_of(curve));
  }
  if (done)
    done = write_text_atomically(results / "plots/audit.svg",
                                 report::svg_page("Claimed and measured error rates", panels, 2));
  return done;
}

}  // namespace overland::audit
