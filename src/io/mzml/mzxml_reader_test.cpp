#include <gtest/gtest.h>

#include <cmath>

#include "io/mzml/mzml_reader.h"
#include "io/mzml/spectrum_parser.h"
#include "support/mzxml_example.h"

namespace overland::io {
namespace {

using namespace support;

RunColumns read_scans(const std::string& scans) {
  auto run = read_document(mzxml_document(scans));
  EXPECT_TRUE(run) << run.error().message();
  return run ? std::move(*run) : RunColumns{};
}

Error error_of_scan(const ExampleScan& scan) {
  const auto run = read_document(mzxml_document(scan.xml()));
  return run ? Error{"none", "", "", ""} : run.error();
}

std::vector<float> floats(const float* first, std::size_t count) {
  return {first, first + count};
}

TEST(MzxmlReader, reads_all_that_a_search_needs_from_one_scan) {
  const RunColumns run = read_scans(ExampleScan{.number = "17"}.xml());
  ASSERT_EQ(run.scan_count(), 1U);
  EXPECT_EQ(run.rt_minutes[0], 1.5F);
  EXPECT_EQ(run.ms_order[0], 2);
  EXPECT_EQ(run.scan_number[0], 17);
  EXPECT_EQ(run.window_low_mz[0], 496.0F);
  EXPECT_EQ(run.window_high_mz[0], 504.0F);
  EXPECT_EQ(run.window_defect[0], WindowDefect::none);
  EXPECT_EQ(run.scan_low_mz[0], 100.5F);
  EXPECT_EQ(run.scan_high_mz[0], 1500.25F);
  EXPECT_EQ(run.collision_energy[0], 27.5F);
  EXPECT_EQ(run.tic[0], 77.0F);
  EXPECT_EQ(run.is_negative[0], 0);
  EXPECT_TRUE(std::isnan(run.compensation_voltage[0]));
  EXPECT_EQ(run.times_with_unit, 1U);
  EXPECT_EQ(floats(run.mz[0], run.peak_count[0]), (std::vector<float>{200.25F, 300.5F}));
  EXPECT_EQ(floats(run.intensity[0], run.peak_count[0]), (std::vector<float>{10, 20}));
}

TEST(MzxmlReader, pairs_of_both_precisions_with_and_without_zlib) {
  const std::vector<std::pair<double, double>> peaks = {{150.125, 3}, {200.0625, 1e6}, {999.5, 7}};
  for (const bool is_wide : {false, true}) {
    for (const char* compression : {"none", "zlib", ""}) {
      for (const char* content : {R"(contentType="m/z-int")", R"(pairOrder="m/z-int")", ""}) {
        const Bytes bytes = is_wide ? pair_bytes<double>(peaks) : pair_bytes<float>(peaks);
        for (const bool is_zlib : {false, true}) {
          if (*compression != '\0' && is_zlib != (std::string(compression) == "zlib")) continue;
          const ExampleScan scan{
              .peaks_count = "3",
              .peaks_attributes = fmt::format(
                  "precision=\"{}\" byteOrder=\"network\" {}{}", is_wide ? 64 : 32, content,
                  *compression == '\0' ? std::string()
                                       : fmt::format(" compressionType=\"{}\"", compression)),
              .text = base64(is_zlib ? zlib_bytes(bytes) : bytes)};
          const RunColumns run = read_scans(scan.xml());
          ASSERT_EQ(run.scan_count(), 1U) << scan.xml();
          EXPECT_EQ(floats(run.mz[0], run.peak_count[0]),
                    (std::vector<float>{150.125F, 200.0625F, 999.5F}));
          EXPECT_EQ(floats(run.intensity[0], run.peak_count[0]), (std::vector<float>{3, 1e6F, 7}));
        }
      }
    }
  }
}

TEST(MzxmlReader, scans_inside_scans_follow_their_survey_scan) {
  const ExampleScan ms3{.number = "3", .attributes = R"(msLevel="3" retentionTime="PT3S")"};
  const ExampleScan first{.number = "2", .inner = ms3.xml()};
  const ExampleScan second{.number = "4"};
  const ExampleScan survey{.number = "1",
                           .attributes = R"(msLevel="1" retentionTime="PT0.6S")",
                           .precursors = "",
                           .inner = first.xml() + second.xml() + "<nameValue name=\"a\"/>"};
  const ExampleScan next{.number = "5"};
  const RunColumns run = read_scans(survey.xml() + next.xml());
  EXPECT_EQ(run.scan_number, (std::vector<std::int32_t>{1, 2, 3, 4, 5}));
  EXPECT_EQ(run.ms_order, (std::vector<std::uint8_t>{1, 2, 3, 2, 2}));
  EXPECT_EQ(run.peak_count, (std::vector<std::uint32_t>{2, 2, 0, 2, 2}));
  EXPECT_TRUE(std::isnan(run.window_low_mz[0]));
  EXPECT_EQ(run.window_low_mz[3], 496.0F);
  ExampleScan late = survey;
  late.inner += "<peaks/>";
  EXPECT_EQ(error_of_scan(late).code, "OVL-IO-003");
}

TEST(MzxmlReader, polarity_voltage_and_durations) {
  const auto with = [](const std::string& attributes) {
    return read_scans(ExampleScan{.attributes = "msLevel=\"2\" " + attributes}.xml());
  };
  EXPECT_EQ(with("polarity=\"-\" retentionTime=\"PT1S\"").is_negative[0], 1);
  EXPECT_EQ(with("compensationVoltage=\"-45.5\"").compensation_voltage[0], -45.5F);
  EXPECT_EQ(with("retentionTime=\"PT2M30.0S\"").rt_minutes[0], 2.5F);
  EXPECT_EQ(with("retentionTime=\"90\"").times_without_unit, 1U);
  EXPECT_TRUE(std::isnan(with("").rt_minutes[0]));
  // A scan that does not state its level has the level that its precursor tells.
  const RunColumns run = read_scans(ExampleScan{.attributes = "retentionTime=\"PT1S\""}.xml());
  EXPECT_EQ(run.ms_order[0], 2);
  EXPECT_EQ(run.levels_inferred, 1U);
}

TEST(MzxmlReader, what_a_window_lacks_is_told_as_of_mzml) {
  using enum WindowDefect;
  const auto defect = [](const std::string& precursors) {
    return read_scans(ExampleScan{.precursors = precursors}.xml()).window_defect[0];
  };
  EXPECT_EQ(defect("<precursorMz>500</precursorMz>"), no_offsets);
  EXPECT_EQ(defect("<precursorMz windowWideness=\"0\">500</precursorMz>"), no_width);
  EXPECT_EQ(defect("<precursorMz windowWideness=\"-2\">500</precursorMz>"), negative_offset);
  EXPECT_EQ(defect("<precursorMz windowWideness=\"4\">0</precursorMz>"), no_target);
  EXPECT_EQ(defect(""), no_window);
  EXPECT_EQ(defect("<precursorMz windowWideness=\"4\">\n 500.5 <!-- c --></precursorMz>"), none);
}

TEST(MzxmlReader, scans_without_peaks_may_hold_a_pair_of_zeros) {
  ExampleScan empty{.peaks_count = "0", .text = base64(pair_bytes<float>({{0, 0}}))};
  EXPECT_EQ(read_scans(empty.xml()).peak_count[0], 0U);
  empty.text = "";
  EXPECT_EQ(read_scans(empty.xml()).peak_count[0], 0U);
}

struct BadScan {
  const char* name;
  ExampleScan scan;
  const char* code;
  const char* text;  // somewhere in the message
};

TEST(MzxmlReader, bad_scans_are_refused_by_name) {
  const auto peaks = [](const std::string& attributes) {
    return ExampleScan{.peaks_attributes = attributes};
  };
  const Bytes pairs = pair_bytes<float>({{200.25, 10}, {300.5, 20}});
  const std::string zlib = R"(precision="32" compressionType="zlib")";
  const std::string window = ExampleScan{}.precursors;
  const std::vector<BadScan> cases = {
      {"byte order", peaks("byteOrder=\"little\""), "OVL-RUN-005", "byteOrder 'little'"},
      {"content", peaks("contentType=\"m/z ruler\""), "OVL-RUN-005", "m/z ruler"},
      {"order", peaks("pairOrder=\"int-m/z\""), "OVL-RUN-005", "int-m/z"},
      {"compression", peaks("compressionType=\"bzip2\""), "OVL-RUN-005", "bzip2"},
      {"precision", peaks("precision=\"16\""), "OVL-RUN-005", "precision '16'"},
      {"label of precision", peaks("precision=\"64\" compressionType=\"none\""), "OVL-RUN-005",
       "64-bit numbers"},
      {"label of zlib", {.peaks_attributes = zlib}, "OVL-RUN-005", "'zlib', but"},
      {"label of none", {.text = base64(zlib_bytes(pairs))}, "OVL-RUN-005", "'none', but"},
      {"count", {.peaks_count = "3"}, "OVL-RUN-004", "4 values"},
      {"damaged zlib", {.peaks_attributes = zlib, .text = "AAAA"}, "OVL-IO-003", "decompress"},
      {"base64", {.text = "A*AA"}, "OVL-IO-003", "base64"},
      {"level", {.attributes = "msLevel=\"two\""}, "OVL-RUN-001", "msLevel is not a number"},
      {"time", {.attributes = "msLevel=\"2\" retentionTime=\"PTxS\""}, "OVL-RUN-001", "'PTxS'"},
      {"width",
       {.precursors = "<precursorMz windowWideness=\"a\">5</precursorMz>"},
       "OVL-RUN-001",
       "windowWideness"},
      {"precursor", {.precursors = "<precursorMz/>"}, "OVL-RUN-001", "precursorMz"},
      {"multiplexed",
       {.precursors = window + "<precursorMz windowWideness=\"8\">700</precursorMz>"},
       "OVL-RUN-006",
       "Demultiplex"},
      {"no count", {.peaks_count = ""}, "OVL-IO-003", "length"},
      {"two lists", {.inner = "<peaks></peaks>"}, "OVL-IO-003", "two lists"},
  };
  for (const BadScan& bad : cases) {
    SCOPED_TRACE(bad.name);
    ExampleScan scan = bad.scan;
    scan.number = "42";
    const Error error = error_of_scan(scan);
    EXPECT_EQ(error.code, bad.code);
    EXPECT_NE(error.message().find(bad.text), std::string::npos) << error.message();
    EXPECT_NE(error.where.find("scan=42"), std::string::npos) << error.where;
  }
}

TEST(MzxmlReader, a_cut_document_is_an_error_at_every_byte) {
  const std::string text = mzxml_document(ExampleScan{.inner = ExampleScan{}.xml()}.xml());
  for (std::size_t size = 0; size < text.find("</mzXML>") + 8; ++size) {
    const auto run = read_document(text.substr(0, size));
    ASSERT_FALSE(run) << size;
    EXPECT_EQ(run.error().code, "OVL-IO-003") << run.error().message();
  }
}

// Whatever the pieces, and whenever spectra are taken: the same spectra and texts.
TEST(MzxmlReader, pieces_of_any_size_give_the_same_spectra) {
  std::string inner;
  for (int i = 2; i <= 4; ++i) {
    inner += ExampleScan{.number = std::to_string(i),
                         .text = base64(pair_bytes<float>({{100.0 + i, 1}, {200.0 + i, 2}}))}
                 .xml();
  }
  const std::string text = mzxml_document(
      ExampleScan{.text = base64(pair_bytes<float>({{101, 1}, {201, 2}})), .inner = inner}.xml());
  for (const std::size_t step : {std::size_t{1}, std::size_t{7}, std::size_t{64}, text.size()}) {
    SCOPED_TRACE(step);
    SpectrumParser parser("x");
    double seen = 0;
    for (std::size_t at = 0; at < text.size(); at += step) {
      const auto piece =
          std::as_bytes(std::span(text).subspan(at, std::min(step, text.size() - at)));
      ASSERT_TRUE(parser.feed(piece, at + step >= text.size()));
      const SpectrumBatch batch = parser.take();
      for (const MzmlSpectrum& spectrum : batch.spectra) {
        ++seen;
        EXPECT_EQ(batch.text.substr(spectrum.pairs->text_begin, spectrum.pairs->text_size),
                  base64(pair_bytes<float>({{100.0 + seen, 1}, {200.0 + seen, 2}})));
      }
    }
    EXPECT_EQ(seen, 4);
  }
}

}  // namespace
}  // namespace overland::io
