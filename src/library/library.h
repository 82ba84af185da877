// The spectral library: precursors sorted by m/z, fragments in CSR form, both memory-mapped.
//
// A folder NAME.lib/ holds precursors.arrow, fragments.arrow, proteins.arrow and library.json, and
// splines.arrow where intensities are functions of the collision energy (docs/formats/library.md).
// Immutable after opening; threads share it without locks.
//
//   Result<Library> library = Library::open("ecoli.lib");
//   LibraryView v = library->view();
//   auto slice = v.precursors_between(Mz{500}, Mz{508});   // one contiguous range
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/units.h"
#include "chemistry/peptide.h"
#include "io/table/mapped_columns.h"
#include "kernel/intensity_spline.h"

namespace overland::library {

struct IndexRange {  // half-open
  std::uint32_t first = 0, last = 0;
  [[nodiscard]] std::uint32_t size() const { return last - first; }
};

// Fragment intensities are stored as round(65535 sqrt(I / I_max)): relative error < 1.6e-5 /
// sqrt(I).
[[nodiscard]] constexpr float decode_intensity(std::uint16_t code) {
  const float root = static_cast<float>(code) / 65535.0F;
  return root * root;
}
// Fragment kind: bit 7 = y ion, bits 0-2 = charge.
[[nodiscard]] constexpr std::uint8_t encode_kind(FragmentType type, int charge) {
  return static_cast<std::uint8_t>((type == FragmentType::y ? 0x80 : 0) | (charge & 7));
}
[[nodiscard]] constexpr FragmentType kind_type(std::uint8_t kind) {
  return (kind & 0x80) != 0 ? FragmentType::y : FragmentType::b;
}
[[nodiscard]] constexpr int kind_charge(std::uint8_t kind) {
  return kind & 7;
}

// What the splines of a library mean. Energies are normalised collision energies (NCE).
struct SplineForm {
  kernel::SplineKnots knots{};
  double low_nce = 20, high_nce = 40;  // where they hold; energies are clamped to it
  double reference_nce = 27;           // of the plain intensities beside them
  bool operator==(const SplineForm&) const = default;
};

// How a library gives its fragment intensities.
struct IntensityForm {
  bool is_total = false;             // of all isotopes of a fragment; else of the monoisotopic peak
  std::optional<SplineForm> spline;  // else plain
  bool operator==(const IntensityForm&) const = default;
};

// Non-owning. Columns of the n precursors, ascending by (m/z, target before decoy, modified
// sequence, charge).
struct LibraryView {
  std::span<const float> precursor_mz;  // Th, monoisotopic
  std::span<const float> irt;           // the library's own scale
  std::span<const std::uint8_t> charge;
  std::span<const std::uint8_t> is_decoy;  // 0/1; read by scoring only
  std::span<const std::uint8_t>
      entrapment;                          // 0 target, 1.. entrapment group; read by the audit only
  std::span<const std::uint32_t> pair;     // a target and its decoys share it; 0 .. pair_count-1
  std::span<const std::uint32_t> partner;  // of an entrapment: the pair of the target that it was
                                           // made of; else the own pair. Read by the audit only
  std::span<const std::uint32_t> protein_set;     // row of proteins.arrow
  std::span<const std::uint64_t> fragment_begin;  // n + 1 offsets
  io::StringColumn modified_sequence;             // UniMod notation, of decoys too
  // Columns of the fragments; inside a precursor descending by intensity, which in a library with
  // splines is the one at the reference energy.
  std::span<const float> fragment_mz;
  std::span<const std::uint16_t> fragment_intensity;  // see decode_intensity
  std::span<const std::uint8_t> fragment_kind;        // see kind_type, kind_charge
  std::span<const std::uint8_t> fragment_ordinal;
  kernel::SplineColumns fragment_spline;  // empty where intensities are plain
  IntensityForm form;
  // Columns of the protein sets.
  io::StringColumn protein_ids;  // accessions joined by ';'
  io::StringColumn genes;        // likewise

  [[nodiscard]] std::uint32_t precursor_count() const {
    return static_cast<std::uint32_t>(precursor_mz.size());
  }
  [[nodiscard]] IndexRange precursors_between(Mz low, Mz high) const;
  // At an energy, once for all fragments evaluated there. All 0 where intensities are plain.
  [[nodiscard]] kernel::SplineBasis basis_at(double nce) const;
  // Relative intensities of a precursor's first fragments, as many as `out` holds and the precursor
  // has; returns how many.
  std::size_t intensities(std::uint32_t precursor, const kernel::SplineBasis& basis,
                          std::span<float> out) const;
};

// The same columns as growable vectors, in any order: what importers, the decoy maker and the
// simulator fill. `write_library` sorts them.
struct LibraryPrecursor {
  Peptide peptide;
  int charge = 0;
  float irt = 0;
  bool is_decoy = false;
  std::uint8_t entrapment = 0;
  std::uint32_t pair = 0;
  std::optional<std::uint32_t> partner = {};  // of an entrapment: the pair of its target
  std::string protein_ids, genes;
  struct Fragment {
    FragmentIon ion;
    float mz = 0;              // 0: derived from the peptide
    float intensity = 0;       // any scale, > 0; with splines derived from them
    std::uint16_t spline = 0;  // row of `splines`
  };
  std::vector<Fragment> fragments;
  std::vector<kernel::SplineCoefficients> splines;  // empty where intensities are plain
};

// Decoys per target of the library: the k of the error rates.
[[nodiscard]] double decoys_per_target(const LibraryView& library);

struct LibraryProvenance {
  std::string source;       // file name it came from
  std::string source_hash;  // XXH3-128 of its bytes
  std::string created_by;   // "overland 0.1.0"
  int made_decoys = 0;      // per target, made by us; 0: none, or the source's own
  // Of a library that was predicted: the model with a hash of its weights, and the build's
  // parameters as JSON.
  std::string predictor = {}, settings = {};
};

class Library {
 public:
  // Compares the tables with their hashes and checks the columns (library_checks.h), which reads
  // every byte once. Errors OVL-LIB-001 (not a library folder), OVL-LIB-002 (version), OVL-LIB-003
  // (a table is missing, changed, or breaks a promise).
  [[nodiscard]] static Result<Library> open(const std::filesystem::path& folder);
  Library(Library&&) noexcept;
  Library& operator=(Library&&) noexcept;
  ~Library();
  [[nodiscard]] LibraryView view() const&;
  LibraryView view() const&& = delete;                    // the view would outlive its owner
  [[nodiscard]] const std::string& content_hash() const;  // of its tables, and of the times below
  // Gives each decoy the iRT of its target, as match between runs needs it
  // (docs/adr/0024-predict-decoys-from-their-sequence.md). Not while others read.
  void share_times();
  [[nodiscard]] const LibraryProvenance& provenance() const;

 private:
  struct State;
  explicit Library(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Sorts, encodes and writes NAME.lib atomically (a temporary folder, then rename). A library of
// that name is replaced. With a spline form each precursor must have splines.
// Errors OVL-IO-002, OVL-LIB-004 (a precursor that cannot be stored).
[[nodiscard]] Result<void> write_library(std::vector<LibraryPrecursor> precursors,
                                         const LibraryProvenance& provenance,
                                         const std::filesystem::path& folder,
                                         const IntensityForm& form = {});

}  // namespace overland::library
