#include "io/thermo/thermo_events.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "io/thermo/thermo_bytes.h"

namespace overland::io {
namespace {

constexpr std::uint64_t kLongestTail = 64;
constexpr std::uint8_t kHighestOrder = 10;

// Reads one record without its tail.
ThermoEvent next_event(ThermoCursor& cursor) {
  ThermoEvent event;
  cursor.skip(4);
  const auto polarity = cursor.next<std::uint8_t>();
  cursor.skip(1);
  event.is_negative = polarity == 0;
  event.ms_order = polarity <= 1 ? cursor.next<std::uint8_t>() : std::uint8_t{0};
  cursor.skip(polarity <= 1 ? 129 : 130);
  event.reactions = cursor.next<std::uint32_t>();
  for (std::uint32_t i = 0; i < event.reactions && cursor.is_inside(); ++i) {
    ThermoEvent other;
    ThermoEvent& reaction = i == 0 ? event : other;
    reaction.center_mz = cursor.next<double>();
    reaction.width_mz = cursor.next<double>();
    reaction.energy = cursor.next<double>();
    cursor.skip(32);
  }
  cursor.skip(std::uint64_t{cursor.next<std::uint32_t>()} * 16);
  cursor.skip(std::uint64_t{cursor.next<std::uint32_t>()} * 8);
  return event;
}

// All records, if with this tail they end where the trailer begins. `bytes` end there.
std::optional<std::vector<ThermoEvent>> walk(std::span<const std::byte> bytes,
                                             const ThermoFile& file, std::uint64_t tail) {
  ThermoCursor cursor(bytes, file.events);
  cursor.skip(4);
  std::vector<ThermoEvent> events;
  for (std::size_t i = 0; i < file.scans.size(); ++i) {
    events.push_back(next_event(cursor));
    cursor.skip(tail);
    if (!cursor.is_inside()) return std::nullopt;
  }
  if (cursor.at() != file.trailer) return std::nullopt;
  return events;
}

std::optional<std::string> fault_of(const ThermoEvent& event) {
  if (event.ms_order < 1 || event.ms_order > kHighestOrder)
    return "its polarity or MS order is unknown";
  if (event.ms_order != 2) return std::nullopt;
  if (event.reactions != 1)
    return fmt::format("an MS2 scan with {} isolation windows", event.reactions);
  const bool has_window = std::isfinite(event.center_mz) && std::isfinite(event.width_mz) &&
                          event.width_mz > 0 && event.center_mz > event.width_mz / 2;
  if (!has_window) return "an MS2 scan without a valid isolation window";
  if (!(event.energy >= 0 && event.energy <= 1000)) return "its collision energy is unknown";
  return std::nullopt;
}

std::optional<std::string> first_fault(const std::vector<ThermoEvent>& events,
                                       const ThermoFile& file) {
  for (std::size_t i = 0; i < events.size(); ++i)
    if (const auto fault = fault_of(events[i]))
      return fmt::format("scan {}: {}", file.first_scan + i, *fault);
  return std::nullopt;
}

}  // namespace

Result<std::vector<ThermoEvent>> read_thermo_events(std::span<const std::byte> bytes,
                                                    const ThermoFile& file,
                                                    const std::string& where) {
  std::vector<std::vector<ThermoEvent>> valid;
  std::optional<std::string> fault;  // of the first that fits and is not valid
  const auto before_trailer = bytes.first(std::min<std::uint64_t>(file.trailer, bytes.size()));
  for (std::uint64_t tail = 0; tail <= kLongestTail; tail += 4) {
    auto events = walk(before_trailer, file, tail);
    if (!events) continue;
    auto found = first_fault(*events, file);
    if (!found) valid.push_back(std::move(*events));
    if (!fault) fault = std::move(found);
  }
  if (valid.size() == 1) return std::move(valid.front());
  if (valid.empty() && fault) return refuse_thermo(*fault, where);
  return refuse_thermo("the events of its scans do not end where its trailer begins", where);
}

}  // namespace overland::io
