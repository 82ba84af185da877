// Arrow files of runs for tests, in the many shapes that readers must take.
#pragma once

#include <arrow/api.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/writer.h>
#include <arrow/util/compression.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace overland::support {

using ArrayPtr = std::shared_ptr<arrow::Array>;

struct ExampleScan {
  std::vector<double> mz, intensity;
  double rt = 1;
  int order = 2;
  double center = 500, width = 8;
  int number = 1;
};

template <class Builder, class Get>
ArrayPtr scalar_column(const std::vector<ExampleScan>& scans, Get get) {
  Builder builder;
  for (const ExampleScan& scan : scans) {
    if (!builder.Append(static_cast<typename Builder::value_type>(get(scan))).ok()) return nullptr;
  }
  return builder.Finish().ValueOr(nullptr);
}

template <class List, class Item>
ArrayPtr list_column(const std::vector<ExampleScan>& scans, bool is_mz) {
  auto items = std::make_shared<Item>();
  List lists(arrow::default_memory_pool(), items);
  for (const ExampleScan& scan : scans) {
    if (!lists.Append().ok()) return nullptr;
    for (const double value : is_mz ? scan.mz : scan.intensity) {
      if (!items->Append(static_cast<typename Item::value_type>(value)).ok()) return nullptr;
    }
  }
  return lists.Finish().ValueOr(nullptr);
}

using Columns = std::map<std::string, ArrayPtr>;

// The least that a run needs, all as 32-bit floats.
inline Columns least_columns(const std::vector<ExampleScan>& scans) {
  using Floats = arrow::FloatBuilder;
  return {{"mz_array", list_column<arrow::ListBuilder, Floats>(scans, true)},
          {"intensity_array", list_column<arrow::ListBuilder, Floats>(scans, false)},
          {"retentionTime", scalar_column<Floats>(scans, [](const auto& s) { return s.rt; })},
          {"centerMz", scalar_column<Floats>(scans, [](const auto& s) { return s.center; })},
          {"isolationWidthMz", scalar_column<Floats>(scans, [](const auto& s) { return s.width; })},
          {"scanNumber",
           scalar_column<arrow::Int32Builder>(scans, [](const auto& s) { return s.number; })},
          {"msOrder",
           scalar_column<arrow::UInt8Builder>(scans, [](const auto& s) { return s.order; })}};
}

inline std::shared_ptr<arrow::RecordBatch> batch_of(const Columns& columns) {
  std::vector<std::shared_ptr<arrow::Field>> fields;
  std::vector<ArrayPtr> arrays;
  for (const auto& [name, array] : columns) {
    fields.push_back(arrow::field(name, array->type()));
    arrays.push_back(array);
  }
  return arrow::RecordBatch::Make(arrow::schema(fields), arrays.front()->length(), arrays);
}

// The bytes of an IPC file of these batches.
inline std::shared_ptr<arrow::Buffer> ipc_file(
    const std::vector<std::shared_ptr<arrow::RecordBatch>>& batches,
    arrow::Compression::type compression = arrow::Compression::UNCOMPRESSED) {
  auto options = arrow::ipc::IpcWriteOptions::Defaults();
  options.codec = arrow::util::Codec::Create(compression).ValueOrDie();
  auto out = arrow::io::BufferOutputStream::Create().ValueOrDie();
  auto writer = arrow::ipc::MakeFileWriter(out, batches.front()->schema(), options).ValueOrDie();
  for (const auto& batch : batches) {
    if (!writer->WriteRecordBatch(*batch).ok()) return nullptr;
  }
  if (!writer->Close().ok()) return nullptr;
  return out->Finish().ValueOrDie();
}

}  // namespace overland::support
