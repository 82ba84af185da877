// The peaks of one scan in a Thermo RAW file of version 66.
//
// A packet begins with 40 bytes: eight u32 (1, words of the profile, words of the peak list,
// layout, words of the descriptors, words of an unknown stream, words of triplets, 0) and the f32
// limits of the m/z range. The five streams follow in this order, in words of 4 bytes. Peak list:
// u32 number of peaks, then for each (f32 m/z, f32 intensity), or (f64 m/z, f32 intensity) if
// layout has the bit 0x10000. Descriptors: u32 per peak, or none; bits 16-23 are flags, of which
// 0x10 marks a reference peak (lock mass), which programs of the vendor leave out.
#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string>

#include "io/run_columns.h"
#include "io/thermo/thermo_file.h"

namespace overland::io {

struct ThermoPeaks {
  std::span<const std::byte> peaks = {};        // of count * stride bytes
  std::span<const std::byte> descriptors = {};  // empty, or 4 bytes per peak
  std::uint32_t count = 0;
  bool is_wide = false;  // m/z of 64 bits
};

// Finds the peak list. The error says what is wrong with the packet.
[[nodiscard]] std::expected<ThermoPeaks, std::string> thermo_peaks(std::span<const std::byte> bytes,
                                                                   const ThermoScan& scan);

// What a scan gave, to be compared with its entry of the index.
struct ThermoScanCheck {
  std::uint32_t kept = 0;        // peaks that were written
  std::uint32_t references = 0;  // peaks that were left out as reference peaks
  bool sum_fits = false;         // the sum of all intensities is 0.8 to 1.01 of the index's TIC
  bool has_base_peak = false;    // the base peak of the index is one of the peaks
  PeakCorrections corrections;
  std::string fault = {};  // why the scan is no list of centroids; empty: it is one
};

// Writes the peaks of a scan, without reference peaks, into arrays of at least `count` values.
// Fault: m/z that descend or leave the acquired range by more than 1 %, intensities that are
// negative or not finite.
[[nodiscard]] ThermoScanCheck decode_thermo_peaks(const ThermoPeaks& peaks, const ThermoScan& scan,
                                                  PeakCleaner& cleaner, float* mz,
                                                  float* intensity);

}  // namespace overland::io
