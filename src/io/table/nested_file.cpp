#include "io/table/nested_file.h"

#include <arrow/api.h>
#include <arrow/compute/cast.h>
#include <arrow/io/file.h>
#include <parquet/arrow/reader.h>
#include <parquet/exception.h>

#include <algorithm>

#include "io/table/table_arrow.h"

namespace overland::io {
namespace {

bool is_text(const arrow::DataType& type) {
  return type.id() == arrow::Type::STRING || type.id() == arrow::Type::LARGE_STRING ||
         type.id() == arrow::Type::STRING_VIEW ||
         (type.id() == arrow::Type::DICTIONARY &&
          is_text(*static_cast<const arrow::DictionaryType&>(type).value_type()));
}

// Appends the values of a flat array that are not null.
arrow::Status append_values(const arrow::Array& flat, NestedColumn& column) {
  if (is_text(*flat.type())) {
    ARROW_ASSIGN_OR_RAISE(auto cast, arrow::compute::Cast(flat, arrow::utf8()));
    const auto& text = static_cast<const arrow::StringArray&>(*cast);
    for (std::int64_t i = 0; i < text.length(); ++i)
      if (text.IsValid(i)) column.text.push_back(text.GetString(i));
    return arrow::Status::OK();
  }
  ARROW_ASSIGN_OR_RAISE(auto cast, arrow::compute::Cast(flat, arrow::float32(),
                                                        arrow::compute::CastOptions::Unsafe()));
  const auto& numbers = static_cast<const arrow::FloatArray&>(*cast);
  for (std::int64_t i = 0; i < numbers.length(); ++i)
    if (numbers.IsValid(i)) column.numbers.push_back(numbers.Value(i));
  return arrow::Status::OK();
}

template <class List>
arrow::Status append_lists(const List& list, NestedColumn& column) {
  ARROW_ASSIGN_OR_RAISE(auto flat, list.Flatten());
  if (flat->null_count() > 0) return arrow::Status::TypeError("missing values inside a list");
  for (std::int64_t i = 0; i < list.length(); ++i) {
    const auto length = list.IsNull(i) ? 0 : list.value_length(i);
    column.begin.push_back(column.begin.back() + static_cast<std::uint64_t>(length));
  }
  return append_values(*flat, column);
}

arrow::Status append(const arrow::Array& chunk, NestedColumn& column) {
  if (const auto* list = dynamic_cast<const arrow::ListArray*>(&chunk))
    return append_lists(*list, column);
  if (const auto* list = dynamic_cast<const arrow::LargeListArray*>(&chunk))
    return append_lists(*list, column);
  for (std::int64_t i = 0; i < chunk.length(); ++i)
    column.begin.push_back(column.begin.back() + (chunk.IsValid(i) ? 1U : 0U));
  return append_values(chunk, column);
}

}  // namespace

struct NestedFile::State {
  std::string where;
  std::unique_ptr<parquet::arrow::FileReader> reader;
  std::vector<std::string> header;

  arrow::Status open(const std::filesystem::path& file) {
    try {
      ARROW_ASSIGN_OR_RAISE(
          auto source, arrow::io::MemoryMappedFile::Open(file.string(), arrow::io::FileMode::READ));
      ARROW_ASSIGN_OR_RAISE(reader, open_parquet(source));
      std::shared_ptr<arrow::Schema> schema;
      ARROW_RETURN_NOT_OK(reader->GetSchema(&schema));
      header = schema->field_names();
      return arrow::Status::OK();
    } catch (const std::exception& exception) {
      return arrow::Status::Invalid(exception.what());
    }
  }

  arrow::Result<std::shared_ptr<arrow::Table>> read(int group,
                                                    const std::vector<std::string>& names) const {
    try {
      std::vector<int> leaves;
      const auto* schema = reader->parquet_reader()->metadata()->schema();
      for (int leaf = 0; leaf < schema->num_columns(); ++leaf)
        if (std::ranges::find(names, schema->GetColumnRoot(leaf)->name()) != names.end())
          leaves.push_back(leaf);
      return reader->ReadRowGroup(group, leaves);
    } catch (const std::exception& exception) {
      return arrow::Status::Invalid(exception.what());
    }
  }
};

NestedFile::NestedFile(std::unique_ptr<State> state) : state_(std::move(state)) {}
NestedFile::NestedFile(NestedFile&&) noexcept = default;
NestedFile& NestedFile::operator=(NestedFile&&) noexcept = default;
NestedFile::~NestedFile() = default;

Result<NestedFile> NestedFile::open(const std::filesystem::path& file) {
  if (!std::filesystem::exists(file)) return cannot_open(file.string(), "there is no such file");
  auto state = std::make_unique<State>();
  state->where = file.string();
  if (const auto done = state->open(file); !done.ok())
    return is_damaged(file.string(), done.message());
  return NestedFile(std::move(state));
}

const std::vector<std::string>& NestedFile::header() const {
  return state_->header;
}

std::size_t NestedFile::group_count() const {
  return static_cast<std::size_t>(state_->reader->num_row_groups());
}

Result<std::map<std::string, NestedColumn>> NestedFile::read(
    std::size_t group, const std::vector<std::string>& names) const {
  const auto table = state_->read(static_cast<int>(group), names);
  if (!table.ok()) return is_damaged(state_->where, table.status().message());
  std::map<std::string, NestedColumn> columns;
  for (int c = 0; c < (*table)->num_columns(); ++c) {
    NestedColumn& column = columns[(*table)->schema()->field(c)->name()];
    for (const auto& chunk : (*table)->column(c)->chunks())
      if (const auto done = append(*chunk, column); !done.ok())
        return fail("OVL-IO-021",
                    "column '" + (*table)->schema()->field(c)->name() +
                        "' holds neither numbers nor text: " + done.message(),
                    state_->where, "Check that this is the table you meant.");
  }
  return columns;
}

}  // namespace overland::io
