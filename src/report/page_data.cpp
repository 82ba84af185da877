#include "report/page_data.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <unordered_map>
#include <unordered_set>
#include <variant>

#include "base/version.h"
#include "io/table/table.h"
#include "io/table/table_stream.h"

namespace overland::report {
namespace {

namespace fs = std::filesystem;

PageJson values_json(const io::Values& values) {
  PageJson json = PageJson::array();
  std::visit(
      [&](const auto& list) {
        for (const auto& v : list) {
          if constexpr (std::floating_point<std::decay_t<decltype(v)>>)
            json.push_back(rounded(static_cast<double>(v)));
          else
            json.push_back(v);
        }
      },
      values);
  return json;
}

PageJson runs_json(const io::Table& runs) {
  PageJson json = PageJson::array();
  for (const io::Column& column : runs.columns())
    json.push_back({{"name", column.name},
                    {"unit", column.unit},
                    {"note", column.description},
                    {"values", values_json(column.values)}});
  return json;
}

struct GroupCounts {
  std::vector<std::uint64_t> per_run;
  std::size_t distinct = 0;
};

// Rows of protein_groups.parquet per run; empty without the table.
Result<GroupCounts> count_groups(const fs::path& file, const std::vector<std::string>& runs) {
  GroupCounts counts;
  if (!fs::exists(file)) return counts;
  auto stream = io::TableStream::open(file);
  if (!stream) return std::unexpected(stream.error());
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < stream->header().size(); ++i)
    if (stream->header()[i] == "Run" || stream->header()[i] == "Protein.Group") chosen.push_back(i);
  if (chosen.size() != 2) return counts;
  const std::size_t run_at = stream->header()[chosen[0]] == "Run" ? 0 : 1;
  if (auto done = stream->choose(chosen); !done) return std::unexpected(done.error());
  counts.per_run.assign(runs.size(), 0);
  std::unordered_map<std::string, std::size_t> place_of;
  for (std::size_t i = 0; i < runs.size(); ++i) place_of.try_emplace(runs[i], i);
  std::unordered_set<std::string> distinct;
  std::vector<io::PieceColumn> piece;
  while (true) {
    const auto rows = stream->next(piece);
    if (!rows) return std::unexpected(rows.error());
    if (*rows == 0) break;
    for (std::size_t r = 0; r < *rows; ++r) {
      const auto run = place_of.find(std::string(piece[run_at].text[r]));
      if (run == place_of.end()) continue;
      ++counts.per_run[run->second];
      distinct.emplace(piece[1 - run_at].text[r]);
    }
  }
  counts.distinct = distinct.size();
  return counts;
}

PageJson identifications(const ReportRows& rows, const GroupCounts& groups) {
  PageJson ids{{"distinct", rows.found_in.size()}, {"distinctPeptides", rows.peptides},
               {"precursors", PageJson::array()},  {"peptides", PageJson::array()},
               {"charges", PageJson::array()},     {"groups", nullptr}};
  for (const RunCounts& run : rows.counts) {
    ids["precursors"].push_back(run.precursors);
    ids["peptides"].push_back(run.peptides);
  }
  for (std::size_t z = 0; z < rows.by_charge.size(); ++z)
    if (rows.by_charge[z] > 0)
      ids["charges"].push_back(
          {z, rounded(static_cast<double>(rows.by_charge[z]) / static_cast<double>(rows.rows))});
  if (groups.distinct > 0) {
    ids["groups"] = groups.per_run;
    ids["distinctGroups"] = groups.distinct;
    ids["groupsNote"] = "Rows of protein_groups.parquet.";
  }
  return ids;
}

// Cumulative counts from q = 1e-4 to the largest q-value.
PageJson q_curves(const ReportRows& rows) {
  constexpr std::size_t kMostCurves = 12;
  const std::vector<double>& grid = q_grid();
  std::size_t last = 0;
  for (const RunCounts& run : rows.counts)
    for (std::size_t i = 0; i < grid.size(); ++i)
      if (run.at_q[i] > 0) last = std::max(last, i);
  const auto first =
      static_cast<std::size_t>(std::lower_bound(grid.begin(), grid.end(), 0.999e-4) - grid.begin());
  PageJson json{{"grid", PageJson::array()}, {"runs", PageJson::array()}};
  std::vector<std::vector<std::uint64_t>> curves;
  for (const RunCounts& run : rows.counts) {
    std::vector<std::uint64_t>& curve = curves.emplace_back();
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i <= last; ++i) {
      sum += run.at_q[i];
      if (i >= first) curve.push_back(sum);
    }
  }
  for (std::size_t i = first; i <= last; ++i) json["grid"].push_back(rounded(grid[i]));
  if (curves.size() <= kMostCurves) {
    json["runs"] = curves;
    return json;
  }
  std::vector<std::vector<std::uint64_t>> quantiles(3);
  for (std::size_t i = 0; i + first <= last; ++i) {
    std::vector<std::uint64_t> at;
    for (const auto& curve : curves) at.push_back(curve[i]);
    std::sort(at.begin(), at.end());
    quantiles[0].push_back(at.front());
    quantiles[1].push_back(at[at.size() / 2]);
    quantiles[2].push_back(at.back());
  }
  json["quantiles"] = quantiles;
  return json;
}

PageJson left_out(const PageJson& page, const Conditions& conditions) {
  PageJson list = PageJson::array();
  const auto add = [&](const char* what, const char* why) { list.push_back({what, why}); };
  if (page["audit"].is_null())
    add("FDR certificate",
        "no audit.json: the library has no entrapments, or the search was not audited");
  if (page["ids"]["groups"].is_null()) add("protein groups", "no protein_groups.parquet");
  if (page["xic"].is_null()) add("chromatograms", "no xic.parquet");
  if (page["tic"].is_null()) add("total ion current", "no tic.parquet");
  if (page["normalisation"].is_null()) add("normalisation", "no normalisation.parquet");
  if (page["resources"].is_null()) add("time and memory", "no manifests in work/");
  if (page["names"].size() > 1 && conditions.names.empty())
    add("variation and ratios",
        "run names do not show which runs are replicates; give --conditions");
  if (page["names"].size() > 1 && page["names"].size() < 3)
    add("principal components", "at least three runs are needed");
  return list;
}

Result<Conditions> read_or_guess(const fs::path& file, const std::vector<std::string>& runs) {
  if (file.empty()) return conditions_by_name(runs);
  return read_conditions(file, runs);
}

std::string filter_of(const PageJson& manifest) {
  if (!manifest.is_object()) return "";
  const auto place = PageJson::json_pointer("/tables/report.parquet/filter");
  return manifest.contains(place) && manifest[place].is_string()
             ? manifest[place].get<std::string>()
             : "";
}

}  // namespace

Result<PageJson> report_page_data(const PageOptions& options) {
  const fs::path& out = options.results;
  if (!fs::exists(out / "report.parquet") || !fs::exists(out / "runs.parquet"))
    return fail("OVL-USE-040", "this is not the results folder of a search", out.string(),
                "Give the folder named by --out; it contains report.parquet and runs.parquet.");
  const auto table = io::read_parquet(out / "runs.parquet");
  if (!table) return std::unexpected(table.error());
  const auto names = table->column<std::string>("Run");
  if (!names) return std::unexpected(names.error());
  const std::vector<std::string>& runs = **names;
  std::uint64_t expected = 0;
  if (const auto counts = table->column<std::uint64_t>("Precursors"); counts)
    for (const std::uint64_t n : **counts) expected += n;
  const auto rows =
      read_report_rows(out / "report.parquet", runs, sample_sizes(runs.size(), expected));
  if (!rows) return std::unexpected(rows.error());
  Result<Conditions> conditions = read_or_guess(options.conditions, runs);
  if (!conditions) return std::unexpected(conditions.error());
  const auto groups = count_groups(out / "protein_groups.parquet", runs);
  if (!groups) return std::unexpected(groups.error());
  PageJson page;
  page["page"] = "report";
  page["program"] = program_name();
  page["title"] = fs::absolute(out).lexically_normal().filename().string();
  if (page["title"] == "") page["title"] = fs::absolute(out).parent_path().filename().string();
  page["isServed"] = options.is_served && fs::exists(out / "xic.parquet");
  page["manifest"] = json_of_file(out / "manifest.json");
  page["config"] = json_of_file(out / "config.json");
  if (page["config"].is_object()) page["config"].erase("inputs");  // paths on this machine
  page["filter"] = filter_of(page["manifest"]);
  page["names"] = runs;
  page["conditions"] = conditions->names;
  page["condition"] = conditions->of_run;
  page["conditionsFrom"] = conditions->origin;
  page["runs"] = runs_json(*table);
  page["ids"] = identifications(*rows, *groups);
  page["qCurve"] = q_curves(*rows);
  page["audit"] = page_audit(out, runs.size());
  page["auditCurves"] = page_audit_curves(out);
  page["importance"] = page_importance(out);
  page["models"] = page_models(out, runs);
  page["points"] = page_points(out, runs);
  page["runDetails"] = page_run_details(*rows);
  page["tic"] = page_tic(out, runs);
  page["normalisation"] = page_normalisation(out, runs);
  page["histograms"] = page_histograms(*rows);
  add_comparisons(*rows, *conditions, page);
  page["resources"] = page_resources(out);
  page["xic"] = nullptr;
  if (!page["isServed"].get<bool>()) {
    auto chromatograms = page_chromatograms(out, runs);
    if (!chromatograms) return std::unexpected(chromatograms.error());
    page["xic"] = std::move(*chromatograms);
  }
  page["leftOut"] = left_out(page, *conditions);
  return page;
}

}  // namespace overland::report
