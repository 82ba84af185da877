#include "results/report_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "io/table/table_sink.h"
#include "report/precursor_report.h"
#include "results/results.h"
#include "results/tic_table.h"

namespace overland::results {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

// The time between `low` and `high` at which the run's model reaches `irt`, by bisection.
float rt_of_irt(const calibrate::PiecewiseLinear& irt_of_rt, double irt, double low, double high) {
  for (int step = 0; step < 40; ++step) {
    const double middle = (low + high) / 2;
    (irt_of_rt(middle) < irt ? low : high) = middle;
  }
  return static_cast<float>((low + high) / 2);
}

std::string status_text(kernel::QuantityStatus status) {
  switch (status) {
    case kernel::QuantityStatus::ok:
      return "ok";
    case kernel::QuantityStatus::no_signal:
      return "no signal";
    case kernel::QuantityStatus::apex_lost:
      return "apex lost";
    case kernel::QuantityStatus::outside:
      return "outside of all windows";
  }
  return "";
}

void copy_rates(const identify::ScoredRow& scored, report::ReportRow& row) {
  row.q_value = scored.q_value;
  row.global_q_value = scored.global_q_value;
  row.pep = scored.pep;
  row.global_pep = scored.global_pep;
  row.peptide_q_value = scored.peptide_q_value;
  row.global_peptide_q_value = scored.global_peptide_q_value;
  row.peptide_pep = scored.peptide_pep;
  row.protein_q_value = scored.protein_q_value;
  row.global_protein_q_value = scored.global_protein_q_value;
  row.protein_pep = scored.protein_pep;
  row.is_matched = scored.is_matched != 0;
  row.transfer_q_value = scored.transfer_q_value;
}

void copy_group(const identify::ScoredRow& scored, const identify::ProteinGroupNames& groups,
                report::ReportRow& row) {
  row.is_razor = scored.is_razor != 0;
  if (scored.protein_group == scoring::kNoGroup) return;
  row.protein_group = groups.protein_ids[scored.protein_group];
  row.genes = groups.genes[scored.protein_group];
}

Result<void> check_groups(const quantify::ReportedRows& rows,
                          const identify::ProteinGroupNames& groups,
                          const std::filesystem::path& file) {
  const bool are_there = std::ranges::all_of(rows.scored, [&](const identify::ScoredRow& row) {
    return row.protein_group == scoring::kNoGroup || row.protein_group < groups.protein_ids.size();
  });
  if (are_there) return {};
  return search::foreign_rows("a row names a protein group that is not there", file);
}

report::ReportRow make_row(std::uint32_t run_index, const identify::ScoredRow& scored,
                           const quantify::Quantity& quantity, const run::RawRun& raw,
                           const search::RunModels& models, const library::LibraryView& library) {
  const auto& rt = raw.headers().rt_minutes;
  report::ReportRow row;
  row.precursor = scored.precursor;
  row.run = run_index;
  const bool is_ok = quantity.status == kernel::QuantityStatus::ok;
  row.rt = is_ok ? quantity.rt_minutes : scored.rt_minutes;
  row.rt_start = is_ok ? quantity.rt_start : scored.rt_start;
  row.rt_stop = is_ok ? quantity.rt_stop : scored.rt_stop;
  row.fwhm = quantity.fwhm_minutes;
  row.irt_observed = static_cast<float>(models.rt.irt_of_rt(static_cast<double>(row.rt)));
  row.predicted_rt =
      rt_of_irt(models.rt.irt_of_rt, static_cast<double>(library.irt[scored.precursor]),
                static_cast<double>(rt.front()), static_cast<double>(rt.back()));
  row.quantity = is_ok ? quantity.area : std::numeric_limits<double>::quiet_NaN();
  row.quantity_sd = is_ok ? quantity.sd : std::numeric_limits<double>::quiet_NaN();
  row.ms1_area = is_ok ? quantity.ms1_area : std::numeric_limits<double>::quiet_NaN();
  row.quantity_status = status_text(quantity.status);
  row.interference = quantity.interference;
  copy_rates(scored, row);
  if (scored.il_twin < library.precursor_count())
    row.indistinguishable = report::precursor_id(library, scored.il_twin);
  row.score = scored.score;
  row.points = quantity.points;
  const RunScan apex = is_ok ? quantity.apex_scan : scored.apex_scan;
  row.apex_scan = raw.headers().scan_number[apex.index()];
  return row;
}

// Quantity of the name of a row (protein group or genes) in its run, if the row is counted.
double quantity_of(const quantify::CohortRow& row, std::uint32_t rank,
                   const ScratchView<double>& of_run) {
  return row.is_counted != 0 && rank != quantify::CohortLevel::kNoRank ? of_run.values[rank]
                                                                       : kMissing;
}

// A summarised level, and its quantities stored run by run.
struct NamedLevel {
  quantify::CohortLevel names;
  quantify::LevelByRun by_run;
  [[nodiscard]] static Result<NamedLevel> create(const quantify::CohortRows& cohort,
                                                 quantify::CohortLevel::Kind kind,
                                                 const std::filesystem::path& folder) {
    quantify::CohortLevel names(cohort, kind);
    auto by_run = quantify::LevelByRun::create(folder, names.size(), cohort.run_count());
    if (!by_run) return std::unexpected(by_run.error());
    return NamedLevel{std::move(names), std::move(*by_run)};
  }
};

class ReportWriter {
 public:
  ReportWriter(const ReportJob& job, quantify::CohortRows& cohort)
      : job_(job), cohort_(cohort), scratch_(job.out / "work") {}

  Result<ResultCounts> write() {
    if (auto done = collect(); !done) return std::unexpected(done.error());
    auto curves = quantify::normalise_rows(cohort_, job_.library, job_.config.quantify, job_.sizes);
    if (!curves) return std::unexpected(curves.error());
    auto proteins = NamedLevel::create(cohort_, quantify::CohortLevel::Kind::proteins, scratch_);
    if (!proteins) return std::unexpected(proteins.error());
    auto genes = NamedLevel::create(cohort_, quantify::CohortLevel::Kind::genes, scratch_);
    if (!genes) return std::unexpected(genes.error());
    const quantify::CohortLevel peptides(cohort_, quantify::CohortLevel::Kind::peptides);
    auto done = write_normalisation(*curves);
    if (done) done = write_level(proteins->names, "protein_groups", "PG.MaxLFQ", &proteins->by_run);
    if (done) done = write_level(genes->names, "genes", "Genes.MaxLFQ", &genes->by_run);
    if (done) done = write_level(peptides, "peptides", "Peptide.MaxLFQ", nullptr);
    if (done) done = write_rows(*proteins, *genes);
    if (done) done = write_wide();
    if (!done) return std::unexpected(done.error());
    return counts_;
  }

 private:
  [[nodiscard]] std::size_t index_of(const ReportedRun& run) const {
    return static_cast<std::size_t>(std::ranges::find(job_.names, run.name) - job_.names.begin());
  }
  [[nodiscard]] Result<io::TableFiles> open(const std::string& name) const {
    return io::TableFiles::open(job_.out / name, job_.config.report.tsv);
  }

  Result<void> collect() {
    GroupNamesFile groups;
    for (const ReportedRun& run : job_.runs) {
      job_.machine.check_cancelled();
      const auto rows = read_reported_rows(run, job_.library, job_.config.report,
                                           {.precursors = job_.library.precursor_count()});
      if (!rows) return std::unexpected(rows.error());
      const auto are_new = groups.open(run.protein_groups);
      if (!are_new) return std::unexpected(are_new.error());
      if (auto checked = check_groups(*rows, groups.names(), run.scores); !checked) return checked;
      auto done = cohort_.add(index_of(run), *rows, groups.names(), *are_new);
      if (!done) return done;
      counts_.rows += rows->scored.size();
      for (const quantify::Quantity& quantity : rows->quantities)
        counts_.without_quantity += quantity.status == kernel::QuantityStatus::ok ? 0U : 1U;
    }
    return {};
  }

  [[nodiscard]] io::Table described(io::Table table) const {
    const params::QuantifyConfig& q = job_.config.quantify;
    table.metadata["overland.filter"] = quantified_text(job_.config);
    table.metadata["overland.quantify"] =
        fmt::format("normalise {}, method {}, level {}", to_text(q.normalise), to_text(q.method),
                    to_text(q.level));
    return table;
  }

  [[nodiscard]] Result<void> write_normalisation(
      const std::vector<quant::NormalisationCurve>& curves) const {
    auto files = open("normalisation");
    if (!files) return std::unexpected(files.error());
    auto done = files->append(described(report::make_normalisation_table(curves, job_.names)));
    return done ? files->close() : done;
  }

  [[nodiscard]] Result<void> write_level(const quantify::CohortLevel& level,
                                         const std::string& file, const std::string& column,
                                         quantify::LevelByRun* by_run) const {
    auto rows = open(file);
    if (!rows) return std::unexpected(rows.error());
    auto wide = open(file + "_wide");
    if (!wide) return std::unexpected(wide.error());
    const auto take = [&](std::size_t first, report::LevelQuantities block) -> Result<void> {
      job_.machine.check_cancelled();
      Result<void> done;
      if (by_run != nullptr) done = by_run->add(first, block, job_.sizes);
      report::keep_confident_names(block, job_.config.quantify.q_value);
      if (done) done = append_long(block, column, *rows);
      return done ? append_wide(block, *wide) : done;
    };
    auto done = level.quantify({job_.config.quantify, scratch_, job_.machine, job_.sizes}, take);
    if (done) done = rows->close();
    return done ? wide->close() : done;
  }

  // Both functions write one piece even for a block without names, so that the file has its
  // columns.
  Result<void> append_long(const report::LevelQuantities& block, const std::string& column,
                           io::TableFiles& rows) const {
    const std::vector<std::uint64_t>& begin = block.profiles.begin;
    report::NameRange range;
    do {
      range.first = range.last;
      while (range.last < block.names.size() &&
             (range.last == range.first || begin[range.last] - begin[range.first] < kRowsPerPiece))
        ++range.last;
      auto done = rows.append(described(report::make_long_level(block, range, job_.names, column)));
      if (!done) return done;
    } while (range.last < block.names.size());
    return {};
  }

  Result<void> append_wide(const report::LevelQuantities& block, io::TableFiles& wide) const {
    const std::size_t most = job_.sizes.wide_rows(job_.names.size());
    report::NameRange range;
    do {
      range = {range.last, std::min(range.last + most, block.names.size())};
      auto done = wide.append(described(report::make_wide_level(block, range, job_.names)));
      if (!done) return done;
    } while (range.last < block.names.size());
    return {};
  }

  struct RowFiles {
    io::TableFiles report, tic;
  };

  // report.parquet and tic.parquet.
  Result<void> write_rows(const NamedLevel& proteins, const NamedLevel& genes) const {
    auto report = open("report");
    if (!report) return std::unexpected(report.error());
    auto tic = io::TableFiles::open(job_.out / "tic", false);
    if (!tic) return std::unexpected(tic.error());
    RowFiles files{std::move(*report), std::move(*tic)};
    auto done = files.report.append(filtered(report::make_report({}, job_.library, job_.names)));
    if (done) done = files.tic.append(tic_table("", {}));
    GroupNamesFile groups;
    for (const ReportedRun& run : job_.runs) {
      job_.machine.check_cancelled();
      if (!done) return done;
      const auto opened = groups.open(run.protein_groups);
      if (!opened) return std::unexpected(opened.error());
      done = write_run(run, proteins, genes, groups.names(), files);
    }
    if (done) done = files.report.close();
    return done ? files.tic.close() : done;
  }

  // The inputs of the rows of one run.
  struct OpenRun {
    quantify::ReportedRows rows;
    run::RawRun raw;
    ScratchView<quantify::CohortRow> stored;
    ScratchView<double> proteins, genes;  // quantities by the rank of the name
  };
  [[nodiscard]] Result<OpenRun> open_run_of(const ReportedRun& run, const NamedLevel& proteins,
                                            const NamedLevel& genes) const {
    const std::size_t index = index_of(run);
    auto raw = run::open_run(run.run, job_.machine);
    if (!raw) return std::unexpected(raw.error());
    auto rows = read_reported_rows(
        run, job_.library, job_.config.report,
        {.precursors = job_.library.precursor_count(), .scans = raw->scan_count()});
    if (!rows) return std::unexpected(rows.error());
    auto stored = cohort_.rows(index);
    if (!stored) return std::unexpected(stored.error());
    auto of_proteins = proteins.by_run.of_run(index);
    if (!of_proteins) return std::unexpected(of_proteins.error());
    auto of_genes = genes.by_run.of_run(index);
    if (!of_genes) return std::unexpected(of_genes.error());
    return OpenRun{std::move(*rows), std::move(*raw), std::move(*stored), std::move(*of_proteins),
                   std::move(*of_genes)};
  }

  Result<void> write_run(const ReportedRun& run, const NamedLevel& proteins,
                         const NamedLevel& genes, const identify::ProteinGroupNames& groups,
                         RowFiles& files) const {
    const auto open = open_run_of(run, proteins, genes);
    if (!open) return std::unexpected(open.error());
    const auto index = static_cast<std::uint32_t>(index_of(run));
    std::vector<report::ReportRow> piece;
    Result<void> done = files.tic.append(tic_table(run.name, open->raw.headers()));
    for (std::size_t i = 0; i < open->rows.scored.size() && done; ++i) {
      const quantify::CohortRow& own = open->stored.values[i];
      report::ReportRow row = make_row(index, open->rows.scored[i], open->rows.quantities[i],
                                       open->raw, run.models, job_.library);
      copy_group(open->rows.scored[i], groups, row);
      row.normalised = own.quantity;
      row.protein_quantity = quantity_of(own, proteins.names.rank_of(own.protein), open->proteins);
      row.gene_quantity = quantity_of(own, genes.names.rank_of(own.genes), open->genes);
      piece.push_back(std::move(row));
      if (piece.size() < kRowsPerPiece && i + 1 < open->rows.scored.size()) continue;
      done = files.report.append(filtered(report::make_report(piece, job_.library, job_.names)));
      piece.clear();
    }
    return done;
  }

  [[nodiscard]] io::Table filtered(io::Table table) const {
    table.metadata["overland.filter"] = filter_text(job_.config);
    return table;
  }

  // precursors_wide.parquet, a range of precursors at a time.
  Result<void> write_wide() {
    const std::vector<quantify::ReportedPrecursor> all = cohort_.precursors();
    counts_.precursors = all.size();
    auto files = open("precursors_wide");
    if (!files) return std::unexpected(files.error());
    const std::size_t most = job_.sizes.wide_rows(job_.names.size());
    std::size_t first = 0;
    do {
      job_.machine.check_cancelled();
      const std::size_t count = std::min(most, all.size() - first);
      auto table = wide_piece(std::span(all).subspan(first, count));
      if (!table) return std::unexpected(table.error());
      if (auto done = files->append(filtered(std::move(*table))); !done) return done;
      first += count;
    } while (first < all.size());
    return files->close();
  }

  [[nodiscard]] Result<io::Table> wide_piece(
      std::span<const quantify::ReportedPrecursor> precursors) const {
    std::vector<report::ReportRow> keys;
    for (const quantify::ReportedPrecursor& p : precursors) keys.push_back(key_of(p));
    std::vector<std::vector<double>> quantities(job_.names.size());
    for (std::size_t run = 0; run < job_.names.size(); ++run) {
      quantities[run].assign(keys.size(), kMissing);
      const auto rows = cohort_.rows(run);
      if (!rows) return std::unexpected(rows.error());
      if (keys.empty()) continue;
      auto row = std::ranges::lower_bound(rows->values, keys.front().precursor, {},
                                          &quantify::CohortRow::precursor);
      for (std::size_t k = 0; k < keys.size() && row != rows->values.end(); ++k) {
        if (row->precursor == keys[k].precursor) quantities[run][k] = (row++)->quantity;
      }
    }
    return report::make_wide(keys, std::move(quantities), job_.library, job_.names);
  }

  [[nodiscard]] report::ReportRow key_of(const quantify::ReportedPrecursor& p) const {
    report::ReportRow key;
    key.precursor = p.precursor;
    if (p.il_twin < job_.library.precursor_count())
      key.indistinguishable = report::precursor_id(job_.library, p.il_twin);
    key.is_razor = p.is_razor != 0;
    key.protein_group = cohort_.proteins[p.protein];
    key.genes = cohort_.genes[p.genes];
    return key;
  }

  static constexpr std::size_t kRowsPerPiece = 4096;
  const ReportJob& job_;
  quantify::CohortRows& cohort_;
  std::filesystem::path scratch_;
  ResultCounts counts_;
};

}  // namespace

Result<ResultCounts> write_report(const ReportJob& job) {
  auto cohort = quantify::CohortRows::create(job.out / "work", job.names.size(), job.library,
                                             job.config.quantify);
  if (!cohort) return std::unexpected(cohort.error());
  return ReportWriter(job, *cohort).write();
}

}  // namespace overland::results
