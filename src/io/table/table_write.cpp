#include <arrow/io/file.h>
#include <arrow/ipc/writer.h>
#include <fmt/format.h>
#include <parquet/arrow/writer.h>
#include <parquet/exception.h>

#include <cstdio>
#include <memory>

#include "base/files/atomic_file.h"
#include "io/table/exchange_table.h"
#include "io/table/table_arrow.h"
#include "io/table/table_tsv.h"

namespace overland::io {
namespace {

constexpr std::int64_t kRowsPerGroup = 1 << 20;

Result<void> checked(const arrow::Status& status, const std::filesystem::path& file) {
  if (status.ok()) return {};
  return cannot_write(file, status.message());
}

arrow::Status parquet_to(const arrow::RecordBatch& batch, const std::filesystem::path& file) {
  ARROW_ASSIGN_OR_RAISE(auto sink, arrow::io::FileOutputStream::Open(file.string()));
  ARROW_ASSIGN_OR_RAISE(auto table, arrow::Table::FromRecordBatches({batch.Slice(0)}));
  const auto properties = parquet::WriterProperties::Builder()
                              .compression(parquet::Compression::ZSTD)
                              ->compression_level(kZstdLevel)
                              ->created_by("overland")
                              ->build();
  // The Arrow schema keeps unsigned types and the fields' metadata.
  const auto arrow_properties = parquet::ArrowWriterProperties::Builder().store_schema()->build();
  try {
    ARROW_RETURN_NOT_OK(parquet::arrow::WriteTable(*table, arrow::default_memory_pool(), sink,
                                                   kRowsPerGroup, properties, arrow_properties));
  } catch (const parquet::ParquetException& exception) {
    return arrow::Status::IOError(exception.what());
  }
  return sink->Close();
}

arrow::Status arrow_to(const arrow::RecordBatch& batch, const std::filesystem::path& file) {
  ARROW_ASSIGN_OR_RAISE(auto sink, arrow::io::FileOutputStream::Open(file.string()));
  ARROW_ASSIGN_OR_RAISE(auto writer, arrow::ipc::MakeFileWriter(sink, batch.schema()));
  ARROW_RETURN_NOT_OK(writer->WriteRecordBatch(batch));
  ARROW_RETURN_NOT_OK(writer->Close());
  return sink->Close();
}

bool write_text(std::FILE* out, std::string& text) {
  const bool complete = std::fwrite(text.data(), 1, text.size(), out) == text.size();
  text.clear();
  return complete;
}

bool tsv_to(const Table& table, std::FILE* out, const Machine& machine) {
  constexpr std::size_t kFlushBytes = 1 << 20;
  std::string text;
  append_tsv_header(table, text);
  for (std::size_t row = 0; row < table.row_count(); ++row) {
    machine.check_cancelled();
    append_tsv_row(table, row, text);
    if (text.size() > kFlushBytes && !write_text(out, text)) return false;
  }
  return write_text(out, text);
}

}  // namespace

Result<void> write_parquet(const Table& table, const std::filesystem::path& file) {
  const auto batch = to_arrow(table, Missing::null);
  if (!batch) return std::unexpected(batch.error());
  return write_atomically(file, [&](const std::filesystem::path& temporary) {
    return checked(parquet_to(**batch, temporary), file);
  });
}

Result<void> write_arrow(const Table& table, const std::filesystem::path& file) {
  const auto batch = to_arrow(table, Missing::nan);
  if (!batch) return std::unexpected(batch.error());
  return write_atomically(file, [&](const std::filesystem::path& temporary) {
    return checked(arrow_to(**batch, temporary), file);
  });
}

Result<void> write_exchange_arrow(const Table& table, const std::filesystem::path& file) {
  const auto batch = to_arrow(table, Missing::null);
  if (!batch) return std::unexpected(batch.error());
  return write_atomically(file, [&](const std::filesystem::path& temporary) {
    return checked(arrow_to(**batch, temporary), file);
  });
}

Result<void> write_tsv(const Table& table, const std::filesystem::path& file,
                       const Machine& machine) {
  return write_atomically(file, [&](const std::filesystem::path& temporary) -> Result<void> {
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> out(std::fopen(temporary.c_str(), "wb"),
                                                        std::fclose);
    if (out == nullptr) return cannot_write(file, "the file cannot be created");
    const bool written = tsv_to(table, out.get(), machine);
    const bool closed = std::fclose(out.release()) == 0;
    if (!written || !closed) return cannot_write(file, "not all bytes were written");
    return {};
  });
}

}  // namespace overland::io
