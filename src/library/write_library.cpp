#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "library/intensity_form.h"
#include "library/library.h"
#include "library/library_writer.h"

namespace overland::library {
namespace {

using Fragment = LibraryPrecursor::Fragment;

// The sort key of a precursor, computed once.
struct Row {
  std::uint32_t source;  // index into the list of precursors
  float mz;
  std::uint32_t tie_break;  // see tie_break_hash
  std::string modified_sequence;
};

std::string defect_of(const LibraryPrecursor& precursor) {
  const std::size_t length = precursor.peptide.residues.size();
  if (precursor.charge < 1 || precursor.charge > 255) {
    return fmt::format("charge {}", precursor.charge);
  }
  if (!std::isfinite(precursor.irt)) return "iRT is not a number";
  if (precursor.fragments.empty()) return "no fragments";
  if (precursor.fragments.size() > 65535) return "more than 65535 fragments";
  for (const Fragment& fragment : precursor.fragments) {
    if (!std::isfinite(fragment.intensity) || fragment.intensity <= 0) {
      return fmt::format("fragment intensity {}", fragment.intensity);
    }
    if (!std::isfinite(fragment.mz)) return "fragment m/z is not a number";
    if (fragment.ion.charge < 1 || fragment.ion.charge > 7) {
      return fmt::format("fragment charge {}", fragment.ion.charge);
    }
    if (fragment.ion.ordinal < 1 || fragment.ion.ordinal >= length) {
      return fmt::format("fragment ordinal {}", fragment.ion.ordinal);
    }
  }
  return {};
}

std::unexpected<Error> cannot_store(const Peptide& peptide, const std::string& defect) {
  return fail("OVL-LIB-004", "a precursor cannot be stored: " + defect, to_unimod_notation(peptide),
              "Correct the source of the library.");
}

// If there are splines, the plain intensities are the values of the splines at the reference
// energy.
Result<void> settle_splines(std::vector<LibraryPrecursor>& precursors, const SplineForm& form) {
  for (LibraryPrecursor& precursor : precursors) {
    if (const std::string defect = spline_defect_of(precursor); !defect.empty()) {
      return cannot_store(precursor.peptide, defect);
    }
    if (!take_reference_intensities(precursor, form)) {
      return cannot_store(precursor.peptide, "no fragment has intensity at the reference energy");
    }
  }
  return {};
}

Result<std::vector<Row>> sorted_rows(const std::vector<LibraryPrecursor>& precursors) {
  std::vector<Row> rows;
  rows.reserve(precursors.size());
  for (const LibraryPrecursor& precursor : precursors) {
    std::string sequence = to_unimod_notation(precursor.peptide);
    if (const std::string defect = defect_of(precursor); !defect.empty()) {
      return cannot_store(precursor.peptide, defect);
    }
    const auto mz = static_cast<float>(precursor_mz(precursor.peptide, precursor.charge).value);
    const std::uint32_t tie_break =
        tie_break_hash(sequence, static_cast<std::uint8_t>(precursor.charge));
    rows.push_back({static_cast<std::uint32_t>(rows.size()), mz, tie_break, std::move(sequence)});
  }
  const auto key = [&](const Row& row) {
    const LibraryPrecursor& precursor = precursors[row.source];
    return std::tuple(row.mz, row.tie_break, std::string_view(row.modified_sequence),
                      precursor.charge, precursor.is_decoy, precursor.entrapment, precursor.pair,
                      row.source);
  };
  std::ranges::sort(rows, {}, key);
  return rows;
}

// Rows of proteins.arrow in alphabetical order, independent of the order of the input.
std::vector<ProteinSet> protein_sets_of(const std::vector<LibraryPrecursor>& precursors) {
  std::vector<ProteinSet> sets;
  sets.reserve(precursors.size());
  for (const LibraryPrecursor& p : precursors) sets.push_back({p.protein_ids, p.genes});
  std::ranges::sort(sets);
  const auto repeated = std::ranges::unique(sets);
  sets.erase(repeated.begin(), repeated.end());
  return sets;
}

}  // namespace

Result<void> write_library(std::vector<LibraryPrecursor> precursors,
                           const LibraryProvenance& provenance, const std::filesystem::path& folder,
                           const IntensityForm& form, const Machine& machine) {
  auto writer = LibraryWriter::begin(folder, form, machine);
  if (!writer) return std::unexpected(writer.error());
  if (form.spline) {
    if (auto done = settle_splines(precursors, *form.spline); !done) return done;
  }
  const auto rows = sorted_rows(precursors);
  if (!rows) return std::unexpected(rows.error());
  const std::vector<ProteinSet> sets = protein_sets_of(precursors);
  std::vector<EncodedFragment> fragments;
  std::vector<EncodedSpline> splines;
  for (const Row& row : *rows) {
    LibraryPrecursor& p = precursors[row.source];
    encode_fragments(p.peptide, p.fragments, fragments);
    if (form.spline) encode_splines(p.fragments, p.splines, splines);
    const auto set = std::ranges::lower_bound(sets, ProteinSet{p.protein_ids, p.genes});
    writer->add({.mz = row.mz,
                 .irt = p.irt,
                 .charge = static_cast<std::uint8_t>(p.charge),
                 .is_decoy = static_cast<std::uint8_t>(p.is_decoy ? 1 : 0),
                 .entrapment = p.entrapment,
                 .pair = p.pair,
                 .partner = p.partner.value_or(p.pair),
                 .protein_set = static_cast<std::uint32_t>(set - sets.begin()),
                 .modified_sequence = row.modified_sequence,
                 .fragments = fragments,
                 .splines = splines});
  }
  return writer->finish(sets, provenance);
}

}  // namespace overland::library
