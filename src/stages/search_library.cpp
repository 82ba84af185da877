#include "stages/search_library.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/files/hash.h"
#include "base/version.h"
#include "exchange/libraries/expand_library.h"
#include "exchange/libraries/import_library.h"
#include "library_build/decoys.h"
#include "stages/convert_library.h"

namespace overland::stages {
namespace {

// A search needs something to find; without targets it would end in a long diagnosis of the run.
Result<library::Library> with_targets(Result<library::Library> library,
                                      const std::filesystem::path& source) {
  if (!library) return library;
  const library::LibraryView view = library->view();
  if (std::any_of(view.is_decoy.begin(), view.is_decoy.end(),
                  [](std::uint8_t d) { return d == 0; })) {
    return library;
  }
  return fail("OVL-LIB-023", "the library holds no targets", source.string(),
              "Give a library with targets.");
}

// A library without decoys, or with fewer of our own making than this search wants.
bool needs_decoys(const library::Library& library, int per_target) {
  const std::span<const std::uint8_t> is_decoy = library.view().is_decoy;
  const bool has_none =
      std::none_of(is_decoy.begin(), is_decoy.end(), [](std::uint8_t d) { return d != 0; });
  const int made = library.provenance().made_decoys;
  return has_none || (made > 0 && made < per_target);
}

struct Precursors {
  std::vector<library::LibraryPrecursor> rows;
  library::IntensityForm form;
};

Result<Precursors> import_with_report(const std::filesystem::path& source,
                                      const std::string& modifications, const Machine& machine) {
  auto imported = import_with_warnings(source, modifications, machine);
  if (!imported) return std::unexpected(imported.error());
  const exchange::ImportReport& report = imported->report;
  machine.info("library {}: {} of {} rows kept, {} precursors ({} decoys)",
               source.filename().string(), report.rows_kept, report.rows_read, report.precursors,
               report.decoys);
  return Precursors{std::move(imported->precursors), imported->form};
}

// Adds decoys where there are none, and writes the folder.
Result<void> build(Precursors source_rows, const LibrarySource& source, int per_target,
                   std::int64_t seed, const std::filesystem::path& library,
                   const Machine& machine) {
  std::vector<library::LibraryPrecursor>& precursors = source_rows.rows;
  const bool is_bare = std::none_of(precursors.begin(), precursors.end(),
                                    [](const library::LibraryPrecursor& p) { return p.is_decoy; });
  if (is_bare) {
    const library_build::DecoyReport report =
        library_build::add_decoys(precursors, per_target, static_cast<std::uint64_t>(seed));
    machine.info("  {} decoys made, {} per target; {} targets left out for want of one",
                 report.made, per_target, report.without_decoy);
  }
  const library::LibraryProvenance provenance{source.path.filename().string(), source.hash,
                                              program_name(), is_bare ? per_target : 0};
  return library::write_library(std::move(precursors), provenance, library, source_rows.form,
                                machine);
}

// A folder of another program, for example NAME.poin.
bool is_foreign_folder(const std::filesystem::path& folder) {
  return std::filesystem::exists(folder / "precursors_table.arrow");
}

bool is_library_folder(const std::filesystem::path& source) {
  return std::filesystem::is_directory(source) && !is_foreign_folder(source);
}

Result<std::string> foreign_hash(const std::filesystem::path& source, StageStore& store) {
  std::string all;
  const std::vector<std::filesystem::path> files = exchange::source_files(source);
  for (const std::filesystem::path& file : files) {
    auto hash = store.input_hash(file);
    if (!hash || files.size() == 1) return hash;
    all += file.filename().string() + " " + *hash + "\n";
  }
  return hash_text(all);
}

}  // namespace

std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

int choose_decoys_per_target(const params::LibraryParameters& parameters, std::uint64_t ms2_scans) {
  if (parameters.decoys_per_target > 0) return static_cast<int>(parameters.decoys_per_target);
  return ms2_scans < 2000 ? 10 : ms2_scans < 8000 ? 4 : 1;
}

Result<std::string> source_hash(const std::filesystem::path& source, StageStore& store) {
  if (!is_library_folder(source)) return foreign_hash(source, store);
  const auto library = library::Library::open(source, store.machine());
  if (!library) return std::unexpected(library.error());
  return library->content_hash();
}

Result<bool> make_library_for_search(const LibrarySource& source, int decoys_per_target,
                                     const params::LibraryParameters& parameters,
                                     const std::filesystem::path& made, const Machine& machine) {
  Result<Precursors> targets{Precursors()};
  if (is_library_folder(source.path)) {
    const auto library = with_targets(library::Library::open(source.path, machine), source.path);
    if (!library) return std::unexpected(library.error());
    if (!needs_decoys(*library, decoys_per_target)) return false;
    auto expanded = exchange::expand_targets(library->view());
    if (!expanded) return std::unexpected(expanded.error());
    targets = Precursors{std::move(*expanded), library->view().form};
  } else {
    targets = import_with_report(source.path, parameters.modifications, machine);
  }
  if (!targets) return std::unexpected(targets.error());
  auto done = build(std::move(*targets), source, decoys_per_target, parameters.seed, made, machine);
  if (!done) return std::unexpected(done.error());
  const auto library = with_targets(library::Library::open(made, machine), source.path);
  if (!library) return std::unexpected(library.error());
  return true;
}

}  // namespace overland::stages
