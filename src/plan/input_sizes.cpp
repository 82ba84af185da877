#include "plan/input_sizes.h"

#include <algorithm>
#include <limits>

#include "exchange/libraries/import_library.h"
#include "io/arrow/arrow_run_counts.h"
#include "io/mzml/mzml_sample.h"
#include "io/table/mapped_columns.h"
#include "library_build/peptide_forms.h"
#include "library_build/peptide_table.h"
#include "library_build/precursor_range.h"
#include "library_build/proteome.h"
#include "params/build_config.h"
#include "run/run_file.h"
#include "run/run_record.h"
#include "stages/search_library.h"
#include "stages/stage.h"

namespace overland::plan {
namespace {

namespace fs = std::filesystem;

// Bytes of a file per precursor, where the table has a row per fragment (docs/formats/plan.md).
constexpr double kBytesParquet = 120, kBytesGzip = 200, kBytesText = 1300, kBytesOther = 700;
constexpr double kBytesSpeclib = 290;
// Of an mzML file without numbers: bytes per peak, and peaks per scan.
constexpr double kBytesPerPeak = 9, kPeaksPerScan = 400;
constexpr std::uint64_t kUsualWindows = 40;
constexpr std::size_t kSampledPeptide = 8;  // each eighth

std::uint64_t bytes_of(const fs::path& path) {
  std::error_code ignored;
  if (fs::is_regular_file(path, ignored)) return fs::file_size(path, ignored);
  std::uint64_t bytes = 0;
  if (!fs::is_directory(path, ignored)) return 0;
  for (const fs::path& file : exchange::source_files(path))
    if (fs::is_regular_file(file, ignored)) bytes += fs::file_size(file, ignored);
  return bytes;
}

std::uint64_t rounded(double value) {
  return value > 0 ? static_cast<std::uint64_t>(value + 0.5) : 0;
}

void estimate_mzml(const io::MzmlSample& sample, RunSize& size) {
  size.source = "first spectra and size of the file";
  const auto scans = static_cast<double>(sample.announced_spectra);
  const auto seen = static_cast<double>(sample.scans());
  const double ms2_share = seen > 0 ? static_cast<double>(sample.ms2_scans) / seen : 1;
  size.ms2_scans = rounded(scans * ms2_share);
  size.windows = sample.windows > 0 ? sample.windows : kUsualWindows;
  if (seen == 0 || sample.peaks == 0 || sample.file_share <= 0) {
    size.peaks = rounded(static_cast<double>(size.file_bytes) / kBytesPerPeak);
    if (size.ms2_scans == 0)
      size.ms2_scans = rounded(static_cast<double>(size.peaks) / kPeaksPerScan);
    return;
  }
  // Text that is no peaks is about the same for each scan.
  const auto peaks = static_cast<double>(sample.peaks);
  const double per_peak = static_cast<double>(sample.encoded_bytes) / peaks;
  const double per_scan =
      static_cast<double>(sample.text_bytes - std::min(sample.text_bytes, sample.encoded_bytes)) /
      seen;
  const double text = static_cast<double>(sample.text_bytes) / sample.file_share;
  size.peaks = sample.file_share >= 1 || per_peak <= 0
                   ? rounded(peaks / sample.file_share)
                   : rounded(std::max(0.0, text - scans * per_scan) / per_peak);
}

int decoys_per_target(const stages::SearchPlan& plan, const std::vector<RunSize>& runs) {
  std::uint64_t fewest = std::numeric_limits<std::uint64_t>::max();
  for (const RunSize& run : runs)
    if (run.ms2_scans > 0) fewest = std::min(fewest, run.ms2_scans);
  return stages::choose_decoys_per_target(params::LibraryParameters::of(plan.options.config),
                                          fewest);
}

// Combinations of form and charge of all peptides, from each eighth of them.
Result<std::uint64_t> count_targets(const stages::SearchPlan& plan) {
  const stages::SearchLibraryBuild& build = plan.options.build;
  const auto rules = params::build_rules(build.config);
  if (!rules) return std::unexpected(rules.error());
  const io::FastaPatterns patterns{.accession = build.config.fasta.accession_pattern,
                                   .gene = build.config.fasta.gene_pattern};
  std::vector<library_build::ProteomeSource> sources;
  for (const fs::path& file : build.fasta) sources.push_back({file, patterns, false});
  for (const fs::path& file : build.contaminants) sources.push_back({file, patterns, true});
  library_build::ProteomeReport report;
  const auto proteome = library_build::Proteome::read(sources, report);
  if (!proteome) return std::unexpected(proteome.error());
  const auto table =
      library_build::PeptideTable::digest(*proteome, rules->digestion, plan.options.machine);
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < table.peptides().size(); i += kSampledPeptide) {
    const library_build::TablePeptide& peptide = table.peptides()[i];
    const library_build::FormSource source{
        .residues = proteome->residues().substr(peptide.begin, peptide.length),
        .is_protein_n = peptide.is_protein_n,
        .is_protein_c = peptide.is_protein_c};
    for (const auto& form : library_build::modified_forms(source, rules->blocks.forms).forms) {
      const auto labelled =
          library_build::labelled_forms(source, form, rules->blocks.forms.channels);
      count += library_build::count_in_range(source, labelled, rules->blocks);
    }
  }
  return count * kSampledPeptide;
}

double bytes_per_precursor(const fs::path& library) {
  const std::string extension = library.extension().string();
  if (extension == ".parquet") return kBytesParquet;
  if (extension == ".gz") return kBytesGzip;
  if (extension == ".speclib") return kBytesSpeclib;
  const bool is_text = extension == ".tsv" || extension == ".csv" || extension == ".txt";
  return is_text ? kBytesText : kBytesOther;
}

bool has_decoys(const io::MappedColumns& precursors) {
  const auto is_decoy = precursors.column<std::uint8_t>("is_decoy");
  return is_decoy && std::ranges::any_of(*is_decoy, [](std::uint8_t d) { return d != 0; });
}

}  // namespace

RunSize size_of_run(const stages::SearchPlan& plan, const stages::RunInput& run) {
  RunSize size{.name = run.name,
               .file_bytes = bytes_of(run.file),
               .is_converted = run::is_converted(run.file)};
  const auto record = run::read_run_record(plan.folder().path_of(params::kRunRecord, run.name));
  if (record) {
    size.source = "record of the stage 'read'";
    size.ms2_scans = record->ms2_scans;
    size.windows = record->windows;
    size.peaks = record->peaks;
  } else if (!size.is_converted) {
    const auto counts = io::count_arrow_run(run.file);
    if (!counts) return size;
    size.source = "headers of the Arrow file";
    size.ms2_scans = counts->ms2_scans;
    size.windows = counts->windows;
    size.peaks = counts->peaks;
  } else if (run::vendor_format(run.file)) {
    estimate_mzml({}, size);
    size.source = "size of the vendor file";
  } else if (const auto sample = io::sample_mzml(run.file)) {
    estimate_mzml(*sample, size);
  }
  return size;
}

Result<LibrarySize> size_of_library(const stages::SearchPlan& plan,
                                    const std::vector<RunSize>& runs) {
  const auto decoys = static_cast<std::uint64_t>(decoys_per_target(plan, runs));
  LibrarySize size;
  if (plan.is_from_fasta()) {
    const auto targets = count_targets(plan);
    if (!targets) return std::unexpected(targets.error());
    const auto& counterparts = plan.options.build.config.counterparts;
    const auto made = std::max(decoys, static_cast<std::uint64_t>(counterparts.decoys));
    size.precursors =
        *targets * (1 + made) * (1 + static_cast<std::uint64_t>(counterparts.entrapments));
    size.source = "digestion of the FASTA";
    return size;
  }
  const fs::path& library = plan.options.library;
  if (const auto rows = io::MappedColumns::open(library / "precursors.arrow")) {
    size.is_imported = !has_decoys(*rows);
    size.precursors = rows->row_count() * (size.is_imported ? 1 + decoys : 1);
    size.source = "rows of the library";
    return size;
  }
  size.is_imported = true;
  size.precursors =
      (1 + decoys) * rounded(static_cast<double>(bytes_of(library)) / bytes_per_precursor(library));
  size.source = "size of the library's file";
  return size;
}

Result<InputSizes> input_sizes(const stages::SearchPlan& plan, bool is_library_current) {
  InputSizes sizes;
  for (const stages::RunInput& run : plan.runs) {
    sizes.runs.push_back(size_of_run(plan, run));
    if (sizes.runs.back().source.empty())
      plan.options.machine.warning("{}: nothing can be read of it; its cost is not known",
                                   run.file.string());
  }
  const auto record = stages::read_library_record(plan.folder().path_of(params::kLibraryRecord));
  if (is_library_current && record) {
    sizes.library = {.precursors = record->precursors,
                     .is_imported = !record->path.empty() && !plan.is_from_fasta(),
                     .source = "record of the stage 'library'"};
    return sizes;
  }
  auto library = size_of_library(plan, sizes.runs);
  if (!library) return std::unexpected(library.error());
  sizes.library = *library;
  return sizes;
}

}  // namespace overland::plan
