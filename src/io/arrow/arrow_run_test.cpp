#include "io/arrow/arrow_run.h"

#include <gtest/gtest.h>

#include <cmath>

#include "support/arrow_run_example.h"

namespace overland::io {
namespace {

using namespace support;

const std::vector<ExampleScan> kScans = {
    {.mz = {100, 200.5}, .intensity = {1, 2}, .rt = 1.5, .number = 7},
    {.mz = {}, .intensity = {}, .rt = 1.6, .order = 1, .number = 8},
    {.mz = {101, 102, 300.25}, .intensity = {3, 4, 5}, .rt = 1.7, .center = 600, .number = 9}};

Result<RunColumns> read(const std::shared_ptr<arrow::Buffer>& file) {
  return read_arrow_run(
      std::as_bytes(std::span(file->data(), static_cast<std::size_t>(file->size()))), "test.arrow",
      2);
}
Result<RunColumns> read(const Columns& columns) {
  static std::vector<std::shared_ptr<arrow::Buffer>> kept;  // results point into them
  kept.push_back(ipc_file({batch_of(columns)}));
  return read(kept.back());
}

std::vector<float> mz_of(const RunColumns& run, std::size_t scan) {
  return {run.mz[scan], run.mz[scan] + run.peak_count[scan]};
}
std::vector<float> intensity_of(const RunColumns& run, std::size_t scan) {
  return {run.intensity[scan], run.intensity[scan] + run.peak_count[scan]};
}

void expect_example(const Result<RunColumns>& run) {
  ASSERT_TRUE(run) << run.error().message();
  ASSERT_EQ(run->scan_count(), 3U);
  EXPECT_EQ(run->rt_minutes, (std::vector<float>{1.5F, 1.6F, 1.7F}));
  EXPECT_EQ(run->ms_order, (std::vector<std::uint8_t>{2, 1, 2}));
  EXPECT_EQ(run->scan_number, (std::vector<std::int32_t>{7, 8, 9}));
  EXPECT_EQ(run->window_low_mz, (std::vector<float>{496, 496, 596}));
  EXPECT_EQ(run->window_high_mz, (std::vector<float>{504, 504, 604}));
  EXPECT_EQ(run->peak_count, (std::vector<std::uint32_t>{2, 0, 3}));
  EXPECT_EQ(mz_of(*run, 2), (std::vector<float>{101, 102, 300.25F}));
  EXPECT_EQ(intensity_of(*run, 0), (std::vector<float>{1, 2}));
  EXPECT_EQ(run->tic, (std::vector<float>{3, 0, 12}));  // no TIC column: the sum
}

bool points_into(const float* peaks, const arrow::Buffer& file) {
  const auto* const at = reinterpret_cast<const std::uint8_t*>(peaks);
  return at >= file.data() && at < file.data() + file.size();
}

TEST(ArrowRun, peaks_are_views_into_the_file) {
  const auto file = ipc_file({batch_of(least_columns(kScans))});
  const auto run = read(file);
  expect_example(run);
  for (const std::size_t scan : {0U, 2U}) {
    EXPECT_TRUE(points_into(run->mz[scan], *file));
    EXPECT_TRUE(points_into(run->intensity[scan], *file));
  }
}

TEST(ArrowRun, only_scans_that_need_it_are_copied) {
  auto scans = kScans;
  scans[2].mz = {300, 101, 102};
  scans[0].intensity[1] = NAN;
  scans.push_back(kScans[0]);
  const auto file = ipc_file({batch_of(least_columns(scans))});
  const auto run = read(file);
  ASSERT_TRUE(run) << run.error().message();
  EXPECT_FALSE(points_into(run->mz[0], *file));
  EXPECT_FALSE(points_into(run->mz[2], *file));
  EXPECT_TRUE(points_into(run->mz[3], *file));
  EXPECT_EQ(mz_of(*run, 0), (std::vector<float>{100}));
  EXPECT_EQ(mz_of(*run, 2), (std::vector<float>{101, 102, 300}));
  EXPECT_EQ(intensity_of(*run, 2), (std::vector<float>{4, 5, 3}));
  EXPECT_EQ(run->corrections.peaks_dropped, 1U);
  EXPECT_EQ(run->corrections.scans_resorted, 1U);
}

TEST(ArrowRun, batches_of_unlike_length_and_an_empty_last_one) {
  const auto whole = batch_of(least_columns(kScans));
  const auto file =
      ipc_file({whole->Slice(0, 1), whole->Slice(1, 0), whole->Slice(1, 2), whole->Slice(3, 0)});
  expect_example(read(file));
}

TEST(ArrowRun, no_batches_at_all_make_an_empty_run) {
  const auto run = read(ipc_file({batch_of(least_columns({}))}));
  ASSERT_TRUE(run) << run.error().message();
  EXPECT_EQ(run->scan_count(), 0U);
}

TEST(ArrowRun, compressed_buffers_are_read) {
  for (const auto codec : {arrow::Compression::LZ4_FRAME, arrow::Compression::ZSTD}) {
    expect_example(read(ipc_file({batch_of(least_columns(kScans))}, codec)));
  }
}

TEST(ArrowRun, doubles_large_lists_and_other_integers_are_narrowed) {
  Columns columns = least_columns(kScans);
  columns["mz_array"] = list_column<arrow::LargeListBuilder, arrow::DoubleBuilder>(kScans, true);
  columns["intensity_array"] =
      list_column<arrow::LargeListBuilder, arrow::DoubleBuilder>(kScans, false);
  columns["retentionTime"] =
      scalar_column<arrow::DoubleBuilder>(kScans, [](const auto& s) { return s.rt; });
  columns["scanNumber"] =
      scalar_column<arrow::UInt64Builder>(kScans, [](const auto& s) { return s.number; });
  columns["msOrder"] =
      scalar_column<arrow::Int64Builder>(kScans, [](const auto& s) { return s.order; });
  expect_example(read(columns));
}

TEST(ArrowRun, the_list_item_may_have_any_name_and_nullability) {
  Columns columns = least_columns(kScans);
  for (const char* name : {"mz_array", "intensity_array"}) {
    auto data = columns[name]->data()->Copy();
    data->type = arrow::list(arrow::field("", arrow::float32(), false));
    columns[name] = arrow::MakeArray(data);
  }
  expect_example(read(columns));
}

TEST(ArrowRun, columns_of_no_interest_may_be_anything) {
  Columns columns = least_columns(kScans);
  arrow::StringDictionaryBuilder words;
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(words.Append("abc").ok());
  columns["a"] = words.Finish().ValueOrDie();
  columns["z"] = std::make_shared<arrow::NullArray>(3);
  expect_example(read(columns));
}

TEST(ArrowRun, null_items_are_dropped_null_lists_are_empty_null_windows_unknown) {
  Columns columns = least_columns({kScans[0], kScans[0], kScans[0]});
  auto items = std::make_shared<arrow::FloatBuilder>();
  arrow::ListBuilder lists(arrow::default_memory_pool(), items);
  ASSERT_TRUE(lists.Append().ok() && items->Append(100).ok() && items->AppendNull().ok());
  ASSERT_TRUE(lists.AppendNull().ok());
  ASSERT_TRUE(lists.Append().ok() && items->Append(100).ok() && items->Append(101).ok());
  columns["mz_array"] = lists.Finish().ValueOrDie();
  const auto unlike = read(columns);
  ASSERT_FALSE(unlike);  // two intensities for no m/z
  EXPECT_EQ(unlike.error().code, "OVL-RUN-004");
  columns["intensity_array"] = columns["mz_array"];
  arrow::FloatBuilder widths;
  ASSERT_TRUE(widths.Append(8).ok() && widths.AppendNull().ok() && widths.Append(8).ok());
  columns["isolationWidthMz"] = widths.Finish().ValueOrDie();
  const auto run = read(columns);
  ASSERT_TRUE(run) << run.error().message();
  EXPECT_EQ(run->peak_count, (std::vector<std::uint32_t>{1, 0, 2}));
  EXPECT_EQ(run->corrections.peaks_dropped, 1U);
  EXPECT_TRUE(std::isnan(run->window_low_mz[1]));
  EXPECT_EQ(run->window_low_mz[2], 496);
}

TEST(ArrowRun, our_limits_go_before_centre_and_width) {
  Columns columns = least_columns(kScans);
  columns["windowLowMz"] =
      scalar_column<arrow::FloatBuilder>(kScans, [](const auto& s) { return s.rt; });
  arrow::FloatBuilder highs;
  ASSERT_TRUE(highs.Append(3).ok() && highs.AppendNull().ok() && highs.Append(4).ok());
  columns["windowHighMz"] = highs.Finish().ValueOrDie();
  const auto run = read(columns);
  ASSERT_TRUE(run) << run.error().message();
  EXPECT_EQ(run->window_low_mz, (std::vector<float>{1.5F, 496, 1.7F}));
  EXPECT_EQ(run->window_high_mz, (std::vector<float>{3, 504, 4}));
}

TEST(ArrowRun, missing_columns_and_other_types_are_named) {
  for (const auto& [name, array] : least_columns(kScans)) {
    SCOPED_TRACE(name);
    Columns columns = least_columns(kScans);
    columns.erase(name);
    auto run = read(columns);
    ASSERT_FALSE(run);
    EXPECT_EQ(run.error().code, "OVL-RUN-001");
    EXPECT_NE(run.error().what.find("'" + name + "'"), std::string::npos) << run.error().what;
    columns[name] = std::make_shared<arrow::NullArray>(3);
    run = read(columns);
    ASSERT_FALSE(run);
    EXPECT_EQ(run.error().code, "OVL-RUN-001");
    EXPECT_NE(run.error().what.find("'" + name + "'"), std::string::npos) << run.error().what;
  }
}

TEST(ArrowRun, numbers_that_do_not_fit_are_refused_or_marked) {
  auto scans = kScans;
  Columns columns = least_columns(scans);
  columns["msOrder"] = scalar_column<arrow::Int32Builder>(
      scans, [](const auto& s) { return s.order == 1 ? -1 : 500; });
  const auto run = read(columns);
  ASSERT_TRUE(run) << run.error().message();
  EXPECT_EQ(run->ms_order, (std::vector<std::uint8_t>{255, 255, 255}));
  columns["scanNumber"] =
      scalar_column<arrow::UInt64Builder>(scans, [](const auto&) { return ~0ULL; });
  EXPECT_EQ(read(columns).error().code, "OVL-RUN-001");
}

TEST(ArrowRun, unlike_lengths_name_the_scan) {
  auto scans = kScans;
  scans[2].intensity.pop_back();
  const auto run = read(least_columns(scans));
  ASSERT_FALSE(run);
  EXPECT_EQ(run.error().code, "OVL-RUN-004");
  EXPECT_EQ(run.error().where, "test.arrow, scan 9");
  EXPECT_EQ(run.error().what, "3 m/z values but 2 intensities");
}

TEST(ArrowRun, offsets_beyond_the_items_are_refused) {
  for (const std::int32_t offset : {-1, 1, 6, 1'000'000'000}) {
    Columns columns = least_columns(kScans);  // offsets 0 2 2 5
    auto data = columns["mz_array"]->data()->Copy();
    std::vector<std::int32_t> offsets{0, offset, 2, 5};
    if (offset == 1) offsets = {0, 5, 2, 5};  // descending
    data->buffers[1] = arrow::Buffer::FromVector(offsets);
    columns["mz_array"] = arrow::MakeArray(data);
    const auto run = read(columns);
    ASSERT_FALSE(run) << offset;
    EXPECT_EQ(run.error().code, "OVL-IO-003") << run.error().message();
  }
}

TEST(ArrowRun, a_cut_file_is_an_error_at_every_length) {
  const auto file = ipc_file({batch_of(least_columns(kScans))});
  for (std::int64_t size = 0; size < file->size(); ++size) {
    const auto run = read(arrow::SliceBuffer(file, 0, size));
    ASSERT_FALSE(run) << size;
    EXPECT_EQ(run.error().code, "OVL-IO-003") << run.error().message();
  }
}

TEST(ArrowRun, batches_end_at_the_first_limit_reached) {
  const auto run = read(least_columns(kScans));
  ASSERT_TRUE(run);
  const auto file = std::filesystem::temp_directory_path() /
                    ("overland_arrow_run_" + std::to_string(::getpid()) + ".arrow");
  for (const ArrowBatchLimits limits :
       {ArrowBatchLimits{}, ArrowBatchLimits{.scans = 1}, ArrowBatchLimits{.peaks = 1},
        ArrowBatchLimits{.peaks = 4}, ArrowBatchLimits{.peaks = 5}}) {
    ASSERT_TRUE(write_arrow_run(*run, file, {}, limits));
    const auto back = read_arrow_run(file, 2);
    expect_example(back);
  }
  std::filesystem::remove(file);
  EXPECT_EQ(write_arrow_run(*run, "/nowhere/x.arrow").error().code, "OVL-IO-002");
  EXPECT_EQ(read_arrow_run(std::filesystem::path("/nowhere/x.arrow"), 2).error().code,
            "OVL-IO-001");
}

}  // namespace
}  // namespace overland::io
