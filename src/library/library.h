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
#include "base/ids.h"
#include "base/machine.h"
#include "base/units.h"
#include "chemistry/peptide.h"
#include "io/table/mapped_columns.h"
#include "kernel/intensity_spline.h"

namespace overland::library {

struct IndexRange {  // half-open
  PrecursorId first, last;
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

// The parameters of a library's splines. Energies are normalised collision energies (NCE).
struct SplineForm {
  kernel::SplineKnots knots{};
  double low_nce = 20, high_nce = 40;  // valid range; energies are clamped to it
  double reference_nce = 27;           // energy of the plain intensities
  bool operator==(const SplineForm&) const = default;
};

// The form of a library's fragment intensities.
struct IntensityForm {
  bool is_total = false;             // sum over a fragment's isotopes; else monoisotopic
  std::optional<SplineForm> spline;  // empty: plain intensities
  bool operator==(const IntensityForm&) const = default;
};

// Non-owning. Columns of the n precursors, ascending by (m/z, target before decoy, modified
// sequence, charge).
struct LibraryView {
  std::span<const float> precursor_mz;  // Th, monoisotopic
  std::span<const float> irt;           // on the scale of the library
  std::span<const std::uint8_t> charge;
  std::span<const std::uint8_t> is_decoy;  // 0/1; read by scoring only
  // 0 for a target, else the number of the entrapment group; read by the audit only.
  std::span<const std::uint8_t> entrapment;
  std::span<const std::uint32_t> pair;  // shared by a target and its decoys; 0 .. pair_count-1
  // For an entrapment the pair of the target from which it was made, else the precursor's own pair;
  // read by the audit only.
  std::span<const std::uint32_t> partner;
  std::span<const std::uint32_t> protein_set;     // row of proteins.arrow
  std::span<const std::uint64_t> fragment_begin;  // n + 1 offsets
  io::StringColumn modified_sequence;             // UniMod notation, also for decoys
  // Columns of the fragments, descending by intensity within a precursor; in a library with splines
  // this is the intensity at the reference energy.
  std::span<const float> fragment_mz;
  std::span<const std::uint16_t> fragment_intensity;  // see decode_intensity
  std::span<const std::uint8_t> fragment_kind;        // see kind_type, kind_charge
  std::span<const std::uint8_t> fragment_ordinal;
  kernel::SplineColumns fragment_spline;  // empty if intensities are plain
  IntensityForm form;
  // Columns of the protein sets.
  io::StringColumn protein_ids;  // accessions joined by ';'
  io::StringColumn genes;        // gene names joined by ';'

  [[nodiscard]] std::uint32_t precursor_count() const {
    return static_cast<std::uint32_t>(precursor_mz.size());
  }
  [[nodiscard]] PairId pair_of(PrecursorId precursor) const {
    return PairId(pair[precursor.index()]);
  }
  [[nodiscard]] IndexRange precursors_between(Mz low, Mz high) const;
  // Basis values at an energy, the same for all fragments. All 0 if intensities are plain.
  [[nodiscard]] kernel::SplineBasis basis_at(double nce) const;
  // Writes the relative intensities of a precursor's first fragments to `out` and returns their
  // number, the smaller of out.size() and the precursor's number of fragments.
  std::size_t intensities(PrecursorId precursor, const kernel::SplineBasis& basis,
                          std::span<float> out) const;
};

// A precursor in memory, before it is stored: created by importers, by add_decoys and by the
// simulator, in any order. `write_library` sorts them.
struct LibraryPrecursor {
  Peptide peptide;
  int charge = 0;
  float irt = 0;
  bool is_decoy = false;
  std::uint8_t entrapment = 0;
  std::uint32_t pair = 0;
  std::optional<std::uint32_t> partner = {};  // for an entrapment: its target's pair
  std::string protein_ids, genes;
  struct Fragment {
    FragmentIon ion;
    float mz = 0;              // 0: derived from the peptide
    float intensity = 0;       // any scale, > 0; with splines: derived from them
    std::uint16_t spline = 0;  // row of `splines`
  };
  std::vector<Fragment> fragments;
  std::vector<kernel::SplineCoefficients> splines;  // empty if intensities are plain
};

// Number of decoys per target, k in the estimates of error rates.
[[nodiscard]] double decoys_per_target(const LibraryView& library);

struct LibraryProvenance {
  std::string source;       // file name it came from
  std::string source_hash;  // XXH3-128 of its bytes
  std::string created_by;   // "overland 0.1.0"
  int made_decoys = 0;      // per target, made by Overland; 0: none, or decoys of the source
  // For a predicted library: the model with a hash of its weights, and the parameters of the build
  // as JSON.
  std::string predictor = {}, settings = {};
};

class Library {
 public:
  // Compares the tables with their hashes and checks the columns (library_checks.h); this reads
  // every byte once. Errors OVL-LIB-001 (not a library folder), OVL-LIB-002 (version), OVL-LIB-003
  // (a table is missing, was changed, or is inconsistent).
  [[nodiscard]] static Result<Library> open(const std::filesystem::path& folder,
                                            const Machine& machine = {});
  Library(Library&&) noexcept;
  Library& operator=(Library&&) noexcept;
  ~Library();
  [[nodiscard]] LibraryView view() const&;
  LibraryView view() const&& = delete;                    // the view would outlive its owner
  [[nodiscard]] const std::string& content_hash() const;  // covers the tables and shared times
  // Gives each decoy the iRT of its target, as required by match between runs
  // (docs/adr/0024-predict-decoys-from-their-sequence.md). Not thread-safe.
  void share_times();
  [[nodiscard]] const LibraryProvenance& provenance() const;

 private:
  struct State;
  explicit Library(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Sorts, encodes and writes NAME.lib atomically (a temporary folder, then rename). An existing
// library of that name is replaced. If `form` has splines, each precursor must have splines. Errors
// OVL-IO-002, OVL-LIB-004 (a precursor that cannot be stored).
[[nodiscard]] Result<void> write_library(std::vector<LibraryPrecursor> precursors,
                                         const LibraryProvenance& provenance,
                                         const std::filesystem::path& folder,
                                         const IntensityForm& form = {},
                                         const Machine& machine = {});

}  // namespace overland::library
