#include "io/table/table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdlib>
#include <iterator>
#include <utility>

namespace overland::io {
namespace {

std::size_t length_of(const Values& values) {
  return std::visit([](const auto& column) { return column.size(); }, values);
}

template <class T>
constexpr std::string_view kTypeName = "text";
template <>
constexpr std::string_view kTypeName<float> = "float";
template <>
constexpr std::string_view kTypeName<double> = "double";
template <>
constexpr std::string_view kTypeName<std::uint8_t> = "uint8";
template <>
constexpr std::string_view kTypeName<std::uint16_t> = "uint16";
template <>
constexpr std::string_view kTypeName<std::int32_t> = "int32";
template <>
constexpr std::string_view kTypeName<std::uint32_t> = "uint32";
template <>
constexpr std::string_view kTypeName<std::int64_t> = "int64";
template <>
constexpr std::string_view kTypeName<std::uint64_t> = "uint64";

std::string_view type_of(const Values& values) {
  return std::visit([]<class T>(const std::vector<T>&) -> std::string_view { return kTypeName<T>; },
                    values);
}

}  // namespace

void Table::add(std::string name, Values values, std::string unit, std::string description) {
  // A defect of the program, not of its input: it cannot continue.
  if (!columns_.empty() && length_of(values) != row_count()) std::abort();
  columns_.push_back({std::move(name), std::move(values), std::move(unit), std::move(description)});
}

std::size_t Table::row_count() const {
  return columns_.empty() ? 0 : length_of(columns_.front().values);
}

void Table::append_rows(Table more) {
  if (columns_.empty()) {
    *this = std::move(more);
    return;
  }
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    std::visit(
        [&]<class T>(std::vector<T>& to) {
          auto& from = std::get<std::vector<T>>(more.columns_.at(c).values);
          to.insert(to.end(), std::make_move_iterator(from.begin()),
                    std::make_move_iterator(from.end()));
        },
        columns_[c].values);
  }
}

Table Table::split_front(std::size_t rows) {
  Table front;
  front.metadata = metadata;
  for (Column& column : columns_) {
    Column& taken =
        front.columns_.emplace_back(column.name, Values(), column.unit, column.description);
    std::visit(
        [&]<class T>(std::vector<T>& values) {
          const auto end = values.begin() + static_cast<std::ptrdiff_t>(rows);
          std::vector<T> rest(std::make_move_iterator(end), std::make_move_iterator(values.end()));
          values.resize(rows);
          taken.values = std::exchange(values, std::move(rest));
        },
        column.values);
  }
  return front;
}

bool Table::has(const std::string& name) const {
  for (const Column& column : columns_) {
    if (column.name == name) return true;
  }
  return false;
}

template <class T>
Result<const std::vector<T>*> Table::column(const std::string& name) const {
  std::vector<std::string_view> names;
  for (const Column& column : columns_) {
    if (column.name != name) {
      names.emplace_back(column.name);
      continue;
    }
    if (const auto* values = std::get_if<std::vector<T>>(&column.values)) return values;
    return fail(
        "OVL-IO-021",
        fmt::format("column '{}' holds {}, not {}", name, type_of(column.values), kTypeName<T>), "",
        "Check which program and version wrote the table.");
  }
  return fail("OVL-IO-020", fmt::format("there is no column '{}'", name),
              fmt::format("columns: {}", fmt::join(names, ", ")),
              "Check which program and version wrote the table.");
}

template Result<const std::vector<float>*> Table::column(const std::string&) const;
template Result<const std::vector<double>*> Table::column(const std::string&) const;
template Result<const std::vector<std::uint8_t>*> Table::column(const std::string&) const;
template Result<const std::vector<std::uint16_t>*> Table::column(const std::string&) const;
template Result<const std::vector<std::int32_t>*> Table::column(const std::string&) const;
template Result<const std::vector<std::uint32_t>*> Table::column(const std::string&) const;
template Result<const std::vector<std::int64_t>*> Table::column(const std::string&) const;
template Result<const std::vector<std::uint64_t>*> Table::column(const std::string&) const;
template Result<const std::vector<std::string>*> Table::column(const std::string&) const;

}  // namespace overland::io
