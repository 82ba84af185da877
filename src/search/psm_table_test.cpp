#include "search/psm_table.h"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <set>

#include "base/check.h"
#include "base/rng.h"
#include "io/table/table.h"
#include "support/table_checks.h"

namespace overland::search {
namespace {

using support::TestFolder;

// Every number of the row is another one.
PsmRow numbered_row(float first) {
  PsmRow row;
  std::array<float, sizeof(kernel::GroupScores) / sizeof(float)> group{};
  for (float& value : group) value = first++;
  row.group = std::bit_cast<kernel::GroupScores>(group);
  std::array<float, sizeof(Ms1Scores) / sizeof(float)> ms1{};
  for (float& value : ms1) value = first++;
  row.ms1 = std::bit_cast<Ms1Scores>(ms1);
  for (float* value : {&row.rt_minutes,
                       &row.rt_start,
                       &row.rt_stop,
                       &row.irt_observed,
                       &row.irt_error,
                       &row.mass_error,
                       &row.mass_bias,
                       &row.isotope_cosine,
                       &row.lighter_share,
                       &row.transmitted,
                       &row.y_matched,
                       &row.b_matched,
                       &row.longest_y,
                       &row.scan_share,
                       &row.charge,
                       &row.fragment_count,
                       &row.precursor_mz,
                       &row.other_window_cosine,
                       &row.other_window_coelution,
                       &row.other_window_match_score})
    *value = first++;
  return row;
}

PsmTable table_of(std::size_t rows) {
  Rng rng(3, rows);
  PsmTable table;
  for (std::uint32_t r = 0; r < rows; ++r) {
    PsmRow row = numbered_row(static_cast<float>(100 * r));
    row.precursor = PrecursorId(r / 2);
    row.window = WindowId(static_cast<std::uint16_t>(rng.below(4)));
    row.apex_scan = RunScan(static_cast<std::uint32_t>(rng.below(50)));
    table.rows.push_back(row);
  }
  return table;
}

constexpr RowBounds kWide{.precursors = 1000, .scans = 50, .windows = 4};

std::string code_of(const std::filesystem::path& file, const RowBounds& bounds = kWide) {
  const auto opened = PsmFile::open(file, bounds);
  return opened ? "" : opened.error().code;
}

TEST(PsmFeatures, have_names_and_fields_of_their_own) {
  const PsmRow row = numbered_row(1);
  std::set<std::string> names;
  std::set<float> values;
  for (const PsmFeature& feature : psm_features()) {
    EXPECT_TRUE(names.insert(feature.name).second) << feature.name << " is there twice";
    EXPECT_TRUE(values.insert(feature.value(row)).second)
        << feature.name << " reads the field of another feature";
    EXPECT_LE(std::abs(feature.direction), 1) << feature.name;
  }
  EXPECT_FALSE(values.contains(row.rt_minutes)) << "the time itself tells nothing";
}

TEST(PsmFeatures, a_linear_model_sees_some_of_them) {
  std::size_t core = 0;
  for (const PsmFeature& feature : psm_features()) core += feature.is_core ? 1 : 0;
  EXPECT_GT(core, 10U);
  EXPECT_LT(core, psm_features().size());
}

class PsmFiles : public ::testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path file() const { return folder_ / "psms.arrow"; }
  void write(const PsmTable& table) const { ASSERT_TRUE(write_psms(table, file())); }
  // The file of `table`, with a column left out or replaced.
  void write_without(const std::string& name, const io::Values* instead = nullptr) const {
    write(table_of(3));
    const auto read = io::read_arrow(file());
    ASSERT_TRUE(read);
    io::Table changed;
    for (const io::Column& column : read->columns()) {
      if (column.name != name) changed.add(column.name, column.values);
      if (column.name == name && instead != nullptr) changed.add(name, *instead);
    }
    ASSERT_TRUE(io::write_arrow(changed, file()));
  }
  TestFolder folder_;
};

TEST_F(PsmFiles, give_back_what_was_written) {
  const PsmTable table = table_of(7);
  write(table);
  const auto psms = PsmFile::open(file(), kWide);
  ASSERT_TRUE(psms) << psms.error().message();
  ASSERT_EQ(psms->size(), 7U);
  for (std::size_t r = 0; r < 7; ++r) {
    EXPECT_EQ(psms->identity().precursor[r], table.rows[r].precursor.index());
    EXPECT_EQ(psms->identity().window[r], table.rows[r].window);
    EXPECT_EQ(psms->identity().apex_scan[r], table.rows[r].apex_scan);
    EXPECT_EQ(psms->identity().rt_minutes[r], table.rows[r].rt_minutes);
    EXPECT_EQ(psms->identity().rt_start[r], table.rows[r].rt_start);
    EXPECT_EQ(psms->identity().rt_stop[r], table.rows[r].rt_stop);
    EXPECT_EQ(psms->identity().irt_observed[r], table.rows[r].irt_observed);
  }
  for (const PsmFeature& feature : psm_features()) {
    const auto values = psms->feature(feature.name);
    for (std::size_t r = 0; r < 7; ++r)
      EXPECT_EQ(values[r], feature.value(table.rows[r])) << feature.name;
  }
}

TEST_F(PsmFiles, without_rows_can_be_written_and_read) {
  write({});
  const auto psms = PsmFile::open(file(), {.precursors = 0, .scans = 0, .windows = 0});
  ASSERT_TRUE(psms) << psms.error().message();
  EXPECT_EQ(psms->size(), 0U);
  std::vector<float> values{1};
  psms->gather({}, values);
  EXPECT_EQ(values, std::vector<float>{1});
  const auto columns = read_psms(file(), {});
  ASSERT_TRUE(columns);
  EXPECT_TRUE(columns->features.empty());
}

// Gathering works in tiles of 128 rows.
TEST_F(PsmFiles, gather_rows_in_any_order_behind_what_is_there) {
  const PsmTable table = table_of(300);
  write(table);
  const auto psms = PsmFile::open(file(), kWide);
  ASSERT_TRUE(psms);
  const std::size_t width = psm_features().size();
  for (const std::size_t count : {1U, 127U, 128U, 129U, 257U}) {
    Rng rng(5, count);
    std::vector<std::uint32_t> rows;
    for (std::size_t i = 0; i < count; ++i)
      rows.push_back(static_cast<std::uint32_t>(rng.below(300)));
    std::vector<float> values{-1, -2};
    psms->gather(rows, values);
    ASSERT_EQ(values.size(), 2 + count * width);
    EXPECT_EQ(values[1], -2);
    for (std::size_t i = 0; i < count; ++i)
      for (std::size_t f = 0; f < width; ++f)
        ASSERT_EQ(values[2 + i * width + f], psm_features()[f].value(table.rows[rows[i]]))
            << "row " << i << " of " << count << ", " << psm_features()[f].name;
  }
}

TEST_F(PsmFiles, keep_missing_features) {
  PsmTable table = table_of(2);
  table.rows[1].ms1.correlation = std::numeric_limits<float>::quiet_NaN();
  write(table);
  const auto psms = PsmFile::open(file(), kWide);
  ASSERT_TRUE(psms);
  EXPECT_FALSE(std::isnan(psms->feature("ms1_correlation")[0]));
  EXPECT_TRUE(std::isnan(psms->feature("ms1_correlation")[1]));
}

TEST_F(PsmFiles, of_another_search_are_refused) {
  PsmTable table = table_of(4);  // precursors 0, 0, 1, 1
  table.rows[2].window = WindowId(3);
  table.rows[3].apex_scan = RunScan(49);
  write(table);
  EXPECT_EQ(code_of(file(), {.precursors = 2, .scans = 50, .windows = 4}), "") << "just enough";
  EXPECT_EQ(code_of(file(), {.precursors = 1, .scans = 50, .windows = 4}), "OVL-IO-061");
  EXPECT_EQ(code_of(file(), {.precursors = 2, .scans = 49, .windows = 4}), "OVL-IO-061");
  EXPECT_EQ(code_of(file(), {.precursors = 2, .scans = 50, .windows = 3}), "OVL-IO-061");
  EXPECT_EQ(code_of(file(), {.precursors = 2}), "") << "a reader without the run";
}

TEST_F(PsmFiles, out_of_order_are_refused) {
  PsmTable table = table_of(4);
  std::swap(table.rows[0], table.rows[3]);
  write(table);
  EXPECT_EQ(code_of(file()), "OVL-IO-061");
}

TEST_F(PsmFiles, with_missing_or_foreign_columns_are_refused) {
  for (const char* name : {"precursor", "window", "apex_scan", "rt", "rt_start", "rt_stop",
                           "irt_observed", "f.match_score", "f.other_window_cosine"}) {
    write_without(name);
    EXPECT_EQ(code_of(file()), "OVL-IO-020") << name;
    const io::Values words = std::vector<std::string>{"a", "b", "c"};
    write_without(name, &words);
    EXPECT_EQ(code_of(file()), "OVL-IO-021") << name;
  }
  const io::Values wide = std::vector<double>{1, 2, 3};
  write_without("rt", &wide);
  EXPECT_EQ(code_of(file()), "OVL-IO-021") << "doubles instead of floats";
}

TEST_F(PsmFiles, missing_or_damaged_are_told) {
  EXPECT_EQ(code_of(file()), "OVL-IO-001");
  support::write_text(file(), "ARROW1 and nothing of use");
  EXPECT_EQ(code_of(file()), "OVL-IO-003");
  EXPECT_EQ(read_psms(file(), kWide).error().code, "OVL-IO-003");
}

TEST_F(PsmFiles, in_memory_have_the_same_rows) {
  const PsmTable table = table_of(130);
  write(table);
  const auto columns = read_psms(file(), kWide);
  ASSERT_TRUE(columns) << columns.error().message();
  const std::size_t width = psm_features().size();
  ASSERT_EQ(columns->features.size(), 130 * width);
  for (std::size_t r = 0; r < 130; ++r) {
    EXPECT_EQ(columns->precursor[r], table.rows[r].precursor.index());
    EXPECT_EQ(columns->apex_scan[r], table.rows[r].apex_scan);
    EXPECT_EQ(columns->features[r * width], psm_features()[0].value(table.rows[r]));
    EXPECT_EQ(columns->features[(r + 1) * width - 1], psm_features().back().value(table.rows[r]));
  }
}

TEST_F(PsmFiles, a_feature_that_does_not_exist_is_a_defect) {
  write(table_of(1));
  const auto psms = PsmFile::open(file(), kWide);
  ASSERT_TRUE(psms);
  EXPECT_THROW(static_cast<void>(psms->feature("no_such_feature")), CheckFailed);
}

TEST(RowBounds, numbers_must_be_below_the_end) {
  const std::vector<std::uint16_t> numbers{0, 4, 3};
  const auto check = [&](std::size_t end) {
    return check_below<std::uint16_t>(numbers, end, "window", "a.arrow");
  };
  EXPECT_TRUE(check(5));
  ASSERT_FALSE(check(4));
  EXPECT_EQ(check(4).error().code, "OVL-IO-061");
  EXPECT_NE(check(4).error().message().find("number 4 of 4"), std::string::npos);
  EXPECT_TRUE(check_below<std::uint16_t>({}, 0, "window", "a.arrow")) << "nothing to be wrong";
}

}  // namespace
}  // namespace overland::search
