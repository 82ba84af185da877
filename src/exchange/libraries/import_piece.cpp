#include "exchange/libraries/import_piece.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <cmath>
#include <limits>

#include "exchange/libraries/import_ions.h"

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

ImportPiece::ImportPiece(const ColumnMap& map, std::string where) : where_(std::move(where)) {
  index_.fill(-1);
  for (std::size_t r = 0; r < kRoleCount; ++r) {
    const auto column = map.at(static_cast<Role>(r));
    if (!column) continue;
    index_[r] = static_cast<int>(chosen_.size());
    chosen_.push_back(*column);
  }
}

Result<void> ImportPiece::choose_columns(io::TableStream& stream) const {
  return stream.choose(chosen_);
}

Result<std::size_t> ImportPiece::next(io::TableStream& stream) {
  rows_before_ += row_count_;
  row_count_ = 0;
  auto rows = stream.next(columns_);
  if (rows) row_count_ = *rows;
  return rows;
}

std::string_view ImportPiece::text(Role role, std::size_t row) const {
  if (!has(role)) return {};
  const io::PieceColumn& column = columns_[static_cast<std::size_t>(index_of(role))];
  return column.is_text ? column.text[row] : std::string_view{};
}

bool ImportPiece::read_number(Role role, std::size_t row, double& value) const {
  value = std::numeric_limits<double>::quiet_NaN();
  if (!has(role)) return true;
  const io::PieceColumn& column = columns_[static_cast<std::size_t>(index_of(role))];
  if (!column.is_text) {
    value = column.number[row];
    return true;
  }
  const std::string_view text = column.text[row];
  float parsed = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), parsed);
  if (status != std::errc{} || end != text.data() + text.size()) return is_missing(text);
  value = static_cast<double>(parsed);
  return true;
}

Result<double> ImportPiece::number(Role role, std::size_t row) const {
  double value = 0;
  if (read_number(role, row, value)) return value;
  return fail("OVL-LIB-022", fmt::format("'{}' is not a number", text(role, row).substr(0, 40)),
              // The header is row 1.
              fmt::format("{}, row {}", where_, rows_before_ + row + 2),
              "Correct the value; numbers have a decimal point and no thousands separators.");
}

Result<bool> ImportPiece::flag(Role role, std::size_t row) const {
  const std::string_view word = text(role, row);
  if (word == "True" || word == "TRUE" || word == "true") return true;
  if (word == "False" || word == "FALSE" || word == "false") return false;
  const auto value = number(role, row);
  if (!value) return std::unexpected(value.error());
  return !std::isnan(*value) && *value != 0;
}

bool ImportPiece::has_loss(std::size_t row, bool is_mz_off) const {
  const std::string_view word = text(Role::loss, row);
  if (word == "unknown") return is_mz_off;
  double mass = 0;
  if (read_number(Role::loss, row, mass)) return !std::isnan(mass) && mass != 0;
  return !is_no_loss(word);
}

}  // namespace overland::exchange
