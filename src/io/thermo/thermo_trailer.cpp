#include "io/thermo/thermo_trailer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <string_view>

#include "io/thermo/thermo_bytes.h"

namespace overland::io {
namespace {

constexpr std::string_view kVoltage = "FAIMS CV:";
constexpr std::string_view kWidth = "MS2 Isolation Width:";
constexpr std::string_view kOffset = "MS2 Isolation Offset:";
constexpr std::uint32_t kFloat = 10, kDouble = 11, kText = 12, kWideText = 13;  // types
constexpr std::uint32_t kMostFields = 2000, kLongestLabel = 200, kLongestText = 1 << 16;

struct Field {
  std::uint32_t type = 0;
  std::uint64_t offset = 0;  // in the record of a scan
  std::string label;         // ASCII; other characters are '?'
};

struct Trailer {
  std::vector<Field> fields;
  std::uint64_t record_size = 0;

  [[nodiscard]] const Field* find(std::string_view label) const {
    const auto found = std::ranges::find(fields, label, &Field::label);
    return found == fields.end() ? nullptr : &*found;
  }
};

// ThermoBytes of a value: headings have none; then one byte (character, yes or no, ...), 16, 32 and
// 64 bits, and texts of `length` characters.
std::uint64_t size_of(std::uint32_t type, std::uint32_t length) {
  if (type == 0) return 0;
  if (type <= 5) return 1;
  if (type <= 7) return 2;
  if (type <= kFloat) return 4;
  if (type == kDouble) return 8;
  return type == kText ? std::uint64_t{length} : std::uint64_t{length} * 2;
}

std::string next_label(ThermoCursor& cursor, std::uint32_t characters) {
  std::string label;
  for (std::uint32_t i = 0; i < characters && cursor.is_inside(); ++i) {
    const auto character = cursor.next<std::uint16_t>();
    label += character >= 0x20 && character < 0x7F ? static_cast<char>(character) : '?';
  }
  return label;
}

// The table of names at this address, if it can be one.
std::optional<Trailer> table_at(ThermoBytes bytes, std::uint64_t at) {
  ThermoCursor cursor(bytes, at);
  const auto count = cursor.next<std::uint32_t>();
  if (count == 0 || count > kMostFields) return std::nullopt;
  Trailer trailer;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto type = cursor.next<std::uint32_t>();
    const auto length = cursor.next<std::uint32_t>();
    const auto characters = cursor.next<std::uint32_t>();
    if (!cursor.is_inside() || type > kWideText || length > kLongestText ||
        characters > kLongestLabel)
      return std::nullopt;
    trailer.fields.push_back({type, trailer.record_size, next_label(cursor, characters)});
    trailer.record_size += size_of(type, length);
  }
  if (!cursor.is_inside()) return std::nullopt;
  return trailer;
}

// The tables of names stand between the error log and the index.
std::uint64_t tables_begin(const ThermoFile& file) {
  return file.error_log < file.index ? file.error_log : 0;
}

// The table whose records fill the file from the trailer's address to its last four bytes.
std::optional<Trailer> find_table(ThermoBytes bytes, const ThermoFile& file) {
  if (file.trailer > bytes.size() || bytes.size() - file.trailer < 4) return std::nullopt;
  const std::uint64_t length = bytes.size() - file.trailer - 4;
  const std::uint64_t scans = file.scans.size();
  if (length % scans != 0) return std::nullopt;
  for (std::uint64_t at = tables_begin(file); at + 16 <= file.index; ++at) {
    auto table = table_at(bytes.first(file.index), at);
    if (table && table->record_size > 0 && table->record_size == length / scans) return table;
  }
  return std::nullopt;
}

bool names_voltages(ThermoBytes bytes, const ThermoFile& file) {
  std::string wide;
  for (const char character : kVoltage) wide += {character, '\0'};
  const ThermoBytes region = bytes.first(file.index).subspan(tables_begin(file));
  const std::string_view text(reinterpret_cast<const char*>(region.data()), region.size());
  return text.find(wide) != std::string_view::npos;
}

double value_of(ThermoBytes bytes, std::uint64_t record, const Field& field) {
  ThermoCursor cursor(bytes, record + field.offset);
  return field.type == kFloat ? static_cast<double>(cursor.next<float>()) : cursor.next<double>();
}

// A value of each scan; none if the trailer lacks it.
std::vector<double> values_of(ThermoBytes bytes, const ThermoFile& file, const Trailer& trailer,
                              std::string_view label) {
  std::vector<double> values;
  const Field* const field = trailer.find(label);
  if (field == nullptr || (field->type != kFloat && field->type != kDouble)) return values;
  for (std::size_t i = 0; i < file.scans.size(); ++i)
    values.push_back(value_of(bytes, file.trailer + i * trailer.record_size, *field));
  return values;
}

Result<void> check_windows(const std::vector<double>& widths, const std::vector<double>& offsets,
                           const ThermoFile& file, const std::vector<ThermoEvent>& events,
                           const std::string& where) {
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (events[i].ms_order != 2) continue;
    const auto scan = file.first_scan + i;
    if (!offsets.empty() && offsets[i] != 0)
      return refuse_thermo(fmt::format("scan {}: its isolation window is off its centre by {} m/z",
                                       scan, offsets[i]),
                           where);
    if (!widths.empty() && !(std::abs(widths[i] - events[i].width_mz) < 1e-3))
      return refuse_thermo(
          fmt::format("scan {}: its isolation width is {} m/z in one place and {} in another", scan,
                      events[i].width_mz, widths[i]),
          where);
  }
  return {};
}

}  // namespace

Result<void> check_thermo_trailer(ThermoBytes bytes, const ThermoFile& file,
                                  const std::vector<ThermoEvent>& events,
                                  const std::string& where) {
  const auto trailer = find_table(bytes, file);
  if (!trailer) {
    if (!names_voltages(bytes, file)) return {};
    return refuse_thermo("whether it has several compensation voltages (FAIMS) is not known",
                         where);
  }
  const auto voltages = values_of(bytes, file, *trailer, kVoltage);
  std::set<std::uint64_t> different;  // bits, because NaN has no place in an order
  for (const double voltage : voltages) different.insert(std::bit_cast<std::uint64_t>(voltage));
  if (different.size() > 1)
    return refuse_thermo(
        fmt::format("it has {} different compensation voltages (FAIMS)", different.size()), where);
  return check_windows(values_of(bytes, file, *trailer, kWidth),
                       values_of(bytes, file, *trailer, kOffset), file, events, where);
}

}  // namespace overland::io
