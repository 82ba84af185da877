// Small Thermo RAW files of version 66 for tests, written by the description in io/thermo/.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

namespace overland::support {

class ThermoWriter {
 public:
  template <class T>
  ThermoWriter& put(T value) {
    text_.append(reinterpret_cast<const char*>(&value), sizeof(T));
    return *this;
  }
  ThermoWriter& pad(std::size_t count) {
    text_.append(count, '\0');
    return *this;
  }
  // Overwrites.
  template <class T>
  void set(std::size_t at, T value) {
    std::copy_n(reinterpret_cast<const char*>(&value), sizeof(T), &text_[at]);
  }
  ThermoWriter& append(const std::string& bytes) {
    text_ += bytes;
    return *this;
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

struct ThermoPeak {
  double mz = 0;
  float intensity = 0;
  std::uint8_t flags = 0;  // 0x10: reference peak
};

struct ThermoExampleScan {
  double rt_minutes = 0;
  std::vector<ThermoPeak> peaks = {};
  std::uint8_t ms_order = 2;
  double center_mz = 500, width_mz = 8, energy = 27;
  std::uint32_t reactions = 1;
  std::uint8_t polarity = 1;
  std::uint16_t packet_type = 20;
  bool is_wide = true;  // m/z of 64 bits
  std::uint32_t profile_words = 0;
  bool has_descriptors = true;
  double tic = -1, base_mz = -1;  // below 0: of the peaks
  double voltage = 0, offset_mz = 0;

  [[nodiscard]] double sum() const {
    return std::accumulate(peaks.begin(), peaks.end(), 0.0, [](double total, const ThermoPeak& p) {
      return total + static_cast<double>(p.intensity);
    });
  }
  [[nodiscard]] ThermoPeak base() const {
    const auto weaker = [](const ThermoPeak& a, const ThermoPeak& b) {
      return a.intensity < b.intensity;
    };
    return peaks.empty() ? ThermoPeak{} : *std::max_element(peaks.begin(), peaks.end(), weaker);
  }
};

struct ThermoExample {
  std::vector<ThermoExampleScan> scans;
  std::uint32_t version = 66, first_scan = 1;
  std::size_t tail = 12;
  bool names_voltages = true, has_trailer = true;

  // The file.
  [[nodiscard]] std::string bytes() const {
    const std::string data = packets(), table = table_of_names(), events = scan_events();
    const std::uint64_t data_at = 2000, header_at = data_at + data.size();
    const std::uint64_t error_log = header_at + 7600, index_at = error_log + 8 + table.size();
    const std::uint64_t events_at = index_at + 88 * scans.size();
    const std::uint64_t trailer_at = events_at + events.size();
    ThermoWriter out;
    out.put(std::uint16_t{0xA101});
    for (const char character : std::string("Finnigan")) out.put(std::uint16_t(character));
    out.pad(0x24 - out.text().size()).put(version).pad(1600 - 0x28);
    out.put(data_at).pad(8).put(header_at).pad(data_at - 1624);
    ThermoWriter file;
    file.append(out.text().substr(0, data_at))
        .append(data)
        .append(run_header({index_at, data_at, header_at + 7500, error_log, 0, events_at,
                            trailer_at, 0, header_at}));
    file.pad(error_log - file.text().size()).put(std::uint64_t{0}).append(table);
    file.append(index()).append(events).append(trailer()).put(std::uint32_t{0});
    return file.text();
  }

 private:
  static std::string packet(const ThermoExampleScan& scan) {
    const auto count = static_cast<std::uint32_t>(scan.peaks.size());
    const std::uint32_t words = 1 + count * (scan.is_wide ? 3 : 2);
    ThermoWriter out;
    out.put(std::uint32_t{1}).put(scan.profile_words).put(words);
    out.put(std::uint32_t{scan.is_wide ? 0x10000U : 0x80U});
    out.put(scan.has_descriptors ? count : 0U).put(std::uint32_t{1}).put(std::uint32_t{2});
    out.put(std::uint32_t{0}).put(100.0F).put(2000.0F).pad(std::size_t{4} * scan.profile_words);
    out.put(count);
    for (const ThermoPeak& peak : scan.peaks) {
      if (scan.is_wide)
        out.put(peak.mz);
      else
        out.put(static_cast<float>(peak.mz));
      out.put(peak.intensity);
    }
    if (scan.has_descriptors)
      for (const ThermoPeak& peak : scan.peaks) out.put(std::uint32_t{peak.flags} << 16U);
    return out.pad(12).text();
  }

  [[nodiscard]] std::string packets() const {
    std::string data;
    for (const ThermoExampleScan& scan : scans) data += packet(scan);
    return data;
  }

  [[nodiscard]] std::string run_header(const std::vector<std::uint64_t>& addresses) const {
    ThermoWriter out;
    out.put(std::uint64_t{1}).put(first_scan);
    out.put(static_cast<std::uint32_t>(first_scan + scans.size() - 1)).pad(7408 - 16);
    for (const std::uint64_t address : addresses) out.put(address);
    return out.text();
  }

  [[nodiscard]] std::string index() const {
    ThermoWriter out;
    std::uint64_t offset = 0;
    for (std::uint32_t i = 0; i < scans.size(); ++i) {
      const ThermoExampleScan& scan = scans[i];
      const ThermoPeak base = scan.base();
      const auto size = static_cast<std::uint32_t>(packet(scan).size());
      out.put(std::uint32_t{0}).put(i).put(std::uint32_t{1}).put(i + 1).put(scan.packet_type);
      out.put(std::uint16_t{1}).put(size).put(scan.rt_minutes);
      out.put(scan.tic < 0 ? scan.sum() : scan.tic).put(static_cast<double>(base.intensity));
      out.put(scan.base_mz < 0 ? base.mz : scan.base_mz).put(100.0).put(2000.0).put(offset).pad(8);
      offset += size;
    }
    return out.text();
  }

  [[nodiscard]] std::string scan_events() const {
    ThermoWriter out;
    out.put(std::uint32_t{0});
    for (const ThermoExampleScan& scan : scans) {
      ThermoWriter event;
      event.pad(136);
      event.set(4, scan.polarity);
      event.set(6, scan.ms_order);
      event.put(scan.reactions);
      for (std::uint32_t i = 0; i < scan.reactions; ++i)
        event.put(scan.center_mz).put(scan.width_mz).put(scan.energy).pad(32);
      event.put(std::uint32_t{1}).put(100.0).put(2000.0);
      event.put(std::uint32_t{5}).pad(40).pad(tail);
      out.append(event.text());
    }
    return out.text();
  }

  [[nodiscard]] std::string table_of_names() const {
    if (!names_voltages) return {};
    ThermoWriter out;
    out.put(std::uint32_t{5});
    const auto field = [&out](std::uint32_t type, std::uint32_t length, const std::string& label) {
      out.put(type).put(length).put(static_cast<std::uint32_t>(label.size()));
      for (const char character : label) out.put(std::uint16_t(character));
    };
    field(12, 16, "Scan Description:");
    field(0, 0, "=== FAIMS: ===:");
    field(10, 3, "FAIMS CV:");
    field(11, 2, "MS2 Isolation Width:");
    field(11, 2, "MS2 Isolation Offset:");
    return out.text();
  }

  [[nodiscard]] std::string trailer() const {
    ThermoWriter out;
    if (!has_trailer) return {};
    for (const ThermoExampleScan& scan : scans)
      out.pad(16).put(static_cast<float>(scan.voltage)).put(scan.width_mz).put(scan.offset_mz);
    return out.text();
  }
};

// `count` scans: an MS1 scan, then `windows` windows, and so on, with peaks that vary.
inline ThermoExample thermo_example(std::size_t count = 40, std::size_t windows = 4) {
  ThermoExample example;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t place = i % (windows + 1);
    ThermoExampleScan scan{.rt_minutes = 0.01 * static_cast<double>(i)};
    scan.ms_order = place == 0 ? 1 : 2;
    scan.packet_type = place == 0 ? 21 : 20;
    scan.profile_words = place == 0 ? 7 : 0;
    scan.center_mz = 400 + 8 * static_cast<double>(place);
    for (std::size_t k = 0; k < 20 + i % 3; ++k)
      scan.peaks.push_back(
          {.mz = 150.0 + 7.3 * static_cast<double>(k) + 0.001 * static_cast<double>(i),
           .intensity = 100.0F + static_cast<float>((k * 37 + i) % 50)});
    scan.peaks[3].flags = 0x10;
    example.scans.push_back(scan);
  }
  return example;
}

}  // namespace overland::support
