#include "exchange/results/pioneer_rows.h"

#include <algorithm>

#include "chemistry/peptide.h"

namespace overland::exchange {

Result<PioneerPeptide> pioneer_peptide(const std::string& modified, int charge) {
  const auto peptide = parse_peptide(modified);
  if (!peptide) return std::unexpected(peptide.error());
  PioneerPeptide out;
  const auto length = static_cast<std::int16_t>(peptide->residues.size());
  std::map<int, std::string> name_at;
  for (const Modification& m : peptide->modifications) {
    const int site = std::clamp<int>(m.site, 0, length - 1);
    const std::string name =
        m.unimod > 0 ? "Unimod:" + std::to_string(m.unimod) : std::to_string(m.mass);
    const std::string letter(1, peptide->residues[static_cast<std::size_t>(site)]);
    const std::string residue = m.site < 0 ? "n" : m.site >= length ? "c" : letter;
    out.structural_mods += "(" + std::to_string(site + 1) + "," + residue + "," + name + ")";
    name_at[site] += "(" + name + ")";
  }
  out.written = "_";
  for (int i = 0; i < length; ++i) {
    const char residue = peptide->residues[static_cast<std::size_t>(i)];
    out.written += residue;
    if (const auto found = name_at.find(i); found != name_at.end()) out.written += found->second;
    if (i + 1 < length && (residue == 'K' || residue == 'R')) ++out.missed_cleavages;
  }
  out.written += "_." + std::to_string(charge);
  return out;
}

Result<PioneerRows> PioneerRows::make(const SearchResults& results) {
  PioneerRows out(results);
  const std::vector<bool> decoy = results.is_decoy();
  const std::vector<double> quantity = results.numbers("Precursor.Quantity");
  for (std::size_t row = 0; row < results.row_count(); ++row)
    if (!decoy[row] && quantity[row] > 0) out.rows_.push_back(row);
  if (auto done = out.read_peptides(); !done) return std::unexpected(done.error());
  return out;
}

Result<void> PioneerRows::read_peptides() {
  const std::vector<double> mz = results_->numbers("Precursor.Mz");
  const std::vector<double> charge = results_->numbers("Precursor.Charge");
  const auto& id = results_->text("Precursor.Id");
  std::map<std::pair<double, std::string>, std::size_t> first_row;
  for (const std::size_t row : rows_) first_row.try_emplace({mz[row], id[row]}, row);
  for (const auto& [key, row] : first_row) {
    auto peptide =
        pioneer_peptide(results_->text("Modified.Sequence")[row], static_cast<int>(charge[row]));
    if (!peptide) return std::unexpected(peptide.error());
    number_[key.second] = static_cast<std::uint32_t>(peptides_.size() + 1);
    peptides_.push_back(std::move(*peptide));
    first_row_.push_back(row);
  }
  return {};
}

}  // namespace overland::exchange
