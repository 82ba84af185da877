#include "stages/export_file.h"

#include "base/output_guard.h"
#include "base/progress.h"

namespace overland::stages {

Result<exchange::ExportReport> export_file(const ExportOptions& options) {
  if (auto checked = check_output_file(options.file, {options.library}, options.overwrite);
      !checked)
    return std::unexpected(checked.error());
  const auto library = library::Library::open(options.library);
  if (!library) return std::unexpected(library.error());
  auto report = exchange::export_library(library->view(), options.file, options.settings);
  if (!report) return report;
  if (report->decoys_left_out > 0)
    options.machine.info("{} decoys left out", grouped(report->decoys_left_out));
  options.machine.info("{} precursors with {} fragments to {}", grouped(report->precursors),
                       grouped(report->fragments), options.file.string());
  return report;
}

}  // namespace overland::stages
