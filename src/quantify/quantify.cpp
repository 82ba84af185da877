#include "quantify/quantify.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>

namespace overland::quantify {
namespace {

class Quantifier {
 public:
  Quantifier(std::vector<report::ReportRow>& rows, const library::LibraryView& library,
             const params::QuantifyConfig& config)
      : rows_(rows), library_(library), config_(config) {
    for (std::uint32_t i = 0; i < rows.size(); ++i) {
      if (counts(rows[i])) counted_.push_back(i);
    }
  }

  std::vector<quant::NormalisationCurve> normalise(std::size_t run_count) {
    std::vector<std::uint32_t> precursor, run;
    std::vector<double> rt, quantity;
    for (const std::uint32_t i : counted_) {
      precursor.push_back(rows_[i].precursor);
      run.push_back(rows_[i].run);
      rt.push_back(static_cast<double>(rows_[i].rt));
      quantity.push_back(rows_[i].quantity);
    }
    auto curves =
        quant::fit_normalisation({precursor, run, rt, quantity}, run_count, config_.normalise);
    for (report::ReportRow& row : rows_) {
      row.normalised =
          row.quantity * report::linear_quantity(-curves[row.run].at(static_cast<double>(row.rt)));
    }
    return curves;
  }

  using NameOf = std::function<std::string(const report::ReportRow&)>;
  struct LevelColumns {
    std::string key;
    NameOf name_of;
    std::vector<std::pair<std::string, NameOf>> more;
    std::string q_name;
    double report::ReportRow::* q_value;
  };
  report::LevelQuantities summarise(const LevelColumns& columns, const Machine& machine) {
    const NameOf& name_of = columns.name_of;
    const auto& more = columns.more;
    report::LevelQuantities level;
    level.key = columns.key;
    level.q_name = columns.q_name;
    std::map<std::string, std::uint32_t> numbers;  // sorted
    std::vector<std::string> names;
    for (const std::uint32_t i : counted_) names.push_back(name_of(rows_[i]));
    for (const std::string& name : names) numbers.emplace(name, 0);
    numbers.erase("");
    for (auto& [name, number] : numbers) {
      number = static_cast<std::uint32_t>(level.names.size());
      level.names.push_back(name);
    }
    level.more.assign(more.size(), std::vector<std::string>(level.names.size()));
    level.q_value.assign(level.names.size(), 1);
    for (const auto& column : more) level.more_keys.push_back(column.first);
    std::vector<std::uint32_t> group, ion, run;
    std::vector<double> quantity, sd;
    for (std::size_t k = 0; k < counted_.size(); ++k) {
      if (names[k].empty()) continue;
      const report::ReportRow& row = rows_[counted_[k]];
      group.push_back(numbers[names[k]]);
      ion.push_back(row.precursor);
      run.push_back(row.run);
      quantity.push_back(row.normalised);
      sd.push_back(row.quantity_sd * row.normalised / row.quantity);
      level.q_value[group.back()] = std::min(level.q_value[group.back()], row.*columns.q_value);
      for (std::size_t m = 0; m < more.size(); ++m) {
        level.more[m][group.back()] = more[m].second(row);
      }
    }
    level.profiles =
        quant::quantify_groups({group, ion, run, quantity, sd}, level.names.size(),
                               {.method = config_.method,
                                .level = config_.level,
                                .least_shared = static_cast<std::uint32_t>(config_.least_shared),
                                .machine = machine});
    return level;
  }

  // Gives each row that was counted its group's quantity in the row's run.
  void hand_out(const report::LevelQuantities& level, const NameOf& name_of,
                double report::ReportRow::* field) {
    for (report::ReportRow& row : rows_) row.*field = std::numeric_limits<double>::quiet_NaN();
    for (const std::uint32_t i : counted_) {
      report::ReportRow& row = rows_[i];
      const auto name = std::lower_bound(level.names.begin(), level.names.end(), name_of(row));
      if (name == level.names.end() || *name != name_of(row)) continue;
      const auto g = static_cast<std::size_t>(name - level.names.begin());
      const auto& p = level.profiles;
      const auto begin = p.run.begin() + static_cast<std::ptrdiff_t>(p.begin[g]);
      const auto end = p.run.begin() + static_cast<std::ptrdiff_t>(p.begin[g + 1]);
      const auto at = std::lower_bound(begin, end, row.run);
      if (at == end || *at != row.run) continue;
      row.*field =
          report::linear_quantity(p.log2_quantity[static_cast<std::size_t>(at - p.run.begin())]);
    }
  }

 private:
  [[nodiscard]] bool counts(const report::ReportRow& row) const {
    return library_.is_decoy[row.precursor] == 0 && row.quantity > 0 &&
           (row.q_value <= config_.q_value || row.is_matched) &&
           row.global_q_value <= config_.q_value;
  }

  std::vector<report::ReportRow>& rows_;
  const library::LibraryView& library_;
  const params::QuantifyConfig& config_;
  std::vector<std::uint32_t> counted_;
};

}  // namespace

CohortQuantities quantify_rows(std::vector<report::ReportRow>& rows,
                               const library::LibraryView& library, std::size_t run_count,
                               const params::QuantifyConfig& config, const Machine& machine) {
  Quantifier quantifier(rows, library, config);
  const auto protein = [](const report::ReportRow& row) { return row.protein_group; };
  const auto genes = [](const report::ReportRow& row) { return row.genes; };
  const auto peptide = [&](const report::ReportRow& row) {
    return std::string(library.modified_sequence[row.precursor]);
  };
  CohortQuantities out;
  out.curves = quantifier.normalise(run_count);
  out.proteins = quantifier.summarise({"Protein.Group",
                                       protein,
                                       {{"Genes", genes}},
                                       "Global.PG.Q.Value",
                                       &report::ReportRow::global_protein_q_value},
                                      machine);
  out.genes = quantifier.summarise(
      {"Genes", genes, {}, "Global.PG.Q.Value", &report::ReportRow::global_protein_q_value},
      machine);
  out.peptides = quantifier.summarise({"Modified.Sequence",
                                       peptide,
                                       {{"Protein.Group", protein}, {"Genes", genes}},
                                       "Global.Peptide.Q.Value",
                                       &report::ReportRow::global_peptide_q_value},
                                      machine);
  quantifier.hand_out(out.proteins, protein, &report::ReportRow::protein_quantity);
  quantifier.hand_out(out.genes, genes, &report::ReportRow::gene_quantity);
  for (report::LevelQuantities* level : {&out.proteins, &out.genes, &out.peptides}) {
    report::keep_sure_names(*level, config.q_value);
  }
  return out;
}

}  // namespace overland::quantify
