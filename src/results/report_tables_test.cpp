// The result tables of random cohorts against plain loops over all rows in memory, and what they
// take of memory.
#include "results/report_tables.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <map>

#include "base/allocation_counter.h"
#include "base/pinned_math.h"
#include "identify/accepted.h"
#include "io/table/table.h"
#include "quantify/consensus_limits.h"
#include "report/precursor_report.h"
#include "support/example_search.h"
#include "support/open_file_limit.h"
#include "support/whole_normalisation.h"

namespace overland::results {
namespace {

namespace fs = std::filesystem;
using Doubles = std::vector<double>;
using Names = std::vector<std::string>;

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

// NaN equals NaN.
bool is_same(double a, double b) {
  return a == b || (std::isnan(a) && std::isnan(b));
}

// report.parquet, and what was counted of it.
struct Report {
  explicit Report(const io::Table& table) {
    const auto texts = [&](const char* name) { return **table.column<std::string>(name); };
    const auto numbers = [&](const char* name) { return **table.column<double>(name); };
    run = texts("Run");
    id = texts("Precursor.Id");
    sequence = texts("Modified.Sequence");
    protein = texts("Protein.Group");
    genes = texts("Genes");
    quantity = numbers("Precursor.Quantity");
    sd = numbers("Quantity.SD");
    normalised = numbers("Precursor.Normalised");
    protein_quantity = numbers("PG.MaxLFQ");
    gene_quantity = numbers("Genes.MaxLFQ");
    protein_q = numbers("Global.PG.Q.Value");
    peptide_q = numbers("Global.Peptide.Q.Value");
    rt = **table.column<float>("RT");
    const auto decoy = **table.column<std::uint8_t>("Decoy");
    const auto matched = **table.column<std::uint8_t>("Matched.Between.Runs");
    const Doubles q = numbers("Q.Value"), global = numbers("Global.Q.Value");
    for (std::size_t i = 0; i < run.size(); ++i) {
      is_counted.push_back(decoy[i] == 0 && quantity[i] > 0 && (q[i] <= 0.01 || matched[i] != 0) &&
                           global[i] <= 0.01);
    }
  }
  Names run, id, sequence, protein, genes;
  Doubles quantity, sd, normalised, protein_quantity, gene_quantity, protein_q, peptide_q;
  std::vector<float> rt;
  std::vector<bool> is_counted;
};

class ReportTables : public testing::Test {
 protected:
  void SetUp() override { make_library(300); }

  void make_library(std::size_t precursors) {
    Rng rng(3, 0);
    auto all = support::random_precursors(precursors, 17);
    for (library::LibraryPrecursor& precursor : all) {
      precursor.is_decoy = rng.below(8) == 0;
      precursor.entrapment = rng.below(20) == 0 ? 1 : 0;
    }
    const fs::path file = scratch_.path() / (std::to_string(precursors) + ".lib");
    ASSERT_TRUE(library::write_library(all, {"a", "", "test"}, file));
    auto library = library::Library::open(file);
    ASSERT_TRUE(library) << library.error().message();
    library_.emplace(std::move(*library));
    const auto targets = support::example_targets(3);
    ASSERT_TRUE(run::write_run_arrow(
        support::example_run(targets, {.cycles = 20, .noise_peaks = 5}), run_file()));
    identify::ProteinGroupNames groups;
    for (int g = 0; g < 40; ++g) {
      groups.protein_ids.push_back("P" + std::to_string(rng.below(1000)));
      groups.genes.push_back(g % 5 == 0 ? "" : "G" + std::to_string(g % 23));
    }
    ASSERT_TRUE(identify::write_protein_groups(groups, groups_file()));
  }

  [[nodiscard]] fs::path run_file() const { return scratch_.path() / "run.arrow"; }
  [[nodiscard]] fs::path groups_file() const { return scratch_.path() / "groups.arrow"; }
  [[nodiscard]] library::LibraryView view() const { return library_->view(); }

  // What one run may have of a precursor; `share` of them pass.
  identify::ScoredRow random_score(std::uint32_t precursor, double share, Rng& rng) const {
    const auto rate = [&] { return rng.below(9) == 0 ? 0.02 : 0.01 * rng.uniform(); };
    identify::ScoredRow row;
    row.precursor = precursor;
    row.apex_scan = RunScan(static_cast<std::uint32_t>(rng.below(60)));
    row.rt_minutes = static_cast<float>(10 + rng.uniform());
    row.score = static_cast<float>(rng.normal());
    row.q_value = rng.uniform() < share ? 0.01 * rng.uniform() : 0.5;
    row.global_q_value = rate();
    row.global_peptide_q_value = rate();
    row.global_protein_q_value = rate();
    row.protein_group = rng.below(12) == 0 ? scoring::kNoGroup : precursor % 40;
    row.il_twin = rng.below(10) == 0 ? precursor / 2 : scoring::kNoGroup;
    row.is_razor = static_cast<std::uint8_t>(rng.below(2));
    row.is_matched = row.q_value > 0.1 && rng.below(10) == 0 ? 1 : 0;
    return row;
  }

  quantify::Quantity random_quantity(const identify::ScoredRow& scored, Rng& rng) const {
    quantify::Quantity row;
    row.precursor = scored.precursor;
    row.apex_scan = scored.apex_scan;
    const double place = Rng(5, scored.precursor).uniform();
    row.rt_minutes = static_cast<float>(10 + place + 0.01 * rng.normal());
    row.fwhm_minutes = 0.1F;
    row.area = std::exp2(15 + 3 * Rng(6, scored.precursor).normal() + 0.3 * rng.normal());
    row.sd = 0.1 * row.area * rng.uniform();
    row.status = rng.below(7) == 0 ? kernel::QuantityStatus::no_signal : kernel::QuantityStatus::ok;
    return row;
  }

  ReportedRun add_run(const std::string& name, double share, Rng& rng) {
    identify::RunScores scores;
    std::vector<quantify::Quantity> quantities;
    for (std::uint32_t p = 0; p < view().precursor_count(); ++p) {
      scores.rows.push_back(random_score(p, share, rng));
      if (identify::is_reported(scores.rows.back(), view(), config_.report))
        quantities.push_back(random_quantity(scores.rows.back(), rng));
    }
    ReportedRun run{.name = name,
                    .run = run_file(),
                    .scores = scratch_.path() / (name + ".arrow"),
                    .protein_groups = groups_file(),
                    .quantities = scratch_.path() / (name + ".quantities.arrow"),
                    .chromatograms = {},
                    .points = {},
                    .models = {}};
    EXPECT_TRUE(identify::write_scores(scores, run.scores));
    EXPECT_TRUE(quantify::write_quantities(quantities, run.quantities));
    return run;
  }

  Result<ResultCounts> write(const std::vector<ReportedRun>& runs, const Names& names,
                             const std::string& out, const quantify::BlockSizes& sizes = {}) const {
    return write_report({.runs = runs,
                         .names = names,
                         .library = view(),
                         .config = config_,
                         .out = scratch_.path() / out,
                         .machine = 2,
                         .sizes = sizes});
  }

  [[nodiscard]] io::Table table(const std::string& out, const std::string& name) const {
    auto read = io::read_parquet(scratch_.path() / out / (name + ".parquet"));
    EXPECT_TRUE(read) << read.error().message();
    return read ? std::move(*read) : io::Table();
  }

  void check_normalised(const Report& report, const Names& names) const;
  void check_wide(const Report& report, const Names& names) const;
  struct Level {
    std::string file, key, column;
    const Names& name;
    const Doubles& q_value;
    const Doubles* in_report;
  };
  void check_level(const Report& report, const Names& names, const Level& level) const;

  support::ScratchFolder scratch_;
  std::optional<library::Library> library_;
  params::ReportParameters config_;
};

std::uint32_t place_of(const Names& names, const std::string& name) {
  return static_cast<std::uint32_t>(std::ranges::find(names, name) - names.begin());
}

// The curve of each run, fitted to all counted rows at a time.
void ReportTables::check_normalised(const Report& report, const Names& names) const {
  std::map<std::string, std::uint32_t> precursor_of;
  for (std::uint32_t p = 0; p < view().precursor_count(); ++p)
    precursor_of[report::precursor_id(view(), p)] = p;
  std::vector<std::uint32_t> precursor, run;
  Doubles rt, quantity;
  for (std::size_t i = 0; i < report.run.size(); ++i) {
    if (!report.is_counted[i]) continue;
    precursor.push_back(precursor_of[report.id[i]]);
    run.push_back(place_of(names, report.run[i]));
    rt.push_back(static_cast<double>(report.rt[i]));
    quantity.push_back(report.quantity[i]);
  }
  const auto curves = support::whole::fit({precursor, run, rt, quantity}, names.size(),
                                          quant::Normalisation::retention_time);
  for (std::size_t i = 0; i < report.run.size(); ++i) {
    const double off = curves[place_of(names, report.run[i])].at(static_cast<double>(report.rt[i]));
    ASSERT_TRUE(is_same(report.normalised[i], report.quantity[i] * report::linear_quantity(-off)))
        << i;
  }
}

// One row per precursor: as in the last run that has it.
void ReportTables::check_wide(const Report& report, const Names& names) const {
  const io::Table wide = table("out", "precursors_wide");
  const Names& id = **wide.column<std::string>("Precursor.Id");
  std::map<std::string, std::size_t> last;
  std::map<std::pair<std::string, std::string>, double> value;
  for (std::size_t i = 0; i < report.run.size(); ++i) {
    last[report.id[i]] = i;
    value[{report.id[i], report.run[i]}] = report.normalised[i];
  }
  ASSERT_EQ(id.size(), last.size());
  for (std::size_t k = 0; k < id.size(); ++k) {
    const std::size_t row = last.at(id[k]);
    EXPECT_EQ((**wide.column<std::string>("Protein.Group"))[k], report.protein[row]);
    EXPECT_EQ((**wide.column<std::string>("Genes"))[k], report.genes[row]);
    for (const std::string& name : names) {
      const auto at = value.find({id[k], name});
      const double expected = at == value.end() ? kMissing : at->second;
      ASSERT_TRUE(is_same((**wide.column<double>(name))[k], expected)) << id[k] << ' ' << name;
    }
  }
}

// All groups at a time.
void ReportTables::check_level(const Report& report, const Names& names, const Level& level) const {
  std::map<std::string, double> q_of;  // sorted
  for (std::size_t i = 0; i < report.run.size(); ++i) {
    if (!report.is_counted[i] || level.name[i].empty()) continue;
    double& q = q_of.emplace(level.name[i], 1).first->second;
    q = std::min(q, level.q_value[i]);
  }
  std::map<std::string, std::uint32_t> number;
  for (const auto& [name, q] : q_of) number[name] = static_cast<std::uint32_t>(number.size());
  std::map<std::string, std::uint32_t> ions;
  std::vector<std::uint32_t> group, ion, run;
  Doubles quantity, sd;
  for (std::size_t i = 0; i < report.run.size(); ++i) {
    if (!report.is_counted[i] || level.name[i].empty()) continue;
    group.push_back(number[level.name[i]]);
    ion.push_back(
        ions.emplace(report.id[i], static_cast<std::uint32_t>(ions.size())).first->second);
    run.push_back(place_of(names, report.run[i]));
    quantity.push_back(report.normalised[i]);
    sd.push_back(report.sd[i] * report.normalised[i] / report.quantity[i]);
  }
  const auto p =
      quant::quantify_groups({group, ion, run, quantity, sd}, number.size(), {.machine = 1});
  std::map<std::pair<std::string, std::string>, double> value;
  Names expected_names, expected_runs;
  for (const auto& [name, g] : number) {
    for (std::size_t k = p.begin[g]; k < p.begin[g + 1]; ++k) {
      value[{name, names[p.run[k]]}] = report::linear_quantity(p.log2_quantity[k]);
      if (q_of[name] > 0.01) continue;
      expected_names.push_back(name);
      expected_runs.push_back(names[p.run[k]]);
    }
  }
  const io::Table rows = table("out", level.file);
  EXPECT_EQ(**rows.column<std::string>(level.key), expected_names);
  ASSERT_EQ(**rows.column<std::string>("Run"), expected_runs);
  for (std::size_t k = 0; k < expected_names.size(); ++k) {
    const double expected = value.at({expected_names[k], expected_runs[k]});
    ASSERT_EQ((**rows.column<double>(level.column))[k], expected) << level.file << k;
  }
  const io::Table wide = table("out", level.file + "_wide");
  const Names& key = **wide.column<std::string>(level.key);
  for (std::size_t k = 0; k < key.size(); ++k) {
    for (const std::string& name : names) {
      const auto at = value.find({key[k], name});
      const double expected = at == value.end() ? kMissing : at->second;
      ASSERT_TRUE(is_same((**wide.column<double>(name))[k], expected)) << level.file << key[k];
    }
  }
  for (std::size_t i = 0; i < report.run.size() && level.in_report != nullptr; ++i) {
    const auto at = value.find({level.name[i], report.run[i]});
    const double expected = at == value.end() || !report.is_counted[i] ? kMissing : at->second;
    ASSERT_TRUE(is_same((*level.in_report)[i], expected)) << level.file << i;
  }
}

TEST_F(ReportTables, are_those_of_all_rows_in_memory) {
  Rng rng(77, 0);
  config_.report.decoys = true;
  for (const std::size_t count : {1U, 2U, 7U}) {
    std::vector<ReportedRun> runs;
    Names names{"failed"};
    for (std::size_t r = 0; r < count; ++r) {
      names.push_back("run" + std::to_string(r));
      runs.push_back(add_run(names.back(), r == 4 ? 0.02 : 0.8, rng));
    }
    const auto counts = write(runs, names, "out");
    ASSERT_TRUE(counts) << counts.error().message();
    const Report report(table("out", "report"));
    EXPECT_EQ(counts->rows, report.run.size());
    check_normalised(report, names);
    check_wide(report, names);
    check_level(report, names,
                {"protein_groups", "Protein.Group", "PG.MaxLFQ", report.protein, report.protein_q,
                 &report.protein_quantity});
    check_level(
        report, names,
        {"genes", "Genes", "Genes.MaxLFQ", report.genes, report.protein_q, &report.gene_quantity});
    check_level(report, names,
                {"peptides", "Modified.Sequence", "Peptide.MaxLFQ", report.sequence,
                 report.peptide_q, nullptr});
  }
}

TEST_F(ReportTables, do_not_depend_on_the_sizes_of_blocks) {
  Rng rng(78, 0);
  config_.report.tsv = true;
  std::vector<ReportedRun> runs;
  Names names;
  for (std::size_t r = 0; r < 5; ++r) {
    names.push_back("run" + std::to_string(r));
    runs.push_back(add_run(names.back(), 0.7, rng));
  }
  ASSERT_TRUE(write(runs, names, "whole"));
  for (const quantify::BlockSizes& sizes :
       {quantify::BlockSizes{1, 1, 1}, quantify::BlockSizes{50, 7, 35}}) {
    ASSERT_TRUE(write(runs, names, "blocks", sizes));
    std::size_t files = 0;
    for (const auto& entry : fs::directory_iterator(scratch_.path() / "whole")) {
      if (!entry.is_regular_file()) continue;
      ++files;
      const fs::path other = scratch_.path() / "blocks" / entry.path().filename();
      EXPECT_TRUE(support::file_bytes(entry.path()) == support::file_bytes(other)) << other;
    }
    EXPECT_EQ(files, 2U * 9U + 1U) << "nine tables as Parquet and text, and tic.parquet";
    EXPECT_TRUE(fs::is_empty(scratch_.path() / "blocks/work")) << "scratch files are gone";
  }
}

TEST_F(ReportTables, of_a_search_that_found_nothing_have_their_columns) {
  Rng rng(79, 0);
  const ReportedRun run = add_run("one", 0, rng);
  ASSERT_TRUE(identify::write_scores({}, run.scores));
  ASSERT_TRUE(quantify::write_quantities({}, run.quantities));
  const auto counts = write({run}, {"one"}, "out");
  ASSERT_TRUE(counts) << counts.error().message();
  EXPECT_EQ(counts->rows, 0U);
  for (const char* name : {"report", "precursors_wide", "protein_groups", "genes_wide"}) {
    EXPECT_EQ(table("out", name).row_count(), 0U);
    EXPECT_FALSE(table("out", name).columns().empty());
  }
}

TEST_F(ReportTables, refuse_quantities_of_other_precursors) {
  Rng rng(80, 0);
  const ReportedRun run = add_run("one", 0.9, rng);
  auto quantities =
      quantify::read_quantities(run.quantities, {.precursors = view().precursor_count()});
  ASSERT_TRUE(quantities);
  quantities->pop_back();
  ASSERT_TRUE(quantify::write_quantities(*quantities, run.quantities));
  const auto counts = write({run}, {"one"}, "out");
  ASSERT_FALSE(counts);
  EXPECT_EQ(counts.error().code, "OVL-IO-061");
}

// Bytes held at most beyond what was held before.
template <class Work>
std::uint64_t peak_of(const Work& work) {
  reset_peak_allocated_bytes();
  const std::uint64_t before = live_allocated_bytes();
  work();
  return peak_allocated_bytes() - before;
}

TEST_F(ReportTables, memory_and_open_files_do_not_grow_with_the_number_of_runs) {
  make_library(2000);
  Rng rng(81, 0);
  const ReportedRun run = add_run("one", 0.5, rng);
  const support::OpenFileLimit few(24);
  std::map<std::size_t, std::uint64_t> report, limits;
  for (const std::size_t count : {20U, 500U}) {
    std::vector<ReportedRun> runs(count, run);
    Names names;
    for (std::size_t r = 0; r < count; ++r)
      names.push_back(runs[r].name = "run" + std::to_string(r));
    const quantify::BlockSizes sizes{.rows = 8192, .names = 256, .values = 16384};
    report[count] = peak_of([&] { ASSERT_TRUE(write(runs, names, "out", sizes)); });
    const std::vector<fs::path> files(count, run.quantities);
    const Doubles widths(count, 0.1);
    limits[count] = peak_of(
        [&] { ASSERT_TRUE(quantify::consensus_limits({files, widths, scratch_.path()}, 8192)); });
  }
  // All rows in memory would be more than 100 MB. What still grows is a column for each run in the
  // wide tables, and the matrix of pairs of runs in which MaxLFQ solves one group.
  EXPECT_LT(report[500], 3 * report[20]) << report[20];
  EXPECT_LT(limits[500], limits[20] + limits[20] / 2) << limits[20];
}

}  // namespace
}  // namespace overland::results
