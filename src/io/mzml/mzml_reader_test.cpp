#include "io/mzml/mzml_reader.h"

#include <gtest/gtest.h>

#include <cmath>

#include "io/mzml/spectrum_parser.h"
#include "support/mzml_example.h"

namespace overland::io {
namespace {

using namespace support;

RunColumns read(const std::string& spectra, const std::string& groups = "") {
  auto run = read_document(document(spectra, groups));
  EXPECT_TRUE(run) << run.error().message();
  return run ? std::move(*run) : RunColumns{};
}

Error error_of(const std::string& spectra, const std::string& groups = "") {
  const auto run = read_document(document(spectra, groups));
  return run ? Error{"none", "", "", ""} : run.error();
}

std::vector<float> values(const float* first, std::size_t count) {
  return {first, first + count};
}

TEST(MzmlReader, reads_all_that_a_search_needs_from_one_spectrum) {
  const RunColumns run = read(ExampleSpectrum{.id = "controllerType=0 scan=17"}.text());
  ASSERT_EQ(run.scan_count(), 1U);
  EXPECT_EQ(run.rt_minutes[0], 1.5F);  // 90 seconds
  EXPECT_EQ(run.ms_order[0], 2);
  EXPECT_EQ(run.scan_number[0], 17);
  EXPECT_EQ(run.window_low_mz[0], 496.0F);  // offsets differ: 4 below, 6 above
  EXPECT_EQ(run.window_high_mz[0], 506.0F);
  EXPECT_EQ(run.scan_low_mz[0], 100.5F);
  EXPECT_EQ(run.scan_high_mz[0], 1500.25F);
  EXPECT_EQ(run.collision_energy[0], 27.5F);
  EXPECT_EQ(run.tic[0], 77.0F);
  EXPECT_EQ(values(run.mz[0], run.peak_count[0]), (std::vector<float>{200.25F, 300.5F}));
  EXPECT_EQ(values(run.intensity[0], run.peak_count[0]), (std::vector<float>{10, 20}));
}

TEST(MzmlReader, each_array_has_its_own_precision_and_compression) {
  ExampleSpectrum spectrum;
  spectrum.intensity = {.terms = term("MS:1000521") + term("MS:1000574"),
                        .text = base64(zlib_bytes(plain_bytes<float>({10, 20})))};
  const RunColumns run = read(spectrum.text());
  EXPECT_EQ(values(run.mz[0], 2), (std::vector<float>{200.25F, 300.5F}));
  EXPECT_EQ(values(run.intensity[0], 2), (std::vector<float>{10, 20}));
}

TEST(MzmlReader, numpress_then_zlib_as_one_term_or_two) {
  for (const std::string& terms : {term("MS:1002746"), term("MS:1002312") + term("MS:1000574")}) {
    ExampleSpectrum spectrum;
    spectrum.mz = {.terms = term("MS:1000523") + terms,
                   .text = base64(zlib_bytes(numpress_bytes({200.25, 300.5}, Numpress::linear)))};
    const RunColumns run = read(spectrum.text());
    EXPECT_NEAR(run.mz[0][0], 200.25, 1e-5);
    EXPECT_NEAR(run.mz[0][1], 300.5, 1e-5);
  }
}

TEST(MzmlReader, time_units_by_accession_else_by_name) {
  const auto rt = [](const std::string& unit, const std::string& value = "60") {
    return read(ExampleSpectrum{.scan_terms = term("MS:1000016", value, unit)}.text())
        .rt_minutes[0];
  };
  EXPECT_EQ(rt(R"(unitAccession="UO:0000010" unitName="second")"), 1.0F);
  EXPECT_EQ(rt(R"(unitAccession="UO:0000031" unitName="second")"), 60.0F);
  EXPECT_EQ(rt(R"(unitAccession="UO:0000028")", "120000"), 2.0F);
  EXPECT_EQ(rt(R"(unitAccession="MS:1000038")"), 60.0F);
  EXPECT_EQ(rt(R"(unitAccession="MS:1000039")"), 1.0F);
  EXPECT_EQ(rt(R"(unitName="minute")"), 60.0F);
  EXPECT_EQ(rt(R"(unitName="second")", " +6.0e1\n"), 1.0F);
  EXPECT_EQ(error_of(ExampleSpectrum{.scan_terms =
                                         term("MS:1000016", "60", R"(unitAccession="UO:0000032")")}
                         .text())
                .code,
            "OVL-RUN-001");
}

TEST(MzmlReader, times_without_unit_are_counted_and_left_as_they_are) {
  const auto read_time = [](const std::string& value, const std::string& unit = "") {
    return read(ExampleSpectrum{.scan_terms = term("MS:1000016", value, unit)}.text());
  };
  const RunColumns bare = read_time("60");
  EXPECT_EQ(bare.rt_minutes[0], 60.0F);
  EXPECT_EQ(bare.times_without_unit, 1U);
  EXPECT_EQ(bare.times_with_unit, 0U);
  EXPECT_EQ(read_time("60", R"(unitName="sec")").times_with_unit, 1U);
}

TEST(MzmlReader, times_as_durations_carry_their_unit) {
  const auto read_time = [](const std::string& value) {
    return read(
        ExampleSpectrum{.scan_terms = term("MS:1000016", value, R"(unitAccession="UO:0000031")")}
            .text());
  };
  EXPECT_EQ(read_time("PT1.5S").rt_minutes[0], 0.025F);
  EXPECT_EQ(read_time("PT1.5S").times_without_unit, 0U);
  EXPECT_EQ(read_time("P0DT1H2M3.0E1S").rt_minutes[0], 62.5F);
  for (const std::string bad : {"P", "PT", "PT5", "P1S", "PT1D", "PTxS", "P1Y"}) {
    EXPECT_EQ(error_of(ExampleSpectrum{.scan_terms = term("MS:1000016", bad)}.text()).code,
              "OVL-RUN-001")
        << bad;
  }
}

TEST(MzmlReader, a_time_may_stand_at_the_spectrum_in_a_group) {
  const std::string groups = "<referenceableParamGroup id=\"g\">" + term("MS:1000511", "2") +
                             term("MS:1000016", "90", R"(unitAccession="UO:0000010")") +
                             "</referenceableParamGroup>";
  const ExampleSpectrum spectrum{.terms = "<referenceableParamGroupRef ref=\"g\"/>",
                                 .scan_terms = ""};
  EXPECT_EQ(read(spectrum.text(), groups).rt_minutes[0], 1.5F);
}

TEST(MzmlReader, the_level_is_told_by_other_terms_or_the_isolation_window) {
  const std::string no_level = term("MS:1000127");
  const ExampleSpectrum msn{.id = "scan=1", .terms = no_level + term("MS:1000580")};
  const ExampleSpectrum isolated{.id = "scan=2", .terms = no_level};
  const ExampleSpectrum ms1{
      .id = "scan=3", .terms = no_level + term("MS:1000579"), .precursors = ""};
  const ExampleSpectrum unknown{.id = "scan=4", .terms = no_level, .precursors = ""};
  const ExampleSpectrum stated{.id = "scan=5",
                               .terms = term("MS:1000511", "2") + term("MS:1000580")};
  const RunColumns run =
      read(msn.text() + isolated.text() + ms1.text() + unknown.text() + stated.text());
  EXPECT_EQ(run.ms_order, (std::vector<std::uint8_t>{2, 2, 1, 0, 2}));
  EXPECT_EQ(run.peak_count, (std::vector<std::uint32_t>{2, 2, 2, 0, 2}));
  EXPECT_EQ(run.levels_inferred, 2U);
}

TEST(MzmlReader, lines_that_end_with_carriage_returns_change_nothing) {
  std::string text = document(ExampleSpectrum{}.text() + ExampleSpectrum{.id = "scan=2"}.text());
  text.insert(text.find("<binary>") + 12, "\n");
  for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 2))
    text.insert(at, "\r");
  const auto run = read_document(text);
  ASSERT_TRUE(run) << run.error().message();
  EXPECT_EQ(values(run->mz[0], 2), (std::vector<float>{200.25F, 300.5F}));
  EXPECT_EQ(run->rt_minutes, (std::vector<float>{1.5F, 1.5F}));
}

TEST(MzmlReader, parameter_groups_are_resolved_at_any_place) {
  const std::string groups =
      "<referenceableParamGroupList count=\"2\"><referenceableParamGroup id=\"ms2\">" +
      term("MS:1000511", "2") + term("MS:1000127") + "</referenceableParamGroup>" +
      "<referenceableParamGroup id=\"mz\">" + term("MS:1000523") + term("MS:1000576") +
      "</referenceableParamGroup></referenceableParamGroupList>";
  ExampleSpectrum spectrum{.terms = "<referenceableParamGroupRef ref=\"ms2\"/>"};
  spectrum.mz.terms = "<referenceableParamGroupRef ref=\"mz\"/>";
  const RunColumns run = read(spectrum.text(), groups);
  EXPECT_EQ(run.ms_order[0], 2);
  EXPECT_EQ(run.mz[0][1], 300.5F);
  const Error error = error_of(spectrum.text());
  EXPECT_EQ(error.code, "OVL-IO-003");
  EXPECT_NE(error.what.find("'ms2'"), std::string::npos);
}

TEST(MzmlReader, nothing_is_carried_over_from_the_spectrum_before) {
  ExampleSpectrum bare{
      .id = "scan=2", .terms = term("MS:1000511", "2"), .scan_window = "", .precursors = ""};
  const RunColumns run = read(ExampleSpectrum{}.text() + bare.text());
  ASSERT_EQ(run.scan_count(), 2U);
  EXPECT_TRUE(std::isnan(run.window_low_mz[1]));
  EXPECT_TRUE(std::isnan(run.collision_energy[1]));
  EXPECT_TRUE(std::isnan(run.scan_low_mz[1]));
  EXPECT_EQ(run.tic[1], 30.0F);  // the sum of the peaks, since none is given
}

TEST(MzmlReader, normalized_energy_goes_before_collision_energy) {
  ExampleSpectrum spectrum;
  spectrum.precursors = "<precursor><activation>" + term("MS:1000138", "30") +
                        term("MS:1000045", "900") + "</activation></precursor>";
  EXPECT_EQ(read(spectrum.text()).collision_energy[0], 30.0F);
}

TEST(MzmlReader, stepped_energies_of_a_scan_are_their_mean) {
  const auto energy_of = [](const std::string& terms) {
    ExampleSpectrum spectrum;
    spectrum.precursors = "<precursor><activation>" + terms + "</activation></precursor>";
    return read(spectrum.text()).collision_energy[0];
  };
  EXPECT_EQ(
      energy_of(term("MS:1000045", "20") + term("MS:1000045", "25") + term("MS:1000045", "36")),
      27.0F);
  EXPECT_EQ(
      energy_of(term("MS:1000045", "900") + term("MS:1000138", "22") + term("MS:1000138", "32")),
      27.0F);
  EXPECT_EQ(energy_of(term("MS:1002013", "20") + term("MS:1002014", "40")), 30.0F) << "a ramp";
}

TEST(MzmlReader, several_scan_windows_of_a_scan_are_acquired_ranges) {
  ExampleSpectrum boxes;
  boxes.scan_window = term("MS:1000501", "600") + term("MS:1000500", "640") +
                      "</scanWindow><scanWindow>" + term("MS:1000501", "400") +
                      term("MS:1000500", "440");
  const RunColumns run = read(ExampleSpectrum{}.text() + boxes.text());
  ASSERT_EQ(run.scan_parts.size(), 2U);
  EXPECT_TRUE(run.scan_parts[0].empty());
  EXPECT_EQ(run.scan_parts[1], (AcquiredParts{400, 440, 600, 640}));
  EXPECT_EQ(run.scan_low_mz[1], 400);
  EXPECT_EQ(run.scan_high_mz[1], 640);
  EXPECT_TRUE(read(ExampleSpectrum{}.text()).scan_parts.empty());
}

TEST(MzmlReader, spectra_of_other_kinds_make_a_row_without_peaks) {
  ExampleSpectrum ms3{.id = "scan=2", .terms = term("MS:1000511", "3")};
  ms3.mz.text = "this is not base64, and no one looks at it";
  ExampleSpectrum light{.id = "scan=3", .terms = term("MS:1000804"), .precursors = ""};
  ExampleSpectrum ms1{.id = "scan=4", .terms = term("MS:1000579"), .precursors = ""};
  const RunColumns run = read(ms3.text() + light.text() + ms1.text());
  EXPECT_EQ(run.ms_order, (std::vector<std::uint8_t>{3, 0, 1}));
  EXPECT_EQ(run.peak_count, (std::vector<std::uint32_t>{0, 0, 2}));
}

TEST(MzmlReader, arrays_of_other_kinds_and_of_chromatograms_are_left_alone) {
  ExampleSpectrum spectrum;
  spectrum.more_arrays = "<binaryDataArray arrayLength=\"9\">" + term("MS:1000517") +
                         "<binary>@@</binary></binaryDataArray>";
  const std::string chromatogram = "<chromatogram><binaryDataArray>" + term("MS:1000514") +
                                   "<binary>@@</binary></binaryDataArray></chromatogram>";
  EXPECT_EQ(read(chromatogram + spectrum.text() + chromatogram).peak_count[0], 2U);
}

TEST(MzmlReader, peaks_with_ion_mobility_are_refused) {
  for (const std::string& array :
       {term("MS:1003006"), term("MS:1002816"), term("MS:1003007"), term("MS:1002477"),
        term("MS:1000786", "mean inverse reduced ion mobility array")}) {
    ExampleSpectrum spectrum;
    spectrum.more_arrays = "<binaryDataArray>" + array + "<binary>@@</binary></binaryDataArray>";
    EXPECT_EQ(error_of(spectrum.text()).code, "OVL-RUN-026") << array;
    spectrum.terms = term("MS:1000511", "3");
    EXPECT_EQ(error_of(spectrum.text()).code, "none");
  }
}

TEST(MzmlReader, empty_scans_are_kept_with_or_without_arrays) {
  ExampleSpectrum empty{.length = "0", .mz = plain_array({}), .intensity = plain_array({})};
  std::string without = empty.text();
  without.erase(without.find("<binaryDataArrayList"));
  without += "</spectrum>";
  EXPECT_EQ(read(empty.text() + without).peak_count, (std::vector<std::uint32_t>{0, 0}));
}

TEST(MzmlReader, bad_peaks_are_dropped_sorted_and_counted) {
  ExampleSpectrum spectrum{.length = "5",
                           .mz = plain_array({300, 200, 400, 200.000001, 500}),
                           .intensity = plain_array({1, 2, 0, 3, NAN})};
  const RunColumns run = read(spectrum.text());
  ASSERT_EQ(run.peak_count[0], 2U);
  EXPECT_EQ(values(run.mz[0], 2), (std::vector<float>{200, 300}));
  EXPECT_EQ(values(run.intensity[0], 2), (std::vector<float>{5, 1}));
  EXPECT_EQ(run.corrections.peaks_dropped, 2U);
  EXPECT_EQ(run.corrections.scans_resorted, 1U);
  EXPECT_EQ(run.corrections.peaks_merged, 1U);  // equal as 32-bit floats
}

TEST(MzmlReader, scan_numbers_are_native_where_unique_else_positions) {
  const auto numbers = [](const std::vector<std::string>& ids) {
    std::string spectra;
    for (const std::string& id : ids) spectra += ExampleSpectrum{.id = id}.text();
    return read(spectra).scan_number;
  };
  using Numbers = std::vector<std::int32_t>;
  EXPECT_EQ(numbers({"scan=5", "controllerType=0 scan=9"}), (Numbers{5, 9}));
  EXPECT_EQ(numbers({"function=1 process=0 scan=1", "function=2 process=0 scan=1"}),
            (Numbers{1, 2}));
  EXPECT_EQ(numbers({"merged=0 frame=1 scanStart=7 scanEnd=8"}), (Numbers{1}));
  EXPECT_EQ(numbers({"scan=7", "S12"}), (Numbers{1, 2}));
  EXPECT_EQ(numbers({"scan=99999999999", "scan=2x"}), (Numbers{1, 2}));
}

struct BadCase {
  const char* name;
  ExampleSpectrum spectrum;
  const char* code;
  const char* text;  // somewhere in the message
};

TEST(MzmlReader, bad_spectra_are_refused_by_name) {
  const ExampleArray predicted{.terms = term("MS:1000523") + term("MS:1003089"), .text = "AAAA"};
  const ExampleArray half{.terms = term("MS:1000520") + term("MS:1000576"), .text = "AAAA"};
  std::string twice = ExampleSpectrum{}.precursors;
  const std::string other_window = "<precursor><isolationWindow>" + term("MS:1000827", "700") +
                                   term("MS:1000828", "4") + term("MS:1000829", "4") +
                                   "</isolationWindow></precursor>";
  const std::vector<BadCase> cases = {
      {"profile",
       {.terms = term("MS:1000511", "2") + term("MS:1000128")},
       "OVL-RUN-002",
       "peakPicking"},
      {"lengths", {.length = "2", .intensity = plain_array({1, 2, 3})}, "OVL-RUN-004", "3 values"},
      {"compression", {.mz = predicted}, "OVL-RUN-005", "MS:1003089 of an array is not read"},
      {"number", {.mz = half}, "OVL-RUN-005", "MS:1000520"},
      {"base64", {.mz = {.text = "A*AA"}}, "OVL-IO-003", "base64"},
      {"level", {.terms = term("MS:1000511", "two")}, "OVL-RUN-001", "'two'"},
      {"MS1 and MSn",
       {.terms = term("MS:1000511", "2") + term("MS:1000579")},
       "OVL-RUN-015",
       "ms level 2"},
      {"energy",
       {.precursors =
            "<precursor><activation>" + term("MS:1000045", "1,5") + "</activation></precursor>"},
       "OVL-RUN-001",
       "'1,5'"},
      {"multiplexed", {.precursors = twice + other_window}, "OVL-RUN-006", "Demultiplex"},
      {"length", {.length = "-2"}, "OVL-IO-003", "'-2'"},
      {"no length", {.length = ""}, "OVL-IO-003", "length"},
  };
  for (const BadCase& bad : cases) {
    SCOPED_TRACE(bad.name);
    ExampleSpectrum spectrum = bad.spectrum;
    spectrum.id = "scan=42";
    const Error error = error_of(ExampleSpectrum{}.text() + spectrum.text());
    EXPECT_EQ(error.code, bad.code);
    EXPECT_NE(error.message().find(bad.text), std::string::npos) << error.message();
    EXPECT_NE(error.where.find("scan=42"), std::string::npos) << error.where;
    EXPECT_NE(error.where.find("test.mzML"), std::string::npos) << error.where;
  }
}

TEST(MzmlReader, unlike_lengths_and_missing_arrays) {
  ExampleSpectrum unlike{.length = "2", .intensity = plain_array({1, 2, 3})};
  unlike.intensity.attributes = "arrayLength=\"3\"";
  EXPECT_EQ(error_of(unlike.text()).what, "2 m/z values but 3 intensities");
  std::string text = ExampleSpectrum{}.text();
  text.replace(text.find("MS:1000515"), 10, "MS:1000516");
  EXPECT_EQ(error_of(text).code, "OVL-RUN-001");
  EXPECT_NE(error_of(text).what.find("MS:1000515"), std::string::npos);
  text = ExampleSpectrum{}.text();
  text.replace(text.find("MS:1000515"), 10, "MS:1000514");
  EXPECT_EQ(error_of(text).code, "OVL-IO-003");  // two m/z arrays
}

TEST(MzmlReader, the_window_of_a_product_is_not_that_of_a_precursor) {
  ExampleSpectrum spectrum;
  spectrum.precursors +=
      "<product><isolationWindow>" + term("MS:1000827", "900") + "</isolationWindow></product>";
  EXPECT_EQ(read(spectrum.text()).window_low_mz[0], 496.0F);
}

TEST(MzmlReader, prefixes_comments_and_references_in_text_are_xml_like_any_other) {
  std::string text = document(ExampleSpectrum{}.text());
  const auto replace = [&](std::string_view from, std::string_view to) {
    for (std::size_t at = text.find(from); at != std::string::npos;
         at = text.find(from, at + to.size())) {
      text.replace(at, from.size(), to);
    }
  };
  replace("<binary>", "<!-- <binary> --><binary>&#x20;");
  replace("</binary>", "<!-- </binary> --></binary >");
  replace("<spectrum ", "<?pi <binary> ?><spectrum ");
  const auto run = read_document(text);
  ASSERT_TRUE(run) << run.error().message();
  EXPECT_EQ(run->mz[0][1], 300.5F);
}

// Each byte is a separate piece, so that the parser never gets a complete token.
TEST(MzmlReader, text_and_references_may_be_cut_anywhere) {
  std::string text = document(ExampleSpectrum{}.text());
  for (std::size_t at = text.find("<binary>"); at != std::string::npos;
       at = text.find("<binary>", at + 1)) {
    text.insert(at + 12, "&#10;");
    text.insert(at + 9, "<!-- c -->");
  }
  const ByteSource bytes = [&,
                            at = std::size_t{0}]() mutable -> Result<std::span<const std::byte>> {
    const auto rest = std::as_bytes(std::span(text)).subspan(at);
    const std::size_t size = rest.empty() ? 0 : 1;
    at += size;
    return rest.first(size);
  };
  const auto run = read_mzml_run(bytes, "x", 2);
  ASSERT_TRUE(run) << run.error().message();
  EXPECT_EQ(values(run->mz[0], run->peak_count[0]), (std::vector<float>{200.25F, 300.5F}));
  EXPECT_EQ(values(run->intensity[0], run->peak_count[0]), (std::vector<float>{10, 20}));
}

TEST(MzmlReader, other_documents_are_named) {
  const auto code = [](const std::string& text) {
    const auto run = read_document(text);
    return run ? "none" : run.error().code;
  };
  EXPECT_EQ(code("<mzData></mzData>"), "OVL-RUN-008");
  EXPECT_EQ(code("<!DOCTYPE mzML [<!ENTITY a 'b'>]><mzML>&a;</mzML>"), "OVL-IO-003");
  EXPECT_EQ(code("not xml"), "OVL-IO-003");
  EXPECT_EQ(code(""), "OVL-IO-003");
  EXPECT_EQ(code("<mzML></mzML>"), "none");
}

TEST(MzmlReader, elements_that_nest_without_end_are_refused) {
  std::string text = "<mzML>";
  for (int i = 0; i < 100'000; ++i) text += "<spectrumList>";
  const auto run = read_document(text);
  ASSERT_FALSE(run);
  EXPECT_EQ(run.error().code, "OVL-IO-003");
  EXPECT_EQ(
      error_of("<spectrum id=\"a\" defaultArrayLength=\"0\">" + ExampleSpectrum{}.text()).code,
      "OVL-IO-003");
}

TEST(MzmlReader, a_cut_document_is_an_error_at_every_byte) {
  const std::string text = document(ExampleSpectrum{}.text());
  for (std::size_t size = 0; size < text.find("</mzML>") + 7; ++size) {
    const auto run = read_document(text.substr(0, size));
    ASSERT_FALSE(run) << size;
    EXPECT_EQ(run.error().code, "OVL-IO-003") << run.error().message();
  }
}

// Whatever the pieces, and whenever spectra are taken: the same spectra and texts.
TEST(SpectrumParser, pieces_of_any_size_give_the_same_spectra) {
  std::string spectra;
  for (int i = 1; i <= 4; ++i) {
    spectra += ExampleSpectrum{.id = "scan=" + std::to_string(i),
                               .mz = plain_array({100.0 + i, 200.0 + i})}
                   .text();
  }
  const std::string text = document(spectra);
  for (const std::size_t step : {std::size_t{1}, std::size_t{7}, std::size_t{64}, text.size()}) {
    SCOPED_TRACE(step);
    SpectrumParser parser("x");
    std::size_t seen = 0;
    for (std::size_t at = 0; at < text.size(); at += step) {
      const auto piece =
          std::as_bytes(std::span(text).subspan(at, std::min(step, text.size() - at)));
      ASSERT_TRUE(parser.feed(piece, at + step >= text.size()));
      const SpectrumBatch batch = parser.take();
      for (const MzmlSpectrum& spectrum : batch.spectra) {
        const auto mz =
            std::string_view(batch.text).substr(spectrum.mz->text_begin, spectrum.mz->text_size);
        ++seen;
        const auto n = static_cast<double>(seen);
        EXPECT_EQ(mz, base64(plain_bytes<double>({100.0 + n, 200.0 + n})));
        EXPECT_EQ(batch.text.substr(spectrum.intensity->text_begin, spectrum.intensity->text_size),
                  base64(plain_bytes<double>({10, 20})));
      }
    }
    EXPECT_EQ(seen, 4U);
  }
}

}  // namespace
}  // namespace overland::io
