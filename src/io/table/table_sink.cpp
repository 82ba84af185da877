#include "io/table/table_sink.h"

#include <arrow/io/file.h>
#include <parquet/arrow/writer.h>
#include <parquet/exception.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <utility>

#include "io/table/table_arrow.h"
#include "io/table/table_tsv.h"

namespace overland::io {

class TableSink::Target {
 public:
  Target() = default;
  Target(const Target&) = delete;
  Target& operator=(const Target&) = delete;
  virtual ~Target() = default;
  virtual Result<void> append(const Table& piece) = 0;
  virtual Result<void> close() = 0;
};

namespace {

// Parquet's writer checks for the end of a page after each batch of this many rows: pieces of whole
// batches give the same pages as a table that is written at once.
constexpr std::size_t kBatchRows = 1024;
constexpr std::size_t kValuesPerGroup = std::size_t{1} << 22;
constexpr std::size_t kValuesPerPiece = std::size_t{1} << 19;
constexpr std::size_t kMostRowsPerPiece = std::size_t{1} << 16;
// With more columns, a row group is written at once: one that is written piece by piece holds an
// encoder with its dictionary for each column.
constexpr std::size_t kManyColumns = 256;
constexpr std::size_t kValuesPerWholeGroup = std::size_t{1} << 21;

// Rows of about `values` values, in whole batches.
std::size_t whole_batches(std::size_t values, std::size_t columns, std::size_t most_rows) {
  const std::size_t rows = values / std::max<std::size_t>(columns, 1) / kBatchRows * kBatchRows;
  return std::clamp(rows, kBatchRows, most_rows);
}

class TextTarget final : public TableSink::Target {
 public:
  TextTarget(std::FILE* out, std::string file) : out_(out), file_(std::move(file)) {}
  TextTarget(const TextTarget&) = delete;
  TextTarget& operator=(const TextTarget&) = delete;
  ~TextTarget() override {
    if (out_ != nullptr) std::fclose(out_);
  }
  Result<void> append(const Table& piece) override {
    text_.clear();
    if (!has_header_) append_tsv_header(piece, text_);
    has_header_ = true;
    for (std::size_t row = 0; row < piece.row_count(); ++row) append_tsv_row(piece, row, text_);
    if (std::fwrite(text_.data(), 1, text_.size(), out_) == text_.size()) return {};
    return cannot_write(file_, "not all bytes were written");
  }
  Result<void> close() override {
    const bool is_closed = std::fclose(std::exchange(out_, nullptr)) == 0;
    if (is_closed) return {};
    return cannot_write(file_, "not all bytes were written");
  }

 private:
  std::FILE* out_;
  std::string file_, text_;
  bool has_header_ = false;
};

class ParquetTarget final : public TableSink::Target {
 public:
  using Groups = TableSink::Groups;
  ParquetTarget(std::string file, Groups groups) : file_(std::move(file)), groups_(groups) {}
  Result<void> append(const Table& piece) override {
    const auto batch = to_arrow(piece, Missing::null);
    if (!batch) return std::unexpected(batch.error());
    return checked([&]() -> arrow::Status {
      if (!writer_) ARROW_RETURN_NOT_OK(start(*(*batch)->schema()));
      const bool is_growing = groups_ == Groups::by_size && piece.columns().size() <= kManyColumns;
      if (is_growing && piece.row_count() > 0) return writer_->WriteRecordBatch(**batch);
      ARROW_ASSIGN_OR_RAISE(auto table, arrow::Table::FromRecordBatches({*batch}));
      return writer_->WriteTable(*table, static_cast<std::int64_t>(piece.row_count()));
    });
  }
  Result<void> close() override {
    return checked([&]() -> arrow::Status {
      if (writer_) ARROW_RETURN_NOT_OK(writer_->Close());
      return sink_ ? sink_->Close() : arrow::Status::OK();
    });
  }

 private:
  arrow::Status start(const arrow::Schema& schema) {
    ARROW_ASSIGN_OR_RAISE(sink_, arrow::io::FileOutputStream::Open(file_));
    parquet::WriterProperties::Builder builder;
    builder.compression(parquet::Compression::ZSTD)
        ->compression_level(kZstdLevel)
        ->created_by("overland");
    if (groups_ == Groups::by_size) {
      const auto columns = static_cast<std::size_t>(schema.num_fields());
      builder.max_row_group_length(static_cast<std::int64_t>(rows_per_group(columns)));
    }
    const auto properties = builder.build();
    const auto arrow_properties = parquet::ArrowWriterProperties::Builder().store_schema()->build();
    return parquet::arrow::FileWriter::Open(schema, arrow::default_memory_pool(), sink_, properties,
                                            arrow_properties)
        .Value(&writer_);
  }
  template <class Step>
  Result<void> checked(Step step) const {
    try {
      const arrow::Status status = step();
      if (status.ok()) return {};
      return cannot_write(file_, status.message());
    } catch (const parquet::ParquetException& exception) {
      return cannot_write(file_, exception.what());
    }
  }

  std::string file_;
  Groups groups_;
  std::shared_ptr<arrow::io::FileOutputStream> sink_;
  std::unique_ptr<parquet::arrow::FileWriter> writer_;
};

}  // namespace

TableSink::TableSink(std::unique_ptr<Target> target) : target_(std::move(target)) {}
TableSink::TableSink(TableSink&&) noexcept = default;
TableSink& TableSink::operator=(TableSink&&) noexcept = default;
TableSink::~TableSink() = default;

Result<TableSink> TableSink::open(const std::filesystem::path& file, Format format, Groups groups) {
  std::FILE* const out = std::fopen(file.c_str(), "wb");
  if (out == nullptr) return cannot_write(file, "the file cannot be created");
  if (format == Format::tsv) return TableSink(std::make_unique<TextTarget>(out, file.string()));
  std::fclose(out);
  return TableSink(std::make_unique<ParquetTarget>(file.string(), groups));
}

Result<void> TableSink::append(const Table& piece) {
  return target_->append(piece);
}

Result<void> TableSink::close() {
  return target_->close();
}

std::size_t rows_per_group(std::size_t columns) {
  return columns > kManyColumns ? whole_batches(kValuesPerWholeGroup, columns, kMostRowsPerPiece)
                                : whole_batches(kValuesPerGroup, columns, std::size_t{1} << 20);
}

Result<TableFiles> TableFiles::open(const std::filesystem::path& base, bool also_tsv) {
  TableFiles files;
  const auto add = [&](const char* ending, TableSink::Format format) -> Result<void> {
    AtomicFile file(base.string() + ending);
    auto sink = TableSink::open(file.temporary(), format, TableSink::Groups::by_size);
    if (!sink) return std::unexpected(sink.error());
    files.outputs_.push_back({std::move(file), std::move(*sink)});
    return {};
  };
  auto done = add(".parquet", TableSink::Format::parquet);
  if (done && also_tsv) done = add(".tsv", TableSink::Format::tsv);
  if (!done) return std::unexpected(done.error());
  return files;
}

Result<void> TableFiles::append(Table piece) {
  pending_.append_rows(std::move(piece));
  const std::size_t columns = pending_.columns().size();
  const std::size_t rows = columns > kManyColumns
                               ? rows_per_group(columns)
                               : whole_batches(kValuesPerPiece, columns, kMostRowsPerPiece);
  while (pending_.row_count() >= rows) {
    if (auto done = write(pending_.split_front(rows)); !done) return done;
  }
  return {};
}

Result<void> TableFiles::close() {
  // Of a table without rows its columns.
  if (auto done = write(pending_); !done) return done;
  for (Output& output : outputs_) {
    if (auto done = output.sink.close(); !done) return done;
    if (auto done = output.file.commit(); !done) return done;
  }
  return {};
}

Result<void> TableFiles::write(const Table& piece) {
  if (piece.row_count() == 0 && has_rows_) return {};
  has_rows_ = has_rows_ || piece.row_count() > 0;
  for (Output& output : outputs_) {
    if (auto done = output.sink.append(piece); !done) return done;
  }
  return {};
}

}  // namespace overland::io
