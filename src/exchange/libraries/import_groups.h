// Collects the precursors of a foreign table, whose rows may come in any order.
#pragma once

#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "exchange/libraries/import_ions.h"
#include "exchange/libraries/import_library.h"

namespace overland::exchange {

struct ImportGroup {
  library::LibraryPrecursor precursor;  // iRT is NaN until a row gives it
  std::string proteins, genes;          // distinct texts of the file, joined by ';'
  std::string name;                     // of the precursor in the file
  std::optional<Drop> defect;           // if set, all rows are dropped
  bool is_precursor_mz_off = false;
};

// Compares an m/z of the file (NaN: none) with the m/z calculated from the sequence.
inline constexpr double kMzAgreement = 10e-6;  // relative
[[nodiscard]] inline bool is_other_mz(double found, double ours) {
  return !std::isnan(found) && std::abs(found - ours) > ours * kMzAgreement;
}

// Counts a case, and keeps its name if it is one of the first.
void add_case(NamedCases& cases, std::string_view name);
// " (first; second; and 3 more)", or nothing.
[[nodiscard]] std::string names_of(const NamedCases& cases);
// Appends a name after ';', unless it is missing or already in the list.
void append_distinct(std::string& names, std::string_view more);

struct ImportKey {
  std::string_view sequence;  // in the file's notation
  int charge = 0;             // 0: invalid
  bool is_decoy = false;
  double precursor_mz = std::numeric_limits<double>::quiet_NaN();  // of the file
};

class ImportGroups {
 public:
  explicit ImportGroups(const ImportSettings& settings) : settings_(settings) {}
  // The sequences come from this column, which has no modifications: few may contradict their m/z.
  void expect_plain(std::string column) { plain_column_ = std::move(column); }
  // The group of a key; a new group has its peptide or its defect set. Different notations of a
  // peptide give the same group. The reference is valid until the next call. Throws Cancelled.
  [[nodiscard]] ImportGroup& at(const ImportKey& key);
  void drop(Drop reason, std::uint64_t rows = 1) {
    dropped_[static_cast<std::size_t>(reason)] += rows;
  }
  // Merges repeated fragments, drops unusable precursors, sorts, numbers the pairs and completes
  // the report. Call once. Errors OVL-LIB-021 (no precursor is left), OVL-LIB-028 (the m/z of the
  // file contradict the sequences).
  [[nodiscard]] Result<ImportedLibrary> finish(ImportReport report, const std::string& where);

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };
  using Index = std::unordered_map<std::string, std::size_t, Hash, std::equal_to<>>;

  [[nodiscard]] std::size_t make(const ImportKey& key);
  [[nodiscard]] std::optional<Drop> read_peptide(const ImportKey& key, Peptide& peptide);
  void set_defect(ImportGroup& group, Drop reason);
  [[nodiscard]] Result<void> check_mz(const std::string& where) const;
  [[nodiscard]] std::unexpected<Error> nothing_left(const std::string& where) const;
  void settle(ImportGroup& group);
  void drop_decoys_like_targets();

  ImportSettings settings_;
  std::string plain_column_;
  std::vector<ImportGroup> groups_;
  Index by_text_;       // sequence in the notation of the file
  Index by_canonical_;  // UniMod notation
  std::string last_text_;
  std::size_t last_ = 0;
  std::string scratch_;
  std::array<std::uint64_t, kDropCount> dropped_{};
  std::array<NamedCases, kDropCount> named_{};
  std::set<std::string, std::less<>> unreadable_;  // distinct reasons
  std::uint64_t with_mz_ = 0;                      // targets whose m/z the file gives
};

}  // namespace overland::exchange
