#include "io/table/table_sink.h"

#include <arrow/io/file.h>
#include <parquet/arrow/writer.h>
#include <parquet/exception.h>

#include <cstdio>
#include <string>

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
  explicit ParquetTarget(std::string file) : file_(std::move(file)) {}
  Result<void> append(const Table& piece) override {
    const auto batch = to_arrow(piece, Missing::null);
    if (!batch) return std::unexpected(batch.error());
    return checked([&]() -> arrow::Status {
      if (!writer_) ARROW_RETURN_NOT_OK(start(*(*batch)->schema()));
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
    const auto properties = parquet::WriterProperties::Builder()
                                .compression(parquet::Compression::ZSTD)
                                ->compression_level(kZstdLevel)
                                ->created_by("overland")
                                ->build();
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
  std::shared_ptr<arrow::io::FileOutputStream> sink_;
  std::unique_ptr<parquet::arrow::FileWriter> writer_;
};

}  // namespace

TableSink::TableSink(std::unique_ptr<Target> target) : target_(std::move(target)) {}
TableSink::TableSink(TableSink&&) noexcept = default;
TableSink& TableSink::operator=(TableSink&&) noexcept = default;
TableSink::~TableSink() = default;

Result<TableSink> TableSink::open(const std::filesystem::path& file, Format format) {
  std::FILE* const out = std::fopen(file.c_str(), "wb");
  if (out == nullptr) return cannot_write(file, "the file cannot be created");
  if (format == Format::tsv) return TableSink(std::make_unique<TextTarget>(out, file.string()));
  std::fclose(out);
  return TableSink(std::make_unique<ParquetTarget>(file.string()));
}

Result<void> TableSink::append(const Table& piece) {
  return target_->append(piece);
}

Result<void> TableSink::close() {
  return target_->close();
}

}  // namespace overland::io
