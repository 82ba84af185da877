// The small search that the tests of the whole pipeline share.
#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "base/machine.h"
#include "commands/pipeline.h"
#include "io/table/table.h"
#include "support/example_search.h"

namespace overland::support {

namespace fs = std::filesystem;

struct Outcome {
  std::size_t right = 0, wrong = 0;
};

inline Outcome judge(const io::Table& report,
                     const std::vector<library::LibraryPrecursor>& targets) {
  std::set<std::string> present;
  for (std::size_t t = 0; t < targets.size(); ++t) {
    if (is_present(t, {})) {
      present.insert(to_unimod_notation(targets[t].peptide) + std::to_string(targets[t].charge));
    }
  }
  Outcome outcome;
  for (const std::string& id : **report.column<std::string>("Precursor.Id")) {
    (present.contains(id) ? outcome.right : outcome.wrong) += 1;
  }
  return outcome;
}

class SearchFixture : public ::testing::Test {
 protected:
  void SetUp() override {
    reporter_->set_quiet(true);
    fs::create_directories(data_);
    ASSERT_TRUE(library::write_library(targets_, {"example", "", "test"}, library()));
  }
  [[nodiscard]] fs::path library() const { return scratch_.path() / "example.lib"; }
  fs::path add_run(const std::string& name, const ExampleRun& options = {}) const {
    const fs::path file = data_ / (name + ".arrow");
    EXPECT_TRUE(run::write_run_arrow(example_run(targets_, options), file));
    return file;
  }
  fs::path add_damaged(const std::string& name) const {
    const fs::path file = data_ / (name + ".arrow");
    std::ofstream(file) << "ARROW1 and nothing of use";
    return file;
  }
  [[nodiscard]] stages::SearchOptions options_for(const std::vector<fs::path>& runs,
                                                  const std::string& out = "out") const {
    stages::SearchOptions options;
    options.library = library();
    options.runs = runs;
    options.out = scratch_.path() / out;
    options.config.decoys_per_target = 2;
    options.overwrite = true;
    options.machine.threads = 2;
    options.machine.reporter = reporter_.get();  // a search without one writes no log.txt
    return options;
  }
  static std::string code_of(const Result<void>& result) {
    return result ? "" : result.error().code;
  }
  [[nodiscard]] io::Table table(const fs::path& file) const {
    auto read = io::read_parquet(file);
    EXPECT_TRUE(read) << read.error().message();
    return read ? std::move(*read) : io::Table();
  }
  // Every file below a folder that the search makes, with its content; without the log, the page,
  // config.json (which names the number of threads) and manifests (which say how long stages took).
  static std::map<std::string, std::string> contents(const fs::path& out) {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(out)) {
      const std::string name = entry.path().lexically_relative(out).string();
      static const std::set<std::string> kOfThisRun{"log.txt", "report.html", "config.json",
                                                    "work/hashes.json"};
      const bool is_manifest =
          name.starts_with("work/") && entry.path().filename() == "manifest.json";
      if (entry.is_regular_file() && !is_manifest && !kOfThisRun.contains(name)) {
        files[name] = file_bytes(entry.path());
      }
    }
    return files;
  }
  static void expect_equal(const std::map<std::string, std::string>& a,
                           const std::map<std::string, std::string>& b) {
    for (const auto& [name, bytes] : a) {
      ASSERT_TRUE(b.contains(name)) << name;
      EXPECT_TRUE(b.at(name) == bytes) << name << " differs";
    }
    EXPECT_EQ(a.size(), b.size());
  }

  ScratchFolder scratch_;
  fs::path data_ = scratch_.path() / "data";
  std::vector<library::LibraryPrecursor> targets_ = example_targets(240);
  std::unique_ptr<Reporter> reporter_ = std::make_unique<Reporter>();
};

}  // namespace overland::support
