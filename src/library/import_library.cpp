#include "library/import_library.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <tuple>
#include <unordered_map>

#include "io/table_stream.h"
#include "library/import_columns.h"
#include "library/import_ions.h"
#include "library/import_pairs.h"
#include "library/protein_names.h"

namespace overland {
namespace {

using Fragment = LibraryPrecursor::Fragment;

constexpr double kMzTolerance = 10e-6;  // relative; above it a m/z of the file counts as other
constexpr int kMaxPrecursorCharge = 20;
constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

// One piece of the table, seen by role.
class Piece {
 public:
  explicit Piece(const ColumnMap& map) {
    for (std::size_t r = 0; r < kRoleCount; ++r) {
      const auto place = map.at(static_cast<Role>(r));
      if (!place) continue;
      slot_[r] = static_cast<int>(chosen_.size());
      chosen_.push_back(*place);
    }
  }

  [[nodiscard]] const std::vector<std::size_t>& chosen() const { return chosen_; }
  Result<std::size_t> next(io::TableStream& stream) { return stream.next(columns_); }
  [[nodiscard]] bool has(Role role) const { return slot(role) >= 0; }

  // "" where the column is absent or holds numbers.
  [[nodiscard]] std::string_view text(Role role, std::size_t row) const {
    if (!has(role)) return {};
    const io::PieceColumn& column = columns_[static_cast<std::size_t>(slot(role))];
    return column.is_text ? column.text[row] : std::string_view{};
  }

  // NaN where missing. Text goes through float, so that a table gives the same numbers as text and
  // as a Parquet file of floats. False: something else stands there.
  [[nodiscard]] bool number(Role role, std::size_t row, double& value) const {
    value = kMissing;
    if (!has(role)) return true;
    const io::PieceColumn& column = columns_[static_cast<std::size_t>(slot(role))];
    if (!column.is_text) {
      value = column.number[row];
      return true;
    }
    const std::string_view text = column.text[row];
    float parsed = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), parsed);
    if (status == std::errc{} && end == text.data() + text.size()) {
      value = static_cast<double>(parsed);
      return true;
    }
    return is_missing(text);
  }

 private:
  [[nodiscard]] int slot(Role role) const { return slot_[static_cast<std::size_t>(role)]; }

  static constexpr std::array<int, kRoleCount> all_absent() {
    std::array<int, kRoleCount> slots{};
    slots.fill(-1);
    return slots;
  }

  std::array<int, kRoleCount> slot_ = all_absent();
  std::vector<std::size_t> chosen_;
  std::vector<io::PieceColumn> columns_;
};

// A precursor while its rows come in.
struct Group {
  LibraryPrecursor precursor;
  std::string proteins, genes;  // as the file has them, different ones joined by ';'
  std::string name;             // of the group in the file
  std::optional<Drop> defect;   // then all of its rows are dropped
  bool is_precursor_mz_off = false;
};

struct GroupKey {
  std::string_view sequence;
  int charge;
  bool is_decoy;
};

std::string text_of(const GroupKey& key) {
  return fmt::format("{}\t{}\t{}", key.sequence, key.charge, key.is_decoy ? 1 : 0);
}

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>()(text);
  }
};
using GroupIndex = std::unordered_map<std::string, std::size_t, TextHash, std::equal_to<>>;

class Importer {
 public:
  Importer(const ColumnMap& map, std::string where) : piece_(map), where_(std::move(where)) {}

  Result<ImportedLibrary> run(io::TableStream& stream);

 private:
  Result<void> take_row(std::size_t row);
  Result<GroupKey> key_of(std::size_t row);
  std::size_t group_of(const GroupKey& key);
  std::size_t make_group(const GroupKey& key);
  void take_group_values(Group& group, std::size_t row, double irt, double precursor_mz);
  Result<std::optional<Drop>> take_fragment(Group& group, std::size_t row);
  Result<std::optional<Drop>> ion_of(std::size_t row, FragmentIon& ion);
  Result<std::optional<Drop>> ion_of_columns(std::size_t row, FragmentIon& ion);
  [[nodiscard]] bool has_loss(std::size_t row, bool is_mz_off) const;
  [[nodiscard]] bool is_other(double found, double ours) const {
    return !std::isnan(found) && std::abs(found - ours) > ours * kMzTolerance;
  }
  void settle(Group& group);
  Result<ImportedLibrary> finish();

  void drop(Drop reason, std::uint64_t rows = 1) {
    dropped_[static_cast<std::size_t>(reason)] += rows;
  }
  Result<double> number(Role role, std::size_t row) const {
    double value = 0;
    if (piece_.number(role, row, value)) return value;
    return fail("OVL-LIB-022",
                fmt::format("'{}' is not a number", piece_.text(role, row).substr(0, 40)),
                fmt::format("{}, row {}", where_, rows_before_ + row + 2),
                "Correct the value; numbers need a decimal point and no thousands separator.");
  }

  Piece piece_;
  std::string where_;
  std::uint64_t rows_before_ = 0;  // rows of earlier pieces; the header is row 1
  std::vector<Group> groups_;
  GroupIndex by_text_;       // sequence as the file writes it
  GroupIndex by_canonical_;  // UniMod notation
  std::string last_sequence_;
  int last_charge_ = 0;
  bool last_is_decoy_ = false;
  std::size_t last_group_ = 0;
  std::array<std::uint64_t, kDropCount> dropped_{};
  ImportReport report_;
};

bool is_decoy_name(std::string_view name) {
  return name.starts_with("DECOY_") || name.starts_with("decoy_") || name.starts_with("rev_");
}

// Charge 0 stands for one that cannot be; the group then drops its rows.
Result<GroupKey> Importer::key_of(std::size_t row) {
  const auto charge = number(Role::charge, row);
  if (!charge) return std::unexpected(charge.error());
  const bool is_charge =
      *charge >= 1 && *charge <= kMaxPrecursorCharge && *charge == std::floor(*charge);
  GroupKey key{piece_.text(Role::sequence, row), is_charge ? static_cast<int>(*charge) : 0, false};
  if (is_missing(key.sequence)) key.sequence = piece_.text(Role::stripped_sequence, row);
  const std::string_view flag = piece_.text(Role::decoy, row);
  if (flag == "True" || flag == "TRUE" || flag == "true") {
    key.is_decoy = true;
  } else if (flag != "False" && flag != "FALSE" && flag != "false") {
    const auto decoy = number(Role::decoy, row);
    if (!decoy) return std::unexpected(decoy.error());
    key.is_decoy = !std::isnan(*decoy) && *decoy != 0;
  }
  if (!key.is_decoy) {
    key.is_decoy = is_decoy_name(piece_.text(Role::group, row)) ||
                   is_decoy_name(piece_.text(Role::proteins, row));
  }
  return key;
}

std::size_t Importer::group_of(const GroupKey& key) {
  if (!groups_.empty() && key.sequence == last_sequence_ && key.charge == last_charge_ &&
      key.is_decoy == last_is_decoy_) {
    return last_group_;
  }
  std::string text = text_of(key);
  const auto found = by_text_.find(text);
  if (found != by_text_.end()) {
    last_group_ = found->second;
  } else {
    last_group_ = make_group(key);
    by_text_.emplace(std::move(text), last_group_);
  }
  last_sequence_ = key.sequence;
  last_charge_ = key.charge;
  last_is_decoy_ = key.is_decoy;
  return last_group_;
}

std::size_t Importer::make_group(const GroupKey& key) {
  Group group;
  group.precursor.charge = key.charge;
  group.precursor.is_decoy = key.is_decoy;
  group.precursor.irt = std::numeric_limits<float>::quiet_NaN();
  auto peptide = parse_peptide(key.sequence);
  if (is_missing(key.sequence)) {
    group.defect = Drop::no_sequence;
  } else if (!peptide || peptide->residues.size() > 255) {
    group.defect = Drop::unreadable_sequence;
  } else if (key.charge == 0) {
    group.defect = Drop::precursor_charge;
  } else {
    // Two notations of one peptide are one precursor.
    const std::string canonical = to_unimod_notation(*peptide);
    const auto [place, is_new] =
        by_canonical_.try_emplace(text_of({canonical, key.charge, key.is_decoy}), groups_.size());
    if (!is_new) return place->second;
    group.precursor.peptide = std::move(*peptide);
  }
  groups_.push_back(std::move(group));
  return groups_.size() - 1;
}

void append_distinct(std::string& names, std::string_view more) {
  if (is_missing(more) || names == more) return;
  if (!names.empty()) names += ';';
  names += more;
}

void Importer::take_group_values(Group& group, std::size_t row, double irt, double precursor_mz) {
  if (std::isnan(group.precursor.irt)) group.precursor.irt = static_cast<float>(irt);
  if (group.name.empty()) group.name = piece_.text(Role::group, row);
  append_distinct(group.proteins, piece_.text(Role::proteins, row));
  append_distinct(group.genes, piece_.text(Role::genes, row));
  const LibraryPrecursor& precursor = group.precursor;
  group.is_precursor_mz_off =
      is_other(precursor_mz, overland::precursor_mz(precursor.peptide, precursor.charge).value);
}

Result<std::optional<Drop>> Importer::ion_of_columns(std::size_t row, FragmentIon& ion) {
  const std::string_view type = piece_.text(Role::fragment_type, row);
  const bool is_b = type == "b" || type == "B";
  if (!is_b && type != "y" && type != "Y") return Drop::ion_type;
  const auto ordinal = number(Role::fragment_ordinal, row);
  if (!ordinal) return std::unexpected(ordinal.error());
  ion.type = is_b ? FragmentType::b : FragmentType::y;
  const bool fits = *ordinal >= 1 && *ordinal <= 255 && *ordinal == std::floor(*ordinal);
  if (!fits) return Drop::ordinal;
  ion.ordinal = static_cast<std::uint8_t>(*ordinal);
  return std::nullopt;
}

// Type and number of the ion from their columns, where they are filled, else from the annotation;
// the charge from its column where there is one.
Result<std::optional<Drop>> Importer::ion_of(std::size_t row, FragmentIon& ion) {
  ion.charge = 0;
  const bool has_columns =
      piece_.has(Role::fragment_ordinal) && !is_missing(piece_.text(Role::fragment_type, row));
  if (has_columns || !piece_.has(Role::annotation)) {
    auto reason = ion_of_columns(row, ion);
    if (!reason || *reason) return reason;
  } else {
    const AnnotatedIon annotated = parse_annotation(piece_.text(Role::annotation, row));
    if (!annotated.ion) return annotated.reason;
    ion = *annotated.ion;
  }
  const auto charge = number(Role::fragment_charge, row);
  if (!charge) return std::unexpected(charge.error());
  if (!std::isnan(*charge)) {
    const bool fits =
        *charge >= 1 && *charge <= kMaxFragmentCharge && *charge == std::floor(*charge);
    ion.charge = fits ? static_cast<std::uint8_t>(*charge) : 0;
    if (!fits) return Drop::fragment_charge;
  } else if (ion.charge == 0 && !piece_.has(Role::fragment_charge)) {
    ion.charge = 1;  // "y5" alone means one charge
  }
  if (ion.charge < 1 || ion.charge > kMaxFragmentCharge) return Drop::fragment_charge;
  return std::nullopt;
}

bool Importer::has_loss(std::size_t row, bool is_mz_off) const {
  const std::string_view text = piece_.text(Role::loss, row);
  // DIA-NN writes "unknown" for measured fragments; the mass tells whether anything was lost.
  if (text == "unknown") return is_mz_off;
  double mass = 0;
  if (piece_.number(Role::loss, row, mass)) return !std::isnan(mass) && mass != 0;
  return !is_no_loss(text);
}

// The reason why the row is not kept, if it is not.
Result<std::optional<Drop>> Importer::take_fragment(Group& group, std::size_t row) {
  FragmentIon ion;
  auto reason = ion_of(row, ion);
  if (!reason || *reason) return reason;
  const auto intensity = number(Role::intensity, row);
  if (!intensity) return std::unexpected(intensity.error());
  const auto as_float = static_cast<float>(*intensity);
  if (!(as_float > 0) || !std::isfinite(as_float)) return Drop::no_intensity;
  const Peptide& peptide = group.precursor.peptide;
  if (ion.ordinal >= peptide.residues.size()) return Drop::ordinal;
  const auto found_mz = number(Role::fragment_mz, row);
  if (!found_mz) return std::unexpected(found_mz.error());
  const double mz = fragment_mz(peptide, ion).value;
  const bool is_off = is_other(*found_mz, mz);

  if (has_loss(row, is_off)) return Drop::neutral_loss;
  if (!(mz >= kMinFragmentMz && mz <= kMaxFragmentMz)) return Drop::mz_range;
  if (is_off) ++report_.fragments_recomputed;
  group.precursor.fragments.push_back({ion, static_cast<float>(mz), as_float});
  return std::nullopt;
}

Result<void> Importer::take_row(std::size_t row) {
  const auto key = key_of(row);
  if (!key) return std::unexpected(key.error());
  Group& group = groups_[group_of(*key)];
  if (group.defect) {
    drop(*group.defect);
    return {};
  }
  const auto irt = number(Role::irt, row);
  if (!irt) return std::unexpected(irt.error());
  const auto precursor_mz = number(Role::precursor_mz, row);
  if (!precursor_mz) return std::unexpected(precursor_mz.error());
  take_group_values(group, row, *irt, *precursor_mz);
  const auto reason = take_fragment(group, row);
  if (!reason) return std::unexpected(reason.error());
  if (*reason) drop(**reason);
  return {};
}

// Merges repeated fragments, keeps the most intense, finds what makes the precursor useless.
void Importer::settle(Group& group) {
  auto& fragments = group.precursor.fragments;
  std::ranges::sort(fragments, {},
                    [](const Fragment& f) { return std::tuple(f.ion, -f.intensity); });
  const auto repeated = std::ranges::unique(fragments, {}, &Fragment::ion);
  drop(Drop::duplicate, repeated.size());
  fragments.erase(repeated.begin(), repeated.end());
  if (group.defect) return;
  if (!std::isfinite(group.precursor.irt)) {
    group.defect = Drop::no_retention_time;
  } else if (fragments.size() < kMinFragments) {
    group.defect = Drop::too_few;
  }
  if (group.defect) {
    drop(*group.defect, fragments.size());
    return;
  }
  if (fragments.size() > kMaxFragments) {
    std::ranges::sort(fragments, {},
                      [](const Fragment& f) { return std::tuple(-f.intensity, f.ion); });
    drop(Drop::too_many, fragments.size() - kMaxFragments);
    fragments.resize(kMaxFragments);
  }
  group.precursor.protein_ids = normal_accessions(group.proteins);
  group.precursor.genes = normal_names(group.genes);
}

Result<ImportedLibrary> Importer::finish() {
  ImportedLibrary library;
  std::vector<std::string> names;
  for (Group& group : groups_) {
    settle(group);
    if (group.defect) continue;
    if (group.is_precursor_mz_off) ++report_.precursors_recomputed;
    report_.rows_kept += group.precursor.fragments.size();
    report_.decoys += group.precursor.is_decoy ? 1U : 0U;
    library.precursors.push_back(std::move(group.precursor));
    names.push_back(std::move(group.name));
  }
  report_.precursors = library.precursors.size();
  std::string reasons;
  for (std::size_t i = 0; i < kDropCount; ++i) {
    if (dropped_[i] == 0) continue;
    const std::string reason(describe(static_cast<Drop>(i)));
    report_.rows_dropped[reason] = dropped_[i];
    reasons += fmt::format("{}{}: {} rows", reasons.empty() ? "" : "; ", reason, dropped_[i]);
  }
  if (library.precursors.empty()) {
    return fail("OVL-LIB-021", "no row of the table can be used",
                fmt::format("{}, {}", where_, reasons.empty() ? "it has no rows" : reasons),
                "Give a table of peptides with b and y fragments.");
  }
  sort_and_pair(library.precursors, names);
  library.report = std::move(report_);
  return library;
}

Result<ImportedLibrary> Importer::run(io::TableStream& stream) {
  if (auto done = stream.choose(piece_.chosen()); !done) return std::unexpected(done.error());
  for (;;) {
    const auto rows = piece_.next(stream);
    if (!rows) return std::unexpected(rows.error());
    if (*rows == 0) break;
    for (std::size_t row = 0; row < *rows; ++row) {
      if (auto done = take_row(row); !done) return std::unexpected(done.error());
    }
    rows_before_ += *rows;
  }
  report_.rows_read = rows_before_;
  return finish();
}

}  // namespace

Result<ImportedLibrary> import_library(const std::filesystem::path& file) {
  auto stream = io::TableStream::open(file);
  if (!stream) return std::unexpected(stream.error());
  const auto map = match_columns(stream->header(), file.string());
  if (!map) return std::unexpected(map.error());
  return Importer(*map, file.string()).run(*stream);
}

}  // namespace overland
