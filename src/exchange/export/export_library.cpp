#include "exchange/export/export_library.h"

#include <algorithm>

#include "base/files/atomic_file.h"
#include "exchange/export/export_formats.h"
#include "exchange/libraries/expand_library.h"

namespace overland::exchange {
namespace {

namespace fs = std::filesystem;

struct Format {
  const char* extension;
  MadeWriter (*make)(const fs::path& file);
  bool has_decoys;
};
constexpr Format kFormats[] = {{".tsv", tsv_writer, true},
                               {".parquet", parquet_writer, true},
                               {".msp", msp_writer, true},
                               {".blib", blib_writer, false}};

// Sets intensities at the energy, relative to the most intense; removes fragments without
// intensity.
void take_intensities(library::LibraryPrecursor& precursor, const library::LibraryView& library,
                      std::uint32_t p, const kernel::SplineBasis& basis) {
  std::vector<float> intensity(precursor.fragments.size());
  library.intensities(PrecursorId(p), basis, intensity);
  const float highest = *std::ranges::max_element(intensity);
  for (std::size_t f = 0; f < intensity.size(); ++f) {
    precursor.fragments[f].intensity = highest > 0 ? intensity[f] / highest : 0;
  }
  std::erase_if(precursor.fragments, [](const auto& fragment) { return fragment.intensity <= 0; });
  std::ranges::stable_sort(precursor.fragments, std::greater<>(),
                           &library::LibraryPrecursor::Fragment::intensity);
}

Result<void> write_all(const library::LibraryView& library, bool with_decoys,
                       const kernel::SplineBasis& basis, ExportWriter& writer,
                       ExportReport& report) {
  for (std::uint32_t p = 0; p < library.precursor_count(); ++p) {
    if (library.is_decoy[p] != 0 && !with_decoys) {
      ++report.decoys_left_out;
      continue;
    }
    auto precursor = expand_precursor(library, p);
    if (!precursor) return std::unexpected(precursor.error());
    if (precursor->fragments.empty()) continue;
    take_intensities(*precursor, library, p, basis);
    if (precursor->fragments.empty()) continue;
    if (auto done = writer.add(*precursor); !done) return done;
    ++report.precursors;
    report.fragments += precursor->fragments.size();
  }
  return writer.finish();
}

}  // namespace

Result<ExportReport> export_library(const library::LibraryView& library, const fs::path& file,
                                    const ExportSettings& settings) {
  const auto* const format = std::ranges::find_if(
      kFormats, [&](const Format& candidate) { return file.extension() == candidate.extension; });
  if (format == std::end(kFormats)) {
    return fail("OVL-LIB-025", "no export format has this extension", file.string(),
                "Name the file .tsv, .parquet, .msp or .blib.");
  }
  const double reference = library.form.spline ? library.form.spline->reference_nce : 0;
  const kernel::SplineBasis basis = library.basis_at(settings.nce.value_or(reference));
  const bool with_decoys = settings.decoys && format->has_decoys;
  ExportReport report;
  const auto done = write_atomically(file, [&](const fs::path& temporary) -> Result<void> {
    auto writer = format->make(temporary);
    if (!writer) return std::unexpected(writer.error());
    auto written = write_all(library, with_decoys, basis, **writer, report);
    if (!written || report.precursors > 0) return written;
    return fail("OVL-LIB-026", "the library has no precursor to export", file.string(),
                "Export the decoys too, or give another library.");
  });
  if (!done) return std::unexpected(done.error());
  return report;
}

}  // namespace overland::exchange
