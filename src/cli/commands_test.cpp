#include "cli/commands.h"

#include <gtest/gtest.h>

#include "base/resources.h"
#include "params/search_config.h"
#include "support/command_example.h"
#include "support/table_checks.h"

namespace overland::cli {
namespace {

using support::expect_error;
using support::Ran;
using support::run;
using support::TestFolder;
using support::write_text;

struct Applied {
  params::SearchConfig config;
  std::string code;
};
Applied applied(const ConfigSource& source) {
  Applied a;
  ConfigSchema schema = params::search_schema(a.config);
  const auto done = apply(source, schema);
  if (!done) a.code = done.error().code;
  return a;
}

TEST(ConfigSource, defaults_yield_to_the_file_and_the_file_to_assignments) {
  const TestFolder folder;
  const double default_q = params::SearchConfig().report.q_value;
  ASSERT_NE(default_q, 0.05);
  write_text(folder / "c.json", R"({"report": {"q_value": 0.05}, "search": {"seed": 11}})");
  EXPECT_EQ(applied({}).config.report.q_value, default_q);
  EXPECT_EQ(applied({folder / "c.json", {}}).config.report.q_value, 0.05);
  const Applied both = applied({folder / "c.json", {"report.q_value=0.02"}});
  EXPECT_EQ(both.config.report.q_value, 0.02);
  EXPECT_EQ(both.config.seed, 11) << "the rest of the file stays";
  const Applied twice = applied({{}, {"report.q_value=0.02", "report.q_value=0.03"}});
  EXPECT_EQ(twice.config.report.q_value, 0.03) << "the last one counts";
}

TEST(ConfigSource, what_is_wrong_has_its_code) {
  const TestFolder folder;
  const std::map<std::string, std::string> files{{R"({"report": {"q_valu": 1}})", "OVL-CFG-001"},
                                                 {R"({"reprt": {}})", "OVL-CFG-001"},
                                                 {R"({"report": {"q_value": "x"}})", "OVL-CFG-002"},
                                                 {R"({"report": {"q_value": 7}})", "OVL-CFG-002"},
                                                 {R"({"report": 7})", "OVL-CFG-002"},
                                                 {R"([])", "OVL-CFG-003"},
                                                 {R"({"report": )", "OVL-CFG-003"},
                                                 {"", "OVL-CFG-004"}};
  for (const auto& [text, code] : files) {
    write_text(folder / "c.json", text);
    EXPECT_EQ(applied({folder / "c.json", {}}).code, code) << text;
  }
  EXPECT_EQ(applied({folder / "absent", {}}).code, "OVL-CFG-004");
  EXPECT_EQ(applied({folder.path(), {}}).code, "OVL-CFG-004") << "a folder";
  EXPECT_EQ(applied({{}, {"report.q_value"}}).code, "OVL-USE-001");
  EXPECT_EQ(applied({{}, {"report.q_value=x"}}).code, "OVL-CFG-002");
  EXPECT_EQ(applied({{}, {"=1"}}).code, "OVL-CFG-001");
  EXPECT_EQ(applied({{}, {"report.q_value=0.01"}}).code, "");
}

TEST(ReadText, gives_back_every_byte) {
  const TestFolder folder;
  const std::string bytes("a\r\n\0\xff", 5);
  write_text(folder / "f", bytes);
  EXPECT_EQ(*read_text(folder / "f"), bytes);
}

TEST(Threads, begin_at_one_and_are_what_the_machine_has) {
  Machine machine(0);
  Program program(available_threads());
  Command command = program.add("go", "", [] { return Result<void>(); });
  add_machine(program, command, machine);
  EXPECT_EQ(machine.threads, available_threads());
  expect_error(run(program, {"go", "--threads", "0"}), 2, {"--threads"});
  expect_error(run(program, {"go", "-t", "1025"}), 2, {"--threads"});
  EXPECT_EQ(run(program, {"go", "-t", "3"}).code, 0);
  EXPECT_EQ(machine.threads, 3);
}

// Every command, with what its help must offer and what it cannot do without.
struct CommandCase {
  const char* name;
  void (*add)(Program&);
  std::vector<std::string> options;
  std::vector<std::string> incomplete;
};
const std::vector<CommandCase>& all_commands() {
  static const std::vector<CommandCase> kAll{
      {"search",
       add_search_command,
       {"--library",
        "--fasta",
        "--contaminants",
        "--library-config",
        "--library-set",
        "--entrapments",
        "--no-entrapments",
        "--library-cache",
        "--predictor",
        "--refine",
        "--out",
        "--threads",
        "--max-ram",
        "--config",
        "--set",
        "--report-q",
        "--report-decoys",
        "--report-entrapments",
        "--mbr",
        "--no-mbr",
        "--tsv",
        "--pioneer-tables",
        "--strict",
        "--raw-reader",
        "--raw-converter"},
       {"run.mzML"}},
      {"report", add_report_command, {"--conditions", "--serve", "--port"}, {}},
      {"audit", add_audit_command, {}, {}},
      {"explain", add_explain_command, {}, {}},
      {"export",
       add_export_command,
       {"--format", "--out", "--conditions", "--level", "--overwrite"},
       {"dir", "--out", "x"}},
      {"build-library", add_build_library_command, {"--fasta", "--out"}, {}},
      {"import-library", add_import_library_command, {"--out"}, {}},
      {"export-library", add_export_library_command, {"--out"}, {}},
      {"train-predictor", add_train_predictor_command, {"--out"}, {}},
      {"convert", add_convert_command, {"--out", "--raw-reader", "--raw-converter"}, {}},
      {"check-raw", add_check_raw_command, {"RAW", "MZML", "--threads"}, {"run.raw"}},
      {"lfq",
       add_lfq_command,
       {"--in", "--out", "--method", "--level", "--least-shared", "--filter"},
       {"--out", "x"}},
      {"simulate", add_simulate_command, {"--out"}, {}},
      {"config", add_config_command, {"--config", "--set", "--markdown"}, {}}};
  return kAll;
}

TEST(Commands, each_has_its_help_on_stdout) {
  for (const CommandCase& c : all_commands()) {
    const Ran ran = run(c.add, {c.name, "--help"});
    EXPECT_EQ(ran.code, 0) << c.name;
    EXPECT_EQ(ran.err, "");
    EXPECT_NE(ran.out.find("Usage: overland " + std::string(c.name)), std::string::npos) << c.name;
    EXPECT_NE(ran.out.find("--quiet"), std::string::npos) << c.name;
    for (const std::string& option : c.options)
      EXPECT_NE(ran.out.find(option), std::string::npos) << c.name << " " << option;
  }
}

TEST(Commands, an_incomplete_or_unknown_call_is_a_usage_error_of_that_command) {
  for (const CommandCase& c : all_commands()) {
    std::vector<std::string> words{c.name};
    words.insert(words.end(), c.incomplete.begin(), c.incomplete.end());
    const std::string help = "'overland " + std::string(c.name) + " --help'";
    expect_error(run(c.add, words), 2, {"OVL-USE-002", help});
    words.emplace_back("--no-such-option");
    expect_error(run(c.add, words), 2, {"OVL-USE-002", help});
  }
}

}  // namespace
}  // namespace overland::cli
