// The content of run files of all formats, which are detected by content.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include "base/error.h"
#include "base/machine.h"
#include "io/run_columns.h"
#include "run/raw_run.h"
#include "run/vendor_file.h"

namespace overland::run {

// Thermo files by their first bytes; files that begin as no other run does also by the names *.raw
// and *.wiff, and then their reader judges them. Nothing for other files, and for those that cannot
// be read.
[[nodiscard]] std::optional<VendorFormat> vendor_format(const std::filesystem::path& file);

// Reads a .arrow, .mzML, .mzXML (also with .gz), Thermo .raw or SCIEX .wiff file. Errors OVL-IO-001
// (missing), OVL-IO-003 (damaged, truncated), OVL-RUN-008 (another format), those of the readers of
// Arrow, mzML and Thermo files, and those of find_converter, no_converter and read_by_converter.
[[nodiscard]] Result<io::RunColumns> read_run_file(const std::filesystem::path& file,
                                                   const Machine& machine,
                                                   const VendorReading& reading = {});
// A run, and the program with its version that converted the file for this reading; empty: none.
struct FileRun {
  RawRun run;
  std::string converter;
};
// Errors of read_run_file and run_from_columns.
[[nodiscard]] Result<FileRun> open_run_file(const std::filesystem::path& file,
                                            const Machine& machine,
                                            const VendorReading& reading = {});
// Reads a file that is no vendor's.
[[nodiscard]] Result<io::RunColumns> read_plain_run(const std::filesystem::path& file,
                                                    const Machine& machine);
// Reads a run from memory, which must outlive the result; a Thermo file directly. `where` names it
// in errors.
[[nodiscard]] Result<io::RunColumns> read_run_bytes(std::span<const std::byte> bytes,
                                                    const std::string& where,
                                                    const Machine& machine);

}  // namespace overland::run
