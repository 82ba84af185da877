// Collects the precursors of a foreign table, whose rows may come in any order.
#pragma once

#include <array>
#include <cmath>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/machine.h"
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

// Whether a name marks a decoy: "DECOY_P12345".
[[nodiscard]] bool is_decoy_name(std::string_view name);
// Appends a name after ';', unless it is missing or already in the list.
void append_distinct(std::string& names, std::string_view more);

struct ImportKey {
  std::string_view sequence;  // in the file's notation
  int charge = 0;             // 0: invalid
  bool is_decoy = false;
};

class ImportGroups {
 public:
  explicit ImportGroups(const Machine& machine) : machine_(machine) {}
  // The group of a key; a new group has its peptide or its defect set. Different notations of a
  // peptide give the same group. The reference is valid until the next call. Throws Cancelled.
  [[nodiscard]] ImportGroup& at(const ImportKey& key);
  void drop(Drop reason, std::uint64_t rows = 1) {
    dropped_[static_cast<std::size_t>(reason)] += rows;
  }
  // Merges repeated fragments, drops unusable precursors, sorts, numbers the pairs and completes
  // the report. Call once. Errors OVL-LIB-021 (no precursor is left).
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
  void settle(ImportGroup& group);
  void drop_decoys_like_targets();

  Machine machine_;
  std::vector<ImportGroup> groups_;
  Index by_text_;       // sequence in the notation of the file
  Index by_canonical_;  // UniMod notation
  std::string last_text_;
  std::size_t last_ = 0;
  std::string scratch_;
  std::array<std::uint64_t, kDropCount> dropped_{};
};

}  // namespace overland::exchange
