// Imports the library folder of Pioneer (version 0.2): Arrow tables, and fragments in JLD2, which
// is HDF5. Indices start at 1. The fragments of precursor p are those from pid_to_fid[p] up to,
// but not including, pid_to_fid[p + 1], most intense first.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "exchange/libraries/import_groups.h"
#include "exchange/libraries/import_sources.h"
#include "exchange/libraries/poin_precursors.h"
#include "io/database/hdf5_file.h"
#include "library_build/fragment_isotopes.h"

namespace overland::exchange {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFragments = "detailed_fragments.jld2";
constexpr const char* kRanges = "precursor_to_fragment_indices.jld2";
constexpr const char* kKnots = "spline_knots.jld2";
constexpr std::uint64_t kPiece = 1 << 18;  // fragments read at once

std::unexpected<Error> misshapen(const std::string& what, const fs::path& file) {
  return fail(
      "OVL-LIB-024", what, file.string(),
      "Give a .poin folder written by Pioneer 0.2, or let Pioneer write the library again.");
}

// Fragments [first, first + count) as columns.
struct FragmentPiece {
  std::uint64_t first = 0, count = 0;
  std::vector<std::uint32_t> precursor{};
  std::vector<float> mz{}, intensity{};  // four values per fragment for splines
  std::vector<std::uint8_t> is_y{}, is_b{}, is_isotope{}, charge{}, ordinal{};
};

class FragmentSource {
 public:
  static Result<FragmentSource> open(const fs::path& file) {
    auto opened = io::Hdf5File::open(file);
    if (!opened) return std::unexpected(opened.error());
    const auto length = opened->length("data");
    if (!length) return std::unexpected(length.error());
    const auto width = opened->width("data", "intensity");
    if (!width) return std::unexpected(width.error());
    if (*width != 1 && *width != kernel::kSplineTerms) {
      return misshapen(fmt::format("fragments have {} intensities each, not 1 or 4", *width), file);
    }
    return FragmentSource(std::move(*opened), *length, *width);
  }

  [[nodiscard]] std::uint64_t length() const { return length_; }
  [[nodiscard]] bool has_splines() const { return width_ == kernel::kSplineTerms; }

  [[nodiscard]] Result<FragmentPiece> read(std::uint64_t first) const {
    FragmentPiece piece{.first = first, .count = std::min(kPiece, length_ - first)};
    std::optional<Error> error;
    take("prec_id", piece, piece.precursor, error);
    take("mz", piece, piece.mz, error);
    take("intensity", piece, piece.intensity, error);
    take("is_y", piece, piece.is_y, error);
    take("is_b", piece, piece.is_b, error);
    take("is_isotope", piece, piece.is_isotope, error);
    take("frag_charge", piece, piece.charge, error);
    take("ion_position", piece, piece.ordinal, error);
    if (error) return std::unexpected(*error);
    return piece;
  }

 private:
  FragmentSource(io::Hdf5File file, std::uint64_t length, std::size_t width)
      : file_(std::move(file)), length_(length), width_(width) {}

  template <class T>
  void take(const char* member, const FragmentPiece& piece, std::vector<T>& column,
            std::optional<Error>& error) const {
    if (error) return;
    auto values = file_.values<T>("data", member, piece.first, piece.count);
    if (values) {
      column = std::move(*values);
    } else {
      error = values.error();
    }
  }

  io::Hdf5File file_;
  std::uint64_t length_;
  std::size_t width_;
};

class PoinImporter {
 public:
  PoinImporter(std::vector<PoinPrecursor> precursors, FragmentSource fragments,
               std::vector<std::uint64_t> begin, std::string where, const ImportSettings& settings)
      : precursors_(std::move(precursors)),
        fragments_(std::move(fragments)),
        begin_(std::move(begin)),
        where_(std::move(where)),
        groups_(settings) {}

  Result<ImportedLibrary> run(const library::IntensityForm& form) {
    if (form.spline) basis_ = kernel::cubic_basis(form.spline->knots, form.spline->reference_nce);
    report_.rows_read = fragments_.length();
    std::size_t p = 0;  // the precursor of the fragment
    for (std::uint64_t first = 0; first < fragments_.length(); first += kPiece) {
      const auto piece = fragments_.read(first);
      if (!piece) return std::unexpected(piece.error());
      for (std::uint64_t i = 0; i < piece->count; ++i) {
        while (p < precursors_.size() && begin_[p + 1] <= first + i) ++p;
        take_fragment(*piece, static_cast<std::size_t>(i), p);
      }
    }
    auto library = groups_.finish(std::move(report_), where_);
    if (!library) return library;
    library->form = form;
    if (form.is_total) {
      for (library::LibraryPrecursor& precursor : library->precursors)
        library_build::to_monoisotopic(precursor);
      library->form.is_total = false;
    }
    return library;
  }

 private:
  ImportGroup& group_of(std::size_t p) {
    const PoinPrecursor& source = precursors_[p];
    ImportGroup& group = groups_.at(
        {source.sequence, source.charge, source.is_decoy, static_cast<double>(source.mz)});
    if (group.defect || !std::isnan(group.precursor.irt)) return group;
    group.precursor.irt = source.irt;
    group.precursor.entrapment = source.entrapment;
    group.proteins = source.proteins;
    group.name = source.pair_name;
    const double ours = precursor_mz(group.precursor.peptide, source.charge).value;
    group.is_precursor_mz_off = is_other_mz(static_cast<double>(source.mz), ours);
    return group;
  }

  void take_fragment(const FragmentPiece& piece, std::size_t i, std::size_t p) {
    if (p >= precursors_.size() || piece.precursor[i] != p + 1) {
      groups_.drop(Drop::foreign_fragment);
      return;
    }
    ImportGroup& group = group_of(p);
    if (group.defect) {
      groups_.drop(*group.defect);
    } else if (const auto reason = add_fragment(piece, i, group)) {
      groups_.drop(*reason);
    }
  }

  std::optional<Drop> add_fragment(const FragmentPiece& piece, std::size_t i, ImportGroup& group) {
    const Peptide& peptide = group.precursor.peptide;
    const bool is_y = piece.is_y[i] != 0;
    if (is_y == (piece.is_b[i] != 0)) return Drop::ion_type;
    if (piece.is_isotope[i] != 0) return Drop::neutral_loss;
    if (piece.charge[i] < 1 || piece.charge[i] > kMaxFragmentCharge) return Drop::fragment_charge;
    if (piece.ordinal[i] < 1 || piece.ordinal[i] >= peptide.residues.size()) return Drop::ordinal;
    const FragmentIon ion{is_y ? FragmentType::y : FragmentType::b, piece.ordinal[i],
                          piece.charge[i]};
    const double mz = fragment_mz(peptide, ion).value;
    if (!(mz >= kMinFragmentMz && mz <= kMaxFragmentMz)) return Drop::mz_range;
    // The file marks neutral losses only by their m/z.
    const auto given = static_cast<double>(piece.mz[i]);
    if (std::abs(given - mz) > kLossTh) return Drop::neutral_loss;
    library::LibraryPrecursor::Fragment fragment{ion, static_cast<float>(mz), 0};
    if (!take_intensity(piece, i, group.precursor, fragment)) return Drop::no_intensity;
    if (is_other_mz(given, mz)) ++report_.fragments_recomputed;
    group.precursor.fragments.push_back(fragment);
    return std::nullopt;
  }

  // For splines, the intensity at the reference energy, which selects the most intense fragments.
  bool take_intensity(const FragmentPiece& piece, std::size_t i,
                      library::LibraryPrecursor& precursor,
                      library::LibraryPrecursor::Fragment& fragment) const {
    if (!basis_) {
      fragment.intensity = piece.intensity[i];
      return fragment.intensity > 0 && std::isfinite(fragment.intensity);
    }
    if (precursor.splines.size() > 65535) return false;
    kernel::SplineCoefficients c{};
    for (std::size_t k = 0; k < c.size(); ++k) c[k] = piece.intensity[i * c.size() + k];
    if (!std::ranges::all_of(c, [](float x) { return std::isfinite(x); })) return false;
    const float highest = std::max({c[0], c[1], c[2], c[3]});
    if (!(highest > 0)) return false;
    fragment.intensity = std::max(kernel::spline_intensity(c, *basis_), kLeastShare * highest);
    fragment.spline = static_cast<std::uint16_t>(precursor.splines.size());
    precursor.splines.push_back(c);
    return true;
  }

  static constexpr double kLossTh = 0.3;       // less than any loss at three charges
  static constexpr float kLeastShare = 1e-9F;  // may be larger at other energies

  std::vector<PoinPrecursor> precursors_;
  FragmentSource fragments_;
  std::vector<std::uint64_t> begin_;  // from 0
  std::string where_;
  std::optional<kernel::SplineBasis> basis_;
  ImportGroups groups_;
  ImportReport report_;
};

Result<std::vector<std::uint64_t>> read_ranges(const fs::path& file, std::size_t precursors,
                                               std::uint64_t fragments) {
  const auto opened = io::Hdf5File::open(file);
  if (!opened) return std::unexpected(opened.error());
  const auto length = opened->length("pid_to_fid");
  if (!length) return std::unexpected(length.error());
  if (*length != precursors + 1) {
    return misshapen(fmt::format("{} ranges of fragments for {} precursors", *length, precursors),
                     file);
  }
  auto begin = opened->values<std::uint64_t>("pid_to_fid", "", 0, *length);
  if (!begin) return begin;
  const bool is_sound =
      begin->front() >= 1 && std::ranges::is_sorted(*begin) && begin->back() <= fragments + 1;
  if (!is_sound)
    return misshapen("the ranges of fragments do not match the number of fragments", file);
  for (std::uint64_t& index : *begin) --index;
  // Version 0.2 ends the last range one fragment too early; the fragment itself states its
  // precursor.
  if (begin->back() + 1 == fragments) begin->back() = fragments;
  return begin;
}

Result<library::SplineForm> read_knots(const fs::path& file) {
  const auto opened = io::Hdf5File::open(file);
  if (!opened) return std::unexpected(opened.error());
  const auto length = opened->length("spl_knots");
  if (!length) return std::unexpected(length.error());
  library::SplineForm form;
  if (*length != form.knots.size()) {
    return misshapen(fmt::format("{} knots, not {}", *length, form.knots.size()), file);
  }
  const auto knots = opened->values<float>("spl_knots", "", 0, *length);
  if (!knots) return std::unexpected(knots.error());
  std::ranges::copy(*knots, form.knots.begin());
  if (!kernel::are_knots(form.knots) || form.knots.front() > static_cast<float>(form.low_nce) ||
      form.knots.back() <= static_cast<float>(form.high_nce)) {
    return misshapen("the knots are not ascending or do not cover the energies 20-40", file);
  }
  return form;
}

}  // namespace

Result<ImportedLibrary> import_poin(const fs::path& folder, const ImportSettings& settings) {
  const fs::path table = folder / "precursors_table.arrow";
  std::error_code ignored;
  if (!fs::exists(table, ignored)) {
    return fail("OVL-LIB-024",
                "the folder is not a library of Pioneer: it has no precursors_table.arrow",
                folder.string(), "Give a .poin folder, a table or a library file.");
  }
  auto precursors = read_poin_precursors(table);
  if (!precursors) return std::unexpected(precursors.error());
  auto fragments = FragmentSource::open(folder / kFragments);
  if (!fragments) return std::unexpected(fragments.error());
  auto begin = read_ranges(folder / kRanges, precursors->size(), fragments->length());
  if (!begin) return std::unexpected(begin.error());
  library::IntensityForm form;
  if (fragments->has_splines()) {
    // Splines come from Altimeter, which predicts the sum over a fragment's isotopes.
    auto spline = read_knots(folder / kKnots);
    if (!spline) return std::unexpected(spline.error());
    form = {.is_total = true, .spline = *spline};
  }
  return PoinImporter(std::move(*precursors), std::move(*fragments), std::move(*begin),
                      folder.string(), settings)
      .run(form);
}

}  // namespace overland::exchange
