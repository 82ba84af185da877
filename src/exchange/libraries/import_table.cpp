#include <fmt/format.h>

#include <cmath>

#include "base/protein_marks.h"
#include "exchange/libraries/import_groups.h"
#include "exchange/libraries/import_piece.h"
#include "exchange/libraries/import_sources.h"
#include "exchange/libraries/listed_modifications.h"
#include "exchange/libraries/protein_names.h"

namespace overland::exchange {
namespace {

constexpr int kMaxPrecursorCharge = 20;

// Empty if the row is kept, else the reason why it is left out.
using Kept = Result<std::optional<Drop>>;

// A whole number in [low, high].
bool is_whole(double value, int low, int high) {
  return value >= low && value <= high && value == std::floor(value);
}

class Importer {
 public:
  Importer(const ColumnMap& map, const std::string& where, const ImportSettings& settings)
      : where_(where),
        is_listed_(map.has_listed_modifications()),
        piece_(map, where),
        groups_(settings) {}
  void expect_plain(std::string column) { groups_.expect_plain(std::move(column)); }
  Result<ImportedLibrary> run(io::TableStream& stream);

 private:
  Result<void> take_row(std::size_t row);
  Result<ImportKey> key_of(std::size_t row);
  std::string_view sequence_of(std::size_t row);
  Result<void> take_precursor(ImportGroup& group, std::size_t row) const;
  Kept take_fragment(ImportGroup& group, std::size_t row);
  Kept read_ion(std::size_t row, FragmentIon& ion) const;
  Kept read_type_and_ordinal(std::size_t row, FragmentIon& ion) const;
  Kept read_charge(std::size_t row, FragmentIon& ion) const;

  std::string where_;
  bool is_listed_;        // modifications stand in other columns
  std::string sequence_;  // with the listed modifications
  ImportPiece piece_;
  ImportGroups groups_;
  ImportReport report_;
};

std::string_view Importer::sequence_of(std::size_t row) {
  const std::string_view text = piece_.text(Role::sequence, row);
  if (is_missing(text)) return piece_.text(Role::stripped_sequence, row);
  if (!is_listed_) return text;
  const auto listed = parse_site_lists(piece_.text(Role::modification_names, row),
                                       piece_.text(Role::modification_sites, row));
  const auto modified = listed ? with_modifications(text, *listed) : std::nullopt;
  sequence_ = modified ? *modified
                       : fmt::format("{}[{}]", text, piece_.text(Role::modification_names, row));
  return sequence_;
}

Result<ImportKey> Importer::key_of(std::size_t row) {
  const auto charge = piece_.number(Role::charge, row);
  if (!charge) return std::unexpected(charge.error());
  const auto is_decoy = piece_.flag(Role::decoy, row, false);
  if (!is_decoy) return std::unexpected(is_decoy.error());
  const auto mz = piece_.number(Role::precursor_mz, row);
  if (!mz) return std::unexpected(mz.error());
  ImportKey key;
  key.sequence = sequence_of(row);
  if (is_whole(*charge, 1, kMaxPrecursorCharge)) key.charge = static_cast<int>(*charge);
  key.is_decoy = *is_decoy || is_decoy_name(piece_.text(Role::group, row)) ||
                 are_decoys(piece_.text(Role::proteins, row));
  key.precursor_mz = *mz;
  return key;
}

Result<void> Importer::take_precursor(ImportGroup& group, std::size_t row) const {
  const auto irt = piece_.number(Role::irt, row);
  if (!irt) return std::unexpected(irt.error());
  const auto mz = piece_.number(Role::precursor_mz, row);
  if (!mz) return std::unexpected(mz.error());
  library::LibraryPrecursor& precursor = group.precursor;
  if (std::isnan(precursor.irt)) precursor.irt = static_cast<float>(*irt);
  if (group.name.empty()) group.name = piece_.text(Role::group, row);
  append_distinct(group.proteins, piece_.text(Role::proteins, row));
  append_distinct(group.genes, piece_.text(Role::genes, row));
  group.is_precursor_mz_off =
      is_other_mz(*mz, precursor_mz(precursor.peptide, precursor.charge).value);
  return {};
}

Kept Importer::read_type_and_ordinal(std::size_t row, FragmentIon& ion) const {
  const std::string_view type = piece_.text(Role::fragment_type, row);
  const bool is_b = type == "b" || type == "B";
  if (!is_b && type != "y" && type != "Y") return Drop::ion_type;
  const auto ordinal = piece_.number(Role::fragment_ordinal, row);
  if (!ordinal) return std::unexpected(ordinal.error());
  if (!is_whole(*ordinal, 1, 255)) return Drop::ordinal;
  ion = {is_b ? FragmentType::b : FragmentType::y, static_cast<std::uint8_t>(*ordinal), 0};
  return std::nullopt;
}

// Reads the charge from its column if there is one, otherwise from the annotation; "y5" means
// charge 1.
Kept Importer::read_charge(std::size_t row, FragmentIon& ion) const {
  const auto charge = piece_.number(Role::fragment_charge, row);
  if (!charge) return std::unexpected(charge.error());
  if (!std::isnan(*charge)) {
    if (!is_whole(*charge, 1, kMaxFragmentCharge)) return Drop::fragment_charge;
    ion.charge = static_cast<std::uint8_t>(*charge);
  } else if (ion.charge == 0 && !piece_.has(Role::fragment_charge)) {
    ion.charge = 1;
  }
  if (ion.charge < 1 || ion.charge > kMaxFragmentCharge) return Drop::fragment_charge;
  return std::nullopt;
}

// Reads the ion from the columns of type and number if they have values, otherwise from the
// annotation.
Kept Importer::read_ion(std::size_t row, FragmentIon& ion) const {
  const bool has_columns =
      piece_.has(Role::fragment_ordinal) && !is_missing(piece_.text(Role::fragment_type, row));
  if (has_columns || !piece_.has(Role::annotation)) {
    auto reason = read_type_and_ordinal(row, ion);
    if (!reason || *reason) return reason;
  } else {
    const AnnotatedIon annotated = parse_annotation(piece_.text(Role::annotation, row));
    if (!annotated.ion) return annotated.reason;
    ion = *annotated.ion;
  }
  return read_charge(row, ion);
}

Kept Importer::take_fragment(ImportGroup& group, std::size_t row) {
  FragmentIon ion;
  auto reason = read_ion(row, ion);
  if (!reason || *reason) return reason;
  const auto found_intensity = piece_.number(Role::intensity, row);
  if (!found_intensity) return std::unexpected(found_intensity.error());
  const auto intensity = static_cast<float>(*found_intensity);
  if (!(intensity > 0) || !std::isfinite(intensity)) return Drop::no_intensity;
  const Peptide& peptide = group.precursor.peptide;
  if (ion.ordinal >= peptide.residues.size()) return Drop::ordinal;
  const auto found_mz = piece_.number(Role::fragment_mz, row);
  if (!found_mz) return std::unexpected(found_mz.error());
  const double mz = fragment_mz(peptide, ion).value;
  const bool is_off = is_other_mz(*found_mz, mz);
  if (piece_.has_loss(row, is_off)) return Drop::neutral_loss;
  if (!(mz >= kMinFragmentMz && mz <= kMaxFragmentMz)) return Drop::mz_range;
  if (is_off) ++report_.fragments_recomputed;
  group.precursor.fragments.push_back({ion, static_cast<float>(mz), intensity});
  return std::nullopt;
}

Result<void> Importer::take_row(std::size_t row) {
  const auto is_detecting = piece_.flag(Role::detecting, row, true);
  if (!is_detecting) return std::unexpected(is_detecting.error());
  if (!*is_detecting) {
    groups_.drop(Drop::identifying);
    return {};
  }
  const auto key = key_of(row);
  if (!key) return std::unexpected(key.error());
  ImportGroup& group = groups_.at(*key);
  if (group.defect) {
    groups_.drop(*group.defect);
    return {};
  }
  if (auto done = take_precursor(group, row); !done) return done;
  const Kept kept = take_fragment(group, row);
  if (!kept) return std::unexpected(kept.error());
  if (const std::optional<Drop>& reason = *kept) groups_.drop(*reason);
  return {};
}

Result<ImportedLibrary> Importer::run(io::TableStream& stream) {
  if (auto done = piece_.choose_columns(stream); !done) return std::unexpected(done.error());
  for (;;) {
    const auto rows = piece_.next(stream);
    if (!rows) return std::unexpected(rows.error());
    if (*rows == 0) break;
    for (std::size_t row = 0; row < *rows; ++row) {
      if (auto done = take_row(row); !done) return std::unexpected(done.error());
    }
  }
  if (auto done = piece_.check_commas(); !done) return std::unexpected(done.error());
  report_.rows_read = piece_.rows_read();
  return groups_.finish(std::move(report_), where_);
}

}  // namespace

Result<ImportedLibrary> import_table(const std::filesystem::path& file,
                                     const ImportSettings& settings) {
  auto stream = io::TableStream::open(file);
  if (!stream) return std::unexpected(stream.error());
  const auto map = match_columns(stream->header(), file.string());
  if (!map) return std::unexpected(map.error());
  Importer importer(*map, file.string(), settings);
  if (map->is_plain()) importer.expect_plain(stream->header()[*map->at(Role::sequence)]);
  return importer.run(*stream);
}

}  // namespace overland::exchange
