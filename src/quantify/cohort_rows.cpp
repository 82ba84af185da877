#include "quantify/cohort_rows.h"

#include <algorithm>
#include <cmath>

#include "base/pinned_math.h"

namespace overland::quantify {
namespace {

void note(NameUse& use, std::uint32_t name, double q_value, const CohortRow& row) {
  if (name >= use.rows.size()) {
    use.rows.resize(name + std::size_t{1}, 0);
    use.q_value.resize(name + std::size_t{1}, 1);
    use.protein.resize(name + std::size_t{1}, 0);
    use.genes.resize(name + std::size_t{1}, 0);
  }
  ++use.rows[name];
  use.q_value[name] = std::min(use.q_value[name], q_value);
  use.protein[name] = row.protein;
  use.genes[name] = row.genes;
}

bool is_counted(const identify::ScoredRow& scored, double quantity,
                const library::LibraryView& library, const params::QuantifyConfig& config) {
  return library.is_decoy[scored.precursor] == 0 && quantity > 0 &&
         (scored.q_value <= config.q_value || scored.is_matched != 0) &&
         scored.global_q_value <= config.q_value;
}

}  // namespace

std::uint32_t NameList::number_of(std::string_view name) {
  const auto next = static_cast<std::uint32_t>(names_.size());
  const auto [place, is_new] = number_.try_emplace(std::string(name), next);
  if (is_new) names_.push_back(&place->first);
  return place->second;
}

Result<CohortRows> CohortRows::create(const std::filesystem::path& folder, std::size_t run_count,
                                      const library::LibraryView& library,
                                      const params::QuantifyConfig& config) {
  auto rows = ScratchFile::create(folder);
  if (!rows) return std::unexpected(rows.error());
  auto quantities = ScratchFile::create(folder);
  if (!quantities) return std::unexpected(quantities.error());
  auto orders = ScratchFile::create(folder);
  if (!orders) return std::unexpected(orders.error());
  return CohortRows(std::move(*rows), std::move(*quantities), std::move(*orders), run_count,
                    library, config);
}

CohortRows::CohortRows(ScratchFile rows, ScratchFile quantities, ScratchFile orders,
                       std::size_t run_count, const library::LibraryView& library,
                       const params::QuantifyConfig& config)
    : library_(library),
      config_(&config),
      rows_(std::move(rows)),
      quantities_(std::move(quantities)),
      orders_(std::move(orders)),
      rows_of_run_(run_count),
      entry_(library.precursor_count(), kNone) {}

Result<void> CohortRows::add(std::size_t run, const ReportedRows& rows,
                             const identify::ProteinGroupNames& groups, bool are_new_groups) {
  if (are_new_groups) number_groups(groups);
  std::vector<CohortRow> stored;
  stored.reserve(rows.scored.size());
  for (std::size_t i = 0; i < rows.scored.size(); ++i) {
    const CohortRow row = row_of(rows.scored[i], rows.quantities[i]);
    note_precursor(rows.scored[i], row);
    if (row.is_counted != 0) note_names(rows.scored[i], row);
    stored.push_back(row);
  }
  rows_of_run_[run].begin = end_;
  rows_of_run_[run].rows = stored.size();
  end_ += stored.size();
  if (auto done = replace(run, stored); !done) return done;
  return write_counted(run, stored);
}

CohortRow CohortRows::row_of(const identify::ScoredRow& scored, const Quantity& quantity) {
  const bool is_ok = quantity.status == kernel::QuantityStatus::ok;
  constexpr double kNoQuantity = std::numeric_limits<double>::quiet_NaN();
  CohortRow row;
  row.quantity = is_ok ? quantity.area : kNoQuantity;
  row.sd = is_ok ? quantity.sd : kNoQuantity;
  row.rt_minutes = is_ok ? quantity.rt_minutes : scored.rt_minutes;
  row.precursor = scored.precursor;
  const bool has_group = scored.protein_group != scoring::kNoGroup;
  row.protein = has_group ? protein_of_group_[scored.protein_group] : proteins.number_of("");
  row.genes = has_group ? genes_of_group_[scored.protein_group] : genes.number_of("");
  row.is_counted = is_counted(scored, row.quantity, library_, *config_) ? 1 : 0;
  const std::uint32_t entry = entry_[row.precursor];
  row.peptide = entry != kNone ? entries_[entry].peptide
                               : peptides.number_of(library_.modified_sequence[row.precursor]);
  return row;
}

void CohortRows::number_groups(const identify::ProteinGroupNames& groups) {
  protein_of_group_.clear();
  genes_of_group_.clear();
  for (std::size_t g = 0; g < groups.protein_ids.size(); ++g) {
    protein_of_group_.push_back(proteins.number_of(groups.protein_ids[g]));
    genes_of_group_.push_back(genes.number_of(groups.genes[g]));
  }
}

void CohortRows::note_precursor(const identify::ScoredRow& scored, const CohortRow& row) {
  std::uint32_t& entry = entry_[row.precursor];
  if (entry == kNone) {
    entry = static_cast<std::uint32_t>(entries_.size());
    entries_.emplace_back();
  }
  entries_[entry] = {.precursor = row.precursor,
                     .il_twin = scored.il_twin,
                     .protein = row.protein,
                     .genes = row.genes,
                     .peptide = row.peptide,
                     .is_razor = scored.is_razor};
}

void CohortRows::note_names(const identify::ScoredRow& scored, const CohortRow& row) {
  note(of_proteins, row.protein, scored.global_protein_q_value, row);
  note(of_genes, row.genes, scored.global_protein_q_value, row);
  note(of_peptides, row.peptide, scored.global_peptide_q_value, row);
}

Result<void> CohortRows::write_counted(std::size_t run, std::span<const CohortRow> rows) {
  std::vector<quant::RunQuantity> counted;
  for (const CohortRow& row : rows) {
    if (row.is_counted == 0 || !std::isfinite(row.quantity) || !std::isfinite(row.rt_minutes))
      continue;
    counted.push_back({row.precursor, row.rt_minutes, pinned::log2(row.quantity)});
  }
  RunRows& part = rows_of_run_[run];
  part.counted_begin = counted_end_;
  part.counted = counted.size();
  counted_end_ += counted.size();
  const std::vector<std::uint32_t> order = quant::order_by_time(counted);
  auto done = quantities_.write<quant::RunQuantity>(part.counted_begin, counted);
  if (done) done = orders_.write<std::uint32_t>(part.counted_begin, order);
  return done;
}

Result<void> CohortRows::replace(std::size_t run, std::span<const CohortRow> rows) {
  return rows_.write<CohortRow>(rows_of_run_[run].begin, rows);
}

Result<ScratchView<CohortRow>> CohortRows::rows(std::size_t run) const {
  return rows_.view<CohortRow>(rows_of_run_[run].begin, rows_of_run_[run].rows);
}

Result<quant::RunQuantities> CohortRows::open(std::size_t run) const {
  const RunRows& part = rows_of_run_[run];
  auto rows = quantities_.view<quant::RunQuantity>(part.counted_begin, part.counted);
  if (!rows) return std::unexpected(rows.error());
  auto order = orders_.view<std::uint32_t>(part.counted_begin, part.counted);
  if (!order) return std::unexpected(order.error());
  using Both = std::pair<std::shared_ptr<const void>, std::shared_ptr<const void>>;
  return quant::RunQuantities{
      rows->values, order->values,
      std::make_shared<Both>(std::move(rows->mapping), std::move(order->mapping))};
}

std::vector<ReportedPrecursor> CohortRows::precursors() const {
  std::vector<ReportedPrecursor> all;
  for (const std::uint32_t entry : entry_) {
    if (entry != kNone) all.push_back(entries_[entry]);
  }
  return all;
}

}  // namespace overland::quantify
