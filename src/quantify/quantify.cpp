#include "quantify/quantify.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace overland::quantify {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

}  // namespace

Result<std::vector<quant::NormalisationCurve>> normalise_rows(CohortRows& cohort,
                                                              const library::LibraryView& library,
                                                              const params::QuantifyConfig& config,
                                                              const BlockSizes& sizes) {
  auto curves =
      quant::fit_normalisation(cohort, library.precursor_count(), config.normalise, 8 * sizes.rows);
  if (!curves) return curves;
  std::vector<CohortRow> rows;
  for (std::size_t run = 0; run < curves->size(); ++run) {
    const auto view = cohort.rows(run);
    if (!view) return std::unexpected(view.error());
    rows.assign(view->values.begin(), view->values.end());
    for (CohortRow& row : rows) {
      const double correction = (*curves)[run].at(static_cast<double>(row.rt_minutes));
      const double normalised = row.quantity * report::linear_quantity(-correction);
      row.sd = row.sd * normalised / row.quantity;
      row.quantity = normalised;
    }
    if (auto done = cohort.replace(run, rows); !done) return std::unexpected(done.error());
  }
  return curves;
}

CohortLevel::CohortLevel(const CohortRows& cohort, Kind kind)
    : cohort_(cohort),
      kind_(kind),
      names_(kind == Kind::proteins ? cohort.proteins
             : kind == Kind::genes  ? cohort.genes
                                    : cohort.peptides),
      use_(kind == Kind::proteins ? cohort.of_proteins
           : kind == Kind::genes  ? cohort.of_genes
                                  : cohort.of_peptides),
      name_(kind == Kind::proteins ? &CohortRow::protein
            : kind == Kind::genes  ? &CohortRow::genes
                                   : &CohortRow::peptide),
      rank_(use_.rows.size(), kNoRank) {
  for (std::uint32_t name = 0; name < use_.rows.size(); ++name) {
    if (use_.rows[name] > 0 && !names_[name].empty()) order_.push_back(name);
  }
  std::ranges::sort(order_, {},
                    [&](std::uint32_t name) -> const std::string& { return names_[name]; });
  for (std::uint32_t rank = 0; rank < order_.size(); ++rank) rank_[order_[rank]] = rank;
}

Result<void> CohortLevel::quantify(const Job& job, const Take& take) const {
  const auto rows = sorted_rows(job);
  if (!rows) return std::unexpected(rows.error());
  const quant::LfqOptions options{
      .method = job.config.method,
      .level = job.config.level,
      .least_shared = static_cast<std::uint32_t>(job.config.least_shared),
      .machine = job.machine};
  for (const LevelRows::Block& block : rows->blocks()) {
    report::LevelQuantities level = names_of(block);
    auto profiles = rows->quantify(block, options);
    if (!profiles) return std::unexpected(profiles.error());
    level.profiles = std::move(*profiles);
    if (auto done = take(block.first, std::move(level)); !done) return done;
  }
  return {};
}

// Run after run: a name's rows stay in the order of runs.
Result<LevelRows> CohortLevel::sorted_rows(const Job& job) const {
  std::vector<std::uint64_t> counts;
  for (const std::uint32_t name : order_) counts.push_back(use_.rows[name]);
  auto sorted = LevelRows::create(job.folder, counts, job.sizes);
  if (!sorted) return sorted;
  for (std::uint32_t run = 0; run < cohort_.run_count(); ++run) {
    const auto rows = cohort_.rows(run);
    if (!rows) return std::unexpected(rows.error());
    for (const CohortRow& row : rows->values) {
      const std::uint32_t rank = row.is_counted != 0 ? rank_of(row.*name_) : kNoRank;
      if (rank == kNoRank) continue;
      if (auto done = sorted->add({rank, row.precursor, run, row.quantity, row.sd}); !done)
        return std::unexpected(done.error());
    }
  }
  if (auto done = sorted->close(); !done) return std::unexpected(done.error());
  return sorted;
}

report::LevelQuantities CohortLevel::names_of(const LevelRows::Block& block) const {
  report::LevelQuantities level;
  level.key = kind_ == Kind::proteins ? "Protein.Group"
              : kind_ == Kind::genes  ? "Genes"
                                      : "Modified.Sequence";
  level.q_name = kind_ == Kind::peptides ? "Global.Peptide.Q.Value" : "Global.PG.Q.Value";
  std::vector<std::string> proteins, genes;
  for (std::size_t rank = block.first; rank < block.last; ++rank) {
    const std::uint32_t name = order_[rank];
    level.names.push_back(names_[name]);
    level.q_value.push_back(use_.q_value[name]);
    proteins.push_back(cohort_.proteins[use_.protein[name]]);
    genes.push_back(cohort_.genes[use_.genes[name]]);
  }
  if (kind_ == Kind::peptides) {
    level.more_keys.push_back("Protein.Group");
    level.more.push_back(std::move(proteins));
  }
  if (kind_ != Kind::genes) {
    level.more_keys.push_back("Genes");
    level.more.push_back(std::move(genes));
  }
  return level;
}

Result<LevelByRun> LevelByRun::create(const std::filesystem::path& folder, std::size_t names,
                                      std::size_t runs) {
  auto file = ScratchFile::create(folder);
  if (!file) return std::unexpected(file.error());
  return LevelByRun(std::move(*file), names, runs);
}

Result<void> LevelByRun::add(std::size_t first, const report::LevelQuantities& block,
                             const BlockSizes& sizes) {
  const quant::LfqProfiles& p = block.profiles;
  const std::size_t most = sizes.wide_rows(runs_);
  for (std::size_t from = 0; from < block.names.size(); from += most) {
    const std::size_t count = std::min(most, block.names.size() - from);
    std::vector<double> values(runs_ * count, kMissing);
    for (std::size_t name = 0; name < count; ++name) {
      for (std::size_t k = p.begin[from + name]; k < p.begin[from + name + 1]; ++k)
        values[p.run[k] * count + name] = report::linear_quantity(p.log2_quantity[k]);
    }
    for (std::size_t run = 0; run < runs_; ++run) {
      const std::span<const double> of_run{values.data() + run * count, count};
      if (auto done = file_.write(run * names_ + first + from, of_run); !done) return done;
    }
  }
  return {};
}

Result<ScratchView<double>> LevelByRun::of_run(std::size_t run) const {
  return file_.view<double>(run * names_, names_);
}

}  // namespace overland::quantify
