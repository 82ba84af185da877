#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "run/raw_run.h"
#include "run/run_writer.h"
#include "support/example_runs.h"
#include "support/mzml_example.h"

namespace overland::run {
namespace {

using support::document;
using support::ExampleSpectrum;
using support::gzip_bytes;
using support::random_run;
using support::ScratchFile;
using support::term;

void put(const std::filesystem::path& file, std::string_view bytes) {
  std::ofstream(file, std::ios::binary)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

std::string get(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string_view text_of(const support::Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Error error_of(const std::filesystem::path& file) {
  const auto run = open_run(file, 2);
  return run ? Error{"none", "", "", ""} : run.error();
}

Error error_of_content(std::string_view content, const std::string& name = "run.mzML") {
  const ScratchFile file(name);
  put(file.path(), content);
  Error error = error_of(file.path());
  if (error.code != "none") {
    EXPECT_NE(error.where.find(file.path().string()), std::string::npos) << error.message();
    EXPECT_FALSE(error.advice.empty());
  }
  return error;
}

TEST(OpenRun, the_content_decides_and_the_name_loses_its_endings) {
  const RawRun run = random_run(1, 20);
  const ScratchFile arrow("a.b.arrow"), mzml("c.mzML"), zipped("d.MZML.GZ"), odd("e.txt");
  ASSERT_TRUE(write_run_arrow(run, arrow.path()));
  ASSERT_TRUE(write_run_mzml(run, mzml.path(), 2));
  put(zipped.path(), text_of(gzip_bytes(get(mzml.path()))));
  put(odd.path(), get(arrow.path()));
  for (const auto* file : {&arrow, &mzml, &zipped, &odd}) {
    const auto opened = open_run(file->path(), 2);
    ASSERT_TRUE(opened) << opened.error().message();
    EXPECT_EQ(opened->scan_count(), run.scan_count());
  }
  EXPECT_TRUE(open_run(arrow.path(), 2)->name().ends_with("_a.b"));
  EXPECT_TRUE(open_run(mzml.path(), 2)->name().ends_with("_c"));
  EXPECT_TRUE(open_run(zipped.path(), 2)->name().ends_with("_d"));
  EXPECT_TRUE(open_run(odd.path(), 2)->name().ends_with("_e.txt"));
}

TEST(OpenRun, files_that_are_no_runs_are_told_apart) {
  EXPECT_EQ(error_of("/nowhere/run.arrow").code, "OVL-IO-001");
  EXPECT_EQ(error_of(std::filesystem::temp_directory_path()).code, "OVL-RUN-008");
  EXPECT_EQ(error_of_content("").code, "OVL-IO-003");
  EXPECT_NE(error_of_content("").what.find("empty"), std::string::npos);
  EXPECT_EQ(error_of_content("hello").code, "OVL-RUN-008");
  EXPECT_NE(error_of_content("Finnigan", "run.raw").what.find("Thermo"), std::string::npos);
  EXPECT_NE(error_of_content("\xFF\xFF\xFF\xFF").what.find("stream"), std::string::npos);
  EXPECT_NE(error_of_content("<?xml version=\"1.0\"?><mzData/>").what.find("<mzData>"),
            std::string::npos);
  EXPECT_NE(error_of_content("\x89HDF\r\n\x1A\n").what.find("mzMLb"), std::string::npos);
  EXPECT_EQ(error_of_content(text_of(gzip_bytes("hello"))).code, "OVL-RUN-008");
  EXPECT_NE(error_of_content(text_of(gzip_bytes("ARROW1xx"))).what.find("compressed Arrow"),
            std::string::npos);
  EXPECT_EQ(error_of_content(text_of(gzip_bytes(""))).code, "OVL-IO-003");
  EXPECT_EQ(error_of_content("\x1f\x8b").code, "OVL-IO-003");
  EXPECT_EQ(error_of_content("ARROW1").code, "OVL-IO-003");
}

TEST(OpenRun, leading_white_space_and_byte_order_mark_are_no_matter) {
  const std::string text = document(ExampleSpectrum{}.text());
  EXPECT_EQ(error_of_content("\xEF\xBB\xBF" + text).code, "none");
  EXPECT_EQ(error_of_content("\n " + text.substr(text.find("<mzML"))).code, "none");
}

// A cut file, as a stopped download leaves it, must never pass for a short run.
TEST(OpenRunFaults, cut_files_are_damaged_at_every_length) {
  const RawRun run = random_run(2, 12);
  const ScratchFile arrow("cut.arrow"), mzml("cut.mzML"), cut("cut");
  ASSERT_TRUE(write_run_arrow(run, arrow.path()));
  ASSERT_TRUE(write_run_mzml(run, mzml.path(), 2));
  const std::string document_text = get(mzml.path());
  const auto zipped = gzip_bytes(document_text);
  struct Whole {
    std::string bytes;
    std::size_t needed;  // a file of this length is whole
  };
  const std::vector<Whole> files = {
      {get(arrow.path()), std::filesystem::file_size(arrow.path())},
      {document_text, document_text.size() - 1},  // the last byte is a line feed
      {std::string(text_of(zipped)), zipped.size()}};
  for (const Whole& file : files) {
    for (std::size_t i = 0; i < 150; ++i) {
      const std::size_t size = i < 20 ? file.needed - 1 - i : i * file.needed / 150;
      put(cut.path(), std::string_view(file.bytes).substr(0, size));
      EXPECT_TRUE(error_of(cut.path()).exit_code() == 4 && error_of(cut.path()).code != "none")
          << size << " of " << file.bytes.size();
    }
    put(cut.path(), file.bytes);
    EXPECT_EQ(error_of(cut.path()).code, "none");
  }
}

TEST(OpenRunFaults, changed_bytes_never_crash) {
  const RawRun run = random_run(3, 12);
  const ScratchFile arrow("flip.arrow"), mzml("flip.mzML");
  ASSERT_TRUE(write_run_arrow(run, arrow.path()));
  ASSERT_TRUE(write_run_mzml(run, mzml.path(), 2));
  for (const auto* file : {&arrow, &mzml}) {
    const std::string whole = get(file->path());
    for (std::uint64_t seed = 1; seed <= 150; ++seed) {
      SCOPED_TRACE(seed);
      Rng rng(seed, 0);
      std::string changed = whole;
      for (std::uint64_t i = 1 + rng.below(4); i > 0; --i) {
        changed[rng.below(changed.size())] = static_cast<char>(rng.below(256));
      }
      const auto opened = open_run(std::as_bytes(std::span(changed)), "changed", 2);
      if (!opened) {
        EXPECT_EQ(opened.error().exit_code(), 4) << opened.error().message();
      }
    }
  }
}

io::RunColumns columns_of(const std::vector<ExampleSpectrum>& spectra) {
  std::string text;
  for (const ExampleSpectrum& spectrum : spectra) text += spectrum.text();
  auto columns = support::read_document(document(text));
  EXPECT_TRUE(columns) << columns.error().message();
  return std::move(*columns);
}

TEST(RunFromColumns, counts_what_it_leaves_out_and_what_it_keeps) {
  const ExampleSpectrum ms2{.id = "scan=1"};
  const ExampleSpectrum ms1{.id = "scan=2", .terms = term("MS:1000511", "1")};
  const ExampleSpectrum ms3{.id = "scan=3", .terms = term("MS:1000511", "3")};
  const ExampleSpectrum no_window{.id = "scan=4", .precursors = ""};
  const ExampleSpectrum no_width{.id = "scan=5",
                                 .precursors = "<precursor><isolationWindow>" +
                                               term("MS:1000827", "500") +
                                               "</isolationWindow></precursor>"};
  const ExampleSpectrum empty{.id = "scan=6",
                              .length = "0",
                              .mz = support::plain_array({}),
                              .intensity = support::plain_array({})};
  const ExampleSpectrum no_time{.id = "scan=7", .terms = term("MS:1000511", "3"), .scan_terms = ""};
  const auto run =
      run_from_columns("n", columns_of({ms2, ms1, ms3, no_window, no_width, empty, no_time}), "f");
  ASSERT_TRUE(run) << run.error().message();
  EXPECT_EQ(run->headers().scan_number, (std::vector<std::int32_t>{1, 2, 6}));
  EXPECT_EQ(run->report().scans_other_order, 2U);
  EXPECT_EQ(run->report().scans_without_window, 2U);
  EXPECT_EQ(run->report().scans_empty, 1U);
  EXPECT_EQ(run->peaks(RunScan(0)).size(), 2U);
  EXPECT_EQ(run->headers().window_low_mz, (std::vector<float>{496, 0, 496}));
  EXPECT_TRUE(std::isnan(run->headers().collision_energy[1]));
}

TEST(RunFromColumns, leaves_out_scans_of_negative_polarity) {
  const ExampleSpectrum positive{.id = "scan=1"};
  const ExampleSpectrum negative{.id = "scan=2",
                                 .terms = term("MS:1000511", "2") + term("MS:1000129", "")};
  const auto run = run_from_columns("n", columns_of({positive, negative, negative}), "f");
  ASSERT_TRUE(run) << run.error().message();
  EXPECT_EQ(run->scan_count(), 1U);
  EXPECT_EQ(run->report().scans_negative, 2U);
  EXPECT_EQ(run->report().scans_skipped(), 2U);
  const auto none = run_from_columns("n", columns_of({negative}), "f");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, "OVL-RUN-003");
  EXPECT_NE(none.error().what.find("negative"), std::string::npos);
}

TEST(RunFromColumns, scans_of_different_ion_mobility_are_refused) {
  const auto scan = [](const std::string& id, const std::string& mobility) {
    ExampleSpectrum spectrum{.id = id};
    spectrum.scan_terms += term("MS:1002815", mobility);
    return spectrum;
  };
  const auto one =
      run_from_columns("n", columns_of({scan("scan=1", "0.9"), scan("scan=2", "0.9")}), "f");
  EXPECT_TRUE(one);
  const auto two =
      run_from_columns("n", columns_of({scan("scan=1", "0.9"), scan("scan=2", "1.1")}), "f");
  ASSERT_FALSE(two);
  EXPECT_EQ(two.error().code, "OVL-RUN-026");
}

TEST(RunFromColumns, carries_the_corrections_over) {
  const ExampleSpectrum bad{.length = "4",
                            .mz = support::plain_array({300, 200, 400, 300}),
                            .intensity = support::plain_array({1, 2, 0, 3})};
  const auto run = run_from_columns("n", columns_of({bad}), "f");
  ASSERT_TRUE(run);
  EXPECT_EQ(run->report().peaks_dropped, 1U);
  EXPECT_EQ(run->report().scans_resorted, 1U);
  EXPECT_EQ(run->report().peaks_merged, 1U);
}

TEST(RunFromColumns, a_kept_scan_needs_a_time_and_a_run_needs_ms2) {
  const auto no_time =
      run_from_columns("n", columns_of({{.id = "scan=9", .scan_terms = ""}}), "file.mzML");
  ASSERT_FALSE(no_time);
  EXPECT_EQ(no_time.error().code, "OVL-RUN-001");
  EXPECT_EQ(no_time.error().where, "file.mzML, scan 9");
  const auto ms1_only =
      run_from_columns("n", columns_of({{.terms = term("MS:1000511", "1")}}), "f");
  ASSERT_FALSE(ms1_only);
  EXPECT_EQ(ms1_only.error().code, "OVL-RUN-003");
  const auto no_window = run_from_columns("n", columns_of({{.precursors = ""}}), "f");
  ASSERT_FALSE(no_window);
  EXPECT_EQ(no_window.error().code, "OVL-RUN-003");
  EXPECT_NE(no_window.error().what.find("1 of them MS2 without window"), std::string::npos);
  EXPECT_EQ(run_from_columns("n", {}, "f").error().what, "the run holds no scans");
}

}  // namespace
}  // namespace overland::run
