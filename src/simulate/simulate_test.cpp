#include "simulate/simulate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/files/hash.h"
#include "exchange/libraries/import_library.h"
#include "io/table/table.h"
#include "run/raw_run.h"
#include "support/small_simulation.h"

namespace overland::simulate {
namespace {

std::map<std::string, std::string> hashes(const std::filesystem::path& folder) {
  std::map<std::string, std::string> result;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    result[entry.path().filename().string()] = *hash_file(entry.path());
  }
  return result;
}

io::Table truth_of(const std::filesystem::path& folder) {
  Result<io::Table> table = io::read_parquet(folder / "truth.parquet");
  EXPECT_TRUE(table);
  return std::move(*table);
}

template <class T>
std::vector<T> column(const io::Table& table, const std::string& name) {
  const auto values = table.column<T>(name);
  EXPECT_TRUE(values) << name;
  return **values;
}

TEST(Simulate, bytes_do_not_depend_on_threads) {
  SimulationConfig config = support::small_simulation();
  config.formats = "arrow,mzml.gz";
  config.cohort.replicates = 2;
  std::map<std::string, std::string> reference;
  for (const int threads : {1, 2, 3, 8}) {
    const auto folder = support::fresh_folder("threads");
    const auto report = simulate(config, folder, threads);
    ASSERT_TRUE(report) << report.error().message();
    const auto bytes = hashes(folder);
    EXPECT_EQ(bytes.size(), 7U);  // 2 runs in 2 formats, library, truth, settings
    if (threads == 1) reference = bytes;
    EXPECT_EQ(bytes, reference) << threads << " threads";
  }
}

TEST(Simulate, another_seed_gives_other_data) {
  SimulationConfig config = support::small_simulation();
  ASSERT_TRUE(simulate(config, support::fresh_folder("seed_a"), 2));
  config.seed = 6;
  ASSERT_TRUE(simulate(config, support::fresh_folder("seed_b"), 2));
  const auto root = std::filesystem::temp_directory_path();
  const auto a = hashes(root / "overland_simulate_seed_a");
  for (const auto& [name, hash] : hashes(root / "overland_simulate_seed_b")) {
    EXPECT_NE(hash, a.at(name)) << name;
  }
}

TEST(Simulate, files_can_be_read_and_agree) {
  SimulationConfig config = support::small_simulation();
  config.formats = "arrow,mzml,mzml.gz";
  const auto folder = support::fresh_folder("files");
  const auto report = simulate(config, folder, 2);
  ASSERT_TRUE(report) << report.error().message();
  ASSERT_EQ(report->runs.size(), 1U);
  ASSERT_EQ(report->runs[0].files.size(), 3U);
  const auto arrow = run::open_run(report->runs[0].files[0], 2);
  ASSERT_TRUE(arrow) << arrow.error().message();
  EXPECT_EQ(arrow->name(), "small_A_1");
  for (std::size_t f = 1; f < 3; ++f) {
    const auto mzml = run::open_run(report->runs[0].files[f], 2);
    ASSERT_TRUE(mzml) << mzml.error().message();
    ASSERT_EQ(mzml->scan_count(), arrow->scan_count());
    for (std::uint32_t i = 0; i < arrow->scan_count(); i += 7) {
      const RunScan scan(i);
      ASSERT_TRUE(std::ranges::equal(arrow->peaks(scan).mz, mzml->peaks(scan).mz));
      ASSERT_TRUE(std::ranges::equal(arrow->peaks(scan).intensity, mzml->peaks(scan).intensity));
    }
  }
  const auto library = exchange::import_library(folder / "library.tsv.gz");
  ASSERT_TRUE(library) << library.error().message();
  EXPECT_EQ(library->precursors.size(), report->library_precursors);
  const io::Table truth = truth_of(folder);
  EXPECT_EQ(truth.row_count(), report->library_precursors);
  const auto ids = column<std::string>(truth, "Precursor.Id");
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), ids.size());
}

TEST(Simulate, detectable_precursors_are_really_in_the_scans) {
  const SimulationConfig config = support::small_simulation();
  const auto folder = support::fresh_folder("seen");
  const auto report = simulate(config, folder, 2);
  ASSERT_TRUE(report);
  EXPECT_GT(report->runs[0].detectable, 15U);
  EXPECT_LT(report->runs[0].detectable, report->runs[0].present);
  const auto run = run::open_run(report->runs[0].files[0], 2);
  const auto library = exchange::import_library(folder / "library.tsv.gz");
  const io::Table truth = truth_of(folder);
  const auto ids = column<std::string>(truth, "Precursor.Id");
  const auto detectable = column<std::uint8_t>(truth, "Detectable");
  const auto present = column<std::uint8_t>(truth, "Present");
  const auto apex = column<float>(truth, "RT");
  std::map<std::string, std::size_t> rows;
  for (std::size_t i = 0; i < ids.size(); ++i) rows[ids[i]] = i;
  double seen = 0;
  double listed = 0;
  double seen_absent = 0;
  double listed_absent = 0;
  for (const library::LibraryPrecursor& precursor : library->precursors) {
    const std::size_t row =
        rows.at(to_unimod_notation(precursor.peptide) + std::to_string(precursor.charge));
    if (!detectable[row] && present[row]) continue;
    const double mz = precursor_mz(precursor.peptide, precursor.charge).value;
    std::size_t best = run->scan_count();
    for (std::size_t s = 0; s < run->scan_count(); ++s) {
      if (static_cast<double>(run->headers().window_low_mz[s]) > mz ||
          static_cast<double>(run->headers().window_high_mz[s]) < mz) {
        continue;
      }
      const auto distance = [&](std::size_t scan) {
        return std::abs(run->headers().rt_minutes[scan] - apex[row]);
      };
      if (best == run->scan_count() || distance(s) < distance(best)) best = s;
    }
    for (const auto& fragment : precursor.fragments) {
      const double expected = fragment_mz(precursor.peptide, fragment.ion).value;
      const bool is_seen = std::ranges::any_of(
          run->peaks(RunScan(static_cast<std::uint32_t>(best))).mz,
          [&](float x) { return std::abs(static_cast<double>(x) / expected - 1) < 12e-6; });
      (detectable[row] ? listed : listed_absent) += 1;
      (detectable[row] ? seen : seen_absent) += is_seen ? 1 : 0;
    }
  }
  EXPECT_GT(seen / listed, 0.6);
  EXPECT_LT(seen_absent / listed_absent, 0.25);
}

SimulationConfig two_species() {
  SimulationConfig config = support::small_simulation();
  config.library.precursor_limit = 1500;
  config.cohort.conditions = "A,B";
  config.proteome.species = "HUMAN 0.5 1 1; YEAST 0.3 1 4; ECOLI 0.2 1 0";
  config.cohort.biological_cv = config.cohort.technical_cv = 0.02;
  config.cohort.loading_cv = 0;
  return config;
}

TEST(Simulate, truth_recovers_the_ratios_of_species) {
  const auto folder = support::fresh_folder("ratios");
  ASSERT_TRUE(simulate(two_species(), folder, 2));
  const io::Table truth = truth_of(folder);
  const auto condition = column<std::string>(truth, "Condition");
  const auto species = column<std::string>(truth, "Species");
  const auto id = column<std::string>(truth, "Precursor.Id");
  const auto area = column<float>(truth, "Fragment.Area");
  const auto expected = column<float>(truth, "Expected.Ratio");
  const auto why = column<std::string>(truth, "Why.Absent");
  std::map<std::string, float> in_a;
  std::map<std::string, std::vector<double>> log2_ratio;
  for (std::size_t i = 0; i < id.size(); ++i) {
    if (condition[i] == "A") in_a[id[i]] = area[i];
    if (condition[i] != "B") continue;
    if (species[i] == "ECOLI") {
      EXPECT_EQ(area[i], 0);
      EXPECT_NE(why[i], "");
    } else if (area[i] > 0) {
      log2_ratio[species[i]].push_back(std::log2(static_cast<double>(area[i] / in_a.at(id[i]))));
      EXPECT_NEAR(expected[i],
                  species[i] == "YEAST"   ? 4
                  : species[i] == "HUMAN" ? 1
                                          : expected[i],
                  1e-5);
    }
  }
  for (const auto& [name, truth_log2] : {std::pair{"HUMAN", 0.0}, std::pair{"YEAST", 2.0}}) {
    std::vector<double>& ratios = log2_ratio[name];
    ASSERT_GT(ratios.size(), 30U);
    std::ranges::sort(ratios);
    EXPECT_NEAR(ratios[ratios.size() / 2], truth_log2, 0.05) << name;
    EXPECT_NEAR(ratios.front(), truth_log2, 0.5) << name;
    EXPECT_NEAR(ratios.back(), truth_log2, 0.5) << name;
  }
}

TEST(Simulate, sample_without_peptides_and_noise_gives_empty_scans) {
  SimulationConfig config = support::small_simulation();
  config.absence.protein_share = 1;
  config.noise.background_density = 0;
  config.noise.electronic_peaks = 0;
  const auto folder = support::fresh_folder("empty");
  const auto report = simulate(config, folder, 2);
  ASSERT_TRUE(report) << report.error().message();
  EXPECT_EQ(report->runs[0].present, 0U);
  EXPECT_EQ(report->runs[0].mean_peaks, 0);
}

TEST(Simulate, a_library_file_can_be_the_world) {
  const auto first = support::fresh_folder("file_first");
  ASSERT_TRUE(simulate(support::small_simulation(), first, 2));
  SimulationConfig config = support::small_simulation();
  config.proteome.library_file = (first / "library.tsv.gz").string();
  config.library.precursor_limit = 0;
  config.library.unlisted_share = 0;
  config.library.intensity_sigma = config.library.rt_sigma = 0;
  config.library.missing_share = config.library.extra_share = 0;
  const auto second = support::fresh_folder("file_second");
  const auto report = simulate(config, second, 2);
  ASSERT_TRUE(report) << report.error().message();
  const auto a = exchange::import_library(first / "library.tsv.gz");
  const auto b = exchange::import_library(second / "library.tsv.gz");
  ASSERT_TRUE(a && b);
  std::map<std::string, const library::LibraryPrecursor*> in_a;
  for (const library::LibraryPrecursor& p : a->precursors) {
    in_a[to_unimod_notation(p.peptide) + std::to_string(p.charge)] = &p;
  }
  EXPECT_EQ(a->precursors.size(), b->precursors.size());
  std::size_t same_top = 0;
  for (const library::LibraryPrecursor& p : b->precursors) {
    const auto found = in_a.find(to_unimod_notation(p.peptide) + std::to_string(p.charge));
    ASSERT_NE(found, in_a.end());
    EXPECT_NEAR(p.irt, found->second->irt, 1e-3);
    same_top += p.fragments.front().ion == found->second->fragments.front().ion ? 1U : 0U;
  }
  // What the model adds seldom stands above the file's ions.
  EXPECT_GT(same_top, b->precursors.size() * 9 / 10);
}

TEST(Simulate, missing_library_file_and_bad_settings_are_errors) {
  SimulationConfig config = support::small_simulation();
  config.proteome.library_file = "/nonexistent/library.tsv";
  auto report = simulate(config, support::fresh_folder("error"), 1);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, "OVL-IO-001");
  config = support::small_simulation();
  config.formats = "wiff";
  report = simulate(config, support::fresh_folder("error"), 1);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, "OVL-CFG-102");
}

}  // namespace
}  // namespace overland::simulate
