// The scan events of a Thermo RAW file of version 66: polarity, MS order, isolation window and
// collision energy of each scan.
//
// A record has no stated length: 136 bytes (byte 4: polarity, 6: MS order), u32 reactions of 56
// bytes (f64 isolation centre, f64 width, f64 collision energy, ...), u32 mass ranges of 16 bytes,
// u32 coefficients of 8 bytes, and a tail that depends on the instrument. The length of the tail is
// the one with which the records of all scans end exactly where the trailer begins; if several do,
// the one with which all records are valid.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "io/thermo/thermo_file.h"

namespace overland::io {

struct ThermoEvent {
  bool is_negative = false;
  std::uint8_t ms_order = 0;
  std::uint32_t reactions = 0;
  double center_mz = 0, width_mz = 0, energy = 0;  // of the first reaction; NCE in %
};

// One event per scan of the file. Checks that exactly one length of the tail fits, polarities and
// MS orders, and that each MS2 scan has one isolation window. Error OVL-RUN-060.
[[nodiscard]] Result<std::vector<ThermoEvent>> read_thermo_events(std::span<const std::byte> bytes,
                                                                  const ThermoFile& file,
                                                                  const std::string& where);

}  // namespace overland::io
