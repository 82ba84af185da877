#include "stages/build_library.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>

#include "base/files/file_lock.h"
#include "base/files/hash.h"
#include "base/files/output_guard.h"
#include "base/parallel.h"
#include "base/progress.h"
#include "base/summary.h"
#include "base/version.h"
#include "library/library.h"
#include "stages/block_store.h"

namespace overland::stages {
namespace {

namespace fs = std::filesystem;

// Peptides of a block: enough to keep a predictor busy, few enough to lose little on interruption.
// Fixed: the blocks of an interrupted build must fit the next call.
constexpr std::size_t kPeptidesPerBlock = 1024;
// On disk per precursor besides its fragments: record, sequence, columns; generously.
constexpr std::uint64_t kBytesPerPrecursor = 120;

class LibraryBuild {
 public:
  LibraryBuild(const BuildLibraryOptions& options, const predict::Predictor& predictor)
      : options_(options), predictor_(predictor) {}

  Result<BuiltLibrary> run() {
    if (auto done = check(); !done) return std::unexpected(done.error());
    const auto lock = FileLock::wait_for(beside(options_.folder, ".lock"), options_.machine,
                                         "another process that builds this library");
    if (!lock) return std::unexpected(lock.error());
    if (options_.take_existing && library::Library::open(options_.folder)) {
      options_.machine.info("another process has built it: {}", options_.folder.string());
      return built_;
    }
    if (auto done = check_output(); !done) return std::unexpected(done.error());
    if (auto done = read_proteins(); !done) return std::unexpected(done.error());
    digest();
    if (auto done = plan(); !done) return std::unexpected(done.error());
    if (auto done = predict(); !done) return std::unexpected(done.error());
    if (auto done = merge(); !done) return std::unexpected(done.error());
    report();
    return built_;
  }

 private:
  [[nodiscard]] library_build::BlockSource source() const {
    return {proteome_, table_, *counterparts_, predictor_, rules_.blocks};
  }
  [[nodiscard]] std::size_t block_count() const {
    return (table_.peptides().size() + kPeptidesPerBlock - 1) / kPeptidesPerBlock;
  }
  [[nodiscard]] std::pair<std::size_t, std::size_t> peptides_of(std::size_t block) const {
    const std::size_t first = block * kPeptidesPerBlock;
    return {first, std::min(first + kPeptidesPerBlock, table_.peptides().size())};
  }
  Result<void> check();
  [[nodiscard]] Result<void> check_output() const;
  Result<void> hash_inputs();
  Result<void> read_proteins();
  void digest();
  Result<void> plan();
  Result<void> check_disk(std::uint64_t precursors) const;
  Result<void> predict();
  Result<bool> complete_block(std::size_t block, const BlockStore& store) const;
  Result<void> merge();
  [[nodiscard]] library::LibraryProvenance provenance() const;
  [[nodiscard]] std::string build_key() const;
  void report();

  const BuildLibraryOptions& options_;
  const predict::Predictor& predictor_;
  RunSummary summary_;
  params::BuildRules rules_;
  std::string source_hash_, settings_;
  library_build::Proteome proteome_;
  library_build::PeptideTable table_;
  std::optional<library_build::Counterparts> counterparts_;
  std::optional<BlockStore> store_;
  std::uint64_t planned_targets_ = 0;
  BuiltLibrary built_;
};

Result<void> LibraryBuild::check_output() const {
  Paths inputs = options_.fasta;
  inputs.insert(inputs.end(), options_.contaminants.begin(), options_.contaminants.end());
  return check_output_file(options_.folder, inputs, options_.overwrite);
}

Result<void> LibraryBuild::check() {
  if (auto done = check_output(); !done) return done;
  auto rules = params::build_rules(options_.config);
  if (!rules) return std::unexpected(rules.error());
  rules_ = std::move(*rules);
  params::BuildConfig copy = options_.config;
  settings_ = params::build_schema(copy).to_json();
  return {};
}

// Independent of the order in which the files are named.
Result<void> LibraryBuild::hash_inputs() {
  std::vector<std::string> hashes;
  for (const auto* files : {&options_.fasta, &options_.contaminants}) {
    for (const fs::path& file : *files) {
      auto hash = hash_file(file, options_.machine);
      if (!hash) return std::unexpected(hash.error());
      hashes.push_back((files == &options_.fasta ? "" : "contaminants ") + *hash);
    }
  }
  std::ranges::sort(hashes);
  std::string all;
  for (const std::string& hash : hashes) all += hash + "\n";
  source_hash_ = hash_text(all);
  return {};
}

Result<void> LibraryBuild::read_proteins() {
  summary_.start("read proteins");
  const io::FastaPatterns patterns{.accession = options_.config.fasta.accession_pattern,
                                   .gene = options_.config.fasta.gene_pattern};
  std::vector<library_build::ProteomeSource> sources;
  for (const fs::path& file : options_.fasta) sources.push_back({file, patterns, false});
  for (const fs::path& file : options_.contaminants) sources.push_back({file, patterns, true});
  auto proteome = library_build::Proteome::read(sources, built_.proteome);
  if (!proteome) return std::unexpected(proteome.error());
  proteome_ = std::move(*proteome);
  built_.proteins = proteome_.size();
  summary_.finish(fmt::format("{} proteins", grouped(built_.proteins)));
  return hash_inputs();
}

void LibraryBuild::digest() {
  summary_.start("digest");
  table_ = library_build::PeptideTable::digest(proteome_, rules_.digestion, options_.machine);
  built_.peptides = table_.peptides().size();
  for (const library_build::TablePeptide& peptide : table_.peptides()) {
    built_.shared_peptides += table_.proteins(peptide.proteins).size() > 1 ? 1U : 0U;
  }
  summary_.finish(fmt::format("{} peptides", grouped(built_.peptides)));
  summary_.start("choose decoys");
  counterparts_ = library_build::Counterparts::choose(proteome_, table_, rules_.blocks.counterparts,
                                                      options_.machine);
  built_.counterparts = counterparts_->report();
  summary_.finish();
}

Result<void> LibraryBuild::plan() {
  summary_.start("plan");
  std::vector<std::uint64_t> targets(block_count());
  parallel_for(targets.size(), options_.machine, [&](std::size_t block, int) {
    const auto [first, last] = peptides_of(block);
    targets[block] = library_build::count_target_precursors(source(), first, last);
  });
  for (const std::uint64_t count : targets) planned_targets_ += count;
  const library_build::CounterpartRules& wanted = rules_.blocks.counterparts;
  const std::uint64_t precursors =
      planned_targets_ * static_cast<std::uint64_t>((1 + wanted.entrapments) * (1 + wanted.decoys));
  if (auto done = check_disk(precursors); !done) return done;
  auto store = BlockStore::open(options_.folder, build_key());
  if (!store) return std::unexpected(store.error());
  store_ = std::move(*store);
  summary_.finish(fmt::format("up to {} precursors", grouped(precursors)));
  return {};
}

// The blocks, the columns that are gathered from them and the finished files are there together.
Result<void> LibraryBuild::check_disk(std::uint64_t precursors) const {
  const auto fragments = static_cast<std::uint64_t>(rules_.blocks.fragments.max_count);
  const std::uint64_t per_fragment =
      sizeof(library::EncodedFragment) +
      (predictor_.intensity_meaning().has_splines ? sizeof(library::EncodedSpline) : 0);
  const std::uint64_t bytes = 3 * precursors * (kBytesPerPrecursor + fragments * per_fragment);
  options_.machine.info("up to {} precursors; up to {} on disk while they are made",
                        grouped(precursors), memory_text(bytes));
  std::error_code error;
  const fs::path folder = fs::absolute(options_.folder).parent_path();
  const fs::space_info space = fs::space(folder, error);
  if (error || space.available >= bytes) return {};  // unknown: the writing will tell
  return fail("OVL-RES-003",
              fmt::format("the build needs up to {} on disk, {} are free", memory_text(bytes),
                          memory_text(space.available)),
              folder.string(),
              "Free the disk, write elsewhere, or allow fewer modifications or charges.");
}

// All that decides the blocks' bytes.
std::string LibraryBuild::build_key() const {
  return hash_text(fmt::format("{}\n{}\n{}\n{}\n{}", program_version(), source_hash_, settings_,
                               predictor_.identity(), kPeptidesPerBlock));
}

// True: it was there already.
Result<bool> LibraryBuild::complete_block(std::size_t block, const BlockStore& store) const {
  std::error_code ignored;
  const fs::path file = store.file(block);
  if (fs::exists(file, ignored) && library_build::MappedBlock::open(file)) return true;
  const auto [first, last] = peptides_of(block);
  const auto made = library_build::make_block(source(), first, last);
  if (!made) return std::unexpected(made.error());
  if (auto done = library_build::write_block(*made, file); !done)
    return std::unexpected(done.error());
  return false;
}

Result<void> LibraryBuild::predict() {
  summary_.start("predict");
  if (store_->is_resumed())
    options_.machine.info("an interrupted build of this library is taken up");
  ProgressBar progress(options_.machine, "predict", table_.peptides().size(), "peptides");
  std::atomic<std::uint64_t> found = 0;
  std::atomic<bool> has_failed = false;
  std::vector<std::optional<Error>> errors(block_count());
  parallel_for(block_count(), options_.machine, [&](std::size_t block, int) {
    if (has_failed) return;
    const auto settled = complete_block(block, *store_);
    if (!settled) {
      errors[block] = settled.error();
      has_failed = true;
      return;
    }
    found += *settled ? 1 : 0;
    const auto [first, last] = peptides_of(block);
    progress.tick(last - first);
  });
  progress.finish();
  for (const auto& error : errors) {
    if (error) return std::unexpected(*error);
  }
  built_.blocks = block_count();
  built_.blocks_found = found;
  summary_.finish(
      found > 0 ? fmt::format("{} of {} blocks were there", grouped(found), grouped(built_.blocks))
                : "");
  return {};
}

Result<void> LibraryBuild::merge() {
  summary_.start("write");
  std::vector<library_build::MappedBlock> blocks;
  for (std::size_t block = 0; block < block_count(); ++block) {
    auto opened = library_build::MappedBlock::open(store_->file(block));
    if (!opened) return std::unexpected(opened.error());
    built_.counts += opened->counts();
    blocks.push_back(std::move(*opened));
  }
  const library_build::BlockCounts& counts = built_.counts;
  if (counts.targets == 0) {
    return fail("OVL-LIB-033",
                fmt::format("no precursor is left: {} outside the m/z range, {} that the predictor "
                            "does not take, {} with too few fragments",
                            grouped(counts.outside_mz), grouped(counts.unpredicted),
                            grouped(counts.few_fragments)),
                options_.folder.string(),
                "Check the protease, the peptide lengths, the m/z ranges and the modifications.");
  }
  ProgressBar progress(options_.machine, "write",
                       counts.targets + counts.entrapments + counts.decoys, "precursors");
  const library_build::MergeOptions merge_options{
      .entrapments = rules_.blocks.counterparts.entrapments,
      .machine = options_.machine,
      .tick = [&](std::uint64_t n) { progress.tick(n); }};
  const auto merged = library_build::merge_blocks(blocks, proteome_, table_, merge_options,
                                                  provenance(), options_.folder);
  progress.finish();
  if (!merged) return std::unexpected(merged.error());
  built_.merged = *merged;
  store_->remove();
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(options_.folder, ignored)) {
    built_.bytes += entry.file_size();
  }
  summary_.finish(
      fmt::format("{} precursors, {}", grouped(merged->precursors), memory_text(built_.bytes)));
  return {};
}

library::LibraryProvenance LibraryBuild::provenance() const {
  std::vector<std::string> names;
  for (const auto* files : {&options_.fasta, &options_.contaminants}) {
    for (const fs::path& file : *files) names.push_back(file.filename().string());
  }
  std::ranges::sort(names);
  std::string source;
  for (const std::string& name : names) source += (source.empty() ? "" : "; ") + name;
  return {.source = source,
          .source_hash = source_hash_,
          .created_by = program_name(),
          .made_decoys = rules_.blocks.counterparts.decoys,
          .predictor = predictor_.identity(),
          .settings = settings_};
}

void LibraryBuild::report() {
  const library_build::ProteomeReport& proteome = built_.proteome;
  const library_build::BlockCounts& counts = built_.counts;
  const auto warn = [this](std::uint64_t count, std::string_view what) {
    if (count > 0) options_.machine.warning("{} {}", grouped(count), what);
  };
  warn(proteome.repeated, "proteins stand in the FASTA files more than once; merged");
  warn(proteome.decoys, "decoys of the FASTA files left out");
  warn(proteome.with_stops, "proteins have stop codons inside; peptides that contain one left out");
  warn(counts.capped,
       "peptides have more forms than modifications.max_forms; the least modified kept");
  warn(counts.guessed,
       "peptides were predicted as though modifications unknown to the predictor were absent");
  warn(built_.counterparts.without_entrapment, "peptides left out: no entrapment could be made");
  warn(built_.counterparts.without_decoy, "peptides left out: no decoy could be made");
  warn(counts.unpredicted, "precursors left out: the predictor does not take them");
  warn(counts.few_fragments, "precursors left out: too few fragments");
  warn(counts.alike, "precursors left out: a decoy would share most of their fragments");
  options_.machine.info(
      "{} proteins ({} contaminants), {} peptides ({} in several proteins), {} forms",
      grouped(built_.proteins), grouped(proteome.contaminants), grouped(built_.peptides),
      grouped(built_.shared_peptides), grouped(counts.forms));
  options_.machine.info(
      "{} targets, {} entrapments, {} decoys; {} more outside the m/z range; {} fragments",
      grouped(counts.targets), grouped(counts.entrapments), grouped(counts.decoys),
      grouped(counts.outside_mz), grouped(built_.merged.fragments));
  options_.machine.info("{}", summary_.table());
  options_.machine.info("library: {} ({})", options_.folder.string(), memory_text(built_.bytes));
}

}  // namespace

Result<BuiltLibrary> build_library(const BuildLibraryOptions& options,
                                   const predict::Predictor& predictor) {
  return LibraryBuild(options, predictor).run();
}

}  // namespace overland::stages
