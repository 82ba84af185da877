#include <arrow/io/file.h>
#include <arrow/ipc/reader.h>
#include <parquet/arrow/reader.h>
#include <parquet/exception.h>

#include "io/table/table_arrow.h"
#include "io/table/table_stream.h"
#include "io/text/delimited.h"

namespace overland::io {

arrow::Result<std::unique_ptr<parquet::arrow::FileReader>> open_parquet(
    std::shared_ptr<arrow::io::RandomAccessFile> file) {
  parquet::ArrowReaderProperties properties(false);
  properties.set_pre_buffer(false);
  parquet::arrow::FileReaderBuilder builder;
  ARROW_RETURN_NOT_OK(builder.Open(std::move(file)));
  std::unique_ptr<parquet::arrow::FileReader> reader;
  ARROW_RETURN_NOT_OK(builder.properties(properties)->Build(&reader));
  return reader;
}

namespace {

using OpenFile = std::shared_ptr<arrow::io::RandomAccessFile>;

Result<OpenFile> mapped(const std::filesystem::path& file) {
  auto opened = arrow::io::MemoryMappedFile::Open(file.string(), arrow::io::FileMode::READ);
  if (!opened.ok()) return cannot_open(file.string(), opened.status().message());
  return *opened;
}

arrow::Result<std::shared_ptr<arrow::Table>> parquet_table(const OpenFile& source,
                                                           const Wanted& wanted) {
  try {
    ARROW_ASSIGN_OR_RAISE(auto reader, open_parquet(source));
    std::shared_ptr<arrow::Schema> schema;
    ARROW_RETURN_NOT_OK(reader->GetSchema(&schema));
    std::vector<int> leaves;
    const auto* descriptor = reader->parquet_reader()->metadata()->schema();
    for (int i = 0; i < descriptor->num_columns(); ++i) {
      if (is_wanted(wanted, descriptor->GetColumnRoot(i)->name())) leaves.push_back(i);
    }
    return reader->ReadTable(leaves);
  } catch (const std::exception& exception) {
    return arrow::Status::Invalid(exception.what());
  }
}

arrow::Result<std::shared_ptr<arrow::Table>> arrow_table(const OpenFile& source,
                                                         const Wanted& wanted) {
  auto options = arrow::ipc::IpcReadOptions::Defaults();
  options.use_threads = false;
  ARROW_ASSIGN_OR_RAISE(auto file, arrow::ipc::RecordBatchFileReader::Open(source, options));
  const auto names = file->schema()->field_names();
  for (std::size_t i = 0; wanted && i < names.size(); ++i) {
    if (is_wanted(wanted, names[i])) options.included_fields.push_back(static_cast<int>(i));
  }
  if (wanted && options.included_fields.empty()) {
    return arrow::Table::MakeEmpty(arrow::schema(arrow::FieldVector{}, file->schema()->metadata()));
  }
  ARROW_ASSIGN_OR_RAISE(auto reader, arrow::ipc::RecordBatchFileReader::Open(source, options));
  ARROW_ASSIGN_OR_RAISE(auto table, reader->ToTable());
  ARROW_RETURN_NOT_OK(table->ValidateFull());
  return table;
}

Result<Table> finish(const arrow::Result<std::shared_ptr<arrow::Table>>& table,
                     const Wanted& wanted, const std::string& where) {
  if (!table.ok()) return is_damaged(where, table.status().message());
  return from_arrow(**table, wanted, where);
}

}  // namespace

Result<Table> read_parquet(const std::filesystem::path& file, const Wanted& wanted) {
  const auto source = mapped(file);
  if (!source) return std::unexpected(source.error());
  return finish(parquet_table(*source, wanted), wanted, file.string());
}

Result<Table> read_arrow(const std::filesystem::path& file, const Wanted& wanted) {
  const auto source = mapped(file);
  if (!source) return std::unexpected(source.error());
  return finish(arrow_table(*source, wanted), wanted, file.string());
}

Result<Table> read_delimited(const std::filesystem::path& file, const Wanted& wanted) {
  auto reader = DelimitedReader::open(file);
  if (!reader) return std::unexpected(reader.error());
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < reader->header().size(); ++i) {
    if (is_wanted(wanted, reader->header()[i])) chosen.push_back(i);
  }
  std::vector<std::vector<std::string>> values(chosen.size());
  std::vector<std::vector<std::string_view>> cells;
  for (;;) {
    const auto rows = reader->next(chosen, cells);
    if (!rows) return std::unexpected(rows.error());
    if (*rows == 0) break;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      values[i].insert(values[i].end(), cells[i].begin(), cells[i].end());
    }
  }
  Table table;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    table.add(reader->header()[chosen[i]], std::move(values[i]));
  }
  return table;
}

Result<std::vector<std::string>> read_header(const std::filesystem::path& file) {
  auto stream = TableStream::open(file);
  if (!stream) return std::unexpected(stream.error());
  return stream->header();
}

}  // namespace overland::io
