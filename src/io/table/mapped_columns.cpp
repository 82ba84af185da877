#include "io/table/mapped_columns.h"

#include <arrow/io/file.h>
#include <arrow/ipc/reader.h>
#include <fmt/format.h>

#include "io/table/table_arrow.h"

namespace overland::io {

struct MappedColumns::State {
  std::string where;
  std::shared_ptr<arrow::RecordBatch> batch;
  std::map<std::string, std::string> metadata;

  [[nodiscard]] Result<std::shared_ptr<arrow::Array>> array(const std::string& name,
                                                            arrow::Type::type type) const {
    const int index = batch->schema()->GetFieldIndex(name);
    if (index < 0) {
      return fail("OVL-IO-020", fmt::format("there is no column '{}'", name), where,
                  "Check which program and version wrote the file.");
    }
    auto found = batch->column(index);
    if (found->type_id() != type) {
      return fail("OVL-IO-021",
                  fmt::format("column '{}' is of type {}", name, found->type()->ToString()), where,
                  "Check which program and version wrote the file.");
    }
    if (found->null_count() != 0) return is_damaged(where, "nulls in column '" + name + "'");
    return found;
  }
};

namespace {

arrow::Result<std::shared_ptr<arrow::RecordBatch>> only_batch(
    const std::shared_ptr<arrow::io::RandomAccessFile>& source) {
  auto options = arrow::ipc::IpcReadOptions::Defaults();
  options.ensure_alignment = arrow::ipc::Alignment::kDataTypeSpecificAlignment;
  options.use_threads = false;
  ARROW_ASSIGN_OR_RAISE(auto reader, arrow::ipc::RecordBatchFileReader::Open(source, options));
  if (reader->num_record_batches() != 1) {
    return arrow::Status::Invalid(
        fmt::format("{} record batches instead of one", reader->num_record_batches()));
  }
  ARROW_ASSIGN_OR_RAISE(auto batch, reader->ReadRecordBatch(0));
  ARROW_RETURN_NOT_OK(batch->Validate());
  return batch;
}

}  // namespace

MappedColumns::MappedColumns(std::unique_ptr<State> state) : state_(std::move(state)) {}
MappedColumns::MappedColumns(MappedColumns&&) noexcept = default;
MappedColumns& MappedColumns::operator=(MappedColumns&&) noexcept = default;
MappedColumns::~MappedColumns() = default;

Result<MappedColumns> MappedColumns::open(const std::filesystem::path& file) {
  const auto source = arrow::io::MemoryMappedFile::Open(file.string(), arrow::io::FileMode::READ);
  if (!source.ok()) return cannot_open(file.string(), source.status().message());
  const auto batch = only_batch(*source);
  if (!batch.ok()) return is_damaged(file.string(), batch.status().message());
  auto state = std::make_unique<State>();
  state->where = file.string();
  state->batch = *batch;
  if (const auto& metadata = state->batch->schema()->metadata()) {
    for (std::int64_t i = 0; i < metadata->size(); ++i) {
      state->metadata[metadata->key(i)] = metadata->value(i);
    }
  }
  return MappedColumns(std::move(state));
}

std::size_t MappedColumns::row_count() const {
  return static_cast<std::size_t>(state_->batch->num_rows());
}

const std::map<std::string, std::string>& MappedColumns::metadata() const {
  return state_->metadata;
}

template <class T>
Result<std::span<const T>> MappedColumns::column(const std::string& name) const {
  using ArrowType = typename arrow::CTypeTraits<T>::ArrowType;
  const auto array = state_->array(name, ArrowType::type_id);
  if (!array) return std::unexpected(array.error());
  const auto& typed = static_cast<const arrow::NumericArray<ArrowType>&>(**array);
  return std::span<const T>(typed.raw_values(), row_count());
}

template Result<std::span<const float>> MappedColumns::column(const std::string&) const;
template Result<std::span<const double>> MappedColumns::column(const std::string&) const;
template Result<std::span<const std::uint8_t>> MappedColumns::column(const std::string&) const;
template Result<std::span<const std::uint16_t>> MappedColumns::column(const std::string&) const;
template Result<std::span<const std::uint32_t>> MappedColumns::column(const std::string&) const;
template Result<std::span<const std::uint64_t>> MappedColumns::column(const std::string&) const;
template Result<std::span<const std::int32_t>> MappedColumns::column(const std::string&) const;
template Result<std::span<const std::int64_t>> MappedColumns::column(const std::string&) const;

Result<StringColumn> MappedColumns::strings(const std::string& name) const {
  const auto array = state_->array(name, arrow::Type::STRING);
  if (!array) return std::unexpected(array.error());
  if (row_count() == 0) return StringColumn{};
  const auto& typed = static_cast<const arrow::StringArray&>(**array);
  const StringColumn column{{typed.raw_value_offsets(), row_count() + 1},
                            reinterpret_cast<const char*>(typed.raw_data())};
  // Arrow has checked the first and the last offset; the others must ascend between them.
  for (std::size_t i = 0; i < row_count(); ++i) {
    if (column.offsets[i] > column.offsets[i + 1]) {
      return is_damaged(state_->where,
                        "offsets of column '" + name + "' are not in ascending order");
    }
  }
  return column;
}

}  // namespace overland::io
