#include "exchange/libraries/import_columns.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string_view>

namespace overland::exchange {
namespace {

struct Aliases {
  Role role;
  std::string_view meaning;
  std::vector<std::string_view> names;  // names used by programs, preferred first
};

const std::vector<Aliases>& alias_table() {
  static const std::vector<Aliases> table{
      {Role::sequence,
       "modified peptide sequence",
       {"Modified.Sequence", "ModifiedPeptide", "ModifiedPeptideSequence", "FullUniModPeptideName",
        "Peptide Modified Sequence Unimod Ids", "Peptide Modified Sequence Monoisotopic Masses",
        "Peptide Modified Sequence", "IntModifiedPeptide", "LabeledPeptide"}},
      {Role::stripped_sequence,
       "peptide sequence",
       {"Stripped.Sequence", "StrippedPeptide", "PeptideSequence", "Sequence", "Peptide"}},
      {Role::charge, "precursor charge", {"Precursor.Charge", "PrecursorZ", "Charge"}},
      {Role::precursor_mz, "precursor m/z", {"Precursor.Mz", "PrecursorMass", "Q1"}},
      {Role::irt,
       "retention time",
       {"iRT", "Tr_recalibrated", "NormalizedRetentionTime", "RetentionTimeCalculatorScore", "RT",
        "RetentionTime", "RT.Detected", "iRTSourceSpecific", "AverageExperimentalRetentionTime"}},
      {Role::fragment_mz, "fragment m/z", {"Product.Mz", "FragmentMz", "ProductMass", "Q3"}},
      {Role::intensity,
       "fragment intensity",
       {"Relative.Intensity", "LibraryIntensity", "RelativeFragmentIntensity",
        "RelativeFragmentIonIntensity", "FragmentIntensity", "Intensity"}},
      {Role::fragment_type, "fragment type", {"Fragment.Type", "FragmentIonType", "IonType"}},
      {Role::fragment_charge,
       "fragment charge",
       {"Fragment.Charge", "ProductCharge", "FragmentZ", "ProductZ"}},
      {Role::fragment_ordinal,
       "fragment series number",
       {"Fragment.Series.Number", "FragmentNumber", "FragmentIonOrdinal", "FragmentOrdinal"}},
      {Role::loss,
       "neutral loss",
       {"Fragment.Loss.Type", "FragmentLoss", "NeutralLoss", "Losses", "Loss Neutral Mass"}},
      {Role::annotation,
       "fragment annotation",
       {"Annotation", "FragmentAnnotation", "FragmentIon"}},
      {Role::proteins,
       "proteins",
       {"Protein.Ids", "UniProtIds", "AllMappedProteins", "ProteinAccessions", "ProteinId",
        "UniprotID", "ProteinGroups", "Protein.Group", "ProteinName", "Proteins", "Protein"}},
      {Role::genes, "genes", {"Genes", "GeneName", "Gene", "GeneNames"}},
      {Role::decoy, "decoy flag", {"Decoy", "IsDecoy", "TransitionIsDecoy"}},
      {Role::group, "precursor name", {"transition_group_id", "Precursor.Id", "PrecursorName"}},
  };
  return table;
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

}  // namespace

Result<ColumnMap> match_columns(const std::vector<std::string>& header, const std::string& where) {
  std::vector<std::string> names;
  for (const std::string& name : header) names.push_back(plain(name));
  ColumnMap map;
  for (const Aliases& aliases : alias_table()) {
    for (const std::string_view alias : aliases.names) {
      const std::string wanted = plain(alias);
      for (std::size_t i = 0; i < names.size() && !map.has(aliases.role); ++i) {
        if (names[i] == wanted) map.set(aliases.role, i);
      }
    }
  }
  if (!map.has(Role::sequence) && map.has(Role::stripped_sequence)) {
    map.set(Role::sequence, *map.at(Role::stripped_sequence));
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
