#include "library_build/merge_blocks.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <tuple>

#include "base/parallel.h"

namespace overland::library_build {
namespace {

constexpr std::size_t kBins = 4096;  // of m/z, sorted in parallel

struct BlockRow {
  float mz;
  std::uint32_t tie_break;  // see tie_break_hash
  std::uint32_t block, row;
};

class Merger {
 public:
  Merger(std::span<const MappedBlock> blocks, const MergeOptions& options)
      : blocks_(blocks), options_(options) {
    std::uint64_t pairs = 0;
    for (const MappedBlock& block : blocks) {
      first_pair_.push_back(static_cast<std::uint32_t>(pairs));
      pairs += block.counts().pairs;
    }
  }
  // Sorts the locations of all precursors into the order of the library.
  void sort();
  // Whether each protein set (list * (entrapments + 1) + entrapment) is in use.
  [[nodiscard]] std::vector<bool> used_sets(std::size_t count) const;
  void write(library::LibraryWriter& writer, std::span<const std::uint32_t> set_rows) const;

 private:
  [[nodiscard]] const BlockPrecursor& at(const BlockRow& row) const {
    return blocks_[row.block].precursors()[row.row];
  }
  [[nodiscard]] bool comes_before(const BlockRow& a, const BlockRow& b) const;
  [[nodiscard]] std::size_t bin_of(float mz) const {
    return static_cast<std::size_t>((mz - lowest_) * bins_per_mz_);
  }
  void find_range();

  std::span<const MappedBlock> blocks_;
  const MergeOptions& options_;
  std::vector<std::uint32_t> first_pair_;  // of each block
  std::vector<BlockRow> sorted_;
  float lowest_ = 0, bins_per_mz_ = 0;
};

void Merger::find_range() {
  lowest_ = std::numeric_limits<float>::max();
  float highest = 0;
  for (const MappedBlock& block : blocks_) {
    for (const BlockPrecursor& p : block.precursors()) {
      lowest_ = std::min(lowest_, p.mz);
      highest = std::max(highest, p.mz);
    }
  }
  bins_per_mz_ = static_cast<float>(kBins - 1) / std::max(highest - lowest_, 1.0F);
}

bool Merger::comes_before(const BlockRow& a, const BlockRow& b) const {
  if (a.mz != b.mz) return a.mz < b.mz;
  if (a.tie_break != b.tie_break) return a.tie_break < b.tie_break;
  const BlockPrecursor& x = at(a);
  const BlockPrecursor& y = at(b);
  if (const int order = blocks_[a.block].text(x).compare(blocks_[b.block].text(y)); order != 0) {
    return order < 0;
  }
  return std::tuple(x.charge, x.is_decoy, x.entrapment, a.block, a.row) <
         std::tuple(y.charge, y.is_decoy, y.entrapment, b.block, b.row);
}

// Counting sort into bins of m/z, then a sort within each bin.
void Merger::sort() {
  find_range();
  std::vector<std::uint64_t> bin_begin(kBins + 1, 0);
  for (const MappedBlock& block : blocks_) {
    for (const BlockPrecursor& p : block.precursors()) ++bin_begin[bin_of(p.mz) + 1];
  }
  for (std::size_t bin = 0; bin < kBins; ++bin) bin_begin[bin + 1] += bin_begin[bin];
  sorted_.resize(bin_begin[kBins]);
  std::vector<std::uint64_t> next(bin_begin.begin(), bin_begin.end() - 1);
  for (std::uint32_t block = 0; block < blocks_.size(); ++block) {
    options_.machine.check_cancelled();
    const auto precursors = blocks_[block].precursors();
    for (std::uint32_t row = 0; row < precursors.size(); ++row) {
      const BlockPrecursor& p = precursors[row];
      const std::uint32_t tie_break = library::tie_break_hash(blocks_[block].text(p), p.charge);
      sorted_[next[bin_of(p.mz)]++] = {p.mz, tie_break, block, row};
    }
  }
  parallel_for(kBins, options_.machine, [&](std::size_t bin, int) {
    std::ranges::sort(
        std::span(sorted_).subspan(bin_begin[bin], bin_begin[bin + 1] - bin_begin[bin]),
        [&](const BlockRow& a, const BlockRow& b) { return comes_before(a, b); });
  });
}

std::vector<bool> Merger::used_sets(std::size_t count) const {
  std::vector<bool> used(count, false);
  for (const MappedBlock& block : blocks_) {
    for (const BlockPrecursor& p : block.precursors()) used[p.protein_set] = true;
  }
  return used;
}

void Merger::write(library::LibraryWriter& writer, std::span<const std::uint32_t> set_rows) const {
  constexpr std::uint64_t kTick = 1 << 14;
  std::uint64_t done = 0;
  for (const BlockRow& row : sorted_) {
    const MappedBlock& block = blocks_[row.block];
    const BlockPrecursor& p = at(row);
    writer.add({.mz = p.mz,
                .irt = p.irt,
                .charge = p.charge,
                .is_decoy = p.is_decoy,
                .entrapment = p.entrapment,
                .pair = first_pair_[row.block] + p.pair,
                .partner = first_pair_[row.block] + p.partner,
                .protein_set = set_rows[p.protein_set],
                .modified_sequence = block.text(p),
                .fragments = block.fragments(p),
                .splines = block.splines(p)});
    if (++done % kTick == 0) options_.tick(kTick);
  }
  options_.tick(done % kTick);
}

// The distinct names of a list of proteins, sorted and joined.
std::string joined(std::vector<std::string> names) {
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::string text;
  for (const std::string& name : names) {
    if (name.empty()) continue;
    if (!text.empty()) text += ';';
    text += name;
  }
  return text;
}

// The rows of proteins.arrow.
struct SetNames {
  std::vector<std::pair<std::string, std::string>> names;  // accessions, genes
  std::vector<library::ProteinSet> rows;                   // views of the names, ascending
  std::vector<std::uint32_t> row_of_set;

  SetNames(const std::vector<bool>& used, const Proteome& proteome, const PeptideTable& table,
           std::size_t entities) {
    std::vector<std::uint32_t> sets;
    for (std::uint32_t set = 0; set < used.size(); ++set) {
      if (!used[set]) continue;
      sets.push_back(set);
      names.push_back(names_of(table.proteins(static_cast<std::uint32_t>(set / entities)), proteome,
                               set % entities));
    }
    std::vector<std::uint32_t> order(sets.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::sort(order, {},
                      [&](std::uint32_t i) { return std::tie(names[i].first, names[i].second); });
    row_of_set.resize(used.size());
    for (const std::uint32_t i : order) {
      row_of_set[sets[i]] = static_cast<std::uint32_t>(rows.size());
      rows.push_back({names[i].first, names[i].second});
    }
  }

 private:
  static std::pair<std::string, std::string> names_of(std::span<const std::uint32_t> proteins,
                                                      const Proteome& proteome,
                                                      std::size_t entrapment) {
    const std::string suffix = entrapment == 0 ? "" : fmt::format("_ENT{}", entrapment);
    std::vector<std::string> accessions;
    std::vector<std::string> genes;
    for (const std::uint32_t protein : proteins) {
      accessions.push_back(proteome.accession(protein) + suffix);
      const std::string& gene = proteome.gene(protein);
      if (!gene.empty()) genes.push_back(gene + suffix);
    }
    return {joined(std::move(accessions)), joined(std::move(genes))};
  }
};

// The intensity form of all blocks; blocks without precursors have no form.
Result<library::IntensityForm> form_of(std::span<const MappedBlock> blocks,
                                       const std::string& where) {
  std::optional<library::IntensityForm> form;
  for (const MappedBlock& block : blocks) {
    if (block.precursors().empty()) continue;
    const library::IntensityForm its{.is_total = false, .spline = block.spline()};
    if (!form) form = its;
    if (*form == its) continue;
    return fail("OVL-LIB-034", "the predictor returned splines with different knots or energies",
                where,
                "Its model has changed during the build: remove the work folder NAME.lib.work and "
                "the cache of predictions, and build again.");
  }
  return form.value_or(library::IntensityForm{});
}

}  // namespace

Result<MergedLibrary> merge_blocks(std::span<const MappedBlock> blocks, const Proteome& proteome,
                                   const PeptideTable& table, const MergeOptions& options,
                                   const library::LibraryProvenance& provenance,
                                   const std::filesystem::path& folder) {
  MergedLibrary merged;
  for (const MappedBlock& block : blocks) {
    merged.precursors += block.precursors().size();
    for (const BlockPrecursor& p : block.precursors()) merged.fragments += p.fragment_count;
  }
  if (merged.precursors > std::numeric_limits<std::uint32_t>::max()) {
    return fail("OVL-LIB-032",
                fmt::format("{} precursors do not fit in one library", merged.precursors),
                folder.string(), "Allow fewer modifications, missed cleavages or charges.");
  }
  Merger merger(blocks, options);
  merger.sort();
  const auto entities = std::size_t{1} + static_cast<std::size_t>(options.entrapments);
  const SetNames sets(merger.used_sets(table.list_count() * entities), proteome, table, entities);
  merged.protein_sets = sets.rows.size();
  const auto form = form_of(blocks, folder.string());
  if (!form) return std::unexpected(form.error());
  auto writer = library::LibraryWriter::begin(folder, *form, options.machine);
  if (!writer) return std::unexpected(writer.error());
  merger.write(*writer, sets.row_of_set);
  if (auto done = writer->finish(sets.rows, provenance); !done) {
    return std::unexpected(done.error());
  }
  return merged;
}

}  // namespace overland::library_build
