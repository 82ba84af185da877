// Real Thermo RAW files, which are not part of the project: found by OVERLAND_TEST_DATA or beside
// the project. What is expected of their scans was found by another reader.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <map>
#include <sstream>

#include "base/rng.h"
#include "run/compare_runs.h"
#include "run/isolation_scheme.h"
#include "run/run_file.h"
#include "support/test_data.h"

namespace overland::run {
namespace {

namespace fs = std::filesystem;

std::vector<std::vector<std::string>> rows_of(const fs::path& file) {
  std::ifstream in(file);
  std::vector<std::vector<std::string>> rows;
  for (std::string line; std::getline(in, line);) {
    std::istringstream fields(line);
    rows.emplace_back();
    for (std::string field; std::getline(fields, field, '\t');) rows.back().push_back(field);
  }
  return rows;
}

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class ThermoRuns : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(folder_ / "thermo-astral-dia")) GTEST_SKIP() << "no real files in " << folder_;
  }
  [[nodiscard]] io::RunColumns read(const std::string& name, int threads = 2) const {
    auto run = read_run_file(folder_ / name, threads, {.reader = RawReader::direct});
    if (!run) throw std::runtime_error(run.error().message());
    return std::move(*run);
  }
  fs::path folder_ = support::test_data();
};

// One row per scan: scan, ms_order, rt_min, packet_type, layout, center_mz, width_mz,
// collision_energy, peaks, reference_peaks, first_mz, last_mz, base_mz_index, sum_intensity,
// tic_index.
void expect_rows(const io::RunColumns& run, const std::vector<std::vector<std::string>>& rows) {
  ASSERT_EQ(run.scan_count() + 1, rows.size());
  std::uint64_t references = 0;
  for (std::size_t i = 0; i < run.scan_count(); ++i) {
    const auto& row = rows[i + 1];
    SCOPED_TRACE("scan " + row[0]);
    EXPECT_EQ(std::to_string(run.scan_number[i]), row[0]);
    EXPECT_EQ(std::to_string(run.ms_order[i]), row[1]);
    EXPECT_NEAR(run.rt_minutes[i], std::stod(row[2]), 1e-6);
    if (run.ms_order[i] == 2) {
      const double center = std::stod(row[5]), width = std::stod(row[6]);
      EXPECT_NEAR(run.window_low_mz[i], center - width / 2, 1e-4);
      EXPECT_NEAR(run.window_high_mz[i], center + width / 2, 1e-4);
      EXPECT_NEAR(run.collision_energy[i], std::stod(row[7]), 1e-4);
    }
    const std::uint64_t left_out = std::stoull(row[9]);
    EXPECT_EQ(run.peak_count[i] + left_out, std::stoull(row[8]));
    references += left_out;
    EXPECT_NEAR(run.tic[i] / std::stod(row[14]), 1, 1e-5);
    if (left_out > 0 || run.peak_count[i] == 0) continue;
    EXPECT_NEAR(run.mz[i][0], std::stod(row[10]), 1e-4);
    EXPECT_NEAR(run.mz[i][run.peak_count[i] - 1], std::stod(row[11]), 2e-4);
    double sum = 0;
    for (std::uint32_t k = 0; k < run.peak_count[i]; ++k)
      sum += static_cast<double>(run.intensity[i][k]);
    EXPECT_NEAR(sum / std::stod(row[13]), 1, 1e-5);
  }
  EXPECT_EQ(run.reference_peaks, references);
}

TEST_F(ThermoRuns, all_scans_are_as_another_reader_found_them) {
  for (const std::string name :
       {"thermo-astral-dia/Astral_GPFDIA_2mz.raw", "thermo-stellar-dia/Stellar_DIA_4mz.raw",
        "thermo-qehfx-prm/sample.raw"}) {
    SCOPED_TRACE(name);
    expect_rows(read(name), rows_of((folder_ / name).parent_path() / "expected_scans.tsv"));
  }
}

TEST_F(ThermoRuns, conversions_of_the_same_files_are_equal_peak_by_peak) {
  const std::pair<const char*, const char*> files[] = {
      {"thermo-astral-dia/Astral_GPFDIA_2mz.raw",
       "thermo-astral-dia/derived_Astral_GPFDIA_2mz.mzML.gz"},
      {"thermo-stellar-dia/Stellar_DIA_4mz.raw",
       "thermo-stellar-dia/derived_Stellar_DIA_4mz.mzML.gz"},
      {"thermo-qehfx-prm/sample.raw", "thermo-qehfx-prm/derived_sample.mzML.gz"}};
  for (const auto& [raw, mzml] : files) {
    SCOPED_TRACE(raw);
    const auto found = check_raw({.raw = folder_ / raw, .converted = folder_ / mzml, .machine = 2});
    ASSERT_TRUE(found) << found.error().message();
    EXPECT_EQ(found->different_scans(), 0U) << comparison_text(*found);
    EXPECT_GT(found->peaks, 25'000U);
  }
}

TEST_F(ThermoRuns, scan_23_has_the_peaks_that_the_vendor_lists) {
  const io::RunColumns run = read("thermo-qehfx-prm/sample.raw");
  std::map<float, float> listed;  // the list is in order of intensity
  for (const auto& row : rows_of(folder_ / "thermo-qehfx-prm/scan23_peakList.txt"))
    if (row[0] == "23") listed.emplace(std::stof(row[1]), std::stof(row[2]));
  ASSERT_EQ(run.scan_number[22], 23);
  ASSERT_EQ(listed.size(), 803U);
  // The list holds reference peaks too.
  for (std::uint32_t k = 0; k < run.peak_count[22]; ++k) {
    const auto peak = listed.find(run.mz[22][k]);
    ASSERT_NE(peak, listed.end()) << run.mz[22][k];
    EXPECT_NEAR(run.intensity[22][k] / peak->second, 1, 1e-5);
  }
}

TEST_F(ThermoRuns, their_windows_are_the_schemes_of_their_methods) {
  const auto open = [&](const char* name) {
    auto run = open_run_file(folder_ / name, 2, {.reader = RawReader::direct});
    if (!run) throw std::runtime_error(run.error().message());
    return std::move(run->run);
  };
  const RawRun astral = open("thermo-astral-dia/Astral_GPFDIA_2mz.raw");
  EXPECT_EQ(astral.name(), "Astral_GPFDIA_2mz");
  EXPECT_EQ(ms1_scans(astral).size(), 4U);
  EXPECT_EQ(discover_windows(astral).size(), 50U);
  const RawRun stellar = open("thermo-stellar-dia/Stellar_DIA_4mz.raw");
  EXPECT_EQ(ms1_scans(stellar).size(), 3U);
  EXPECT_EQ(discover_windows(stellar).size(), 125U);
  for (const RawRun* run : {&astral, &stellar}) {
    ASSERT_EQ(run->report().findings.size(), 1U);
    EXPECT_EQ(run->report().findings.front().code, "OVL-RUN-061");
  }
}

TEST_F(ThermoRuns, version_57_is_refused_with_advice) {
  const auto run =
      open_run_file(folder_ / "thermo-ltqft-v57/small.RAW", 2, {.reader = RawReader::direct});
  ASSERT_FALSE(run);
  EXPECT_EQ(run.error().code, "OVL-RUN-060");
  EXPECT_NE(run.error().what.find("version 57"), std::string::npos);
  EXPECT_NE(run.error().advice.find("Convert"), std::string::npos);
}

TEST_F(ThermoRuns, cut_files_are_refused) {
  const std::string whole = bytes_of(folder_ / "thermo-stellar-dia/Stellar_DIA_4mz.raw");
  for (std::size_t i = 0; i < 60; ++i) {
    const std::size_t size = i < 10 ? whole.size() - 1 - i : whole.size() / 60 * (i - 10);
    const auto run = read_run_bytes(std::as_bytes(std::span(whole)).first(size), "cut.raw", 1);
    EXPECT_FALSE(run) << size << " of " << whole.size();
  }
}

TEST_F(ThermoRuns, changed_bytes_are_refused_or_leave_a_valid_run) {
  const std::string whole = bytes_of(folder_ / "thermo-astral-dia/Astral_GPFDIA_2mz.raw");
  int refused = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Rng rng(seed, 0);
    std::string changed = whole;
    // Half of them in the parts that describe the scans, after the peaks.
    const std::size_t from = seed % 2 == 0 ? 0 : std::size_t{1'870'000};
    for (int i = 0; i < 30; ++i)
      changed[from + rng.below(changed.size() - from)] = static_cast<char>(rng.below(256));
    const auto run = read_run_bytes(std::as_bytes(std::span(changed)), "changed.raw", 1);
    if (run) {
      EXPECT_EQ(run->scan_count(), 138U) << seed;
    }
    refused += run ? 0 : 1;
  }
  EXPECT_GT(refused, 10);
}

}  // namespace
}  // namespace overland::run
