// The frame of a Thermo RAW file of version 66: its run header and its index of scans.
//
// The layout is known from files and from descriptions of others, not from the vendor. Addresses
// are bytes from the start of the file. Offset 0: 0xA101 and "Finnigan" in UTF-16; 0x24: u32
// version. The run header of each controller (mass spectrometer, UV detector, pump) holds the
// address of itself at +7472, by which it is found. Its index has 88 bytes for each scan.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"

namespace overland::io {

struct ThermoScan {
  double rt_minutes = 0;
  double tic = 0, base_intensity = 0;           // counts
  double base_mz = 0, low_mz = 0, high_mz = 0;  // base peak, and acquired range
  std::uint64_t packet = 0;                     // address
  std::uint32_t packet_size = 0;                // bytes
  std::uint16_t packet_type = 0;                // 18, 20 or 21
};

struct ThermoFile {
  std::uint32_t first_scan = 0;  // number of the first scan
  std::vector<ThermoScan> scans;
  // Addresses of the run header, of its error log, index, scan events and trailer (parameters of
  // each scan).
  std::uint64_t header = 0, error_log = 0, index = 0, events = 0, trailer = 0;
};

// Whether a file with these first bytes is a Thermo RAW file.
[[nodiscard]] bool is_thermo_raw(std::span<const std::byte> head);

// Checks that the index ends where another part begins, that its entries are numbered, that packets
// follow each other within the file, that times ascend and that all packets are of a type that
// holds centroids. Error OVL-RUN-060.
[[nodiscard]] Result<ThermoFile> open_thermo_file(std::span<const std::byte> bytes,
                                                  const std::string& where);

}  // namespace overland::io
