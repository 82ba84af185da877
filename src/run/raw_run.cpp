#include "run/raw_run.h"

#include <algorithm>
#include <array>
#include <cctype>
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
  if (head.starts_with("\x89HDF\r\n\x1A\n"sv)) {
    return fail("OVL-RUN-008", "the file is an HDF5 file, such as mzMLb", where,
                "Convert the run to mzML, for example with msconvert.");
  }
  return fail("OVL-RUN-008", "the file is neither Arrow, mzML nor mzXML", where,
              "Runs are read from .arrow, .mzML, .mzXML, .mzML.gz and .mzXML.gz files.");
}

Result<RawRun> open_mzml(const io::ByteSource& source, const std::string& name,
                         const std::string& where, const Machine& machine) {
  auto columns = io::read_mzml_run(source, where, machine);
  if (!columns) return std::unexpected(columns.error());
  return run_from_columns(name, std::move(*columns), where);
}

// mzML or mzXML, plain or compressed; `opened` is not Arrow.
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
      report_(std::move(report)) {
  headers_.compensation_voltage.resize(scan_count(), io::kUnknown);
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
  reorder(headers_.compensation_voltage, order);
  if (!headers_.scan_parts.empty()) reorder(headers_.scan_parts, order);
  reorder(peaks_.mz, order);
  reorder(peaks_.intensity, order);
  reorder(peaks_.count, order);
}

std::string run_name(const std::filesystem::path& file) {
  std::string name = file.filename().string();
  remove_ending(name, ".gz");
  for (const std::string_view ending : {".mzml", ".mzxml", ".arrow"})
    if (remove_ending(name, ending)) break;
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
