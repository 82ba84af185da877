// Writes a library folder precursor by precursor, in the order of its rows: memory does not grow
// with the library. Both ways of making one end here: write_library sorts a list, the build from
// FASTA merges its blocks.
//
//   auto writer = LibraryWriter::begin("human.lib");
//   encode_fragments(peptide, fragments, encoded);
//   writer->add({.mz = mz, ..., .fragments = encoded});
//   auto done = writer->finish(protein_sets, provenance);
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "library/library.h"

namespace overland::library {

// A fragment as it is stored.
struct EncodedFragment {
  float mz;
  std::uint16_t intensity;  // see decode_intensity
  std::uint8_t kind;        // see encode_kind
  std::uint8_t ordinal;
};
static_assert(sizeof(EncodedFragment) == 8);

// Its spline, where the library has some: see kernel::encode_coefficient.
using EncodedSpline = std::array<std::uint16_t, kernel::kSplineTerms>;

struct EncodedPrecursor {
  float mz = 0, irt = 0;
  std::uint8_t charge = 0, is_decoy = 0, entrapment = 0;
  std::uint32_t pair = 0, partner = 0, protein_set = 0;
  std::string_view modified_sequence;
  std::span<const EncodedFragment> fragments;   // descending by intensity
  std::span<const EncodedSpline> splines = {};  // one per fragment, or none
};

// One row of proteins.arrow.
struct ProteinSet {
  std::string_view protein_ids, genes;  // joined by ';'
  auto operator<=>(const ProteinSet&) const = default;
};

// Precursors of equal m/z stand in the order of this number, drawn from the sequence: a target and
// its decoys have one m/z, and where sums over the library's rows depend on their order (the
// deconvolution starts with the first), none of them must have the better place for its label.
[[nodiscard]] std::uint32_t order_lot(std::string_view modified_sequence, std::uint8_t charge);

// Sorts `fragments` (descending by intensity, then by ion) and replaces `encoded` by their stored
// form. Precondition: intensities are above 0.
void encode_fragments(const Peptide& peptide, std::vector<LibraryPrecursor::Fragment>& fragments,
                      std::vector<EncodedFragment>& encoded);

class LibraryWriter {
 public:
  // A library of that name is replaced at the end. Errors OVL-IO-002 (something else has the name,
  // or the disk cannot be written), OVL-LIB-004 (the form makes no sense).
  [[nodiscard]] static Result<LibraryWriter> begin(const std::filesystem::path& folder,
                                                   const IntensityForm& form = {});
  LibraryWriter(LibraryWriter&&) noexcept;
  LibraryWriter& operator=(LibraryWriter&&) noexcept;
  ~LibraryWriter();  // without `finish`, nothing is left

  // Precondition: not before the one added last in the order of LibraryView; with splines just when
  // the form has them. A failure to write shows in `finish`.
  void add(const EncodedPrecursor& precursor);
  // `protein_sets`: in the order that the rows of `add` refer to, ascending. Errors OVL-IO-002,
  // OVL-IO-004 (more than 2 GiB of sequences).
  [[nodiscard]] Result<void> finish(std::span<const ProteinSet> protein_sets,
                                    const LibraryProvenance& provenance);

 private:
  struct State;
  explicit LibraryWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace overland::library
