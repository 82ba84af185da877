// Writes a run as mzXML, for tests.
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <string>
#include <utility>

#include "run/raw_run.h"
#include "support/mzxml_example.h"

namespace overland::support {

// A run as mzXML, with all MS2 scans inside the MS1 scan before them. Windows are symmetrical.
inline std::string run_as_mzxml(const run::RawRun& run) {
  std::string scans, inner;
  ExampleScan survey{.number = ""};
  const auto close = [&] {
    survey.inner = std::exchange(inner, "");
    scans += survey.number.empty() ? survey.inner : survey.xml();
  };
  const run::ScanHeaders& headers = run.headers();
  for (RunScan scan; scan.index() < run.scan_count(); ++scan) {
    const std::size_t i = scan.index();
    const auto peaks = run.peaks(scan);
    std::vector<std::pair<double, double>> pairs;
    for (std::size_t p = 0; p < peaks.size(); ++p)
      pairs.emplace_back(peaks.mz[p], peaks.intensity[p]);
    ExampleScan written{.number = std::to_string(headers.scan_number[i]),
                        .peaks_count = std::to_string(pairs.size())};
    const auto number = [&](const char* name, double value) {
      return std::isfinite(value) ? fmt::format(" {}=\"{}\"", name, value) : std::string();
    };
    const double low = headers.window_low_mz[i], high = headers.window_high_mz[i];
    written.attributes = fmt::format("msLevel=\"{}\" retentionTime=\"PT{}S\"", headers.ms_order[i],
                                     60 * static_cast<double>(headers.rt_minutes[i])) +
                         number("startMz", headers.scan_low_mz[i]) +
                         number("endMz", headers.scan_high_mz[i]) +
                         number("collisionEnergy", headers.collision_energy[i]) +
                         number("totIonCurrent", headers.tic[i]) +
                         number("compensationVoltage", headers.compensation_voltage[i]);
    const bool is_survey = headers.ms_order[i] == 1;
    written.precursors = is_survey
                             ? std::string()
                             : fmt::format("<precursorMz windowWideness=\"{}\">{}</precursorMz>",
                                           high - low, (low + high) / 2);
    written.peaks_attributes =
        R"(precision="32" byteOrder="network" contentType="m/z-int" compressionType="zlib")";
    written.text = base64(zlib_bytes(pair_bytes<float>(pairs)));
    if (!is_survey) {
      inner += written.xml();
      continue;
    }
    close();
    survey = written;
  }
  close();
  return mzxml_document(scans);
}

}  // namespace overland::support
