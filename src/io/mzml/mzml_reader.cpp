#include "io/mzml/mzml_reader.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/parallel.h"
#include "io/mzml/mzml_array.h"
#include "io/mzml/spectrum_parser.h"
#include "io/run_columns.h"

namespace overland::io {
namespace {

// Size of a batch that is decoded at once: bytes of base64, or number of spectra.
constexpr std::size_t kBatchText = std::size_t{16} << 20;
constexpr std::size_t kBatchSpectra = std::size_t{1} << 14;

struct DecodedPeaks {
  std::vector<float> mz, intensity;
  std::size_t count = 0;
  PeakCorrections corrections;
  std::optional<Error> error;
};

// Workspace of a thread that decodes spectra.
struct Worker {
  ArrayDecoder arrays;
  PeakCleaner cleaner;

  Result<void> decode(const MzmlSpectrum& spectrum, std::string_view text, DecodedPeaks& peaks) {
    if (spectrum.pairs) return decode_pairs(*spectrum.pairs, text, peaks);
    if (!spectrum.mz || !spectrum.intensity) {
      if (spectrum.default_length == 0) return {};
      return fail("OVL-RUN-001",
                  spectrum.mz ? "a spectrum without intensity array (MS:1000515)"
                              : "a spectrum without m/z array (MS:1000514)",
                  "", "Convert the run again.");
    }
    if (auto done = decode_array(*spectrum.mz, text, peaks.mz); !done) return done;
    if (auto done = decode_array(*spectrum.intensity, text, peaks.intensity); !done) return done;
    if (peaks.mz.size() != peaks.intensity.size()) {
      return fail("OVL-RUN-004",
                  std::to_string(peaks.mz.size()) + " m/z values but " +
                      std::to_string(peaks.intensity.size()) + " intensities",
                  "", "The file is damaged or was written incorrectly; convert it again.");
    }
    peaks.count = cleaner.clean(peaks.mz, peaks.intensity, peaks.corrections);
    return {};
  }

 private:
  // Scans without peaks are not looked at: some writers give them one pair of zeros.
  Result<void> decode_pairs(const MzmlArray& array, std::string_view text, DecodedPeaks& peaks) {
    if (array.encoding.length == 0) return {};
    auto done = arrays.decode_pairs(text.substr(array.text_begin, array.text_size), array.encoding,
                                    peaks.mz, peaks.intensity);
    if (done) peaks.count = cleaner.clean(peaks.mz, peaks.intensity, peaks.corrections);
    return done;
  }
  Result<void> decode_array(const MzmlArray& array, std::string_view text,
                            std::vector<float>& values) {
    return arrays.decode(text.substr(array.text_begin, array.text_size), array.encoding, values);
  }
};

// Collects spectra, batch by batch, into the columns of a run.
class RunCollector {
 public:
  RunCollector(std::string where, const Machine& machine)
      : where_(std::move(where)),
        machine_(machine),
        workers_(static_cast<std::size_t>(machine.threads)),
        arena_(std::make_shared<PeakArena>()) {}

  Result<void> add(const SpectrumBatch& batch) {
    if (decoded_.size() < batch.spectra.size()) decoded_.resize(batch.spectra.size());
    parallel_for(batch.spectra.size(), machine_, [&](std::size_t i, int worker) {
      decode(batch.spectra[i], batch.text, workers_[static_cast<std::size_t>(worker)], decoded_[i]);
    });
    for (std::size_t i = 0; i < batch.spectra.size(); ++i) {
      if (decoded_[i].error) return std::unexpected(*decoded_[i].error);
      if (auto done = append(batch.spectra[i], decoded_[i]); !done) return done;
    }
    return {};
  }

  RunColumns finish() {
    number_scans();
    run_.backing = arena_;
    return std::move(run_);
  }

 private:
  void decode(const MzmlSpectrum& spectrum, std::string_view text, Worker& worker,
              DecodedPeaks& peaks) const {
    peaks.mz.clear();
    peaks.intensity.clear();
    peaks.count = 0;
    peaks.corrections = {};
    peaks.error.reset();
    if (!spectrum.is_wanted()) return;
    if (auto done = worker.decode(spectrum, text, peaks); !done) {
      peaks.error = done.error();
      peaks.error->where = where_ + ", spectrum '" + spectrum.id + "'";
    }
  }

  Result<void> append(const MzmlSpectrum& spectrum, const DecodedPeaks& peaks) {
    if (peaks.count > std::numeric_limits<std::uint32_t>::max()) {
      return fail("OVL-RUN-007", "a scan has " + std::to_string(peaks.count) + " peaks",
                  where_ + ", spectrum '" + spectrum.id + "'", "Centroid the spectra.");
    }
    append_headers(spectrum);
    float* const mz = arena_->allocate(peaks.count);
    float* const intensity = arena_->allocate(peaks.count);
    std::copy_n(peaks.mz.begin(), peaks.count, mz);
    std::copy_n(peaks.intensity.begin(), peaks.count, intensity);
    run_.mz.push_back(mz);
    run_.intensity.push_back(intensity);
    run_.peak_count.push_back(static_cast<std::uint32_t>(peaks.count));
    run_.corrections += peaks.corrections;
    if (std::isnan(run_.tic.back())) {
      double sum = 0;
      for (std::size_t i = 0; i < peaks.count; ++i) sum += static_cast<double>(intensity[i]);
      run_.tic.back() = static_cast<float>(sum);
    }
    return {};
  }

  void append_headers(const MzmlSpectrum& spectrum) {
    const MeanEnergy& energy =
        spectrum.normalized_energy.terms > 0 ? spectrum.normalized_energy : spectrum.energy;
    append_parts(spectrum.scan_parts, run_.scan_count(), run_);
    run_.rt_minutes.push_back(static_cast<float>(spectrum.rt_minutes));
    run_.ms_order.push_back(static_cast<std::uint8_t>(spectrum.ms_level));
    run_.window_low_mz.push_back(static_cast<float>(spectrum.window_low));
    run_.window_high_mz.push_back(static_cast<float>(spectrum.window_high));
    run_.window_target_mz.push_back(static_cast<float>(spectrum.window_target));
    run_.window_defect.push_back(spectrum.window_defect);
    run_.compensation_voltage.push_back(static_cast<float>(spectrum.compensation_voltage));
    run_.mobility.push_back(static_cast<float>(spectrum.mobility));
    run_.scan_low_mz.push_back(static_cast<float>(spectrum.scan_low));
    run_.scan_high_mz.push_back(static_cast<float>(spectrum.scan_high));
    run_.collision_energy.push_back(static_cast<float>(energy.value()));
    run_.tic.push_back(static_cast<float>(spectrum.tic));
    run_.scan_number.push_back(spectrum.native_scan.value_or(0));
    run_.is_negative.push_back(spectrum.is_negative ? 1 : 0);
    has_all_numbers_ &= spectrum.native_scan.has_value();
    if (spectrum.is_wanted() && !std::isnan(spectrum.rt_minutes))
      ++(spectrum.has_time_unit ? run_.times_with_unit : run_.times_without_unit);
    run_.limits_as_offsets += spectrum.has_limits_as_offsets && spectrum.ms_level == 2 ? 1U : 0U;
    run_.levels_inferred += spectrum.is_level_inferred ? 1U : 0U;
  }

  // Uses the native scan numbers if every spectrum has a distinct one; otherwise (functions of
  // Waters, frames of Bruker) the position in the file, from 1.
  void number_scans() {
    std::vector<std::int32_t> sorted = run_.scan_number;
    std::sort(sorted.begin(), sorted.end());
    const bool is_unique = std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end();
    if (has_all_numbers_ && is_unique) return;
    for (std::size_t i = 0; i < run_.scan_count(); ++i) {
      run_.scan_number[i] = static_cast<std::int32_t>(i + 1);
    }
  }

  std::string where_;
  Machine machine_;
  std::vector<Worker> workers_;
  std::vector<DecodedPeaks> decoded_;
  std::shared_ptr<PeakArena> arena_;
  RunColumns run_;
  bool has_all_numbers_ = true;
};

}  // namespace

Result<RunColumns> read_mzml_run(const ByteSource& source, const std::string& where,
                                 const Machine& machine) {
  SpectrumParser parser(where);
  RunCollector collector(where, machine);
  for (bool is_last = false; !is_last;) {
    machine.check_cancelled();
    const auto piece = source();
    if (!piece) return std::unexpected(piece.error());
    is_last = piece->empty();
    if (auto done = parser.feed(*piece, is_last); !done) return std::unexpected(done.error());
    const SpectrumBatch& batch = parser.batch();
    if (is_last || batch.text.size() >= kBatchText || batch.spectra.size() >= kBatchSpectra) {
      if (auto done = collector.add(parser.take()); !done) return std::unexpected(done.error());
    }
  }
  return collector.finish();
}

}  // namespace overland::io
