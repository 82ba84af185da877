// With file:// as the store: the same code as for the others, without a server.
#include "io/store/staging.h"

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

#include "base/files/atomic_file.h"
#include "base/machine.h"
#include "io/store/object_store.h"

namespace overland::io {
namespace {

namespace fs = std::filesystem;

class StagingTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) /
              ("overland_staging_" +
               std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "store");
  }
  void TearDown() override { fs::remove_all(folder_); }

  void put(const std::string& name, const std::string& text) const {
    ASSERT_TRUE(write_text_atomically(folder_ / "store" / name, text));
    // A version is a time here; two versions must not have the same.
    static auto time = fs::file_time_type::clock::now();
    fs::last_write_time(folder_ / "store" / name, time += std::chrono::seconds(1));
  }
  [[nodiscard]] std::string uri(const std::string& name) const {
    return "file://" + fs::absolute(folder_ / "store" / name).string();
  }
  static std::string text_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
  }
  [[nodiscard]] Staging staging() const { return {folder_ / "stage", {}}; }

  fs::path folder_;
};

TEST_F(StagingTest, a_path_stays_what_it_is) {
  EXPECT_EQ(*staging().input("runs/a.mzML"), "runs/a.mzML");
  EXPECT_FALSE(fs::exists(folder_ / "stage"));
}

TEST_F(StagingTest, an_object_is_copied_once_and_again_when_it_changed) {
  put("run.mzML", "first");
  const auto copy = staging().input(uri("run.mzML"));
  ASSERT_TRUE(copy) << copy.error().message();
  EXPECT_EQ(copy->filename(), "run.mzML");
  EXPECT_EQ(text_of(*copy), "first");
  const auto written = fs::last_write_time(*copy);
  EXPECT_EQ(*staging().input(uri("run.mzML")), *copy);
  EXPECT_EQ(fs::last_write_time(*copy), written);
  put("run.mzML", "other");  // of the same size
  ASSERT_TRUE(staging().input(uri("run.mzML")));
  EXPECT_EQ(text_of(*copy), "other");
}

TEST_F(StagingTest, a_copy_that_lost_bytes_is_made_again) {
  put("run.mzML", "whole");
  const auto copy = staging().input(uri("run.mzML"));
  ASSERT_TRUE(copy);
  fs::resize_file(*copy, 2);
  ASSERT_TRUE(staging().input(uri("run.mzML")));
  EXPECT_EQ(text_of(*copy), "whole");
}

TEST_F(StagingTest, a_folder_is_copied_with_all_below_it_and_nothing_else) {
  put("a.lib/one.arrow", "1");
  put("a.lib/deep/two.arrow", "22");
  put("a.lib.txt", "x");
  const auto copy = staging().input(uri("a.lib"));
  ASSERT_TRUE(copy) << copy.error().message();
  EXPECT_EQ(text_of(*copy / "one.arrow"), "1");
  EXPECT_EQ(text_of(*copy / "deep" / "two.arrow"), "22");
  fs::remove(folder_ / "store" / "a.lib" / "one.arrow");
  ASSERT_TRUE(staging().input(uri("a.lib")));
  EXPECT_FALSE(fs::exists(*copy / "one.arrow"));
  EXPECT_TRUE(fs::exists(*copy / "deep" / "two.arrow"));
}

TEST_F(StagingTest, what_is_missing_or_not_understood_has_a_coded_error_without_secrets) {
  EXPECT_EQ(staging().input(uri("none.mzML")).error().code, "OVL-IO-142");
  const auto unknown = staging().input("ftp://user:secret@host/run.mzML");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, "OVL-IO-140");
  EXPECT_EQ(unknown.error().message().find("secret"), std::string::npos);
  EXPECT_EQ(staging().input("s3://").error().code, "OVL-IO-141");
}

TEST_F(StagingTest, a_copy_that_has_no_room_is_not_begun) {
  put("huge.mzML", "");
  fs::resize_file(folder_ / "store" / "huge.mzML", std::uintmax_t{1} << 43);  // a hole
  const auto copy = staging().input(uri("huge.mzML"));
  ASSERT_FALSE(copy);
  EXPECT_EQ(copy.error().code, "OVL-IO-146");
}

std::vector<fs::path> files_below(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code changing;
  for (fs::recursive_directory_iterator it(folder, changing), end; !changing && it != end;
       it.increment(changing))
    if (it->is_regular_file(changing) && it->path().extension() != ".lock")
      files.push_back(it->path());
  return files;
}

TEST_F(StagingTest, a_stopped_download_leaves_no_file) {
  put("run.mzML", "");
  fs::resize_file(folder_ / "store" / "run.mzML", std::uintmax_t{1} << 30);  // a hole
  Cancellation cancellation;
  Machine machine;
  machine.cancellation = &cancellation;
  const std::jthread stops([&] {
    while (files_below(folder_ / "stage").empty()) std::this_thread::yield();
    cancellation.request(2);
  });
  EXPECT_THROW((void)Staging(folder_ / "stage", machine).input(uri("run.mzML")), Cancelled);
  EXPECT_EQ(files_below(folder_ / "stage"), std::vector<fs::path>());
}

TEST_F(StagingTest, an_upload_withdraws_the_last_file_first_and_writes_it_last) {
  const fs::path made = folder_ / "made";
  for (const char* name : {"a.txt", "work/b.txt", "manifest.json"})
    ASSERT_TRUE(write_text_atomically(made / name, name));
  put("out/manifest.json", "old");
  const auto broken = staging().upload_folder(
      made, uri("out"), {.files = {"a.txt", "gone.txt", "manifest.json"}, .last = "manifest.json"});
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, "OVL-IO-001");
  EXPECT_EQ(check_complete(uri("out"), "manifest.json", {}).error().code, "OVL-IO-147");
  const auto done = staging().upload_folder(
      made, uri("out"),
      {.files = {"a.txt", "manifest.json", "work/b.txt"}, .last = "manifest.json"});
  ASSERT_TRUE(done) << done.error().message();
  EXPECT_TRUE(check_complete(uri("out"), "manifest.json", {}));
  EXPECT_EQ(text_of(folder_ / "store/out/manifest.json"), "manifest.json");
  EXPECT_EQ(text_of(folder_ / "store/out/work/b.txt"), "work/b.txt");
}

}  // namespace
}  // namespace overland::io
