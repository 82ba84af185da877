// Vendor files through converters, which are scripts here: what they leave is checked, and every
// way of failing has its code.
#include "run/converter.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

#include "run/run_file.h"
#include "run/run_writer.h"
#include "support/example_runs.h"
#include "support/mzml_example.h"
#include "support/thermo_example.h"

namespace overland::run {
namespace {

namespace fs = std::filesystem;

class Converters : public testing::Test {
 protected:
  Converters() {
    fs::create_directories(folder_ / "scratch");
    put("run.raw", support::thermo_example().bytes());
    EXPECT_TRUE(write_run_mzml(support::random_run(5, 60), folder_ / "whole.mzML", 1));
  }
  ~Converters() override { fs::remove_all(folder_); }

  void put(const std::string& name, const std::string& bytes) const {
    std::ofstream(folder_ / name, std::ios::binary) << bytes;
  }
  [[nodiscard]] std::string get(const std::string& name) const {
    std::ifstream in(folder_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  // A converter that tells its version, and otherwise does `text` with the output file in $OUT and
  // the folder of this test in $TEST.
  [[nodiscard]] std::string parser(const std::string& text,
                                   const std::string& name = "ThermoRawFileParser") const {
    put(name, "#!/bin/sh\nTEST='" + folder_.string() +
                  "'\nif [ \"$1\" = --version ]; then echo 1.4.5; exit 0; fi\n"
                  "echo \"$@\" > \"$TEST/arguments\"\n"
                  "while [ $# -gt 0 ]; do [ \"$1\" != -b ] || OUT=$2; shift; done\n" +
                  text + "\n");
    fs::permissions(folder_ / name, fs::perms::owner_all);
    return (folder_ / name).string();
  }
  [[nodiscard]] std::string msconvert(const std::string& text) const {
    put("my-msconvert.sh", "#!/bin/sh\nTEST='" + folder_.string() +
                               "'\nif [ \"$1\" = --help ]; then echo 'ProteoWizard release: "
                               "3.0.25087 (abc)'; exit 1; fi\n"
                               "echo \"$@\" > \"$TEST/arguments\"\nNAME=$(basename \"$1\")\n"
                               "while [ $# -gt 0 ]; do [ \"$1\" != -o ] || OUT=$2; shift; done\n" +
                               text + "\n");
    fs::permissions(folder_ / "my-msconvert.sh", fs::perms::owner_all);
    return (folder_ / "my-msconvert.sh").string();
  }
  [[nodiscard]] Result<FileRun> open(const std::string& name, const std::string& converter,
                                     RawReader reader = RawReader::automatic,
                                     const Machine& machine = 2) const {
    return open_run_file(folder_ / name, machine, {reader, converter, folder_ / "scratch"});
  }
  // The error; nothing of the conversion is left.
  [[nodiscard]] Error error(const std::string& name, const std::string& converter,
                            RawReader reader = RawReader::automatic) const {
    const auto run = open(name, converter, reader);
    EXPECT_TRUE(fs::is_empty(folder_ / "scratch"));
    if (run) return {"none", "", "", ""};
    EXPECT_FALSE(run.error().advice.empty());
    return run.error();
  }

  fs::path folder_ = fs::temp_directory_path() / ("converters_" + std::to_string(::getpid()));
};

TEST_F(Converters, parser_is_called_as_documented_and_its_file_is_read) {
  const auto run = open("run.raw", parser("cp \"$TEST/whole.mzML\" \"$OUT\""));
  ASSERT_TRUE(run) << run.error().message();
  EXPECT_EQ(run->run.name(), "run");
  EXPECT_EQ(run->run.scan_count(), 60U);
  EXPECT_EQ(run->converter, "ThermoRawFileParser 1.4.5");
  EXPECT_TRUE(run->run.report().findings.empty());
  const std::string arguments = get("arguments");
  EXPECT_TRUE(arguments.starts_with("-i " + (folder_ / "run.raw").string() + " -b /")) << arguments;
  EXPECT_TRUE(arguments.ends_with("/run.mzML -f 2\n")) << arguments;
  EXPECT_TRUE(fs::is_empty(folder_ / "scratch"));
}

TEST_F(Converters, msconvert_is_called_as_documented_for_raw_and_wiff) {
  put("a.wiff", "\xD0\xCF\x11\xE0");
  put("a.wiff.scan", "spectra");
  const std::string program = msconvert("cp \"$TEST/whole.mzML\" \"$OUT/${NAME%.*}.mzML\"");
  for (const std::string name : {"run.raw", "a.wiff"}) {
    const auto run = open(name, program, RawReader::converter);
    ASSERT_TRUE(run) << run.error().message();
    EXPECT_EQ(run->run.name(), name.substr(0, name.find('.')));
    EXPECT_EQ(run->converter, "msconvert 3.0.25087");
    const std::string arguments = get("arguments");
    EXPECT_TRUE(arguments.starts_with((folder_ / name).string() + " --mzML ")) << arguments;
    EXPECT_NE(arguments.find("--filter peakPicking vendor msLevel=1- -o "), std::string::npos);
  }
}

TEST_F(Converters, a_wiff_file_needs_its_scan_file_and_msconvert) {
  put("a.wiff", "\xD0\xCF\x11\xE0");
  const std::string program = msconvert("cp \"$TEST/whole.mzML\" \"$OUT/a.mzML\"");
  EXPECT_EQ(error("a.wiff", program).code, "OVL-RUN-066");
  put("a.wiff.scan", "spectra");
  EXPECT_EQ(error("a.wiff", program).code, "none");
  EXPECT_EQ(error("a.wiff", parser("exit 0")).code, "OVL-RUN-062");
  EXPECT_EQ(error("a.wiff", program, RawReader::direct).code, "OVL-RUN-062");
  const Error several =
      error("a.wiff", msconvert("for i in 1 2; do cp \"$TEST/whole.mzML\" \"$OUT/$i.mzML\"; done"));
  EXPECT_EQ(several.code, "OVL-RUN-064");
  EXPECT_NE(several.what.find("several samples"), std::string::npos);
}

TEST_F(Converters, a_program_that_is_missing_or_fails_is_named) {
  const Error missing = error("run.raw", (folder_ / "absent").string());
  EXPECT_EQ(missing.code, "OVL-RUN-062");
  EXPECT_NE(missing.where.find("absent"), std::string::npos);
  EXPECT_EQ(error("run.raw", "no-such-converter").code, "OVL-RUN-062");
  put("text", "no program");
  EXPECT_EQ(error("run.raw", (folder_ / "text").string()).code, "OVL-RUN-062");
  fs::permissions(folder_ / "text", fs::perms::owner_all);
  EXPECT_EQ(error("run.raw", (folder_ / "text").string()).code, "OVL-RUN-063");
  const Error failed =
      error("run.raw",
            parser("cp \"$TEST/whole.mzML\" \"$OUT\"; printf 'no\\033[31m licence' >&2; exit 3"));
  EXPECT_EQ(failed.code, "OVL-RUN-063");
  EXPECT_NE(failed.what.find("exit code 3: no [31m licence"), std::string::npos) << failed.what;
  EXPECT_NE(error("run.raw", parser("kill -9 $$")).what.find("signal 9"), std::string::npos);
}

TEST_F(Converters, what_is_missing_empty_or_cut_off_is_refused) {
  EXPECT_EQ(error("run.raw", parser("exit 0")).code, "OVL-RUN-064");
  EXPECT_EQ(error("run.raw", parser(": > \"$OUT\"")).code, "OVL-RUN-064");
  EXPECT_EQ(error("run.raw", parser("echo hello > \"$OUT\"")).code, "OVL-RUN-064");
  for (const char* const share : {"100", "3000", "20000"}) {
    const Error cut = error(
        "run.raw", parser(std::string("head -c ") + share + " \"$TEST/whole.mzML\" > \"$OUT\""));
    EXPECT_EQ(cut.code, "OVL-RUN-064") << share;
    EXPECT_NE(cut.what.find("ThermoRawFileParser 1.4.5"), std::string::npos);
  }
  const Error fewer =
      error("run.raw", parser("sed 's/spectrumList count=\"60\"/spectrumList count=\"61\"/' "
                              "\"$TEST/whole.mzML\" > \"$OUT\""));
  EXPECT_EQ(fewer.code, "OVL-RUN-064");
  EXPECT_NE(fewer.what.find("announces 61 spectra and wrote 60"), std::string::npos) << fewer.what;
}

TEST_F(Converters, peaks_that_no_instrument_measures_are_refused) {
  for (const auto& [mz, intensity] : {std::pair{500.0, 1e22}, std::pair{0.0, 10.0},
                                      std::pair{0.0, 1e22}, std::pair{500.0, 1e300}}) {
    const support::ExampleSpectrum good{.id = "scan=1"};
    const support::ExampleSpectrum odd{.id = "scan=2",
                                       .length = "2",
                                       .mz = support::plain_array({mz, 600}),
                                       .intensity = support::plain_array({intensity, 10})};
    put("odd.mzML", support::document(good.text() + odd.text()));
    const Error found = error("run.raw", parser("cp \"$TEST/odd.mzML\" \"$OUT\""));
    EXPECT_EQ(found.code, "OVL-RUN-065") << mz << " " << intensity << " " << found.message();
    EXPECT_NE(found.what.find("1 peaks"), std::string::npos);
  }
}

TEST_F(Converters, a_converter_that_hangs_ends_with_the_command) {
  Cancellation cancellation;
  Machine machine = 2;
  machine.cancellation = &cancellation;
  const std::string program = parser("cp \"$TEST/whole.mzML\" \"$OUT\"; sleep 60");
  std::thread stopper([&] {
    for (int i = 0; i < 500 && get("arguments").empty(); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    cancellation.request(SIGINT);
  });
  EXPECT_THROW((void)open("run.raw", program, RawReader::automatic, machine), Cancelled);
  stopper.join();
  EXPECT_TRUE(fs::is_empty(folder_ / "scratch"));
}

TEST_F(Converters, a_program_without_version_converts_all_the_same) {
  put("parser", "#!/bin/sh\n[ \"$1\" != --version ] || exit 1\ncp '" + folder_.string() +
                    "/whole.mzML' \"$4\"\n");
  fs::permissions(folder_ / "parser", fs::perms::owner_all);
  const auto run = open("run.raw", (folder_ / "parser").string());
  ASSERT_TRUE(run) << run.error().message();
  EXPECT_EQ(run->converter, "ThermoRawFileParser of unknown version");
}

// PATH decides what `auto` does.
class ConvertersOnPath : public Converters {
 protected:
  ConvertersOnPath() : before_(std::getenv("PATH")) {}
  ~ConvertersOnPath() override { ::setenv("PATH", before_.c_str(), 1); }
  void set_path(const fs::path& first) const {
    ::setenv("PATH", (first.string() + ":/usr/bin:/bin").c_str(), 1);
  }
  std::string before_;
};

TEST_F(ConvertersOnPath, auto_takes_a_converter_and_without_one_reads_directly) {
  if (!find_converter(VendorFormat::thermo_raw, "")->program.empty() &&
      fs::exists("/usr/bin/msconvert"))
    GTEST_SKIP() << "this machine has a converter in /usr/bin";
  (void)parser("cp \"$TEST/whole.mzML\" \"$OUT\"");
  set_path(folder_);
  const auto converted = open("run.raw", "");
  ASSERT_TRUE(converted) << converted.error().message();
  EXPECT_EQ(converted->converter, "ThermoRawFileParser 1.4.5");
  const auto told = open("run.raw", "", RawReader::direct);
  ASSERT_TRUE(told) << told.error().message();
  EXPECT_EQ(told->converter, "");
  set_path("/nowhere");
  const auto direct = open("run.raw", "");
  ASSERT_TRUE(direct) << direct.error().message();
  EXPECT_EQ(direct->run.scan_count(), 40U);
  ASSERT_EQ(direct->run.report().findings.size(), 1U);
  EXPECT_EQ(direct->run.report().findings.front().code, "OVL-RUN-061");
  EXPECT_NE(direct->run.report().findings.front().what.find("experimental; 40 reference peaks"),
            std::string::npos);
  EXPECT_EQ(error("run.raw", "", RawReader::converter).code, "OVL-RUN-062");
  put("a.wiff", "x");
  put("a.wiff.scan", "x");
  EXPECT_EQ(error("a.wiff", "").code, "OVL-RUN-062");
}

}  // namespace
}  // namespace overland::run
