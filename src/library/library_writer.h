// Writes a library folder precursor by precursor, in the order of its rows, so that memory does not
// grow with the library. Used by write_library, which sorts a list, and by the build from FASTA,
// which merges its blocks.
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

#include "base/machine.h"
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

// The spline of a fragment, in a library with splines: see kernel::encode_coefficient.
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

// Tie-break order: precursors with equal m/z, such as a target and its decoys, are ordered by this
// hash of the sequence, so that target or decoy status never decides the order (the solver visits
// columns in it).
[[nodiscard]] std::uint32_t tie_break_hash(std::string_view modified_sequence, std::uint8_t charge);

// Sorts `fragments` (descending by intensity, then by ion) and replaces `encoded` by their stored
// form. Precondition: intensities are above 0.
void encode_fragments(const Peptide& peptide, std::vector<LibraryPrecursor::Fragment>& fragments,
                      std::vector<EncodedFragment>& encoded);

class LibraryWriter {
 public:
  // An existing library of that name is replaced at the end. Errors OVL-IO-002 (the name belongs to
  // a file or folder that is not a library, or the disk cannot be written), OVL-LIB-004 (the form
  // is invalid).
  [[nodiscard]] static Result<LibraryWriter> begin(const std::filesystem::path& folder,
                                                   const IntensityForm& form = {},
                                                   const Machine& machine = {});
  LibraryWriter(LibraryWriter&&) noexcept;
  LibraryWriter& operator=(LibraryWriter&&) noexcept;
  ~LibraryWriter();  // without `finish`, all files are removed

  // Precondition: precursors are added in the order of LibraryView, with splines if and only if the
  // form has splines. A write error is reported by `finish`. Throws Cancelled.
  void add(const EncodedPrecursor& precursor);
  // `protein_sets` are ascending; EncodedPrecursor::protein_set is an index into them. Errors
  // OVL-IO-002, OVL-IO-004 (more than 2 GiB of sequences).
  [[nodiscard]] Result<void> finish(std::span<const ProteinSet> protein_sets,
                                    const LibraryProvenance& provenance);

 private:
  struct State;
  explicit LibraryWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace overland::library
