// The trailer of a Thermo RAW file of version 66: parameters of each scan, with a table of their
// names. Read for what the scan events do not say: compensation voltages (FAIMS) and isolation
// windows that are not centred.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "io/thermo/thermo_events.h"

namespace overland::io {

// Refuses several compensation voltages, isolation offsets other than 0, and isolation widths other
// than those of the events; also a file that names compensation voltages and whose trailer does not
// have the expected length. Other trailers that cannot be read are passed over: nothing of them is
// needed. Error OVL-RUN-060.
[[nodiscard]] Result<void> check_thermo_trailer(std::span<const std::byte> bytes,
                                                const ThermoFile& file,
                                                const std::vector<ThermoEvent>& events,
                                                const std::string& where);

}  // namespace overland::io
