#include "exchange/libraries/import_columns.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>

namespace overland::exchange {
namespace {

struct Aliases {
  Role role;
  std::string_view meaning;
  std::vector<std::string_view> names;  // names used by programs, preferred first
};

// Of each name only letters and digits count: "modification_sequence" is listed once. docs/formats/
// library.md says which program writes which.
const std::vector<Aliases>& alias_table() {
  static const std::vector<Aliases> kTable{
      {Role::sequence,
       "modified peptide sequence",
       {"Modified.Sequence",
        "ModifiedPeptide",
        "ModifiedPeptideSequence",
        "FullUniModPeptideName",
        "FullPeptideName",
        "Peptide Modified Sequence Unimod Ids",
        "Peptide Modified Sequence Monoisotopic Masses",
        "Peptide Modified Sequence",
        "LabeledSequence",
        "LabeledPeptide",
        "IntLabeledPeptide",
        "IntLabeledSequence",
        "IntModifiedPeptide",
        "IntModifiedSequence",
        "EG.ModifiedSequence",
        "EG.ModifiedPeptide",
        "FG.LabeledSequence",
        "modification_sequence",
        "PeptideModSeq",
        "ModSequence",
        "ModSeq",
        "ModPeptide",
        "Modified.Peptide.Sequence",
        "PeptideModifiedSequence"}},
      {Role::stripped_sequence,
       "peptide sequence",
       {"Stripped.Sequence", "StrippedPeptide", "PEP.StrippedSequence", "PeptideSequence",
        "PeptideSeq", "UnmodifiedPeptideSequence", "Sequence", "Peptide"}},
      {Role::charge,
       "precursor charge",
       {"Precursor.Charge", "PrecursorZ", "prec_z", "FG.Charge", "Charge"}},
      {Role::precursor_mz,
       "precursor m/z",
       {"Precursor.Mz", "PrecursorMass", "Q1", "FG.PrecMz", "prec_mz"}},
      {Role::irt,
       "retention time",
       {"iRT", "Tr_recalibrated", "NormalizedRetentionTime", "RetentionTimeCalculatorScore",
        "EG.iRTPredicted", "iRT_pred", "Predicted.iRT", "rt_norm", "rt_norm_pred", "rt_pred", "RT",
        "RetentionTime", "RT.Detected", "iRTSourceSpecific", "AverageExperimentalRetentionTime",
        "ApexRT", "EG.ApexRT", "EG.MeanApexRT"}},
      {Role::fragment_mz,
       "fragment m/z",
       {"Product.Mz", "FragmentMz", "ProductMass", "FragmentMass", "Q3", "F.FrgMz", "frag_mz"}},
      {Role::intensity,
       "fragment intensity",
       {"Relative.Intensity", "LibraryIntensity", "RelativeFragmentIntensity",
        "RelativeFragmentIonIntensity", "FragmentIntensity", "F.PredictedRelativeIntensity",
        "PredictedIntensity", "Intensity"}},
      {Role::fragment_type,
       "fragment type",
       {"Fragment.Type", "FragmentIonType", "IonType", "frg_type", "F.FrgType"}},
      {Role::fragment_charge,
       "fragment charge",
       {"Fragment.Charge", "ProductCharge", "FragmentZ", "ProductZ", "frg_z", "F.Charge"}},
      {Role::fragment_ordinal,
       "fragment series number",
       {"Fragment.Series.Number", "FragmentNumber", "FragmentIonOrdinal", "FragmentOrdinal",
        "frg_nr", "FragmentNr", "F.FrgNum"}},
      {Role::loss,
       "neutral loss",
       {"Fragment.Loss.Type", "FragmentLoss", "NeutralLoss", "Losses", "Loss Neutral Mass",
        "F.FrgLossType"}},
      {Role::annotation,
       "fragment annotation",
       {"Annotation", "FragmentAnnotation", "FragmentIon"}},
      {Role::proteins,
       "proteins",
       {"Protein.Ids", "UniProtIds", "AllMappedProteins", "ProteinAccessions", "ProteinId",
        "UniprotID", "ProteinGroups", "Protein.Group", "PG.ProteinGroups", "PG.ProteinAccessions",
        "ProteinName", "Proteins", "Protein"}},
      {Role::genes, "genes", {"Genes", "GeneName", "Gene", "GeneNames", "PG.Genes"}},
      {Role::decoy, "decoy flag", {"Decoy", "IsDecoy", "TransitionIsDecoy", "EG.IsDecoy"}},
      {Role::group,
       "precursor name",
       {"transition_group_id", "Precursor.Id", "PrecursorName", "TransitionGroupName"}},
      {Role::detecting,
       "mark of detecting transitions",
       {"DetectingTransition", "IsDetecting", "Detecting"}},
      {Role::modification_names, "names of modifications", {"mods", "ModificationNames"}},
      {Role::modification_sites,
       "positions of modifications",
       {"mod_sites", "ModificationSites", "ModSites"}},
  };
  return kTable;
}

std::string plain(std::string_view name) {
  std::string letters;
  for (const char c : name) {
    if (c >= 'A' && c <= 'Z') letters += static_cast<char>(c + 32);
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) letters += c;
  }
  return letters;
}

const Aliases& aliases_of(Role role) {
  return alias_table()[static_cast<std::size_t>(role)];
}

std::unexpected<Error> missing(Role role, const std::vector<std::string>& header,
                               const std::string& where) {
  const Aliases& aliases = aliases_of(role);
  return fail("OVL-LIB-020", fmt::format("there is no column for the {}", aliases.meaning),
              fmt::format("{}, columns: {}", where, fmt::join(header, ", ")),
              fmt::format("Rename the column to one of: {}.", fmt::join(aliases.names, ", ")));
}

// Whether the name tells of modified or labelled sequences: "Modified_Peptide_Name".
bool tells_of_modifications(const std::string& letters) {
  const auto has = [&](std::string_view part) { return letters.find(part) != std::string::npos; };
  return (has("mod") || has("labeled") || has("labelled")) && (has("pep") || has("seq"));
}

// A table whose modified sequences have an unknown name must not be read without them.
Result<void> use_plain_sequences(const std::vector<std::string>& header,
                                 const std::vector<std::string>& names, const std::string& where,
                                 ColumnMap& map) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!tells_of_modifications(names[i]) || i == map.at(Role::stripped_sequence)) continue;
    return fail("OVL-LIB-027",
                fmt::format("the column '{}' seems to hold modified sequences, but its name is "
                            "unknown",
                            header[i]),
                where,
                fmt::format("Rename the column '{}' to ModifiedPeptide, or give it a name without "
                            "'mod' and 'labeled' if it holds something else.",
                            header[i]));
  }
  map.set(Role::sequence, *map.at(Role::stripped_sequence));
  return {};
}

}  // namespace

Result<ColumnMap> match_columns(const std::vector<std::string>& header, const std::string& where) {
  std::vector<std::string> names;
  for (const std::string& name : header) names.push_back(plain(name));
  ColumnMap map;
  for (const Aliases& aliases : alias_table()) {
    for (const std::string_view alias : aliases.names) {
      const auto found = std::ranges::find(names, plain(alias));
      if (found == names.end() || map.has(aliases.role)) continue;
      map.set(aliases.role, static_cast<std::size_t>(found - names.begin()));
    }
  }
  const bool has_lists = map.has(Role::modification_names) && map.has(Role::modification_sites);
  if (!map.has(Role::sequence) && map.has(Role::stripped_sequence)) {
    if (has_lists) {
      map.set(Role::sequence, *map.at(Role::stripped_sequence));
    } else if (auto done = use_plain_sequences(header, names, where, map); !done) {
      return std::unexpected(done.error());
    }
  }
  for (const Role role : {Role::sequence, Role::charge, Role::irt, Role::intensity}) {
    if (!map.has(role)) return missing(role, header, where);
  }
  if (!map.has(Role::annotation)) {
    for (const Role role : {Role::fragment_type, Role::fragment_ordinal, Role::fragment_charge}) {
      if (!map.has(role)) return missing(role, header, where);
    }
  }
  return map;
}

}  // namespace overland::exchange
