// Vendor files through the vendor's own library: a converter that the user has installed
// (ThermoRawFileParser, or msconvert of ProteoWizard) writes a temporary mzML file, which is
// checked and read.
#pragma once

#include <filesystem>
#include <string>

#include "base/error.h"
#include "base/machine.h"
#include "io/run_columns.h"
#include "run/vendor_file.h"

namespace overland::run {

struct Converter {
  std::filesystem::path program;  // file; empty: none was found
  bool is_msconvert = false;
};

// Looks for the program that `name` tells, or if it is empty for the usual ones. Error OVL-RUN-062:
// the named program is missing, cannot be run, or does not read this format.
[[nodiscard]] Result<Converter> find_converter(VendorFormat format, const std::string& name);

// Error OVL-RUN-062, for a file that needs a converter.
[[nodiscard]] std::unexpected<Error> no_converter(VendorFormat format, const std::string& where);

// Errors OVL-RUN-063 (the program fails), OVL-RUN-064 (what it wrote is missing, empty or
// incomplete), OVL-RUN-065 (what it wrote cannot be true), OVL-RUN-066 (a SCIEX file without its
// spectra), OVL-IO-002. The columns name the converter. Throws Cancelled; the temporary file is
// removed in any case.
[[nodiscard]] Result<io::RunColumns> read_by_converter(const std::filesystem::path& file,
                                                       VendorFormat format,
                                                       const Converter& converter,
                                                       const VendorReading& reading,
                                                       const Machine& machine);

}  // namespace overland::run
