#include "io/thermo/thermo_packet.h"

#include <fmt/format.h>

#include <cmath>

#include "io/thermo/thermo_bytes.h"

namespace overland::io {
namespace {

constexpr std::uint64_t kPacketHead = 40, kWord = 4;
constexpr std::uint32_t kWideLayout = 0x10000;
constexpr std::uint32_t kReferenceFlag = 0x10;

struct PacketHead {
  std::uint64_t profile = 0, peaks = 0, descriptors = 0, unknown = 0, triplets = 0;  // words
  std::uint32_t layout = 0;
};

PacketHead read_head(std::span<const std::byte> packet) {
  ThermoCursor cursor(packet, 4);
  PacketHead head;
  head.profile = cursor.next<std::uint32_t>();
  head.peaks = cursor.next<std::uint32_t>();
  head.layout = cursor.next<std::uint32_t>();
  head.descriptors = cursor.next<std::uint32_t>();
  head.unknown = cursor.next<std::uint32_t>();
  head.triplets = cursor.next<std::uint32_t>();
  return head;
}

template <class T>
T value_at(const std::byte* at) {
  T value;
  std::memcpy(&value, at, sizeof(T));
  return value;
}

bool is_base_peak(double mz, double intensity, const ThermoScan& scan) {
  return std::abs(mz - scan.base_mz) <= 1e-5 * scan.base_mz &&
         std::abs(intensity - scan.base_intensity) <= 1e-3 * scan.base_intensity;
}

// Whether the peaks come to the total ion current of the index, which has fewer digits.
bool comes_to(double sum, double tic) {
  return tic > 0 ? sum >= 0.8 * tic && sum <= 1.01 * tic : sum == 0;
}

}  // namespace

std::expected<ThermoPeaks, std::string> thermo_peaks(std::span<const std::byte> bytes,
                                                     const ThermoScan& scan) {
  const auto packet = bytes.subspan(scan.packet, scan.packet_size);
  if (packet.size() < kPacketHead) return std::unexpected("its packet is too short");
  const PacketHead head = read_head(packet);
  const std::uint64_t words =
      head.profile + head.peaks + head.descriptors + head.unknown + head.triplets;
  if (kPacketHead + kWord * words != packet.size())
    return std::unexpected("the parts of its packet do not come to the packet's size");
  ThermoPeaks found{.is_wide = (head.layout & kWideLayout) != 0};
  const auto list = packet.subspan(kPacketHead + kWord * head.profile, kWord * head.peaks);
  found.count = ThermoCursor(list, 0).next<std::uint32_t>();
  if (found.count == 0 && head.profile > 0)
    return std::unexpected("it holds profile data without centroids");
  const std::uint64_t stride = found.is_wide ? 12 : 8;
  if (list.size() != (list.empty() ? 0 : kWord + stride * found.count))
    return std::unexpected("its peak list does not have the stated length");
  if (head.descriptors != 0 && head.descriptors != found.count)
    return std::unexpected("the descriptors of its peaks are not as many as the peaks");
  if (!list.empty()) found.peaks = list.subspan(kWord);
  found.descriptors =
      packet.subspan(kPacketHead + kWord * (head.profile + head.peaks), kWord * head.descriptors);
  return found;
}

ThermoScanCheck decode_thermo_peaks(const ThermoPeaks& peaks, const ThermoScan& scan,
                                    PeakCleaner& cleaner, float* mz, float* intensity) {
  ThermoScanCheck found;
  const std::size_t mz_size = peaks.is_wide ? 8 : 4;
  const double low = 0.99 * scan.low_mz, high = 1.01 * scan.high_mz;
  double sum = 0, last = 0;
  for (std::uint32_t i = 0; i < peaks.count; ++i) {
    const std::byte* const at = peaks.peaks.data() + (mz_size + 4) * i;
    const double x = peaks.is_wide ? value_at<double>(at) : double{value_at<float>(at)};
    const float y = value_at<float>(at + mz_size);
    if (!(x >= last && x >= low && x <= high))
      found.fault = fmt::format("the m/z {} after {} is not in order or out of range", x, last);
    if (!(y >= 0 && std::isfinite(y))) found.fault = fmt::format("the intensity {} of a peak", y);
    if (!found.fault.empty()) return found;
    last = x;
    sum += double{y};
    found.has_base_peak = found.has_base_peak || is_base_peak(x, double{y}, scan);
    const bool is_reference =
        !peaks.descriptors.empty() &&
        ((value_at<std::uint32_t>(peaks.descriptors.data() + std::size_t{4} * i) >> 16) &
         kReferenceFlag) != 0;
    if (is_reference) {
      ++found.references;
      continue;
    }
    mz[found.kept] = static_cast<float>(x);
    intensity[found.kept++] = y;
  }
  found.sum_fits = comes_to(sum, scan.tic);
  found.has_base_peak = found.has_base_peak || (peaks.count == 0 && scan.base_intensity == 0);
  found.kept = static_cast<std::uint32_t>(
      cleaner.clean({mz, found.kept}, {intensity, found.kept}, found.corrections));
  return found;
}

}  // namespace overland::io
