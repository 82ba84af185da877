#include "io/table/list_table_sink.h"

#include <arrow/io/file.h>
#include <parquet/arrow/writer.h>
#include <parquet/exception.h>

#include <limits>

#include "io/table/table_arrow.h"

namespace overland::io {
namespace {

arrow::Result<std::shared_ptr<arrow::Array>> list_array(const NamedList& list) {
  arrow::Int32Builder offsets;
  ARROW_RETURN_NOT_OK(offsets.Reserve(static_cast<std::int64_t>(list.lists.begin.size())));
  for (const std::uint64_t begin : list.lists.begin) {
    offsets.UnsafeAppend(static_cast<std::int32_t>(begin));
  }
  std::shared_ptr<arrow::Array> places;
  ARROW_RETURN_NOT_OK(offsets.Finish(&places));
  std::shared_ptr<arrow::Array> items;
  if (list.is_text) {
    arrow::StringBuilder texts;
    ARROW_RETURN_NOT_OK(texts.AppendValues(list.text));
    ARROW_RETURN_NOT_OK(texts.Finish(&items));
  } else {
    arrow::FloatBuilder values;
    ARROW_RETURN_NOT_OK(values.AppendValues(list.lists.values));
    ARROW_RETURN_NOT_OK(values.Finish(&items));
  }
  return arrow::ListArray::FromArrays(*places, *items);
}

arrow::Result<std::shared_ptr<arrow::RecordBatch>> with_lists(
    std::shared_ptr<arrow::RecordBatch> batch, const std::vector<NamedList>& lists) {
  for (const NamedList& list : lists) {
    ARROW_ASSIGN_OR_RAISE(auto array, list_array(list));
    auto metadata = std::make_shared<arrow::KeyValueMetadata>();
    metadata->Append("unit", list.unit);
    metadata->Append("description", list.description);
    ARROW_ASSIGN_OR_RAISE(
        batch, batch->AddColumn(batch->num_columns(),
                                arrow::field(list.name, array->type(), false, metadata), array));
  }
  return batch;
}

}  // namespace

struct ListTableSink::State {
  std::filesystem::path file;
  std::shared_ptr<arrow::io::FileOutputStream> sink;
  std::unique_ptr<parquet::arrow::FileWriter> writer;

  arrow::Status start(const arrow::Schema& schema, const std::vector<NamedList>& lists) {
    parquet::WriterProperties::Builder builder;
    builder.compression(parquet::Compression::ZSTD)
        ->compression_level(kZstdLevel)
        ->created_by("overland");
    for (const NamedList& list : lists) {
      if (!list.is_distinct) continue;
      const auto path = parquet::schema::ColumnPath({list.name, "list", "element"});
      builder.disable_dictionary(path.ToDotString());
      builder.encoding(path.ToDotString(), parquet::Encoding::BYTE_STREAM_SPLIT);
    }
    const auto properties = builder.build();
    return parquet::arrow::FileWriter::Open(
               schema, arrow::default_memory_pool(), sink, properties,
               parquet::ArrowWriterProperties::Builder().store_schema()->build())
        .Value(&writer);
  }
  template <class Step>
  Result<void> checked(Step step) const {
    try {
      const arrow::Status status = step();
      if (status.ok()) return {};
      return cannot_write(file, status.message());
    } catch (const parquet::ParquetException& exception) {
      return cannot_write(file, exception.what());
    }
  }
};

ListTableSink::ListTableSink(std::unique_ptr<State> state) : state_(std::move(state)) {}
ListTableSink::ListTableSink(ListTableSink&&) noexcept = default;
ListTableSink& ListTableSink::operator=(ListTableSink&&) noexcept = default;
ListTableSink::~ListTableSink() = default;

Result<ListTableSink> ListTableSink::open(const std::filesystem::path& file) {
  auto state = std::make_unique<State>();
  state->file = file;
  const auto done = state->checked([&]() -> arrow::Status {
    return arrow::io::FileOutputStream::Open(file.string()).Value(&state->sink);
  });
  if (!done) return std::unexpected(done.error());
  return ListTableSink(std::move(state));
}

Result<void> ListTableSink::append(const Table& columns, const std::vector<NamedList>& lists) {
  for (const NamedList& list : lists) {
    if (list.lists.values.size() > std::numeric_limits<std::int32_t>::max()) {
      return fail("OVL-IO-004", "too many values for one row group", list.name,
                  "Report it as a defect.");
    }
  }
  const auto batch = to_arrow(columns, Missing::null);
  if (!batch) return std::unexpected(batch.error());
  return state_->checked([&]() -> arrow::Status {
    ARROW_ASSIGN_OR_RAISE(const auto whole, with_lists(*batch, lists));
    if (!state_->writer) ARROW_RETURN_NOT_OK(state_->start(*whole->schema(), lists));
    ARROW_ASSIGN_OR_RAISE(const auto table, arrow::Table::FromRecordBatches({whole}));
    return state_->writer->WriteTable(*table, std::max<std::int64_t>(1, table->num_rows()));
  });
}

Result<void> ListTableSink::close() {
  return state_->checked([&]() -> arrow::Status {
    if (state_->writer) ARROW_RETURN_NOT_OK(state_->writer->Close());
    return state_->sink->Close();
  });
}

}  // namespace overland::io
