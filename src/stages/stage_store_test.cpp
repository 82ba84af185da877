#include "stages/stage_store.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <sstream>
#include <thread>

#include "base/files/atomic_file.h"
#include "base/files/hash.h"

namespace overland::stages {
namespace {

namespace fs = std::filesystem;

class StageStoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "overland_store_XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    results_ = pattern;
  }
  void TearDown() override { fs::remove_all(results_); }

  static StageKey sample_key() {
    return {.stage = "first_pass",
            .run = "run1",
            .inputs = {{"library", "aa"}, {"run", "bb"}},
            .parameters_hash = "cc"};
  }
  // Runs the stage unless it is current, as a driver does; true when it ran.
  bool run_stage(const StageKey& key, const std::string& content = "hits") const {
    const StageStore store(results_);
    if (store.is_current(key)) return false;
    const auto folder = store.begin(key);
    EXPECT_TRUE(folder);
    EXPECT_TRUE(write_text_atomically(*folder / "hits.txt", content));
    const auto done = store.commit(key, {*folder / "hits.txt"});
    EXPECT_TRUE(done) << done.error().message();
    return true;
  }
  void overwrite(const fs::path& file, const std::string& text) const {
    std::ofstream(results_ / file, std::ios::binary) << text;
  }
  std::string reason(const StageKey& key) const {
    return StageStore(results_).stale_reason(key).value_or("current");
  }

  fs::path results_;
};

TEST_F(StageStoreTest, aStageIsDoneOnce) {
  EXPECT_EQ(reason(sample_key()), "it has not been done");
  EXPECT_TRUE(run_stage(sample_key()));
  EXPECT_EQ(reason(sample_key()), "current");
  EXPECT_FALSE(run_stage(sample_key()));
}

TEST_F(StageStoreTest, aChangeOfInputsOrParametersRedoesIt) {
  run_stage(sample_key());
  StageKey changed = sample_key();
  changed.parameters_hash = "dd";
  EXPECT_EQ(reason(changed), "its parameters changed");
  changed = sample_key();
  changed.inputs["run"] = "b2";
  EXPECT_EQ(reason(changed), "the input 'run' changed");
  changed = sample_key();
  changed.inputs["models"] = "ee";
  EXPECT_EQ(reason(changed), "the input 'models' is new");
  changed = sample_key();
  changed.inputs.erase("library");
  EXPECT_EQ(reason(changed), "the input 'library' is gone");
  EXPECT_TRUE(run_stage(changed));
  EXPECT_TRUE(run_stage(sample_key()));  // one set of results per stage and run: the last one
}

TEST_F(StageStoreTest, anotherRunIsAnotherStage) {
  run_stage(sample_key());
  StageKey other = sample_key();
  other.run = "run2";
  EXPECT_TRUE(run_stage(other));
  other.run.clear();
  EXPECT_TRUE(run_stage(other));
  EXPECT_FALSE(run_stage(sample_key()));
}

TEST_F(StageStoreTest, aProcessKilledBeforeTheManifestRedoesIt) {
  StageKey changed = sample_key();
  changed.parameters_hash = "dd";
  run_stage(sample_key(), "hits");
  const pid_t child = ::fork();
  if (child == 0) {  // the same size as before, so that only the manifest can tell
    const StageStore store(results_);
    const auto folder = store.begin(changed);
    (void)write_text_atomically(*folder / "hits.txt", "HITS");
    ::_exit(9);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(WEXITSTATUS(status), 9);
  // Neither the new key nor the old one, whose outputs are gone, may count as done.
  EXPECT_TRUE(run_stage(changed));
  EXPECT_TRUE(run_stage(sample_key()));
}

TEST_F(StageStoreTest, aFileOfTheWrongSizeRedoesIt) {
  run_stage(sample_key());
  overwrite("work/first_pass/run1/hits.txt", "hi");
  EXPECT_EQ(reason(sample_key()),
            "the output work/first_pass/run1/hits.txt has 2 bytes instead of 4");
  EXPECT_TRUE(run_stage(sample_key()));
  fs::remove(results_ / "work/first_pass/run1/hits.txt");
  EXPECT_EQ(reason(sample_key()), "the output work/first_pass/run1/hits.txt is missing");
}

TEST_F(StageStoreTest, otherBytesOfTheSameSizeRedoIt) {
  run_stage(sample_key());
  overwrite("work/first_pass/run1/hits.txt", "hitz");
  EXPECT_EQ(reason(sample_key()), "the output work/first_pass/run1/hits.txt was changed");
  EXPECT_TRUE(run_stage(sample_key()));
  EXPECT_EQ(reason(sample_key()), "current");
}

TEST_F(StageStoreTest, aTamperedManifestRedoesItAndDoesNotCrash) {
  const fs::path file = "work/first_pass/run1/manifest.json";
  run_stage(sample_key());
  std::ostringstream good;
  good << std::ifstream(results_ / file).rdbuf();
  const std::string text = good.str();
  for (std::size_t length = 0; length + 2 < text.size(); length += 7) {
    overwrite(file, text.substr(0, length));
    EXPECT_EQ(reason(sample_key()), "its manifest is damaged") << length;
  }
  for (const char* other : {"[]", "null", "{}", "{\"format\": 2}", "\xff\xfe", "[[[[[[[[[["}) {
    overwrite(file, other);
    EXPECT_EQ(reason(sample_key()), "its manifest is damaged") << other;
  }
  const struct {
    const char* from;
    const char* to;
  } edits[] = {{"\"size\": 4", "\"size\": \"4\""},
               {"\"size\": 4", "\"size\": 5"},
               {"\"cc\"", "\"cd\""},
               {"\"cc\"", "7"},
               {"\"aa\"", "null"},
               {"\"run1\"", "\"run2\""},
               {"\"build\": \"", "\"build\": \"9"}};
  for (const auto& edit : edits) {
    std::string edited = text;
    const std::size_t at = edited.find(edit.from);
    ASSERT_NE(at, std::string::npos) << edit.from;
    edited.replace(at, std::string(edit.from).size(), edit.to);
    overwrite(file, edited);
    EXPECT_NE(reason(sample_key()), "current") << edited;
  }
  overwrite(file, text);
  EXPECT_EQ(reason(sample_key()), "current");
}

TEST_F(StageStoreTest, theResultsFolderMayMove) {
  run_stage(sample_key());
  const fs::path moved = results_.string() + "_moved";
  fs::rename(results_, moved);
  EXPECT_TRUE(StageStore(moved).is_current(sample_key()));
  EXPECT_TRUE(StageStore(moved / "." / "work" / "..").is_current(sample_key()));
  fs::rename(moved, results_);
}

TEST_F(StageStoreTest, outputsAreHashedForTheStagesThatReadThem) {
  run_stage(sample_key(), "hits");
  const StageStore store(results_);
  const auto folder = store.folder(sample_key());
  EXPECT_EQ(store.output_hash(sample_key(), folder / "hits.txt").value_or(""), hash_text("hits"));
  EXPECT_EQ(store.output_hash(sample_key(), folder / "none.txt").error().code, "OVL-INT-011");
  const StageKey undone{.stage = "x", .run = "", .inputs = {}, .parameters_hash = ""};
  EXPECT_EQ(store.manifest(undone).error().code, "OVL-IO-001");
  EXPECT_EQ(store.output_hash(undone, folder / "hits.txt").error().code, "OVL-IO-001");
}

TEST_F(StageStoreTest, hashesOfAStageOverAllRunsAreThoseOfItsLastManifest) {
  const StageKey key{.stage = "score", .run = "", .inputs = {}, .parameters_hash = "cc"};
  const StageStore reader(results_);
  const auto file = reader.folder(key) / "hits.txt";
  EXPECT_EQ(reader.output_hash(key, file).error().code, "OVL-IO-001");
  run_stage(key, "hits");
  EXPECT_EQ(reader.output_hash(key, file).value_or(""), hash_text("hits"));
  EXPECT_EQ(reader.output_hash(key, file).value_or(""), hash_text("hits")) << "once more";
  overwrite("work/score/hits.txt", "damaged");
  EXPECT_TRUE(run_stage(key, "others")) << "by another process";
  EXPECT_EQ(reader.output_hash(key, file).value_or(""), hash_text("others"));
  ASSERT_TRUE(reader.begin(key));
  EXPECT_EQ(reader.output_hash(key, file).error().code, "OVL-IO-001") << "withdrawn";
}

TEST_F(StageStoreTest, aFailureIsKnownUntilTheStageIsBegunAgain) {
  const StageStore store(results_);
  run_stage(sample_key(), "hits");
  EXPECT_FALSE(store.failure(sample_key()));
  ASSERT_TRUE(store.record_failure(
      sample_key(), {.code = "OVL-IO-003", .what = "w", .where = "x", .advice = "y"}));
  EXPECT_FALSE(store.is_current(sample_key()));
  ASSERT_TRUE(store.failure(sample_key()));
  EXPECT_EQ(store.failure(sample_key())->message(), "OVL-IO-003: w (x). y");
  ASSERT_TRUE(store.begin(sample_key()));
  EXPECT_FALSE(store.failure(sample_key()));
}

TEST_F(StageStoreTest, whatAStageCostIsRemembered) {
  const StageStore store(results_);
  const StageKey key = sample_key();
  ASSERT_TRUE(store.begin(key));
  overwrite("report.txt", "r");
  const StageCost cost{.wall_seconds = 1.5, .cpu_seconds = 2.25, .peak_bytes = 17};
  ASSERT_TRUE(store.commit(key, {results_ / "report.txt"}, cost, "two rows"));
  EXPECT_EQ(store.manifest(key)->cost, cost);
  EXPECT_EQ(store.manifest(key)->note, "two rows");
}

TEST_F(StageStoreTest, outputsMustExistInsideTheResults) {
  const StageStore store(results_);
  const StageKey key = sample_key();
  ASSERT_TRUE(store.begin(key));
  EXPECT_EQ(store.commit(key, {store.folder(key) / "absent.txt"}).error().code, "OVL-IO-001");
  EXPECT_EQ(store.commit(key, {"/etc/hostname"}).error().code, "OVL-INT-010");
  EXPECT_EQ(store.commit(key, {results_ / ".." / "x"}).error().code, "OVL-INT-010");
  EXPECT_FALSE(store.is_current(key));
  overwrite("report.txt", "r");
  EXPECT_TRUE(store.commit(key, {results_ / "report.txt"}));
  EXPECT_TRUE(store.is_current(key));
}

TEST_F(StageStoreTest, inputHashesAreRememberedUntilTheFileChanges) {
  const fs::path input = results_ / "run.mzML";
  const auto settled = fs::file_time_type::clock::now() - std::chrono::hours(1);
  overwrite("run.mzML", "one");
  fs::last_write_time(input, settled);
  EXPECT_EQ(StageStore(results_).input_hash(input).value_or(""), hash_text("one"));
  // Same size and time: taken from memory (this is what makes a restart on 100 GB quick).
  overwrite("run.mzML", "two");
  fs::last_write_time(input, settled);
  EXPECT_EQ(StageStore(results_).input_hash(input).value_or(""), hash_text("one"));
  fs::last_write_time(input, settled + std::chrono::seconds(1));
  EXPECT_EQ(StageStore(results_).input_hash(input).value_or(""), hash_text("two"));
  overwrite("run.mzML", "three");
  fs::last_write_time(input, settled + std::chrono::seconds(1));
  EXPECT_EQ(StageStore(results_).input_hash(input).value_or(""), hash_text("three"));
  EXPECT_EQ(StageStore(results_).input_hash(results_ / "absent").error().code, "OVL-IO-001");
}

TEST_F(StageStoreTest, aFreshInputIsHashedEachTime) {
  const fs::path input = results_ / "run.mzML";
  overwrite("run.mzML", "one");
  EXPECT_EQ(StageStore(results_).input_hash(input).value_or(""), hash_text("one"));
  EXPECT_FALSE(fs::exists(results_ / "work" / "hashes.json"));
}

TEST_F(StageStoreTest, damagedHashesAreForgotten) {
  overwrite("run.mzML", "one");
  fs::create_directories(results_ / "work");
  for (const char* text : {"", "[1]", "{\"a\": 3}", "{\"a\": {\"size\": \"x\"}}", "\xff"}) {
    overwrite("work/hashes.json", text);
    EXPECT_EQ(StageStore(results_).input_hash(results_ / "run.mzML").value_or(""),
              hash_text("one"));
  }
}

TEST_F(StageStoreTest, symlinkedInputsCountByTheirTarget) {
  overwrite("run.mzML", "one");
  fs::create_symlink(results_ / "run.mzML", results_ / "link.mzML");
  EXPECT_EQ(StageStore(results_).input_hash(results_ / "link.mzML").value_or(""), hash_text("one"));
}

TEST_F(StageStoreTest, threadsMayHashRunsTogether) {
  const auto settled = fs::file_time_type::clock::now() - std::chrono::hours(1);
  for (int i = 0; i < 16; ++i) {
    overwrite("run" + std::to_string(i), std::to_string(i));
    fs::last_write_time(results_ / ("run" + std::to_string(i)), settled);
  }
  StageStore store(results_);
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&] {
        for (int i = 0; i < 16; ++i)
          EXPECT_EQ(store.input_hash(results_ / ("run" + std::to_string(i))).value_or(""),
                    hash_text(std::to_string(i)));
      });
  }
  std::ostringstream hashes;
  hashes << std::ifstream(results_ / "work" / "hashes.json").rdbuf();
  for (int i = 0; i < 16; ++i)
    EXPECT_NE(hashes.str().find(hash_text(std::to_string(i))), std::string::npos);
}

// As two processes do: each has read what was there before the other wrote.
TEST_F(StageStoreTest, storesOfOneFolderKeepEachOthersHashes) {
  const auto settled = fs::file_time_type::clock::now() - std::chrono::hours(1);
  for (const char* name : {"a", "b"}) {
    overwrite(name, name);
    fs::last_write_time(results_ / name, settled);
  }
  StageStore first(results_);
  StageStore second(results_);
  ASSERT_TRUE(first.input_hash(results_ / "a"));
  ASSERT_TRUE(second.input_hash(results_ / "b"));
  std::ostringstream hashes;
  hashes << std::ifstream(results_ / "work" / "hashes.json").rdbuf();
  EXPECT_NE(hashes.str().find(hash_text("a")), std::string::npos);
  EXPECT_NE(hashes.str().find(hash_text("b")), std::string::npos);
  EXPECT_FALSE(fs::exists(results_ / "work" / "hashes.json.lock"));
}

}  // namespace
}  // namespace overland::stages
