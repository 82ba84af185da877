#include "report/report_rows.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/files/hash.h"
#include "support/report_example.h"

namespace overland::report {
namespace {

using namespace support;

// `precursors` of peptides A..., over `runs`, each there with a chance of `filled`.
ExampleResults cohort(std::uint64_t seed, std::uint32_t precursors, std::uint32_t runs,
                      double filled) {
  ExampleResults results;
  Rng random(seed, 0);
  for (std::uint32_t p = 0; p < precursors; ++p) {
    std::string sequence;
    for (std::uint32_t n = p / 2; n > 0 || sequence.empty(); n /= 19)
      sequence += "ACDEFGHILMNPQSTVWY"[n % 18];
    results.precursors.push_back({sequence + "K", static_cast<int>(2 + p % 2),
                                  p % 3 == 0 ? "A_HUMAN" : "B_YEAST", "g", p % 10 == 9});
  }
  for (std::uint32_t r = 0; r < runs; ++r) {
    results.runs.push_back("run_" + std::to_string(r));
    results.files.push_back("f");
    for (std::uint32_t p = 0; p < precursors; ++p) {
      if (random.uniform() > filled) continue;
      ReportRow row = example_row(p, r);
      row.q_value = std::pow(10, -4 * random.uniform());
      if (random.below(5) == 0) row.normalised = kMissing;
      results.rows.push_back(row);
    }
  }
  return results;
}

Result<ReportRows> read_back(const ExampleResults& results, const TestFolder& folder,
                             const SampleSizes& sizes) {
  EXPECT_TRUE(io::write_parquet(results.report(), folder / "report.parquet"));
  return read_report_rows(folder / "report.parquet", results.runs, sizes);
}

TEST(ReportRows, counts_are_those_of_a_slow_count) {
  for (std::uint64_t seed = 3; seed <= 5; ++seed) {
    SCOPED_TRACE(seed);
    const TestFolder folder;
    const ExampleResults results = cohort(seed, 120, 4, 0.7);
    const auto rows = read_back(results, folder, {.rows_per_run = 1000, .share = 1});
    ASSERT_TRUE(rows) << rows.error().message();
    std::set<std::string> ids, sequences;
    std::map<std::string, std::uint32_t> found_in;
    std::map<int, std::uint64_t> charges;
    for (std::uint32_t r = 0; r < 4; ++r) {
      std::uint64_t count = 0;
      std::set<std::string> of_run;
      for (const ReportRow& row : results.rows) {
        if (row.run != r || results.precursors[row.precursor].is_decoy) continue;
        ++count;
        of_run.insert(results.precursors[row.precursor].modified);
        ids.insert(results.id(row));
        ++found_in[results.id(row)];
        ++charges[results.precursors[row.precursor].charge];
      }
      sequences.insert(of_run.begin(), of_run.end());
      EXPECT_EQ(rows->counts[r].precursors, count);
      EXPECT_EQ(rows->counts[r].peptides, of_run.size());
      EXPECT_EQ(rows->counts[r].sample.size(), count) << "all fit into the sample";
    }
    EXPECT_EQ(rows->found_in.size(), ids.size());
    EXPECT_EQ(rows->peptides, sequences.size());
    std::multiset<std::uint32_t> want, got(rows->found_in.begin(), rows->found_in.end());
    for (const auto& [id, n] : found_in) want.insert(n);
    EXPECT_EQ(got, want);
    for (const auto& [charge, n] : charges)
      EXPECT_EQ(rows->by_charge[static_cast<std::size_t>(charge)], n);
    EXPECT_TRUE(rows->is_normalised);
    ASSERT_EQ(rows->species_names.size(), 3U);
    EXPECT_EQ(rows->species_names[0], "") << "of precursors that tell none";
    EXPECT_EQ(std::set(rows->species_names.begin(), rows->species_names.end()),
              (std::set<std::string>{"", "HUMAN", "YEAST"}));
  }
}

TEST(ReportRows, q_values_fall_into_the_bin_that_ends_above_them) {
  const TestFolder folder;
  const ExampleResults results = cohort(9, 200, 2, 1);
  const auto rows = read_back(results, folder, {.rows_per_run = 10, .share = 1});
  ASSERT_TRUE(rows);
  const auto& grid = q_grid();
  EXPECT_TRUE(std::ranges::is_sorted(grid));
  EXPECT_NEAR(grid.front(), 1e-5, 1e-12);
  EXPECT_EQ(grid.back(), 1);
  for (std::uint32_t r = 0; r < 2; ++r) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < grid.size(); ++i) {
      sum += rows->counts[r].at_q[i];
      std::uint64_t want = 0;
      for (const ReportRow& row : results.rows)
        want +=
            row.run == r && !results.precursors[row.precursor].is_decoy && row.q_value <= grid[i]
                ? 1U
                : 0U;
      EXPECT_EQ(sum, want) << "q <= " << grid[i];
    }
  }
}

TEST(ReportRows, samples_hold_the_same_precursors_in_every_run) {
  const TestFolder folder;
  const ExampleResults results = cohort(11, 300, 3, 1);
  const auto rows = read_back(results, folder, {.rows_per_run = 20, .share = 1});
  ASSERT_TRUE(rows);
  std::vector<std::uint64_t> keys;
  for (const ExamplePrecursor& p : results.precursors)
    if (!p.is_decoy) keys.push_back(hash_seed(p.modified + std::to_string(p.charge)));
  std::ranges::sort(keys);
  keys.resize(20);
  for (const RunCounts& run : rows->counts) {
    std::vector<std::uint64_t> got;
    for (const SampledRow& row : run.sample) got.push_back(row.key);
    EXPECT_EQ(got, keys) << "the smallest keys, ascending";
  }
}

TEST(ReportRows, a_share_of_the_precursors_has_all_its_quantities) {
  const TestFolder folder;
  const ExampleResults results = cohort(13, 400, 3, 1);
  const auto all = read_back(results, folder, {.rows_per_run = 10, .share = 1});
  const auto some = read_back(results, folder, {.rows_per_run = 10, .share = 0.25});
  const auto none = read_back(results, folder, {.rows_per_run = 0, .share = 0});
  ASSERT_TRUE(all && some && none);
  EXPECT_TRUE(none->quantities.empty());
  EXPECT_TRUE(none->counts[0].sample.empty());
  std::set<std::uint32_t> kept;
  for (const QuantityEntry& q : some->quantities) kept.insert(q.precursor);
  EXPECT_GT(kept.size(), 50U);
  EXPECT_LT(kept.size(), 130U);
  std::size_t of_kept = 0;
  for (const QuantityEntry& q : all->quantities) of_kept += kept.contains(q.precursor) ? 1U : 0U;
  EXPECT_EQ(of_kept, some->quantities.size());
  EXPECT_TRUE(std::ranges::is_sorted(all->quantities, {}, &QuantityEntry::run));
  std::size_t quantified = 0;
  for (const ReportRow& row : results.rows)
    quantified += !results.precursors[row.precursor].is_decoy && row.normalised > 0 ? 1U : 0U;
  EXPECT_EQ(all->quantities.size(), quantified);
}

TEST(ReportRows, values_of_a_row_are_in_the_units_of_the_page) {
  const TestFolder folder;
  ExampleResults results = example_results();
  std::erase_if(results.rows, [](const ReportRow& row) { return row.precursor != 0; });
  const auto rows = read_back(results, folder, {.rows_per_run = 10, .share = 1});
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->counts[1].sample.size(), 1U);
  const SampledRow& row = rows->counts[1].sample.front();
  EXPECT_FLOAT_EQ(row.rt, 10.1F);
  EXPECT_FLOAT_EQ(row.irt, 10);
  EXPECT_NEAR(row.rt_error_seconds, -0.6, 1e-3);
  EXPECT_FLOAT_EQ(row.fwhm_seconds, 4.8F);
  EXPECT_EQ(row.points, 7);
  EXPECT_EQ(row.quantity, 1000);
  EXPECT_NEAR(rows->quantities[1].log2_quantity, std::log2(1000.0), 1e-5);
}

TEST(ReportRows, of_older_reports_the_plain_quantity_is_taken) {
  const TestFolder folder;
  const ExampleResults results = example_results();
  io::Table old;
  const io::Table report = results.report();
  for (const io::Column& column : report.columns())
    if (column.name != "Precursor.Normalised" && column.name != "Interference")
      old.add(column.name, column.values);
  ASSERT_TRUE(io::write_parquet(old, folder / "r.parquet"));
  const auto rows =
      read_report_rows(folder / "r.parquet", results.runs, {.rows_per_run = 10, .share = 1});
  ASSERT_TRUE(rows) << rows.error().message();
  EXPECT_FALSE(rows->is_normalised);
  EXPECT_TRUE(std::isnan(rows->counts[0].sample[0].interference));
  EXPECT_EQ(rows->quantities.size(), 10U);
}

TEST(ReportRows, what_is_missing_or_of_another_kind_is_an_error) {
  const TestFolder folder;
  const ExampleResults results = example_results();
  const SampleSizes sizes{.rows_per_run = 10, .share = 1};
  const auto code = [&](const io::Table& table) {
    EXPECT_TRUE(io::write_parquet(table, folder / "r.parquet"));
    const auto rows = read_report_rows(folder / "r.parquet", results.runs, sizes);
    return rows ? std::string() : rows.error().code;
  };
  for (const char* name : {"Run", "Precursor.Id", "RT", "Q.Value", "Precursor.Charge"}) {
    io::Table less, odd;
    const io::Table report = results.report();
    for (const io::Column& column : report.columns()) {
      if (column.name != name) less.add(column.name, column.values);
      const bool is_text = std::holds_alternative<std::vector<std::string>>(column.values);
      const std::size_t n = results.rows.size();
      if (column.name != name)
        odd.add(column.name, column.values);
      else if (is_text)
        odd.add(column.name, std::vector<double>(n, 1));
      else
        odd.add(column.name, std::vector<std::string>(n, "x"));
    }
    EXPECT_EQ(code(less), "OVL-IO-090") << name;
    EXPECT_EQ(code(odd), "OVL-IO-090") << name << " of another kind";
  }
  ExampleResults other = results;
  other.runs[2] = "unknown";
  EXPECT_EQ(code(other.report()), "OVL-IO-090");
}

TEST(SpeciesOf, is_told_by_the_first_accession) {
  const std::map<std::string, std::string> species{{"ALBU_HUMAN", "HUMAN"},
                                                   {"P1;ALBU_HUMAN", ""},
                                                   {"sp_x", ""},
                                                   {"A_BC", ""},
                                                   {"A_ABCDEF", ""},
                                                   {"A_9HUM", ""},
                                                   {"ECOLI12", "ECOLI"},
                                                   {"ECOLI", ""},
                                                   {"ABC12", ""},
                                                   {"Cont_ALBU_BOVIN", "contaminant"},
                                                   {"_", ""},
                                                   {";", ""}};
  for (const auto& [ids, want] : species) EXPECT_EQ(species_of(ids), want) << ids;
}

}  // namespace
}  // namespace overland::report
