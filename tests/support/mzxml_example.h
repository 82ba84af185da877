// mzXML documents for tests, put together from pieces that a test can spoil.
#pragma once

#include <fmt/format.h>

#include <array>
#include <bit>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "support/mzml_example.h"

namespace overland::support {

// Pairs of m/z and intensity, big endian, byte by byte. T is float or double.
template <class T>
Bytes pair_bytes(const std::vector<std::pair<double, double>>& peaks) {
  Bytes bytes;
  const auto add = [&](double value) {
    const auto number = std::bit_cast<std::array<std::byte, sizeof(T)>>(static_cast<T>(value));
    for (std::size_t i = sizeof(T); i > 0; --i) bytes.push_back(number[i - 1]);
  };
  for (const auto& [mz, intensity] : peaks) {
    add(mz);
    add(intensity);
  }
  return bytes;
}

struct ExampleScan {
  std::string number = "1";
  std::string peaks_count = "2";
  std::string attributes =
      R"(msLevel="2" polarity="+" retentionTime="PT90S" startMz="100.5" endMz="1500.25" )"
      R"(collisionEnergy="27.5" totIonCurrent="77")";
  std::string precursors =
      R"(<precursorMz precursorIntensity="0" windowWideness="8">500</precursorMz>)";
  std::string peaks_attributes =
      R"(precision="32" byteOrder="network" contentType="m/z-int" compressionType="none")";
  std::string text = base64(pair_bytes<float>({{200.25, 10}, {300.5, 20}}));
  std::string inner = "";  // scans inside this one

  [[nodiscard]] std::string xml() const {
    return fmt::format("<scan num=\"{}\" peaksCount=\"{}\" {}>{}<peaks {}>{}</peaks>{}</scan>\n",
                       number, peaks_count, attributes, precursors, peaks_attributes, text, inner);
  }
};

inline std::string mzxml_document(const std::string& scans) {
  return "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<mzXML "
         "xmlns=\"http://sashimi.sourceforge.net/schema_revision/mzXML_3.2\"><msRun "
         "scanCount=\"1\">\n<dataProcessing centroided=\"1\"/>\n" +
         scans + "</msRun><indexOffset>0</indexOffset></mzXML>\n";
}

}  // namespace overland::support
