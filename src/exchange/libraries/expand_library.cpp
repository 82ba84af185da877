#include "exchange/libraries/expand_library.h"

namespace overland::exchange {

Result<library::LibraryPrecursor> expand_precursor(const library::LibraryView& library,
                                                   std::uint32_t p) {
  auto peptide = parse_peptide(library.modified_sequence[p]);
  if (!peptide) return std::unexpected(peptide.error());
  library::LibraryPrecursor precursor;
  precursor.peptide = std::move(*peptide);
  precursor.charge = library.charge[p];
  precursor.irt = library.irt[p];
  precursor.is_decoy = library.is_decoy[p] != 0;
  precursor.entrapment = library.entrapment[p];
  precursor.pair = library.pair[p];
  if (library.partner[p] != library.pair[p]) precursor.partner = library.partner[p];
  precursor.protein_ids = library.protein_ids[library.protein_set[p]];
  precursor.genes = library.genes[library.protein_set[p]];
  for (std::uint64_t f = library.fragment_begin[p]; f < library.fragment_begin[p + 1]; ++f) {
    const std::uint8_t kind = library.fragment_kind[f];
    precursor.fragments.push_back({{library::kind_type(kind), library.fragment_ordinal[f],
                                    static_cast<std::uint8_t>(library::kind_charge(kind))},
                                   library.fragment_mz[f],
                                   library::decode_intensity(library.fragment_intensity[f]),
                                   static_cast<std::uint16_t>(precursor.splines.size())});
    if (!library.form.spline) continue;
    kernel::SplineCoefficients& c = precursor.splines.emplace_back();
    for (std::size_t i = 0; i < c.size(); ++i) {
      c[i] = kernel::decode_coefficient(library.fragment_spline[i][f]);
    }
  }
  return precursor;
}

Result<std::vector<library::LibraryPrecursor>> expand_targets(const library::LibraryView& library) {
  std::vector<library::LibraryPrecursor> precursors;
  for (std::uint32_t p = 0; p < library.precursor_count(); ++p) {
    if (library.is_decoy[p] != 0) continue;
    auto precursor = expand_precursor(library, p);
    if (!precursor) return std::unexpected(precursor.error());
    precursors.push_back(std::move(*precursor));
  }
  return precursors;
}

}  // namespace overland::exchange
