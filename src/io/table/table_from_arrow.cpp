#include <arrow/util/float16.h>
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "io/table/table_arrow.h"

namespace overland::io {
namespace {

template <class ArrowType, class T>
std::vector<T> numbers(const arrow::ChunkedArray& column) {
  std::vector<T> values;
  values.reserve(static_cast<std::size_t>(column.length()));
  for (const auto& chunk : column.chunks()) {
    const auto& array = static_cast<const arrow::NumericArray<ArrowType>&>(*chunk);
    const auto* raw = array.raw_values();
    if constexpr (std::is_floating_point_v<T>) {
      for (std::int64_t i = 0; i < array.length(); ++i) {
        values.push_back(array.IsNull(i) ? std::numeric_limits<T>::quiet_NaN()
                                         : static_cast<T>(raw[i]));
      }
    } else {
      for (std::int64_t i = 0; i < array.length(); ++i) values.push_back(static_cast<T>(raw[i]));
    }
  }
  return values;
}

// Integers have no NaN, so an integer column with nulls becomes a column of doubles.
template <class ArrowType, class T>
Values integers(const arrow::ChunkedArray& column) {
  if (column.null_count() > 0) return numbers<ArrowType, double>(column);
  return numbers<ArrowType, T>(column);
}

Values booleans(const arrow::ChunkedArray& column) {
  std::vector<double> values;
  for (const auto& chunk : column.chunks()) {
    const auto& array = static_cast<const arrow::BooleanArray&>(*chunk);
    for (std::int64_t i = 0; i < array.length(); ++i) {
      values.push_back(array.IsNull(i)  ? std::numeric_limits<double>::quiet_NaN()
                       : array.Value(i) ? 1
                                        : 0);
    }
  }
  if (column.null_count() > 0) return values;
  return std::vector<std::uint8_t>(values.begin(), values.end());
}

std::vector<float> half_floats(const arrow::ChunkedArray& column) {
  std::vector<float> values;
  for (const auto& chunk : column.chunks()) {
    const auto& array = static_cast<const arrow::HalfFloatArray&>(*chunk);
    for (std::int64_t i = 0; i < array.length(); ++i) {
      values.push_back(array.IsNull(i) ? std::numeric_limits<float>::quiet_NaN()
                                       : arrow::util::Float16::FromBits(array.Value(i)).ToFloat());
    }
  }
  return values;
}

template <class Array>
void append_strings(const arrow::Array& chunk, std::vector<std::string>& values) {
  const auto& array = static_cast<const Array&>(chunk);
  for (std::int64_t i = 0; i < array.length(); ++i) {
    values.emplace_back(array.IsNull(i) ? std::string_view{} : array.GetView(i));
  }
}

bool append_text(const arrow::Array& chunk, std::vector<std::string>& values) {
  switch (chunk.type_id()) {
    case arrow::Type::STRING:
      append_strings<arrow::StringArray>(chunk, values);
      return true;
    case arrow::Type::LARGE_STRING:
      append_strings<arrow::LargeStringArray>(chunk, values);
      return true;
    case arrow::Type::STRING_VIEW:
      append_strings<arrow::StringViewArray>(chunk, values);
      return true;
    case arrow::Type::DICTIONARY: {
      const auto& array = static_cast<const arrow::DictionaryArray&>(chunk);
      std::vector<std::string> words;
      if (array.dictionary()->type_id() == arrow::Type::DICTIONARY) return false;
      if (!append_text(*array.dictionary(), words)) return false;
      for (std::int64_t i = 0; i < array.length(); ++i) {
        if (array.IsNull(i)) {
          values.emplace_back();
        } else {
          values.push_back(words[static_cast<std::size_t>(array.GetValueIndex(i))]);
        }
      }
      return true;
    }
    default:
      return false;
  }
}

// Empty if the type is not supported.
std::optional<Values> values_of(const arrow::ChunkedArray& column) {
  switch (column.type()->id()) {
    case arrow::Type::FLOAT:
      return numbers<arrow::FloatType, float>(column);
    case arrow::Type::DOUBLE:
      return numbers<arrow::DoubleType, double>(column);
    case arrow::Type::HALF_FLOAT:
      return half_floats(column);
    case arrow::Type::BOOL:
      return booleans(column);
    case arrow::Type::UINT8:
      return integers<arrow::UInt8Type, std::uint8_t>(column);
    case arrow::Type::UINT16:
      return integers<arrow::UInt16Type, std::uint16_t>(column);
    case arrow::Type::UINT32:
      return integers<arrow::UInt32Type, std::uint32_t>(column);
    case arrow::Type::UINT64:
      return integers<arrow::UInt64Type, std::uint64_t>(column);
    case arrow::Type::INT8:
      return integers<arrow::Int8Type, std::int32_t>(column);
    case arrow::Type::INT16:
      return integers<arrow::Int16Type, std::int32_t>(column);
    case arrow::Type::INT32:
      return integers<arrow::Int32Type, std::int32_t>(column);
    case arrow::Type::INT64:
      return integers<arrow::Int64Type, std::int64_t>(column);
    default: {
      std::vector<std::string> text;
      text.reserve(static_cast<std::size_t>(column.length()));
      for (const auto& chunk : column.chunks()) {
        if (!append_text(*chunk, text)) return std::nullopt;
      }
      const auto id = column.type()->id();
      const bool is_text = id == arrow::Type::STRING || id == arrow::Type::LARGE_STRING ||
                           id == arrow::Type::STRING_VIEW || id == arrow::Type::DICTIONARY;
      return is_text ? std::optional<Values>(std::move(text)) : std::nullopt;
    }
  }
}

std::string metadata_value(const std::shared_ptr<const arrow::KeyValueMetadata>& metadata,
                           const std::string& key) {
  if (metadata == nullptr) return {};
  const int index = metadata->FindKey(key);
  return index < 0 ? std::string{} : metadata->value(index);
}

}  // namespace

bool is_wanted(const Wanted& wanted, const std::string& name) {
  return !wanted || std::ranges::find(*wanted, name) != wanted->end();
}

Result<Table> from_arrow(const arrow::Table& table, const Wanted& wanted,
                         const std::string& where) {
  Table result;
  for (int i = 0; i < table.num_columns(); ++i) {
    const auto& field = table.field(i);
    if (!is_wanted(wanted, field->name())) continue;
    auto values = values_of(*table.column(i));
    if (!values) {
      return fail("OVL-IO-021",
                  fmt::format("column '{}' is of type {}, which is not supported", field->name(),
                              field->type()->ToString()),
                  where, "Leave the column out or store it as numbers or text.");
    }
    result.add(field->name(), std::move(*values), metadata_value(field->metadata(), "unit"),
               metadata_value(field->metadata(), "description"));
  }
  if (const auto& metadata = table.schema()->metadata()) {
    for (std::int64_t i = 0; i < metadata->size(); ++i) {
      result.metadata[metadata->key(i)] = metadata->value(i);
    }
  }
  return result;
}

}  // namespace overland::io
