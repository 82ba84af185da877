#include "exchange/libraries/import_library.h"

#include <algorithm>
#include <string_view>

#include "exchange/libraries/import_sources.h"
#include "io/database/sqlite_file.h"
#include "io/text/line_reader.h"

namespace overland::exchange {
namespace {

namespace fs = std::filesystem;

bool starts_with_word(std::string_view line, std::string_view lower) {
  if (line.size() < lower.size()) return false;
  for (std::size_t i = 0; i < lower.size(); ++i) {
    const char c = line[i] >= 'A' && line[i] <= 'Z' ? static_cast<char>(line[i] + 32) : line[i];
    if (c != lower[i]) return false;
  }
  return true;
}

// Whether the first line that is not empty belongs to MSP or SPTXT. False for files that cannot be
// read as text: the table importer then reports the error.
bool is_spectrum_text(const fs::path& file) {
  auto lines = io::LineReader::open(file);
  while (lines) {
    const auto line = lines->next();
    if (!line || !*line) return false;
    if (!(*line)->empty()) return starts_with_word(**line, "name:") || (*line)->starts_with("###");
  }
  return false;
}

}  // namespace

Result<ImportedLibrary> import_library(const fs::path& file, const ImportSettings& settings) {
  std::error_code ignored;
  if (fs::is_directory(file, ignored)) return import_poin(file, settings);
  if (file.extension() == ".speclib") return import_speclib(file, settings);
  if (io::is_sqlite(file)) return import_database(file, settings);
  if (is_spectrum_text(file)) return import_spectrum_text(file, settings);
  return import_table(file, settings);
}

std::vector<fs::path> source_files(const fs::path& source) {
  std::error_code error;
  if (!fs::is_directory(source, error)) return {source};
  std::vector<fs::path> files;
  for (auto entry = fs::directory_iterator(source, error); entry != fs::directory_iterator();
       entry.increment(error)) {
    if (entry->is_regular_file(error)) files.push_back(entry->path());
    if (error) break;
  }
  std::ranges::sort(files);
  return files;
}

}  // namespace overland::exchange
