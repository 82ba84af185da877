#include "lfq/lfq_kinds.h"

#include <algorithm>
#include <array>

// Flat tables of the column names of other programs.
namespace overland::lfq {
namespace {

using Names = std::vector<std::string>;

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         static_cast<unsigned char>(c) >= 0x80;
}
char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// The text before and after the name of the run.
struct RunPattern {
  std::string_view before, after;
};
constexpr std::array kRunPatterns{
    RunPattern{"LFQ intensity ", ""},     RunPattern{"Intensity ", ""},
    RunPattern{"Intensity_", ""},         RunPattern{"", ".EG.TotalQuantity (Settings)"},
    RunPattern{"", ".FG.Quantity"},       RunPattern{"", ".FG.MS2Quantity"},
    RunPattern{"", ".FG.MS2RawQuantity"}, RunPattern{"", " MaxLFQ Intensity"},
    RunPattern{"", " Intensity"},         RunPattern{"", " Area"},
    RunPattern{"", "_intensity"}};

// "[12] name" of Spectronaut.
std::string_view without_number(std::string_view name) {
  if (!name.starts_with('[')) return name;
  const std::size_t end = name.find("] ");
  return end == std::string_view::npos ? name : name.substr(end + 2);
}

}  // namespace

const std::vector<KnownKind>& known_kinds() {
  static const std::vector<KnownKind> kinds{
      {"DIA-NN report",
       {"Protein.Group", "Genes", "Protein.Ids"},
       {"Run", "File.Name"},
       {"Precursor.Id"},
       {"Precursor.Normalised", "Precursor.Quantity"},
       {"Quantity.SD"},
       {"Q.Value<=0.01", "Decoy==0"}},
      {"Spectronaut report",
       {"PG.ProteinGroups", "PG.ProteinAccessions", "PG.UniProtIds", "PG.Genes"},
       {"R.FileName", "R.Run", "R.Label", "R.Condition"},
       {"EG.ModifiedSequence", "FG.Charge", "F.FrgIon", "F.Charge", "F.FrgLossType"},
       {"F.PeakArea", "F.NormalizedPeakArea", "FG.Quantity", "FG.MS2Quantity"},
       {},
       {"EG.Qvalue<=0.01", "PG.Qvalue<=0.01", "F.ExcludedFromQuantification==False",
        "F.FrgLossType==noloss", "EG.IsDecoy==False"}},
      {"Spectronaut precursors",
       {"PG.ProteinGroups", "PG.ProteinAccessions", "PG.UniProtIds", "PG.Genes"},
       {"R.FileName", "R.Run", "R.Label", "R.Condition"},
       {"EG.PrecursorId"},
       {"EG.TotalQuantity (Settings)", "FG.Quantity", "FG.MS2Quantity", "FG.MS2RawQuantity"},
       {},
       {"EG.Qvalue<=0.01", "PG.Qvalue<=0.01", "EG.IsDecoy==False"}},
      {"OpenSWATH or PyProphet features",
       {"ProteinName"},
       {"filename", "align_origfilename", "run_id"},
       {"FullPeptideName", "Charge"},
       {"Intensity"},
       {},
       {"m_score<=0.01", "decoy==0", "peak_group_rank==1"}},
      {"MaxQuant evidence",
       {"Leading razor protein", "Proteins"},
       {"Raw file", "Experiment"},
       {"Modified sequence", "Charge"},
       {"Intensity"},
       {},
       {"Reverse!=+", "Potential contaminant!=+"}},
      {"AlphaDIA precursors",
       {"pg", "pg.name", "pg.proteins"},
       {"run", "raw.name"},
       {"mod_seq_charge_hash", "precursor.mod_seq_charge_hash"},
       {"intensity", "precursor.intensity"},
       {},
       {"qval<=0.01", "precursor.qval<=0.01", "decoy==0", "precursor.decoy==0"},
       true},
      {"Skyline report",
       {"Protein Accession", "Protein Name", "Protein"},
       {"File Name", "Replicate Name", "Replicate"},
       {"Peptide Modified Sequence", "Precursor Charge", "Fragment Ion", "Product Charge"},
       {"Normalized Area", "Area", "Total Area", "Total Area Fragment"},
       {},
       {"Detection Q Value<=0.01"}},
      {"MSstats input",
       {"ProteinName"},
       {"Run"},
       {"PeptideSequence", "PrecursorCharge", "FragmentIon", "ProductCharge"},
       {"Intensity"},
       {},
       {}},
      {"table of quantities",
       {"protein group", "protein groups", "protein", "proteins", "protein id", "protein ids", "pg",
        "gene", "genes", "group"},
       {"run", "raw file", "file name", "file", "sample", "sample id", "replicate"},
       {"precursor", "precursor id", "ion", "modified sequence", "modified peptide", "peptide",
        "peptide sequence", "sequence", "feature", "charge", "precursor charge", "fragment",
        "fragment ion"},
       {"normalised quantity", "normalized quantity", "quantity", "intensity", "area", "abundance"},
       {"sd", "quantity sd"},
       {"q value<=0.01", "qvalue<=0.01", "decoy==0", "is decoy==0"},
       true}};
  return kinds;
}

const Names& matrix_group_columns() {
  static const Names names{"Protein.Group",
                           "PG.ProteinGroups",
                           "Leading razor protein",
                           "inferred_protein_group",
                           "protein",
                           "Protein ID",
                           "Protein.Ids",
                           "Proteins",
                           "pg",
                           "Genes",
                           "Gene"};
  return names;
}

const std::vector<Names>& matrix_ion_columns() {
  static const std::vector<Names> lists{{"Precursor.Id"},
                                        {"EG.PrecursorId"},
                                        {"precursor_idx"},
                                        {"ion"},
                                        {"precursor"},
                                        {"Modified Sequence", "Charge", "Charges"},
                                        {"Peptide Sequence", "Charge"},
                                        {"Peptide", "Charge"},
                                        {"Sequence", "Charge"}};
  return lists;
}

bool is_identity_column(std::string_view name) {
  static const Names names{"Protein.Group",
                           "Protein.Ids",
                           "Protein.Names",
                           "Genes",
                           "Gene",
                           "First.Protein.Description",
                           "Proteotypic",
                           "Stripped.Sequence",
                           "Modified.Sequence",
                           "Precursor.Charge",
                           "Precursor.Id",
                           "Precursor.Mz",
                           "Decoy",
                           "Entrapment",
                           "Indistinguishable",
                           "Razor",
                           "protein",
                           "ion",
                           "precursor",
                           "N.Sequences",
                           "N.Proteotypic.Sequences",
                           "PG.ProteinGroups",
                           "PG.Genes",
                           "PG.ProteinAccessions",
                           "EG.PrecursorId",
                           "Peptide",
                           "Sequence",
                           "Peptide Sequence",
                           "Modified Peptide",
                           "Charge",
                           "Charges",
                           "M/Z",
                           "Mass",
                           "Length",
                           "Prev AA",
                           "Next AA",
                           "Start",
                           "End",
                           "Protein ID",
                           "Protein",
                           "Proteins",
                           "Entry Name",
                           "Protein Description",
                           "Mapped Genes",
                           "Mapped Proteins",
                           "Assigned Modifications",
                           "Missed cleavages",
                           "PEP",
                           "Score",
                           "q_value",
                           "Global.Q.Value",
                           "Global.PG.Q.Value",
                           "RT",
                           "iRT",
                           "species",
                           "gene_names",
                           "protein_names",
                           "inferred_protein_group",
                           "accession_numbers",
                           "structural_mods",
                           "isotopic_mods",
                           "prec_mz",
                           "global_score",
                           "global_qval",
                           "use_for_protein_quant",
                           "precursor_idx",
                           "target",
                           "entrapment_group_id"};
  return std::ranges::any_of(names, [&](const auto& known) { return is_same_column(known, name); });
}

std::optional<RunColumn> run_of_column(std::string_view name) {
  for (std::size_t p = 0; p < kRunPatterns.size(); ++p) {
    const auto& [before, after] = kRunPatterns[p];
    const bool fits = name.size() > before.size() + after.size() && name.starts_with(before) &&
                      name.ends_with(after);
    if (!fits) continue;
    const auto run = name.substr(before.size(), name.size() - before.size() - after.size());
    return RunColumn{p, std::string(without_number(run))};
  }
  return std::nullopt;
}

bool is_same_column(std::string_view a, std::string_view b) {
  std::size_t i = 0, j = 0;
  for (;;) {
    while (i < a.size() && !is_alphanumeric(a[i])) ++i;
    while (j < b.size() && !is_alphanumeric(b[j])) ++j;
    if (i == a.size() || j == b.size()) return i == a.size() && j == b.size();
    if (lower(a[i++]) != lower(b[j++])) return false;
  }
}

}  // namespace overland::lfq
