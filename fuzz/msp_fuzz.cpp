// Any bytes are read as a MSP or SPTXT library or refused with a code, and so are the lists of
// modifications of MSP files and of Pioneer's tables.
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "exchange/libraries/import_sources.h"
#include "exchange/libraries/listed_modifications.h"
#include "exchange/libraries/poin_precursors.h"

namespace {

using namespace overland;

std::filesystem::path write_input(const std::uint8_t* data, std::size_t size) {
  const auto file =
      std::filesystem::temp_directory_path() / ("overland_msp_fuzz_" + std::to_string(::getpid()));
  std::FILE* out = std::fopen(file.c_str(), "wb");
  if (out == nullptr || std::fwrite(data, 1, size, out) != size) std::abort();
  std::fclose(out);
  return file;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto listed = overland::exchange::parse_msp_modifications(text, "ACDEFGHIK")) {
    const auto sequence = overland::exchange::with_modifications("ACDEFGHIK", *listed);
    if (sequence && sequence->size() < 9) std::abort();
  }
  (void)overland::exchange::poin_sequence("ACDEFGHIK", text);
  const auto library = overland::exchange::import_spectrum_text(write_input(data, size), {});
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
