#include "io/thermo/thermo_reader.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "base/rng.h"
#include "support/thermo_example.h"

namespace overland::io {
namespace {

using support::thermo_example;
using support::ThermoExample;
using support::ThermoExampleScan;

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

Result<RunColumns> read(const std::string& file, int threads = 2) {
  return read_thermo_run(bytes_of(file), "x.raw", threads);
}

// What the file is refused for; "read" if it is not.
std::string refusal(const std::string& file) {
  const auto run = read(file);
  if (run) return "read";
  EXPECT_EQ(run.error().code, "OVL-RUN-060");
  EXPECT_EQ(run.error().where, "x.raw");
  EXPECT_NE(run.error().advice.find("ThermoRawFileParser"), std::string::npos);
  return run.error().what;
}
std::string refusal(const ThermoExample& example) {
  return refusal(example.bytes());
}
// Of the example with one scan changed.
template <class F>
std::string refusal_with(std::size_t scan, F change) {
  ThermoExample example = thermo_example();
  change(example.scans[scan]);
  return refusal(example);
}

// All bits of a run, to be compared.
std::vector<std::uint32_t> content(const RunColumns& run) {
  std::vector<std::uint32_t> bits;
  const auto add = [&bits](float value) { bits.push_back(std::bit_cast<std::uint32_t>(value)); };
  for (std::size_t i = 0; i < run.scan_count(); ++i) {
    bits.push_back(run.ms_order[i]);
    bits.push_back(run.is_negative[i]);
    bits.push_back(static_cast<std::uint32_t>(run.scan_number[i]));
    for (const auto* column :
         {&run.rt_minutes, &run.window_low_mz, &run.window_high_mz, &run.scan_low_mz,
          &run.scan_high_mz, &run.collision_energy, &run.tic})
      add((*column)[i]);
    for (std::uint32_t k = 0; k < run.peak_count[i]; ++k) {
      add(run.mz[i][k]);
      add(run.intensity[i][k]);
    }
  }
  return bits;
}

TEST(ThermoReader, gives_headers_and_peaks_without_reference_peaks) {
  const ThermoExample example = thermo_example(10, 4);
  const auto run = read(example.bytes());
  ASSERT_TRUE(run) << run.error().message();
  ASSERT_EQ(run->scan_count(), 10U);
  EXPECT_TRUE(run->is_read_directly);
  EXPECT_EQ(run->reference_peaks, 10U);
  EXPECT_EQ(run->corrections.peaks_dropped, 0U);
  EXPECT_EQ(run->times_with_unit, 10U);
  for (std::size_t i = 0; i < 10; ++i) {
    const ThermoExampleScan& scan = example.scans[i];
    EXPECT_EQ(run->rt_minutes[i], static_cast<float>(scan.rt_minutes));
    EXPECT_EQ(run->ms_order[i], i % 5 == 0 ? 1 : 2);
    EXPECT_EQ(run->scan_number[i], static_cast<std::int32_t>(i + 1));
    EXPECT_EQ(run->is_negative[i], 0);
    EXPECT_EQ(run->tic[i], static_cast<float>(scan.sum()));
    EXPECT_EQ(run->scan_low_mz[i], 100.0F);
    EXPECT_EQ(run->scan_high_mz[i], 2000.0F);
    EXPECT_EQ(std::isnan(run->window_low_mz[i]), i % 5 == 0);
    ASSERT_EQ(run->peak_count[i], scan.peaks.size() - 1);
    std::size_t k = 0;
    for (const support::ThermoPeak& peak : scan.peaks) {
      if (peak.flags != 0) continue;
      EXPECT_EQ(run->mz[i][k], static_cast<float>(peak.mz));
      EXPECT_EQ(run->intensity[i][k++], peak.intensity);
    }
  }
  EXPECT_EQ(run->window_low_mz[2], 412.0F);
  EXPECT_EQ(run->window_high_mz[2], 420.0F);
  EXPECT_EQ(run->collision_energy[2], 27.0F);
}

TEST(ThermoReader, reads_the_layouts_of_all_instruments) {
  ThermoExample example = thermo_example();
  for (ThermoExampleScan& scan : example.scans) scan.is_wide = false;
  EXPECT_EQ(refusal(example), "read");
  for (ThermoExampleScan& scan : example.scans) {
    scan.packet_type = 18;
    scan.has_descriptors = false;
  }
  const auto run = read(example.bytes());
  ASSERT_TRUE(run) << run.error().message();
  EXPECT_EQ(run->reference_peaks, 0U) << "nothing tells them";
  for (const std::size_t tail : {0U, 8U, 12U, 16U, 20U, 24U, 64U}) {
    example.tail = tail;
    EXPECT_EQ(refusal(example), "read") << tail;
  }
  example.tail = 66;
  EXPECT_NE(refusal(example).find("events"), std::string::npos);
}

TEST(ThermoReader, keeps_empty_scans_other_orders_and_negative_polarity) {
  ThermoExample example = thermo_example();
  example.first_scan = 101;
  example.scans[3].peaks.clear();
  example.scans[7].ms_order = 3;
  example.scans[7].reactions = 2;
  example.scans[8].polarity = 0;
  example.scans[9].peaks[5].intensity = 0;
  const auto run = read(example.bytes());
  ASSERT_TRUE(run) << run.error().message();
  EXPECT_EQ(run->scan_number.front(), 101);
  EXPECT_EQ(run->peak_count[3], 0U);
  EXPECT_EQ(run->ms_order[7], 3);
  EXPECT_EQ(run->peak_count[7], 0U);
  EXPECT_EQ(run->is_negative[8], 1);
  EXPECT_EQ(run->corrections.peaks_dropped, 1U);
}

TEST(ThermoReader, refuses_what_is_not_of_its_version_or_kind) {
  ThermoExample example = thermo_example();
  for (const std::uint32_t version : {8U, 57U, 65U, 67U}) {
    example.version = version;
    EXPECT_NE(refusal(example).find("version " + std::to_string(version)), std::string::npos);
  }
  EXPECT_NE(refusal("\x01\xA1").find("begin"), std::string::npos);
  for (const unsigned type : {0U, 1U, 5U, 14U, 17U, 19U, 22U})
    EXPECT_NE(
        refusal_with(6, [&](auto& scan) { scan.packet_type = static_cast<std::uint16_t>(type); })
            .find("type " + std::to_string(type)),
        std::string::npos);
  EXPECT_NE(refusal_with(6,
                         [](auto& scan) {
                           scan.peaks.clear();
                           scan.profile_words = 9;
                         })
                .find("profile"),
            std::string::npos);
}

TEST(ThermoReader, refuses_scans_that_contradict_the_index) {
  EXPECT_NE(refusal_with(6, [](auto& scan) { scan.rt_minutes = 0.001; }).find("time"),
            std::string::npos);
  EXPECT_NE(
      refusal_with(6, [](auto& scan) { std::swap(scan.peaks[4], scan.peaks[9]); }).find("m/z"),
      std::string::npos);
  EXPECT_NE(refusal_with(6, [](auto& scan) { scan.peaks.back().mz = 2021; }).find("range"),
            std::string::npos);
  EXPECT_EQ(refusal_with(6, [](auto& scan) { scan.peaks.back().mz = 2019; }), "read");
  for (const float bad : {-1.0F, std::nanf("")})
    EXPECT_NE(refusal_with(6,
                           [bad](auto& scan) {
                             scan.tic = 1000;
                             scan.peaks.back().intensity = bad;
                           })
                  .find("intensity"),
              std::string::npos);
  EXPECT_NE(
      refusal_with(6, [](auto& scan) { scan.tic = 2 * scan.sum(); }).find("total ion current"),
      std::string::npos)
      << "1 of 40 scans";
  EXPECT_NE(refusal_with(6, [](auto& scan) { scan.tic = scan.sum() / 1.02; }).find("total ion"),
            std::string::npos);
  ThermoExample example = thermo_example();
  for (std::size_t i = 0; i < 4; ++i) example.scans[i].base_mz = 1500;
  EXPECT_EQ(refusal(example), "read") << "4 of 40 scans";
  example.scans[4].base_mz = 1500;
  EXPECT_NE(refusal(example).find("base peak"), std::string::npos);
}

TEST(ThermoReader, refuses_isolation_windows_that_it_cannot_prove) {
  EXPECT_NE(refusal_with(6, [](auto& scan) { scan.reactions = 2; }).find("2 isolation windows"),
            std::string::npos);
  EXPECT_NE(refusal_with(6, [](auto& scan) { scan.reactions = 0; }).find("0 isolation windows"),
            std::string::npos);
  for (const double bad : {0.0, -2.0, std::nan(""), 5000.0})
    EXPECT_NE(refusal_with(6, [bad](auto& scan) { scan.width_mz = bad; }).find("isolation window"),
              std::string::npos)
        << bad;
  EXPECT_NE(refusal_with(6, [](auto& scan) { scan.energy = -1; }).find("energy"),
            std::string::npos);
  EXPECT_NE(refusal_with(6, [](auto& scan) { scan.ms_order = 0; }).find("order"),
            std::string::npos);
  EXPECT_NE(refusal_with(6, [](auto& scan) { scan.polarity = 2; }).find("polarity"),
            std::string::npos);
  EXPECT_NE(refusal_with(6, [](auto& scan) { scan.offset_mz = 0.5; }).find("off its centre"),
            std::string::npos);
  EXPECT_EQ(refusal_with(5, [](auto& scan) { scan.offset_mz = -1; }), "read") << "an MS1 scan";
}

TEST(ThermoReader, refuses_several_compensation_voltages) {
  ThermoExample example = thermo_example();
  for (ThermoExampleScan& scan : example.scans) scan.voltage = -45;
  EXPECT_EQ(refusal(example), "read");
  example.scans[11].voltage = -60;
  EXPECT_NE(refusal(example).find("2 different compensation voltages"), std::string::npos);
  example.has_trailer = false;
  EXPECT_NE(refusal(example).find("is not known"), std::string::npos);
  example.names_voltages = false;
  EXPECT_EQ(refusal(example), "read") << "the instrument has no FAIMS";
}

TEST(ThermoReader, a_file_that_is_still_acquired_is_refused) {
  std::string file = thermo_example().bytes();
  std::uint64_t header = 0;
  std::memcpy(&header, file.data() + 1616, 8);
  std::string no_addresses = file;
  std::fill_n(no_addresses.begin() + static_cast<std::ptrdiff_t>(header) + 7408, 56, '\0');
  EXPECT_NE(refusal(no_addresses).find("being acquired"), std::string::npos);
  std::fill_n(file.begin() + 1600, 24, '\0');
  std::fill_n(file.begin() + static_cast<std::ptrdiff_t>(header) + 7472, 8, '\0');
  EXPECT_NE(refusal(file).find("being acquired"), std::string::npos);
}

TEST(ThermoReader, threads_change_nothing) {
  const std::string file = thermo_example(200, 9).bytes();
  const auto one = read(file, 1);
  ASSERT_TRUE(one);
  for (const int threads : {2, 3, 8}) {
    const auto run = read(file, threads);
    ASSERT_TRUE(run);
    EXPECT_EQ(content(*run), content(*one)) << threads;
  }
}

// A file that was cut off must never pass for a short run.
TEST(ThermoReaderFaults, cut_files_are_refused_at_every_length) {
  const std::string file = thermo_example(12, 3).bytes();
  for (std::size_t missing = 1; missing <= file.size(); missing += missing < 40 ? 1U : 13U) {
    const std::size_t size = file.size() - missing;
    EXPECT_NE(refusal(file.substr(0, size)), "read") << size << " of " << file.size();
  }
}

// What a changed byte gives is refused, or is a run whose peaks hold what every reader promises.
TEST(ThermoReaderFaults, changed_bytes_never_crash) {
  const std::string whole = thermo_example(12, 3).bytes();
  int refused = 0;
  for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
    SCOPED_TRACE(seed);
    Rng rng(seed, 0);
    std::string changed = whole;
    for (std::uint64_t i = 1 + rng.below(3); i > 0; --i)
      changed[rng.below(changed.size())] = static_cast<char>(rng.below(256));
    const auto run = read(changed, 1);
    if (!run) {
      EXPECT_EQ(run.error().code, "OVL-RUN-060");
      ++refused;
      continue;
    }
    for (std::size_t i = 0; i < run->scan_count(); ++i)
      EXPECT_TRUE(peaks_are_clean({run->mz[i], run->peak_count[i]},
                                  {run->intensity[i], run->peak_count[i]}));
  }
  EXPECT_GT(refused, 100);
}

TEST(ThermoReaderFaults, every_address_and_count_may_be_anything) {
  const std::string whole = thermo_example(6, 2).bytes();
  std::uint64_t header = 0;
  std::memcpy(&header, whole.data() + 1616, 8);
  for (const std::size_t at : {8U, 12U, 7408U, 7416U, 7424U, 7432U, 7448U, 7456U, 7472U}) {
    for (const std::uint64_t value :
         {std::uint64_t{0}, std::uint64_t{1}, header, std::uint64_t{whole.size()},
          std::uint64_t{whole.size() - 1}, ~std::uint64_t{0}, std::uint64_t{1} << 63U}) {
      std::string changed = whole;
      std::memcpy(changed.data() + header + at, &value, at < 100 ? 4 : 8);
      const auto run = read(changed, 1);
      if (run) {
        EXPECT_EQ(run->scan_count(), 6U) << at;
      }
    }
  }
}

}  // namespace
}  // namespace overland::io
