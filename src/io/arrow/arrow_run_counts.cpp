#include "io/arrow/arrow_run_counts.h"

#include <arrow/api.h>
#include <arrow/io/file.h>
#include <arrow/ipc/reader.h>

#include <cmath>
#include <set>

#include "io/arrow/arrow_run_columns.h"

namespace overland::io {
namespace {

// Items of all lists of a column; 0 where it is no column of lists.
std::uint64_t items_of(const arrow::Array& lists) {
  if (lists.length() == 0) return 0;
  if (lists.type_id() == arrow::Type::LIST) {
    const auto& typed = static_cast<const arrow::ListArray&>(lists);
    return static_cast<std::uint64_t>(typed.value_offset(typed.length()) - typed.value_offset(0));
  }
  if (lists.type_id() == arrow::Type::LARGE_LIST) {
    const auto& typed = static_cast<const arrow::LargeListArray&>(lists);
    return static_cast<std::uint64_t>(typed.value_offset(typed.length()) - typed.value_offset(0));
  }
  return 0;
}

Result<void> add_batch(const arrow::RecordBatch& batch, const std::string& where, RunCounts& counts,
                       std::set<long>& centres) {
  std::vector<float> centre;
  std::vector<std::uint8_t> order;
  if (auto done = append_floats(batch, {"centerMz", &centre}, where); !done) return done;
  if (auto done = append_ms_orders(batch, order, where); !done) return done;
  for (std::size_t i = 0; i < order.size(); ++i) {
    counts.ms1_scans += order[i] == 1 ? 1U : 0U;
    counts.ms2_scans += order[i] == 2 ? 1U : 0U;
    constexpr float kPerThomson = 20;  // centres nearer than 0.05 are of one window
    if (order[i] == 2 && std::isfinite(centre[i]))
      centres.insert(std::lround(kPerThomson * centre[i]));
  }
  if (const auto lists = batch.GetColumnByName("mz_array")) counts.peaks += items_of(*lists);
  return {};
}

}  // namespace

Result<RunCounts> count_arrow_run(const std::filesystem::path& file) {
  const std::string where = file.string();
  const auto damaged = [&where](const arrow::Status& status) {
    return fail("OVL-IO-003", "damaged or truncated Arrow file: " + status.message(), where,
                "Copy or convert the file again.");
  };
  const auto mapped = arrow::io::MemoryMappedFile::Open(where, arrow::io::FileMode::READ);
  if (!mapped.ok())
    return fail("OVL-IO-001", "cannot open file: " + mapped.status().message(), where,
                "Check that it exists and can be read.");
  const auto reader = arrow::ipc::RecordBatchFileReader::Open(*mapped);
  if (!reader.ok()) return damaged(reader.status());
  if ((*reader)->schema()->GetFieldIndex("msOrder") < 0)
    return fail("OVL-RUN-001", "no column 'msOrder', or more than one", where,
                "The columns of a run are listed in docs/formats/run-arrow.md.");
  RunCounts counts;
  std::set<long> centres;
  for (int b = 0; b < (*reader)->num_record_batches(); ++b) {
    const auto batch = (*reader)->ReadRecordBatch(b);
    if (!batch.ok()) return damaged(batch.status());
    if (const arrow::Status valid = (*batch)->Validate(); !valid.ok()) return damaged(valid);
    if (auto done = add_batch(**batch, where, counts, centres); !done)
      return std::unexpected(done.error());
  }
  counts.windows = centres.size();
  return counts;
}

}  // namespace overland::io
