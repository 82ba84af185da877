#include "io/table/table_stream.h"

#include <arrow/io/file.h>
#include <arrow/ipc/reader.h>
#include <arrow/util/float16.h>
#include <fmt/format.h>
#include <parquet/arrow/reader.h>
#include <parquet/properties.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <limits>

#include "io/table/table_arrow.h"
#include "io/text/delimited.h"

namespace overland::io {

class TableStream::Source {
 public:
  Source() = default;
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;
  virtual ~Source() = default;
  virtual Result<void> choose(std::vector<std::size_t> columns) = 0;
  virtual Result<std::size_t> next(std::vector<PieceColumn>& piece) = 0;
  std::vector<std::string> header;
};

namespace {

constexpr std::int64_t kRowsPerPiece = 1 << 16;

class DelimitedSource final : public TableStream::Source {
 public:
  explicit DelimitedSource(DelimitedReader reader) : reader_(std::move(reader)) {
    header = reader_.header();
  }
  Result<void> choose(std::vector<std::size_t> columns) override {
    chosen_ = std::move(columns);
    return {};
  }
  Result<std::size_t> next(std::vector<PieceColumn>& piece) override {
    piece.resize(chosen_.size());
    cells_.resize(chosen_.size());
    // The vectors of the columns are swapped into the reader and back, so that nothing is copied.
    for (std::size_t i = 0; i < piece.size(); ++i) cells_[i].swap(piece[i].text);
    auto rows = reader_.next(chosen_, cells_);
    for (std::size_t i = 0; i < piece.size(); ++i) cells_[i].swap(piece[i].text);
    return rows;
  }

 private:
  DelimitedReader reader_;
  std::vector<std::size_t> chosen_;
  std::vector<std::vector<std::string_view>> cells_;
};

template <class Array>
void append_views(const arrow::Array& values, std::vector<std::string_view>& text) {
  const auto& array = static_cast<const Array&>(values);
  for (std::int64_t i = 0; i < array.length(); ++i) {
    text.push_back(array.IsNull(i) ? std::string_view{} : array.GetView(i));
  }
}

bool append_text(const arrow::Array& values, std::vector<std::string_view>& text) {
  switch (values.type_id()) {
    case arrow::Type::STRING:
      append_views<arrow::StringArray>(values, text);
      return true;
    case arrow::Type::LARGE_STRING:
      append_views<arrow::LargeStringArray>(values, text);
      return true;
    case arrow::Type::STRING_VIEW:
      append_views<arrow::StringViewArray>(values, text);
      return true;
    case arrow::Type::DICTIONARY: {
      const auto& array = static_cast<const arrow::DictionaryArray&>(values);
      std::vector<std::string_view> words;
      if (array.dictionary()->type_id() == arrow::Type::DICTIONARY) return false;
      if (!append_text(*array.dictionary(), words)) return false;
      for (std::int64_t i = 0; i < array.length(); ++i) {
        text.push_back(array.IsNull(i) ? std::string_view{}
                                       : words[static_cast<std::size_t>(array.GetValueIndex(i))]);
      }
      return true;
    }
    default:
      return false;
  }
}

template <class ArrowType>
bool append_as(const arrow::Array& values, std::vector<double>& numbers) {
  const auto& array = static_cast<const typename arrow::TypeTraits<ArrowType>::ArrayType&>(values);
  for (std::int64_t i = 0; i < array.length(); ++i) {
    if (array.IsNull(i)) {
      numbers.push_back(std::numeric_limits<double>::quiet_NaN());
    } else if constexpr (std::is_same_v<ArrowType, arrow::HalfFloatType>) {
      numbers.push_back(arrow::util::Float16::FromBits(array.Value(i)).ToDouble());
    } else {
      numbers.push_back(static_cast<double>(array.Value(i)));
    }
  }
  return true;
}

bool append_numbers(const arrow::Array& values, std::vector<double>& numbers) {
  switch (values.type_id()) {
    case arrow::Type::FLOAT:
      return append_as<arrow::FloatType>(values, numbers);
    case arrow::Type::DOUBLE:
      return append_as<arrow::DoubleType>(values, numbers);
    case arrow::Type::HALF_FLOAT:
      return append_as<arrow::HalfFloatType>(values, numbers);
    case arrow::Type::BOOL:
      return append_as<arrow::BooleanType>(values, numbers);
    case arrow::Type::INT8:
      return append_as<arrow::Int8Type>(values, numbers);
    case arrow::Type::INT16:
      return append_as<arrow::Int16Type>(values, numbers);
    case arrow::Type::INT32:
      return append_as<arrow::Int32Type>(values, numbers);
    case arrow::Type::INT64:
      return append_as<arrow::Int64Type>(values, numbers);
    case arrow::Type::UINT8:
      return append_as<arrow::UInt8Type>(values, numbers);
    case arrow::Type::UINT16:
      return append_as<arrow::UInt16Type>(values, numbers);
    case arrow::Type::UINT32:
      return append_as<arrow::UInt32Type>(values, numbers);
    case arrow::Type::UINT64:
      return append_as<arrow::UInt64Type>(values, numbers);
    default:
      return false;
  }
}

// Reads Parquet and Arrow files, one record batch after the other.
class ArrowSource final : public TableStream::Source {
 public:
  using Batch = arrow::Result<std::shared_ptr<arrow::RecordBatch>>;

  static Result<std::unique_ptr<Source>> open(const std::filesystem::path& file, bool is_parquet) {
    auto source = std::make_unique<ArrowSource>();
    source->where_ = file.string();
    auto opened = arrow::io::MemoryMappedFile::Open(file.string(), arrow::io::FileMode::READ);
    if (!opened.ok()) return cannot_open(file.string(), opened.status().message());
    source->file_ = *opened;
    const arrow::Status status =
        guarded([&] { return is_parquet ? source->open_parquet() : source->open_arrow({}); });
    if (!status.ok()) return is_damaged(file.string(), status.message());
    source->is_parquet_ = is_parquet;
    return source;
  }

  Result<void> choose(std::vector<std::size_t> columns) override {
    names_.clear();
    std::vector<int> indices;
    for (const std::size_t column : columns) {
      names_.push_back(header[column]);
      indices.push_back(static_cast<int>(column));
    }
    const arrow::Status status = guarded(
        [&] { return is_parquet_ ? choose_parquet(indices) : open_arrow(std::move(indices)); });
    if (!status.ok()) return is_damaged(where_, status.message());
    return {};
  }

  Result<std::size_t> next(std::vector<PieceColumn>& piece) override {
    do {
      const arrow::Status status = guarded([&]() -> arrow::Status {
        ARROW_ASSIGN_OR_RAISE(batch_, is_parquet_ ? next_parquet() : next_arrow());
        return batch_ == nullptr ? arrow::Status::OK() : batch_->ValidateFull();
      });
      if (!status.ok()) return is_damaged(where_, status.message());
      if (batch_ == nullptr) return 0;
    } while (batch_->num_rows() == 0);
    piece.resize(names_.size());
    for (std::size_t i = 0; i < names_.size(); ++i) {
      const auto values = batch_->GetColumnByName(names_[i]);
      piece[i].text.clear();
      piece[i].number.clear();
      piece[i].is_text = values != nullptr && append_text(*values, piece[i].text);
      if (piece[i].is_text) continue;
      if (values == nullptr || !append_numbers(*values, piece[i].number)) {
        return fail("OVL-IO-021", fmt::format("column '{}' is neither number nor text", names_[i]),
                    where_, "Store it as numbers or text.");
      }
    }
    return static_cast<std::size_t>(batch_->num_rows());
  }

 private:
  template <class Body>
  static arrow::Status guarded(Body body) {
    try {
      return body();
    } catch (const std::exception& exception) {
      return arrow::Status::Invalid(exception.what());
    }
  }

  arrow::Status open_parquet() {
    parquet::ArrowReaderProperties properties(false);  // as in open_parquet
    properties.set_pre_buffer(false);
    properties.set_batch_size(kRowsPerPiece);
    parquet::arrow::FileReaderBuilder builder;
    ARROW_RETURN_NOT_OK(builder.Open(file_));
    const auto* descriptor = builder.raw_reader()->metadata()->schema();
    // Text repeats from row to row; read as a dictionary, each value is decoded once.
    for (int i = 0; i < descriptor->num_columns(); ++i) {
      if (descriptor->Column(i)->physical_type() == parquet::Type::BYTE_ARRAY) {
        properties.set_read_dictionary(i, true);
      }
    }
    ARROW_RETURN_NOT_OK(builder.properties(properties)->Build(&parquet_));
    std::shared_ptr<arrow::Schema> schema;
    ARROW_RETURN_NOT_OK(parquet_->GetSchema(&schema));
    header = schema->field_names();
    return arrow::Status::OK();
  }

  arrow::Status choose_parquet(const std::vector<int>& fields) {
    const auto* descriptor = parquet_->parquet_reader()->metadata()->schema();
    std::vector<int> leaves;
    for (int i = 0; i < descriptor->num_columns(); ++i) {
      for (const int field : fields) {
        if (descriptor->GetColumnRoot(i) == descriptor->group_node()->field(field).get()) {
          leaves.push_back(i);
        }
      }
    }
    // Of a matrix with a column for each run, fewer rows.
    constexpr std::int64_t kValuesPerRead = std::int64_t{1} << 21;
    const auto columns = std::max<std::int64_t>(static_cast<std::int64_t>(leaves.size()), 1);
    parquet_->set_batch_size(
        std::clamp<std::int64_t>(kValuesPerRead / columns, 1024, kRowsPerPiece));
    std::vector<int> groups;
    for (int i = 0; i < parquet_->num_row_groups(); ++i) groups.push_back(i);
    ARROW_ASSIGN_OR_RAISE(batches_, parquet_->GetRecordBatchReader(groups, leaves));
    return arrow::Status::OK();
  }

  arrow::Status open_arrow(std::vector<int> fields) {
    auto options = arrow::ipc::IpcReadOptions::Defaults();
    options.use_threads = false;
    options.included_fields = std::move(fields);
    ARROW_ASSIGN_OR_RAISE(arrow_, arrow::ipc::RecordBatchFileReader::Open(file_, options));
    if (header.empty()) header = arrow_->schema()->field_names();
    next_batch_ = 0;
    return arrow::Status::OK();
  }

  Batch next_parquet() {
    std::shared_ptr<arrow::RecordBatch> batch;
    ARROW_RETURN_NOT_OK(batches_->ReadNext(&batch));
    return batch;
  }

  Batch next_arrow() {
    if (next_batch_ >= arrow_->num_record_batches()) return std::shared_ptr<arrow::RecordBatch>();
    return arrow_->ReadRecordBatch(next_batch_++);
  }

  std::string where_;
  std::shared_ptr<arrow::io::RandomAccessFile> file_;
  bool is_parquet_ = false;
  std::unique_ptr<parquet::arrow::FileReader> parquet_;  // must outlive batches_
  std::unique_ptr<arrow::RecordBatchReader> batches_;
  std::shared_ptr<arrow::ipc::RecordBatchFileReader> arrow_;
  int next_batch_ = 0;
  std::vector<std::string> names_;
  std::shared_ptr<arrow::RecordBatch> batch_;  // owns the text of the last piece
};

}  // namespace

TableStream::TableStream(std::unique_ptr<Source> source) : source_(std::move(source)) {}
TableStream::TableStream(TableStream&&) noexcept = default;
TableStream& TableStream::operator=(TableStream&&) noexcept = default;
TableStream::~TableStream() = default;

Result<TableStream> TableStream::open(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::error_code ignored;
  if (!in || std::filesystem::is_directory(file, ignored)) {
    return cannot_open(file.string(), "it is missing or cannot be read");
  }
  std::array<char, 6> magic{};
  in.read(magic.data(), magic.size());
  const std::string_view start(magic.data(), magic.size());
  const bool is_parquet = start.starts_with("PAR1");
  if (is_parquet || start == "ARROW1") {
    auto source = ArrowSource::open(file, is_parquet);
    if (!source) return std::unexpected(source.error());
    return TableStream(std::move(*source));
  }
  auto reader = DelimitedReader::open(file);
  if (!reader) return std::unexpected(reader.error());
  return TableStream(std::make_unique<DelimitedSource>(std::move(*reader)));
}

const std::vector<std::string>& TableStream::header() const {
  return source_->header;
}

Result<void> TableStream::choose(std::vector<std::size_t> columns) {
  return source_->choose(std::move(columns));
}

Result<std::size_t> TableStream::next(std::vector<PieceColumn>& piece) {
  return source_->next(piece);
}

}  // namespace overland::io
