#include <fmt/format.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "io/table/exchange_table.h"
#include "io/table/table_arrow.h"

namespace overland::io {
namespace {

using ArrayResult = Result<std::shared_ptr<arrow::Array>>;

template <class T>
std::shared_ptr<arrow::Array> borrowed(const std::vector<T>& values) {
  const auto type = arrow::CTypeTraits<T>::type_singleton();
  const auto length = static_cast<std::int64_t>(values.size());
  return arrow::MakeArray(
      arrow::ArrayData::Make(type, length, {nullptr, arrow::Buffer::Wrap(values)}, 0));
}

// The value under a null is 0, and a NaN is the canonical NaN, because the bits of NaNs differ
// between machines.
template <class T>
ArrayResult with_missing(const std::vector<T>& values, Missing missing) {
  typename arrow::CTypeTraits<T>::BuilderType builder;
  auto status = builder.Reserve(static_cast<std::int64_t>(values.size()));
  for (const T value : values) {
    if (!status.ok()) break;
    if (!std::isnan(value)) {
      builder.UnsafeAppend(value);
    } else if (missing == Missing::nan) {
      builder.UnsafeAppend(std::numeric_limits<T>::quiet_NaN());
    } else {
      builder.UnsafeAppendNull();
    }
  }
  std::shared_ptr<arrow::Array> array;
  if (status.ok()) status = builder.Finish(&array);
  if (!status.ok()) return fail("OVL-RES-001", status.message(), "", "Free some memory.");
  return array;
}

ArrayResult strings(const std::string& name, const std::vector<std::string>& values) {
  std::size_t bytes = 0;
  for (const std::string& value : values) bytes += value.size();
  if (bytes > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max())) {
    return fail("OVL-IO-004", fmt::format("{} bytes of text do not fit in one column", bytes), name,
                "Write fewer rows to one file.");
  }
  arrow::StringBuilder builder;
  auto status = builder.Reserve(static_cast<std::int64_t>(values.size()));
  if (status.ok()) status = builder.ReserveData(static_cast<std::int64_t>(bytes));
  for (const std::string& value : values) {
    if (!status.ok()) break;
    builder.UnsafeAppend(value);
  }
  std::shared_ptr<arrow::Array> array;
  if (status.ok()) status = builder.Finish(&array);
  if (!status.ok()) return fail("OVL-RES-001", status.message(), name, "Free some memory.");
  return array;
}

ArrayResult booleans(const Column& column) {
  arrow::BooleanBuilder builder;
  std::shared_ptr<arrow::Array> array;
  arrow::Status status;
  for (const std::uint8_t value : std::get<std::vector<std::uint8_t>>(column.values))
    if (status.ok()) status = builder.Append(value != 0);
  if (status.ok()) status = builder.Finish(&array);
  if (!status.ok()) return fail("OVL-RES-001", status.message(), column.name, "Free some memory.");
  return array;
}

template <class T>
ArrayResult array_of(const std::string& name, const std::vector<T>& values,
                     [[maybe_unused]] Missing missing) {
  if constexpr (std::is_same_v<T, std::string>) {
    return strings(name, values);
  } else if constexpr (std::is_floating_point_v<T>) {
    for (const T value : values) {
      if (std::isnan(value)) return with_missing(values, missing);
    }
    return borrowed(values);
  } else {
    return borrowed(values);
  }
}

std::shared_ptr<arrow::KeyValueMetadata> field_metadata(const Column& column) {
  auto metadata = std::make_shared<arrow::KeyValueMetadata>();
  if (!column.unit.empty()) metadata->Append("unit", column.unit);
  if (!column.description.empty()) metadata->Append("description", column.description);
  return metadata->size() == 0 ? nullptr : metadata;
}

}  // namespace

Result<std::shared_ptr<arrow::RecordBatch>> to_arrow(const Table& table, Missing missing) {
  arrow::FieldVector fields;
  arrow::ArrayVector arrays;
  for (const Column& column : table.columns()) {
    const bool is_boolean = column.unit == kBoolean;
    ArrayResult array =
        is_boolean
            ? booleans(column)
            : std::visit([&](const auto& values) { return array_of(column.name, values, missing); },
                         column.values);
    if (!array) return std::unexpected(array.error());
    const bool can_be_null = std::holds_alternative<std::vector<float>>(column.values) ||
                             std::holds_alternative<std::vector<double>>(column.values);
    fields.push_back(
        arrow::field(column.name, (*array)->type(), can_be_null, field_metadata(column)));
    arrays.push_back(std::move(*array));
  }
  auto metadata = std::make_shared<arrow::KeyValueMetadata>();
  for (const auto& [key, value] : table.metadata) metadata->Append(key, value);
  const auto schema = arrow::schema(fields, table.metadata.empty() ? nullptr : metadata);
  return arrow::RecordBatch::Make(schema, static_cast<std::int64_t>(table.row_count()),
                                  std::move(arrays));
}

}  // namespace overland::io
