// Exports a library to Skyline (blib_file.h).
#include "exchange/export/export_formats.h"
#include "exchange/libraries/blib_file.h"

namespace overland::exchange {
namespace {

class BlibWriter final : public ExportWriter {
 public:
  explicit BlibWriter(BlibFile file) : file_(std::move(file)) {}

  Result<void> add(const library::LibraryPrecursor& p) override {
    BlibSpectrum spectrum;
    spectrum.peptide = p.peptide;
    spectrum.charge = p.charge;
    spectrum.minutes = static_cast<double>(p.irt);
    spectrum.protein_ids = p.protein_ids;
    for (const auto& f : p.fragments)
      spectrum.peaks.emplace_back(fragment_mz(p.peptide, f.ion).value, f.intensity);
    const auto id = file_.add_spectrum(spectrum);
    if (!id) return std::unexpected(id.error());
    BlibTime time;
    time.spectrum = *id;
    time.file = 1;
    time.minutes = spectrum.minutes;
    return file_.add_time(time);
  }

  Result<void> finish() override { return file_.finish(); }

 private:
  BlibFile file_;
};

}  // namespace

MadeWriter blib_writer(const std::filesystem::path& file) {
  auto blib = BlibFile::create(file);
  if (!blib) return std::unexpected(blib.error());
  if (auto added = blib->add_file("overland", "overland", 0); !added)
    return std::unexpected(added.error());
  return std::make_unique<BlibWriter>(std::move(*blib));
}

}  // namespace overland::exchange
