#include "io/table/list_column.h"

#include <arrow/api.h>
#include <arrow/compute/cast.h>
#include <arrow/io/file.h>
#include <parquet/arrow/reader.h>
#include <parquet/exception.h>

#include "io/table/table_arrow.h"

namespace overland::io {
namespace {

arrow::Result<std::shared_ptr<arrow::ChunkedArray>> list_chunks(const std::filesystem::path& file,
                                                                const std::string& name) {
  try {
    ARROW_ASSIGN_OR_RAISE(
        auto source, arrow::io::MemoryMappedFile::Open(file.string(), arrow::io::FileMode::READ));
    ARROW_ASSIGN_OR_RAISE(auto reader, open_parquet(source));
    const auto* schema = reader->parquet_reader()->metadata()->schema();
    for (int leaf = 0; leaf < schema->num_columns(); ++leaf) {
      if (schema->GetColumnRoot(leaf)->name() != name) continue;
      ARROW_ASSIGN_OR_RAISE(auto table, reader->ReadTable(std::vector<int>{leaf}));
      return table->column(0);
    }
    return arrow::Status::KeyError("no column ", name);
  } catch (const std::exception& exception) {
    return arrow::Status::Invalid(exception.what());
  }
}

arrow::Status append(const arrow::Array& chunk, ListColumn& column) {
  const auto* list = dynamic_cast<const arrow::ListArray*>(&chunk);
  if (list == nullptr) return arrow::Status::TypeError("not a list");
  ARROW_ASSIGN_OR_RAISE(auto flat, list->Flatten());
  ARROW_ASSIGN_OR_RAISE(auto cast, arrow::compute::Cast(*flat, arrow::float32()));
  const auto& numbers = static_cast<const arrow::FloatArray&>(*cast);
  if (numbers.null_count() > 0) return arrow::Status::TypeError("missing values inside a list");
  for (std::int64_t i = 0; i < list->length(); ++i) {
    const auto length = list->IsNull(i) ? 0 : list->value_length(i);
    column.begin.push_back(column.begin.back() + static_cast<std::uint64_t>(length));
  }
  column.values.insert(column.values.end(), numbers.raw_values(),
                       numbers.raw_values() + numbers.length());
  return arrow::Status::OK();
}

}  // namespace

Result<ListColumn> read_list_column(const std::filesystem::path& file, const std::string& name) {
  if (!std::filesystem::exists(file)) return cannot_open(file.string(), "there is no such file");
  const auto chunks = list_chunks(file, name);
  if (chunks.status().IsKeyError())
    return fail("OVL-IO-020", "there is no column '" + name + "'", file.string(),
                "Check that this is the table you meant.");
  if (!chunks.ok()) return is_damaged(file.string(), chunks.status().message());
  ListColumn column{.begin = {0}, .values = {}};
  for (const auto& chunk : (*chunks)->chunks())
    if (const auto done = append(*chunk, column); !done.ok())
      return fail("OVL-IO-021", "column '" + name + "' is not a list of numbers: " + done.message(),
                  file.string(), "Give a table whose column is a list of numbers.");
  return column;
}

}  // namespace overland::io
