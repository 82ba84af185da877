#include "io/thermo/thermo_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <set>

#include "io/thermo/thermo_bytes.h"

namespace overland::io {
namespace {

constexpr std::uint32_t kVersion = 66;
constexpr std::uint64_t kHeadSize = 1356;
constexpr std::uint64_t kSearched = std::uint64_t{64} << 20;  // where the addresses stand
constexpr std::uint64_t kOwnAddress = 7472;                   // in the run header
constexpr std::uint64_t kIndexEntry = 88;

struct RunHeader {
  std::uint64_t at = 0;
  std::uint32_t first_scan = 0, last_scan = 0;
  std::uint64_t index = 0, data = 0, status_log = 0, error_log = 0, events = 0, trailer = 0;

  [[nodiscard]] bool is_complete() const { return index != 0 && events != 0 && trailer != 0; }
  [[nodiscard]] std::uint64_t scan_count() const {
    return last_scan < first_scan ? 0 : std::uint64_t{last_scan} - first_scan + 1;
  }
};

RunHeader run_header_at(ThermoBytes bytes, std::uint64_t at) {
  ThermoCursor scans(bytes, at + 8);
  RunHeader header{.at = at};
  header.first_scan = scans.next<std::uint32_t>();
  header.last_scan = scans.next<std::uint32_t>();
  ThermoCursor addresses(bytes, at + 7408);
  header.index = addresses.next<std::uint64_t>();
  header.data = addresses.next<std::uint64_t>();
  header.status_log = addresses.next<std::uint64_t>();
  header.error_log = addresses.next<std::uint64_t>();
  addresses.skip(8);
  header.events = addresses.next<std::uint64_t>();
  header.trailer = addresses.next<std::uint64_t>();
  return header;
}

// Of all controllers. The file information block before the data holds their addresses.
std::vector<RunHeader> run_headers(ThermoBytes bytes) {
  std::set<std::uint64_t> found;
  const std::uint64_t end = std::min<std::uint64_t>(bytes.size(), kSearched);
  for (std::uint64_t i = kHeadSize; i + 8 <= end; ++i) {
    const auto address = ThermoCursor(bytes, i).next<std::uint64_t>();
    if (address < kHeadSize || address >= bytes.size()) continue;
    ThermoCursor own(bytes, address);
    own.skip(kOwnAddress);
    if (own.next<std::uint64_t>() == address && own.is_inside()) found.insert(address);
  }
  std::vector<RunHeader> headers;
  for (const std::uint64_t at : found) headers.push_back(run_header_at(bytes, at));
  return headers;
}

bool holds_centroids(std::uint32_t type) {
  return type == 18 || type == 20 || type == 21;
}

// The type of the first packet.
std::uint16_t first_type(ThermoBytes bytes, const RunHeader& header) {
  ThermoCursor entry(bytes, header.index);
  entry.skip(16);
  return entry.next<std::uint16_t>();
}

Result<RunHeader> header_of_spectrometer(ThermoBytes bytes, const std::string& where) {
  std::vector<RunHeader> headers = run_headers(bytes);
  if (headers.empty())
    return refuse_thermo("it has no run header, so it is cut off or still being acquired", where);
  if (headers.size() > 1)
    std::erase_if(headers, [&](const RunHeader& header) {
      return !holds_centroids(first_type(bytes, header));
    });
  if (headers.size() != 1)
    return refuse_thermo(
        fmt::format("{} of its controllers hold mass spectra with centroids", headers.size()),
        where);
  if (!headers.front().is_complete())
    return refuse_thermo("its run header has no addresses, so it is still being acquired", where);
  return headers.front();
}

// The index ends where the part begins that follows it in the file.
bool index_ends_at_a_part(ThermoBytes bytes, const RunHeader& header) {
  const std::uint64_t count = header.scan_count();
  if (header.index > bytes.size() || count > (bytes.size() - header.index) / kIndexEntry)
    return false;
  std::uint64_t next = bytes.size();
  for (const std::uint64_t part :
       {header.at, header.data, header.status_log, header.error_log, header.events, header.trailer})
    if (part > header.index) next = std::min(next, part);
  return header.index + count * kIndexEntry == next;
}

// What is wrong with the entry of the scan i; nothing if it fits. `expected`: offset from the data
// at which the packet has to begin.
std::optional<std::string> read_entry(ThermoBytes bytes, const RunHeader& header, std::uint64_t i,
                                      std::uint64_t expected, ThermoScan& scan) {
  ThermoCursor entry(bytes, header.index + i * kIndexEntry);
  entry.skip(4);
  const auto number = entry.next<std::uint32_t>();
  entry.skip(8);
  scan.packet_type = entry.next<std::uint16_t>();
  entry.skip(2);
  scan.packet_size = entry.next<std::uint32_t>();
  for (double* const value : {&scan.rt_minutes, &scan.tic, &scan.base_intensity, &scan.base_mz,
                              &scan.low_mz, &scan.high_mz}) {
    *value = entry.next<double>();
    if (!std::isfinite(*value)) return "a number of the index is not finite";
  }
  const auto offset = entry.next<std::uint64_t>();
  if (!entry.is_inside() || number != i) return "its entries are not numbered";
  if (!holds_centroids(scan.packet_type))
    return fmt::format("its peaks are of type {}, and centroids are of types 18, 20 and 21",
                       scan.packet_type);
  const std::uint64_t size = bytes.size();
  const bool is_inside = header.data <= size && offset <= size - header.data &&
                         scan.packet_size <= size - header.data - offset;
  if (offset != expected || !is_inside) return "its peaks do not follow those of the scan before";
  scan.packet = header.data + offset;
  return std::nullopt;
}

Result<void> read_index(ThermoBytes bytes, const RunHeader& header, const std::string& where,
                        ThermoFile& file) {
  if (header.scan_count() == 0) return refuse_thermo("its run header counts no scans", where);
  if (header.last_scan > std::uint32_t{std::numeric_limits<std::int32_t>::max()} ||
      !index_ends_at_a_part(bytes, header))
    return refuse_thermo(fmt::format("its index of {} scans does not end where another part begins",
                                     header.scan_count()),
                         where);
  file.scans.resize(header.scan_count());
  std::uint64_t expected = 0;
  for (std::size_t i = 0; i < file.scans.size(); ++i) {
    ThermoScan& scan = file.scans[i];
    auto wrong = read_entry(bytes, header, i, expected, scan);
    if (!wrong && (i > 0 && scan.rt_minutes < file.scans[i - 1].rt_minutes))
      wrong = "its retention time is before that of the scan before";
    if (wrong)
      return refuse_thermo(fmt::format("scan {}: {}", header.first_scan + i, *wrong), where);
    expected += scan.packet_size;
  }
  return {};
}

}  // namespace

bool is_thermo_raw(ThermoBytes head) {
  constexpr std::array<char, 18> kMagic{'\x01', '\xA1', 'F', 0,   'i', 0,   'n', 0,   'n',
                                        0,      'i',    0,   'g', 0,   'a', 0,   'n', 0};
  return head.size() >= kMagic.size() &&
         std::memcmp(head.data(), kMagic.data(), kMagic.size()) == 0;
}

Result<ThermoFile> open_thermo_file(ThermoBytes bytes, const std::string& where) {
  if (!is_thermo_raw(bytes)) return refuse_thermo("it does not begin as such a file", where);
  const auto version = ThermoCursor(bytes, 0x24).next<std::uint32_t>();
  if (version != kVersion)
    return refuse_thermo(
        fmt::format("it is of version {}, and only version {} is known", version, kVersion), where);
  const auto header = header_of_spectrometer(bytes, where);
  if (!header) return std::unexpected(header.error());
  ThermoFile file{.first_scan = header->first_scan,
                  .scans = {},
                  .header = header->at,
                  .error_log = header->error_log,
                  .index = header->index,
                  .events = header->events,
                  .trailer = header->trailer};
  if (auto done = read_index(bytes, *header, where, file); !done)
    return std::unexpected(done.error());
  return file;
}

}  // namespace overland::io
