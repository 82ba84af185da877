#include <fmt/format.h>

#include <array>
#include <numeric>
#include <span>
#include <utility>

#include "identify/score.h"
#include "io/table/mapped_columns.h"
#include "io/table/table.h"

namespace overland::identify {
namespace {

constexpr std::array<std::pair<const char*, double ScoredRow::*>, 7> kLevelColumns{{
    {"global_pep", &ScoredRow::global_pep},
    {"peptide_q_value", &ScoredRow::peptide_q_value},
    {"global_peptide_q_value", &ScoredRow::global_peptide_q_value},
    {"peptide_pep", &ScoredRow::peptide_pep},
    {"protein_q_value", &ScoredRow::protein_q_value},
    {"global_protein_q_value", &ScoredRow::global_protein_q_value},
    {"protein_pep", &ScoredRow::protein_pep},
}};

template <class T>
std::vector<Stored<T>> column(const RunScores& scores, T ScoredRow::* field) {
  std::vector<Stored<T>> values;
  values.reserve(scores.rows.size());
  for (const ScoredRow& row : scores.rows) values.push_back(stored(row.*field));
  return values;
}

// Places of the rows that are wanted, which are usually few of the file.
Result<std::vector<std::uint32_t>> wanted_places(const io::MappedColumns& file,
                                                 const search::RowBounds& bounds,
                                                 const WantedRow& is_wanted,
                                                 const std::filesystem::path& path) {
  std::vector<std::uint32_t> places(file.row_count());
  std::iota(places.begin(), places.end(), 0U);
  if (!is_wanted) return places;
  const auto precursor = file.column<std::uint32_t>("precursor");
  if (!precursor) return std::unexpected(precursor.error());
  if (auto checked = search::check_below(*precursor, bounds.precursors, "precursor", path);
      !checked)
    return std::unexpected(checked.error());
  const auto q_value = file.column<double>("q_value");
  if (!q_value) return std::unexpected(q_value.error());
  const auto global_q_value = file.column<double>("global_q_value");
  if (!global_q_value) return std::unexpected(global_q_value.error());
  const auto is_matched = file.column<std::uint8_t>("is_matched");
  if (!is_matched) return std::unexpected(is_matched.error());
  ScoredRow row;
  std::erase_if(places, [&](std::uint32_t i) {
    row.precursor = (*precursor)[i];
    row.q_value = (*q_value)[i];
    row.global_q_value = (*global_q_value)[i];
    row.is_matched = (*is_matched)[i];
    return !is_wanted(row);
  });
  return places;
}

template <class T>
Result<void> load(const io::MappedColumns& file, const std::string& name, T ScoredRow::* field,
                  std::span<const std::uint32_t> places, RunScores& scores) {
  const auto held = file.column<Stored<T>>(name);
  if (!held) return std::unexpected(held.error());
  const std::span<const T> values = from_stored<T>(*held);
  for (std::size_t i = 0; i < places.size(); ++i) scores.rows[i].*field = values[places[i]];
  return {};
}

Result<void> check_rows(const std::vector<ScoredRow>& rows, std::span<const std::uint32_t> places,
                        const search::RowBounds& bounds, const std::filesystem::path& file) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const ScoredRow& row = rows[i];
    const bool is_inside = row.precursor < bounds.precursors &&
                           row.apex_scan.index() < bounds.scans &&
                           row.window.index() < bounds.windows &&
                           (row.il_twin < bounds.precursors || row.il_twin == scoring::kNoGroup);
    if (!is_inside)
      return search::foreign_rows(
          fmt::format("row {} names a precursor, scan or window that does not exist", places[i]),
          file);
    if (i > 0 && row.precursor <= rows[i - 1].precursor)
      return search::foreign_rows(
          fmt::format("row {} is not in the order of precursors", places[i]), file);
  }
  return {};
}

}  // namespace

Result<void> write_scores(const RunScores& scores, const std::filesystem::path& file) {
  io::Table table;
  table.add("precursor", column(scores, &ScoredRow::precursor), "", "row of the library");
  table.add("window", column(scores, &ScoredRow::window));
  table.add("apex_scan", column(scores, &ScoredRow::apex_scan), "", "scan, by retention time");
  table.add("rt", column(scores, &ScoredRow::rt_minutes), "minutes");
  table.add("rt_start", column(scores, &ScoredRow::rt_start), "minutes");
  table.add("rt_stop", column(scores, &ScoredRow::rt_stop), "minutes");
  table.add("irt_observed", column(scores, &ScoredRow::irt_observed), "iRT of the library");
  table.add("score", column(scores, &ScoredRow::score), "", "higher is better");
  table.add("q_value", column(scores, &ScoredRow::q_value));
  table.add("global_q_value", column(scores, &ScoredRow::global_q_value));
  table.add("pep", column(scores, &ScoredRow::pep));
  for (const auto& [name, field] : kLevelColumns) table.add(name, column(scores, field));
  table.add("protein_score", column(scores, &ScoredRow::protein_score));
  table.add("global_protein_score", column(scores, &ScoredRow::global_protein_score));
  table.add("protein_group", column(scores, &ScoredRow::protein_group), "",
            "row of protein_groups.arrow; 2^32 - 1: none");
  table.add("twin", column(scores, &ScoredRow::il_twin), "", "precursor; 2^32 - 1: none");
  table.add("is_razor", column(scores, &ScoredRow::is_razor));
  table.add("is_matched", column(scores, &ScoredRow::is_matched), "",
            "transferred from other runs");
  table.add("transfer_q_value", column(scores, &ScoredRow::transfer_q_value), "",
            "of a transfer; NaN for others");
  return io::write_arrow(table, file);
}

Result<RunScores> read_scores(const std::filesystem::path& file, const search::RowBounds& bounds,
                              const WantedRow& is_wanted) {
  const auto mapped = io::MappedColumns::open(file);
  if (!mapped) return std::unexpected(mapped.error());
  const auto places = wanted_places(*mapped, bounds, is_wanted, file);
  if (!places) return std::unexpected(places.error());
  RunScores scores;
  scores.rows.resize(places->size());
  Result<void> done;
  const auto take = [&](const std::string& name, auto field) {
    if (done) done = load(*mapped, name, field, *places, scores);
  };
  take("precursor", &ScoredRow::precursor);
  take("window", &ScoredRow::window);
  take("apex_scan", &ScoredRow::apex_scan);
  take("rt", &ScoredRow::rt_minutes);
  take("rt_start", &ScoredRow::rt_start);
  take("rt_stop", &ScoredRow::rt_stop);
  take("irt_observed", &ScoredRow::irt_observed);
  take("score", &ScoredRow::score);
  take("q_value", &ScoredRow::q_value);
  take("global_q_value", &ScoredRow::global_q_value);
  take("pep", &ScoredRow::pep);
  for (const auto& [name, field] : kLevelColumns) take(name, field);
  take("protein_score", &ScoredRow::protein_score);
  take("global_protein_score", &ScoredRow::global_protein_score);
  take("protein_group", &ScoredRow::protein_group);
  take("twin", &ScoredRow::il_twin);
  take("is_razor", &ScoredRow::is_razor);
  take("is_matched", &ScoredRow::is_matched);
  take("transfer_q_value", &ScoredRow::transfer_q_value);
  if (done) done = check_rows(scores.rows, *places, bounds, file);
  if (!done) return std::unexpected(done.error());
  return scores;
}

Result<void> write_row_scores(const RowScores& rows, const std::filesystem::path& file) {
  io::Table table;
  table.add("score", rows.score, "", "of the row of psms.arrow; higher is better");
  table.add("chosen", rows.is_chosen, "", "1: stands for its precursor");
  return io::write_arrow(table, file);
}

Result<RowScores> read_row_scores(const std::filesystem::path& file, std::size_t rows) {
  const auto mapped = io::MappedColumns::open(file);
  if (!mapped) return std::unexpected(mapped.error());
  const auto score = mapped->column<float>("score");
  if (!score) return std::unexpected(score.error());
  const auto chosen = mapped->column<std::uint8_t>("chosen");
  if (!chosen) return std::unexpected(chosen.error());
  if (score->size() != rows)
    return search::foreign_rows(fmt::format("{} scores for {} peak groups", score->size(), rows),
                                file);
  return RowScores{{score->begin(), score->end()}, {chosen->begin(), chosen->end()}};
}

Result<void> write_protein_groups(const ProteinGroupNames& groups,
                                  const std::filesystem::path& file) {
  io::Table table;
  table.add("protein_ids", groups.protein_ids, "", "members, joined by ';'");
  table.add("genes", groups.genes);
  return io::write_arrow(table, file);
}

Result<ProteinGroupNames> read_protein_groups(const std::filesystem::path& file) {
  auto table = io::read_arrow(file);
  if (!table) return std::unexpected(table.error());
  const auto ids = table->column<std::string>("protein_ids");
  if (!ids) return std::unexpected(ids.error());
  const auto genes = table->column<std::string>("genes");
  if (!genes) return std::unexpected(genes.error());
  return ProteinGroupNames{**ids, **genes};
}

}  // namespace overland::identify
