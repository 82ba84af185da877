#include "io/arrow/arrow_run_columns.h"

#include <arrow/api.h>

#include <limits>
#include <optional>

#include "io/run_columns.h"

namespace overland::io {
namespace {

std::unexpected<Error> wrong_type(const std::string& name, const arrow::DataType& type,
                                  const std::string& wanted, const std::string& where) {
  return fail("OVL-RUN-001", "column '" + name + "' is " + type.ToString() + ", not " + wanted,
              where, "The columns of a run are listed in docs/formats/run-arrow.md.");
}

template <class ArrowArray>
void append_narrowed(const arrow::Array& array, std::vector<float>& values) {
  const auto& typed = static_cast<const ArrowArray&>(array);
  const auto* const raw = typed.raw_values();
  for (std::int64_t i = 0; i < typed.length(); ++i) {
    values.push_back(typed.IsNull(i) ? kUnknown : static_cast<float>(raw[i]));
  }
}

// False if the type is neither float nor double.
bool append_float_array(const arrow::Array& array, std::vector<float>& values) {
  if (array.type_id() == arrow::Type::FLOAT) {
    append_narrowed<arrow::FloatArray>(array, values);
  } else if (array.type_id() == arrow::Type::DOUBLE) {
    append_narrowed<arrow::DoubleArray>(array, values);
  } else {
    return false;
  }
  return true;
}

template <class ArrowArray>
std::int64_t integer_at(const arrow::Array& array, std::int64_t i) {
  const auto value = static_cast<const ArrowArray&>(array).Value(i);
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  return std::in_range<std::int64_t>(value) ? static_cast<std::int64_t>(value) : kMost;
}

using IntegerAt = std::int64_t (*)(const arrow::Array&, std::int64_t);
IntegerAt integer_reader(arrow::Type::type type) {
  switch (type) {
    case arrow::Type::UINT8:
      return integer_at<arrow::UInt8Array>;
    case arrow::Type::INT8:
      return integer_at<arrow::Int8Array>;
    case arrow::Type::UINT16:
      return integer_at<arrow::UInt16Array>;
    case arrow::Type::INT16:
      return integer_at<arrow::Int16Array>;
    case arrow::Type::UINT32:
      return integer_at<arrow::UInt32Array>;
    case arrow::Type::INT32:
      return integer_at<arrow::Int32Array>;
    case arrow::Type::UINT64:
      return integer_at<arrow::UInt64Array>;
    case arrow::Type::INT64:
      return integer_at<arrow::Int64Array>;
    default:
      return nullptr;
  }
}

Result<std::vector<std::int64_t>> integers(const arrow::RecordBatch& batch, const std::string& name,
                                           const std::string& where) {
  const auto array = batch.GetColumnByName(name);
  const IntegerAt read = integer_reader(array->type_id());
  if (read == nullptr) return wrong_type(name, *array->type(), "an integer", where);
  std::vector<std::int64_t> values;
  for (std::int64_t i = 0; i < array->length(); ++i) {
    if (array->IsNull(i)) {
      return fail("OVL-RUN-001", "column '" + name + "' has no value",
                  where + ", row " + std::to_string(i), "Convert the run again.");
    }
    values.push_back(read(*array, i));
  }
  return values;
}

// Offsets come from the file: each is checked before it is used.
template <class ListArray>
bool cut_lists(const ListArray& lists, const float* items, std::vector<PeakList>& result) {
  const std::int64_t item_count = lists.values()->length();
  for (std::int64_t i = 0; i < lists.length(); ++i) {
    if (lists.IsNull(i)) {
      result.push_back({items, 0});
      continue;
    }
    const std::int64_t begin = lists.value_offset(i), end = lists.value_offset(i + 1);
    if (begin < 0 || begin > end || end > item_count) return false;
    result.push_back({items + begin, static_cast<std::uint64_t>(end - begin)});
  }
  return true;
}

template <class ListArray>
Result<std::vector<PeakList>> list_values_of(const ListArray& lists, const std::string& name,
                                             std::vector<float>& converted,
                                             const std::string& where) {
  const arrow::Array& items = *lists.values();
  const float* values = nullptr;
  if (items.type_id() == arrow::Type::FLOAT && items.null_count() == 0) {
    values = static_cast<const arrow::FloatArray&>(items).raw_values();
  } else if (append_float_array(items, converted)) {
    values = converted.data();
  } else {
    return wrong_type(name, *lists.type(), "a list of float or double", where);
  }
  std::vector<PeakList> result;
  if (cut_lists(lists, values, result)) return result;
  return fail("OVL-IO-003", "list offsets of column '" + name + "' are out of range", where,
              "The file is damaged; copy or convert it again.");
}

}  // namespace

Result<void> append_floats(const arrow::RecordBatch& batch, const FloatTarget& target,
                           const std::string& where) {
  const auto array = batch.GetColumnByName(target.name);
  if (array == nullptr) {
    target.values->resize(target.values->size() + static_cast<std::size_t>(batch.num_rows()),
                          kUnknown);
    return {};
  }
  if (append_float_array(*array, *target.values)) return {};
  return wrong_type(target.name, *array->type(), "float or double", where);
}

Result<void> append_scan_numbers(const arrow::RecordBatch& batch, std::vector<std::int32_t>& values,
                                 const std::string& where) {
  const auto read = integers(batch, "scanNumber", where);
  if (!read) return std::unexpected(read.error());
  for (const std::int64_t value : *read) {
    if (!std::in_range<std::int32_t>(value)) {
      return fail("OVL-RUN-001", "scan number " + std::to_string(value) + " exceeds 32 bits", where,
                  "Number the scans from 1.");
    }
    values.push_back(static_cast<std::int32_t>(value));
  }
  return {};
}

Result<void> append_ms_orders(const arrow::RecordBatch& batch, std::vector<std::uint8_t>& values,
                              const std::string& where) {
  const auto read = integers(batch, "msOrder", where);
  if (!read) return std::unexpected(read.error());
  for (const std::int64_t value : *read) {
    values.push_back(std::in_range<std::uint8_t>(value) ? static_cast<std::uint8_t>(value) : 255);
  }
  return {};
}

void append_polarities(const arrow::RecordBatch& batch, std::vector<std::uint8_t>& is_negative) {
  const auto array = batch.GetColumnByName("polarity");
  const IntegerAt read = array == nullptr ? nullptr : integer_reader(array->type_id());
  for (std::int64_t i = 0; i < batch.num_rows(); ++i) {
    is_negative.push_back(read != nullptr && !array->IsNull(i) && read(*array, i) < 0 ? 1 : 0);
  }
}

Result<std::vector<PeakList>> list_values(const arrow::Array& lists, const std::string& name,
                                          std::vector<float>& converted, const std::string& where) {
  if (lists.type_id() == arrow::Type::LIST) {
    return list_values_of(static_cast<const arrow::ListArray&>(lists), name, converted, where);
  }
  if (lists.type_id() == arrow::Type::LARGE_LIST) {
    return list_values_of(static_cast<const arrow::LargeListArray&>(lists), name, converted, where);
  }
  return wrong_type(name, *lists.type(), "a list of float or double", where);
}

}  // namespace overland::io
