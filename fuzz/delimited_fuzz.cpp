// Any bytes are read as a table or refused with a code, by the reader and by the import built on
// it.
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "exchange/libraries/import_library.h"
#include "io/text/delimited.h"

namespace {

using namespace overland;

std::filesystem::path write_input(const std::uint8_t* data, std::size_t size) {
  const auto file =
      std::filesystem::temp_directory_path() / ("overland_fuzz_" + std::to_string(::getpid()));
  std::FILE* out = std::fopen(file.c_str(), "wb");
  if (out == nullptr || std::fwrite(data, 1, size, out) != size) std::abort();
  std::fclose(out);
  return file;
}

void check_code(const Error& error) {
  if (!error.code.starts_with("OVL-IO-") && !error.code.starts_with("OVL-LIB-")) std::abort();
}

void read_all(const std::filesystem::path& file) {
  auto reader = overland::io::DelimitedReader::open(file);
  if (!reader) return check_code(reader.error());
  std::vector<std::size_t> all;
  for (std::size_t i = 0; i < reader->header().size(); ++i) all.push_back(i);
  std::vector<std::vector<std::string_view>> cells;
  std::size_t bytes = 0;
  for (;;) {
    const auto rows = reader->next(all, cells);
    if (!rows) return check_code(rows.error());
    if (*rows == 0) return;
    for (const auto& column : cells) {
      if (column.size() != *rows) std::abort();
      for (const std::string_view cell : column) {
        for (const char c : cell) bytes += static_cast<unsigned char>(c);  // touch every byte
      }
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::filesystem::path file = write_input(data, size);
  read_all(file);
  const auto library = overland::exchange::import_library(file);
  if (!library) {
    check_code(library.error());
    return 0;
  }
  std::uint64_t rows = library->report.rows_kept;
  for (const auto& [reason, count] : library->report.rows_dropped) rows += count;
  if (rows != library->report.rows_read) std::abort();
  return 0;
}
