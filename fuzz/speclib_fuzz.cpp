// Any bytes are read as a binary library of DIA-NN or refused with a code.
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "exchange/libraries/import_sources.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto file = std::filesystem::temp_directory_path() /
                    ("overland_speclib_fuzz_" + std::to_string(::getpid()));
  std::FILE* out = std::fopen(file.c_str(), "wb");
  if (out == nullptr || std::fwrite(data, 1, size, out) != size) std::abort();
  std::fclose(out);
  const auto library = overland::exchange::import_speclib(file, {});
  if (!library) {
    const std::string& code = library.error().code;
    if (!code.starts_with("OVL-IO-") && !code.starts_with("OVL-LIB-")) std::abort();
    return 0;
  }
  std::uint64_t rows = library->report.rows_kept;
  for (const auto& [reason, count] : library->report.rows_dropped) rows += count;
  if (rows != library->report.rows_read) std::abort();
  return 0;
}
