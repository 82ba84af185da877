// What a search is told, and the file that keeps it: config.json of the results folder, from which
// the search can be run again and each of its stages on its own.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/machine.h"
#include "params/results_folder.h"
#include "params/search_config.h"
#include "run/vendor_file.h"
#include "stages/library_cache.h"
#include "stages/stage_store.h"

namespace overland::stages {

struct SearchOptions {
  std::filesystem::path library;  // NAME.lib or a table; empty: `build` tells how to make one
  SearchLibraryBuild build;
  bool refine = false;
  std::vector<std::filesystem::path> runs;
  std::filesystem::path out;
  params::SearchConfig config;
  run::VendorReading vendor = {};  // `scratch` is the stage's
  Machine machine = {};
  bool pioneer_tables = false;  // beside the others, in OUT/pioneer
  bool is_strict = false;       // stop at the first run that fails
  bool overwrite = false;       // may replace another search (commands/replaced_search.h)
  std::string command_line;     // for the log
  // Content hashes that a configuration file names, by path: an input that has another one is an
  // error.
  std::map<std::string, std::string> expected_hashes = {};
  std::filesystem::path staging = {};  // folder of local copies of URIs; empty: the default
  // Of inputs that are copies: the URI, without secrets, by the path of the copy.
  std::map<std::string, std::string> uris = {};
};

struct RunInput {
  std::filesystem::path file;
  std::string name;  // in all tables: run_name(file)
};

// Options that have been checked, with the names of the runs.
struct SearchPlan {
  SearchOptions options;
  std::vector<RunInput> runs;

  [[nodiscard]] params::ResultsFolder folder() const { return params::ResultsFolder(options.out); }
  [[nodiscard]] bool is_from_fasta() const { return options.library.empty(); }
  // Match between runs asks donors and their decoys for a peak at one and the same time.
  [[nodiscard]] bool matches_runs() const {
    return options.config.transfer.enabled && runs.size() > 1;
  }
  [[nodiscard]] bool agrees_on_limits() const {
    return options.config.integrate.consensus_limits && runs.size() > 1;
  }
};

// Errors OVL-USE-010, -011 (output_guard.h), OVL-USE-013 (two runs of one name), OVL-USE-014 (no
// run), OVL-USE-015 (no library, or both a library and a FASTA).
[[nodiscard]] Result<SearchPlan> plan_search(const SearchOptions& options);
// The files and folders that the search is given: runs, library, FASTA files.
[[nodiscard]] std::vector<std::filesystem::path> inputs_of(const SearchOptions& options);

// The file of a search: the sections of the parameters; and, in config.json of a results folder,
// "build_library" (parameters of the build), "options" (of the command line) and "inputs" (with
// their hashes).
class SearchFile {
 public:
  explicit SearchFile(SearchOptions& options);
  SearchFile(const SearchFile&) = delete;
  SearchFile& operator=(const SearchFile&) = delete;

  // The schemas of what the command line may set on top.
  [[nodiscard]] ConfigSchema& parameters() { return parameters_; }
  [[nodiscard]] ConfigSchema& build() { return build_; }

  // Inputs and options that the command line gave before the call are kept.
  // Errors OVL-CFG-001..004.
  [[nodiscard]] Result<void> read(const std::filesystem::path& file);
  // The text of config.json. `hashes`: of each input, by its path as given.
  [[nodiscard]] std::string text(const std::map<std::string, std::string>& hashes);

 private:
  // The section "options" in the types of a schema.
  struct CommandOptions {
    bool refine = false, strict = false, pioneer_tables = false;
    std::string predictor = "embedded", koina_url, library_cache, raw_converter;
    run::RawReader raw_reader = run::RawReader::automatic;
    std::int64_t threads = 0, max_ram = 0;  // 0: what the machine has
  };
  void keep_given_options();

  SearchOptions& options_;
  CommandOptions command_;
  ConfigSchema parameters_, build_, whole_;
};

// Hashes all inputs, compares them with `expected_hashes` and writes config.json. A run that cannot
// be read has no hash: it fails on its own later. Errors OVL-IO-120 (an input is missing or is not
// the one that the configuration names), OVL-IO-002.
[[nodiscard]] Result<void> write_search_file(SearchPlan& plan, StageStore& store);

// Options as they are in a results folder. Errors OVL-USE-040 (not a results folder), OVL-CFG-*.
[[nodiscard]] Result<SearchOptions> read_search_file(const std::filesystem::path& results);

}  // namespace overland::stages
