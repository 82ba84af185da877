#include "stages/convert_library.h"

#include <algorithm>

#include "base/files/hash.h"
#include "base/files/output_guard.h"
#include "base/progress.h"
#include "base/version.h"
#include "library_build/modification_rules.h"

namespace overland::stages {
namespace {

std::uint64_t leave_out_decoys(std::vector<library::LibraryPrecursor>& precursors) {
  return std::erase_if(precursors, [](const library::LibraryPrecursor& p) { return p.is_decoy; });
}

// Decoys to make for each target; 0 keeps the table as it is.
int wanted_decoys(const ImportToLibOptions& options, const ImportedToLib& made) {
  return options.decoys_per_target.value_or(made.imported.decoys > 0 ? 0 : 1);
}

Result<void> settle_decoys(const ImportToLibOptions& options,
                           std::vector<library::LibraryPrecursor>& precursors,
                           ImportedToLib& made) {
  const int wanted = wanted_decoys(options, made);
  if (wanted == 0) return {};
  made.decoys_left_out = leave_out_decoys(precursors);
  if (precursors.empty())
    return fail("OVL-LIB-023", "the table holds only decoys", options.table.string(),
                "Give a table with targets.");
  made.decoys = library_build::add_decoys(precursors, wanted, options.seed);
  return {};
}

void log_made(const ImportToLibOptions& options, const ImportedToLib& made,
              std::size_t precursors) {
  const exchange::ImportReport& imported = made.imported;
  if (made.decoys_left_out > 0)
    options.machine.info("{} decoys of the table left out", grouped(made.decoys_left_out));
  if (made.decoys.without_decoy > 0)
    options.machine.warning("{} targets left out, for which no decoy could be made",
                            grouped(made.decoys.without_decoy));
  options.machine.info("{} rows, {} precursors of which {} decoys, to {}",
                       grouped(imported.rows_read), grouped(precursors),
                       grouped(made.decoys.made + imported.decoys - made.decoys_left_out),
                       options.folder.string());
}

// Of one file, or of all files of a folder together.
Result<std::string> source_hash(const std::filesystem::path& source, const Machine& machine) {
  const std::vector<std::filesystem::path> files = exchange::source_files(source);
  if (files.size() == 1) return hash_file(files.front(), machine);
  std::string all;
  for (const std::filesystem::path& file : files) {
    const Result<std::string> hash = hash_file(file, machine);
    if (!hash) return hash;
    all += file.filename().string() + " " + *hash + "\n";
  }
  return hash_text(all);
}

}  // namespace

Result<exchange::ImportedLibrary> import_with_warnings(const std::filesystem::path& source,
                                                       const std::string& modifications,
                                                       const Machine& machine) {
  const auto rules = library_build::parse_modification_rules(modifications, "--modification");
  if (!rules) return std::unexpected(rules.error());
  exchange::ImportSettings settings{.machine = machine, .modifications = {}};
  for (const library_build::ModificationRule& rule : *rules) {
    using enum library_build::ModificationPlace;
    const bool is_n = rule.place == peptide_n || rule.place == protein_n;
    const bool is_c = rule.place == peptide_c || rule.place == protein_c;
    settings.modifications.push_back({rule.name, rule.unimod, rule.mass,
                                      is_n   ? "n"
                                      : is_c ? "c"
                                             : rule.residues});
  }
  auto imported = exchange::import_library(source, settings);
  if (!imported) return imported;
  for (const std::string& warning : exchange::import_warnings(imported->report))
    machine.warning("{}", warning);
  return imported;
}

Result<ImportedToLib> import_to_lib(const ImportToLibOptions& options) {
  if (auto checked = check_output_file(options.folder, {options.table}, options.overwrite);
      !checked)
    return std::unexpected(checked.error());
  Result<exchange::ImportedLibrary> imported =
      import_with_warnings(options.table, options.modifications, options.machine);
  if (!imported) return std::unexpected(imported.error());
  ImportedToLib made{.imported = std::move(imported->report), .decoys_left_out = 0, .decoys = {}};
  std::vector<library::LibraryPrecursor> precursors = std::move(imported->precursors);
  if (auto done = settle_decoys(options, precursors, made); !done)
    return std::unexpected(done.error());
  Result<std::string> hash = source_hash(options.table, options.machine);
  if (!hash) return std::unexpected(hash.error());
  const library::LibraryProvenance provenance{
      .source = options.table.filename().string(),
      .source_hash = std::move(*hash),
      .created_by = program_name(),
      .made_decoys = made.decoys.made > 0 ? wanted_decoys(options, made) : 0};
  const std::size_t count = precursors.size();
  if (auto done = library::write_library(std::move(precursors), provenance, options.folder,
                                         imported->form, options.machine);
      !done)
    return std::unexpected(done.error());
  log_made(options, made, count);
  return made;
}

Result<exchange::ExportReport> export_from_lib(const ExportOptions& options) {
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
