// The writers of export_library, one per format. They write to the temporary name of the file.
#pragma once

#include <filesystem>
#include <memory>

#include "library/library.h"

namespace overland::exchange {

class ExportWriter {
 public:
  ExportWriter() = default;
  ExportWriter(const ExportWriter&) = delete;
  ExportWriter& operator=(const ExportWriter&) = delete;
  virtual ~ExportWriter() = default;
  // Precondition: fragments have m/z and intensities relative to the most intense one, in
  // descending order of intensity. Errors OVL-IO-002.
  [[nodiscard]] virtual Result<void> add(const library::LibraryPrecursor& precursor) = 0;
  [[nodiscard]] virtual Result<void> finish() = 0;
};

using MadeWriter = Result<std::unique_ptr<ExportWriter>>;
[[nodiscard]] MadeWriter tsv_writer(const std::filesystem::path& file);
[[nodiscard]] MadeWriter parquet_writer(const std::filesystem::path& file);
[[nodiscard]] MadeWriter msp_writer(const std::filesystem::path& file);
[[nodiscard]] MadeWriter blib_writer(const std::filesystem::path& file);

}  // namespace overland::exchange
