#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

#include "base/files/atomic_file.h"
#include "base/files/hash.h"
#include "base/files/scratch_file.h"
#include "base/rng.h"

namespace overland {
namespace {

std::filesystem::path fresh_folder(const std::string& name) {
  const auto folder = std::filesystem::path(testing::TempDir()) / ("overland_files_" + name);
  std::filesystem::remove_all(folder);
  return folder;
}

TEST(AtomicFile, writes_and_replaces_whole_files) {
  const auto file = fresh_folder("a") / "sub" / "x.txt";
  ASSERT_TRUE(write_text_atomically(file, "one"));
  ASSERT_TRUE(write_text_atomically(file, "two"));
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  EXPECT_EQ(text.str(), "two");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(file.parent_path()), {}), 1);
}

TEST(AtomicFile, failed_writer_leaves_the_old_file_and_no_temporary) {
  const auto file = fresh_folder("b") / "x.txt";
  ASSERT_TRUE(write_text_atomically(file, "old"));
  const auto done = write_atomically(file, [](const std::filesystem::path& temporary) {
    std::ofstream(temporary) << "half";
    return Result<void>(fail("OVL-IO-002", "no room", "", ""));
  });
  EXPECT_FALSE(done);
  EXPECT_EQ(std::filesystem::file_size(file), 3U);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(file.parent_path()), {}), 1);
}

// Several at once, of one file: each has its own temporary and the last one stands.
TEST(AtomicFile, threads_that_write_one_file_leave_one_of_their_texts) {
  const auto file = fresh_folder("d") / "x.txt";
  {
    std::vector<std::jthread> threads;
    for (char text = 'a'; text < 'e'; ++text)
      threads.emplace_back([&file, text] {
        for (int i = 0; i < 20; ++i)
          EXPECT_TRUE(write_text_atomically(file, std::string(100'000, text)));
      });
  }
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  EXPECT_EQ(text.str(), std::string(100'000, text.str().front()));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(file.parent_path()), {}), 1);
}

TEST(AtomicFile, leaves_nothing_when_a_write_is_cancelled) {
  const auto file = fresh_folder("cancelled") / "x.txt";
  const auto write = [](const std::filesystem::path& temporary) -> Result<void> {
    std::ofstream(temporary) << "half";
    throw Cancelled{2};
  };
  EXPECT_THROW((void)write_atomically(file, write), Cancelled);
  EXPECT_TRUE(std::filesystem::is_empty(file.parent_path()));
}

TEST(AtomicFile, unwritable_folder_is_a_coded_error) {
  const auto done = write_text_atomically("/proc/overland/x", "y");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, "OVL-IO-002");
  EXPECT_EQ(done.error().exit_code(), 4);
}

TEST(Hash, file_and_text_agree) {
  const auto file = fresh_folder("c") / "x.txt";
  const std::string text(3'000'000, 'q');
  ASSERT_TRUE(write_text_atomically(file, text));
  EXPECT_EQ(*hash_file(file), hash_text(text));
  EXPECT_EQ(hash_text(text).size(), 32U);
  EXPECT_NE(hash_text("a"), hash_text("b"));
  EXPECT_EQ(hash_file(file.parent_path() / "none").error().code, "OVL-IO-001");
}

TEST(ScratchFile, gives_back_what_was_written_and_leaves_nothing) {
  const auto folder = fresh_folder("scratch") / "sub";
  auto file = ScratchFile::create(folder);
  ASSERT_TRUE(file) << file.error().message();
  EXPECT_TRUE(std::filesystem::is_empty(folder)) << "it has no name";
  Rng rng(5, 0);
  std::vector<std::uint32_t> expected(40'000, 0);
  for (int trial = 0; trial < 200; ++trial) {
    std::vector<std::uint32_t> values(rng.below(3000));
    const std::size_t at = rng.below(expected.size() - values.size());
    for (std::uint32_t& value : values) value = static_cast<std::uint32_t>(rng.next());
    std::copy(values.begin(), values.end(), expected.begin() + static_cast<std::ptrdiff_t>(at));
    ASSERT_TRUE(file->write<std::uint32_t>(at, values));
  }
  ASSERT_TRUE(file->write<std::uint32_t>(expected.size() - 1, std::span(expected).last(1)));
  for (int trial = 0; trial < 200; ++trial) {
    const std::size_t at = rng.below(expected.size());
    const std::size_t count = rng.below(expected.size() - at + 1);
    const auto view = file->view<std::uint32_t>(at, count);
    ASSERT_TRUE(view);
    ASSERT_TRUE(std::ranges::equal(view->values, std::span(expected).subspan(at, count)));
  }
}

TEST(ScratchFile, views_outlive_the_file_and_a_bad_folder_is_an_error) {
  ScratchView<double> view;
  {
    auto file = ScratchFile::create(fresh_folder("views"));
    ASSERT_TRUE(file);
    const std::vector<double> values{1, 2, 3};
    ASSERT_TRUE(file->write<double>(0, values));
    auto opened = file->view<double>(1, 2);
    ASSERT_TRUE(opened);
    view = std::move(*opened);
  }
  EXPECT_EQ(view.values[1], 3);
  const auto nowhere = ScratchFile::create("/proc/overland");
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().code, "OVL-IO-002");
}

}  // namespace
}  // namespace overland
