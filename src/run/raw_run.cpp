#include "run/raw_run.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <compare>
#include <cstring>
#include <numeric>

#include "io/arrow/arrow_run.h"
#include "io/mzml/mzml_reader.h"
#include "io/run_columns.h"

namespace overland::run {
namespace {

// A total order even with NaN, so that invalid values cannot break the sort.
bool earlier(const ScanHeaders& headers, std::uint32_t a, std::uint32_t b) {
  const auto by_rt = std::weak_order(headers.rt_minutes[a], headers.rt_minutes[b]);
  if (by_rt != 0) return by_rt < 0;
  return headers.scan_number[a] < headers.scan_number[b];
}

template <class T>
void reorder(std::vector<T>& column, const std::vector<std::uint32_t>& order) {
  std::vector<T> sorted;
  sorted.reserve(column.size());
  for (const std::uint32_t i : order) sorted.push_back(column[i]);
  column = std::move(sorted);
}

bool has_window(const io::RunColumns& columns, std::size_t i) {
  const float low = columns.window_low_mz[i], high = columns.window_high_mz[i];
  return std::isfinite(low) && std::isfinite(high) && low >= 0 && low < high;
}

// Whether a scan is kept; counts it in the report.
bool keeps(const io::RunColumns& columns, std::size_t i, ReadReport& report) {
  if (columns.ms_order[i] != 1 && columns.ms_order[i] != 2) {
    ++report.scans_other_order;
    return false;
  }
  if (!columns.is_negative.empty() && columns.is_negative[i] != 0) {
    ++report.scans_negative;
    return false;
  }
  if (columns.ms_order[i] == 2 && !has_window(columns, i)) {
    ++report.scans_without_window;
    return false;
  }
  if (columns.peak_count[i] == 0) ++report.scans_empty;
  return true;
}

template <class T>
std::vector<T> choose(const std::vector<T>& column, const std::vector<std::size_t>& rows) {
  std::vector<T> chosen;
  chosen.reserve(rows.size());
  for (const std::size_t row : rows) chosen.push_back(column[row]);
  return chosen;
}

RawRun make_run(std::string name, const io::RunColumns& columns,
                const std::vector<std::size_t>& rows, const ReadReport& report) {
  ScanHeaders headers{.rt_minutes = choose(columns.rt_minutes, rows),
                      .ms_order = choose(columns.ms_order, rows),
                      .scan_number = choose(columns.scan_number, rows),
                      .window_low_mz = choose(columns.window_low_mz, rows),
                      .window_high_mz = choose(columns.window_high_mz, rows),
                      .scan_low_mz = choose(columns.scan_low_mz, rows),
                      .scan_high_mz = choose(columns.scan_high_mz, rows),
                      .collision_energy = choose(columns.collision_energy, rows),
                      .tic = choose(columns.tic, rows)};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (headers.ms_order[i] != 1) continue;
    headers.window_low_mz[i] = headers.window_high_mz[i] = 0;
    headers.collision_energy[i] = io::kUnknown;
  }
  RawRun::Peaks peaks{.mz = choose(columns.mz, rows),
                      .intensity = choose(columns.intensity, rows),
                      .count = choose(columns.peak_count, rows),
                      .backing = columns.backing};
  return {std::move(name), std::move(headers), std::move(peaks), report};
}

std::string what_is_there(std::size_t scans, const ReadReport& report) {
  if (scans == 0) return "the run holds no scans";
  std::string text = "the run has no MS2 scan with an isolation window (" + std::to_string(scans) +
                     (scans == 1 ? " scan" : " scans");
  if (report.scans_without_window > 0) {
    text += ", " + std::to_string(report.scans_without_window) + " of them MS2 without window";
  }
  if (report.scans_negative > 0) {
    text += ", " + std::to_string(report.scans_negative) + " of them of negative polarity";
  }
  return text + ")";
}

using namespace std::string_view_literals;

constexpr std::string_view kGzip = "\x1f\x8b";
constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";

// A source with its first bytes, which can still be read from the start.
struct Opened {
  std::string head;
  io::ByteSource source;
};

// Reads the first piece and returns a source that still begins with it.
Result<Opened> peek(io::ByteSource source) {
  const auto first = source();
  if (!first) return std::unexpected(first.error());
  auto kept = std::make_shared<std::vector<std::byte>>(first->begin(), first->end());
  std::string head(reinterpret_cast<const char*>(kept->data()),
                   std::min<std::size_t>(kept->size(), 256));
  auto is_first = std::make_shared<bool>(true);
  return Opened{std::move(head),
                [kept, is_first, rest = std::move(source)]() -> Result<std::span<const std::byte>> {
                  if (!std::exchange(*is_first, false)) return rest();
                  return std::span<const std::byte>(*kept);
                }};
}

bool looks_like_xml(std::string_view head) {
  if (head.starts_with(kUtf8Mark)) head.remove_prefix(kUtf8Mark.size());
  const std::size_t first = head.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && head[first] == '<';
}

std::unexpected<Error> unknown_format(std::string_view head, const std::string& where) {
  if (head.empty()) {
    return fail("OVL-IO-003", "the file is empty", where, "Copy or convert the run again.");
  }
  if (head.starts_with("\x01\xA1"sv)) {
    return fail(
        "OVL-RUN-008", "the file is a Thermo RAW file", where,
        "Convert it first, to mzML with ThermoRawFileParser or msconvert (centroided), or to "
        "Arrow with PioneerConverter.");
  }
  if (head.starts_with("\xFF\xFF\xFF\xFF"sv)) {
    return fail("OVL-RUN-008", "the file is an Arrow stream", where,
                "Write the Arrow IPC file format instead.");
  }
  return fail("OVL-RUN-008", "the file is neither Arrow nor mzML", where,
              "Runs are read from .arrow, .mzML and .mzML.gz files.");
}

Result<RawRun> open_mzml(const io::ByteSource& source, const std::string& name,
                         const std::string& where, const Machine& machine) {
  auto columns = io::read_mzml_run(source, where, machine);
  if (!columns) return std::unexpected(columns.error());
  return run_from_columns(name, std::move(*columns), where);
}

// mzML, plain or compressed; `opened` is not Arrow.
Result<RawRun> open_document(Opened opened, const std::string& name, const std::string& where,
                             const Machine& machine) {
  if (!opened.head.starts_with(kGzip)) {
    if (!looks_like_xml(opened.head)) return unknown_format(opened.head, where);
    return open_mzml(opened.source, name, where, machine);
  }
  auto inner = peek(io::gunzip_source(std::move(opened.source), where));
  if (!inner) return std::unexpected(inner.error());
  if (looks_like_xml(inner->head)) {
    const auto source = machine.threads > 1 ? io::read_ahead_source(inner->source) : inner->source;
    return open_mzml(source, name, where, machine);
  }
  if (inner->head.starts_with("ARROW1")) {
    return fail("OVL-RUN-008", "the file is a compressed Arrow file, which cannot be memory-mapped",
                where, "Decompress it with gunzip first.");
  }
  return unknown_format(inner->head, where);
}

bool remove_ending(std::string& name, std::string_view ending) {
  if (name.size() <= ending.size()) return false;
  const std::string_view tail = std::string_view(name).substr(name.size() - ending.size());
  const bool matches = std::equal(tail.begin(), tail.end(), ending.begin(), [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) == b;
  });
  if (matches) name.resize(name.size() - ending.size());
  return matches;
}

Result<RawRun> finish_arrow(Result<io::RunColumns> columns, const std::string& name,
                            const std::string& where) {
  if (!columns) return std::unexpected(columns.error());
  return run_from_columns(name, std::move(*columns), where);
}

}  // namespace

RawRun::RawRun(std::string name, ScanHeaders headers, Peaks peaks, ReadReport report)
    : name_(std::move(name)),
      headers_(std::move(headers)),
      peaks_(std::move(peaks)),
      report_(report) {
  std::vector<std::uint32_t> order(scan_count());
  std::iota(order.begin(), order.end(), 0U);
  const auto before = [&](std::uint32_t a, std::uint32_t b) { return earlier(headers_, a, b); };
  if (std::is_sorted(order.begin(), order.end(), before)) return;
  report_.was_unsorted_by_rt = true;
  std::stable_sort(order.begin(), order.end(), before);
  reorder(headers_.rt_minutes, order);
  reorder(headers_.ms_order, order);
  reorder(headers_.scan_number, order);
  reorder(headers_.window_low_mz, order);
  reorder(headers_.window_high_mz, order);
  reorder(headers_.scan_low_mz, order);
  reorder(headers_.scan_high_mz, order);
  reorder(headers_.collision_energy, order);
  reorder(headers_.tic, order);
  reorder(peaks_.mz, order);
  reorder(peaks_.intensity, order);
  reorder(peaks_.count, order);
}

Result<RawRun> run_from_columns(std::string name, io::RunColumns columns,
                                const std::string& where) {
  ReadReport report{.peaks_dropped = columns.corrections.peaks_dropped,
                    .peaks_merged = columns.corrections.peaks_merged};
  report.scans_resorted = columns.corrections.scans_resorted;
  std::vector<std::size_t> rows;
  bool has_ms2 = false;
  for (std::size_t i = 0; i < columns.scan_count(); ++i) {
    if (!keeps(columns, i, report)) continue;
    if (!std::isfinite(columns.rt_minutes[i])) {
      return fail("OVL-RUN-001", "a scan has no retention time",
                  where + ", scan " + std::to_string(columns.scan_number[i]),
                  "Convert the run again; every scan needs its start time.");
    }
    has_ms2 |= columns.ms_order[i] == 2;
    rows.push_back(i);
  }
  if (!has_ms2) {
    return fail(
        "OVL-RUN-003", what_is_there(columns.scan_count(), report), where,
        "Overland searches DIA runs: convert with MS2 spectra and their isolation windows.");
  }
  return make_run(std::move(name), columns, rows, report);
}

std::string run_name(const std::filesystem::path& file) {
  std::string name = file.filename().string();
  remove_ending(name, ".gz");
  if (!remove_ending(name, ".mzml")) remove_ending(name, ".arrow");
  return name;
}

Result<RawRun> open_run(const std::filesystem::path& file, const Machine& machine) {
  const std::string where = file.string();
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored)) {
    return fail("OVL-RUN-008", "the run is a folder (as are Bruker .d and Waters .raw)", where,
                "Convert the run first, for example with msconvert.");
  }
  auto source = io::file_source(file);
  if (!source) return std::unexpected(source.error());
  auto opened = peek(std::move(*source));
  if (!opened) return std::unexpected(opened.error());
  if (opened->head.starts_with("ARROW1")) {
    return finish_arrow(io::read_arrow_run(file, machine), run_name(file), where);
  }
  return open_document(std::move(*opened), run_name(file), where, machine);
}

Result<RawRun> open_run(std::span<const std::byte> bytes, const std::string& name,
                        const Machine& machine) {
  auto opened = peek(io::memory_source(bytes));
  if (!opened) return std::unexpected(opened.error());
  if (opened->head.starts_with("ARROW1")) {
    return finish_arrow(io::read_arrow_run(bytes, name, machine), name, name);
  }
  return open_document(std::move(*opened), name, name, machine);
}

}  // namespace overland::run
