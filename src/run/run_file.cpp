#include "run/run_file.h"

#include <algorithm>
#include <cctype>
#include <memory>
#include <string_view>
#include <utility>

#include "io/arrow/arrow_run.h"
#include "io/byte_source.h"
#include "io/mapped_file.h"
#include "io/mzml/mzml_reader.h"
#include "io/thermo/thermo_file.h"
#include "io/thermo/thermo_reader.h"
#include "run/converter.h"

namespace overland::run {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kArrow = "ARROW1";
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

std::optional<VendorFormat> format_of(std::string_view head, const std::filesystem::path& file) {
  if (io::is_thermo_raw(std::as_bytes(std::span(head)))) return VendorFormat::thermo_raw;
  if (head.empty() || head.starts_with(kArrow) || head.starts_with(kGzip) || looks_like_xml(head))
    return std::nullopt;
  std::string ending = file.extension().string();
  std::ranges::transform(ending, ending.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (ending == ".raw") return VendorFormat::thermo_raw;
  if (ending == ".wiff") return VendorFormat::sciex_wiff;
  return std::nullopt;
}

std::unexpected<Error> unknown_format(std::string_view head, const std::string& where) {
  if (head.empty()) {
    return fail("OVL-IO-003", "the file is empty", where, "Copy or convert the run again.");
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
              "Runs are read from .arrow, .mzML, .mzXML, .mzML.gz, .mzXML.gz, Thermo .raw and "
              "SCIEX .wiff files.");
}

// mzML or mzXML, plain or compressed; `opened` is not Arrow.
Result<io::RunColumns> read_document(Opened opened, const std::string& where,
                                     const Machine& machine) {
  if (!opened.head.starts_with(kGzip)) {
    if (!looks_like_xml(opened.head)) return unknown_format(opened.head, where);
    return io::read_mzml_run(opened.source, where, machine);
  }
  auto inner = peek(io::gunzip_source(std::move(opened.source), where));
  if (!inner) return std::unexpected(inner.error());
  if (looks_like_xml(inner->head)) {
    const auto source = machine.threads > 1 ? io::read_ahead_source(inner->source) : inner->source;
    return io::read_mzml_run(source, where, machine);
  }
  if (inner->head.starts_with(kArrow)) {
    return fail("OVL-RUN-008", "the file is a compressed Arrow file, which cannot be memory-mapped",
                where, "Decompress it with gunzip first.");
  }
  return unknown_format(inner->head, where);
}

Result<io::RunColumns> read_directly(const std::filesystem::path& file, const Machine& machine) {
  const auto mapped = io::MappedFile::open(file);
  if (!mapped) return std::unexpected(mapped.error());
  return io::read_thermo_run(mapped->bytes(), file.string(), machine);
}

Result<io::RunColumns> read_vendor_file(const std::filesystem::path& file, VendorFormat format,
                                        const Machine& machine, const VendorReading& reading) {
  const bool can_be_direct = format == VendorFormat::thermo_raw;
  if (can_be_direct && reading.reader == RawReader::direct) return read_directly(file, machine);
  if (reading.reader == RawReader::direct)
    return fail("OVL-RUN-062", to_text(format) + " files are read by a converter only",
                file.string(), "Leave --raw-reader out, and install msconvert of ProteoWizard.");
  const auto converter = find_converter(format, reading.converter);
  if (!converter) return std::unexpected(converter.error());
  if (!converter->program.empty())
    return read_by_converter(file, format, *converter, reading, machine);
  if (can_be_direct && reading.reader == RawReader::automatic) return read_directly(file, machine);
  return no_converter(format, file.string());
}

Result<Opened> open_file(const std::filesystem::path& file) {
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored)) {
    return fail("OVL-RUN-008", "the run is a folder (as are Bruker .d and Waters .raw)",
                file.string(), "Convert the run first, for example with msconvert.");
  }
  auto source = io::file_source(file);
  if (!source) return std::unexpected(source.error());
  return peek(std::move(*source));
}

Result<io::RunColumns> read_plain(Opened opened, const std::filesystem::path& file,
                                  const Machine& machine) {
  if (opened.head.starts_with(kArrow)) return io::read_arrow_run(file, machine);
  return read_document(std::move(opened), file.string(), machine);
}

}  // namespace

std::optional<VendorFormat> vendor_format(const std::filesystem::path& file) {
  const auto opened = open_file(file);
  return opened ? format_of(opened->head, file) : std::nullopt;
}

Result<io::RunColumns> read_run_file(const std::filesystem::path& file, const Machine& machine,
                                     const VendorReading& reading) {
  auto opened = open_file(file);
  if (!opened) return std::unexpected(opened.error());
  if (const auto format = format_of(opened->head, file))
    return read_vendor_file(file, *format, machine, reading);
  return read_plain(std::move(*opened), file, machine);
}

Result<FileRun> open_run_file(const std::filesystem::path& file, const Machine& machine,
                              const VendorReading& reading) {
  auto columns = read_run_file(file, machine, reading);
  if (!columns) return std::unexpected(columns.error());
  std::string converter = columns->converter;
  auto run = run_from_columns(run_name(file), std::move(*columns), file.string());
  if (!run) return std::unexpected(run.error());
  return FileRun{std::move(*run), std::move(converter)};
}

Result<io::RunColumns> read_plain_run(const std::filesystem::path& file, const Machine& machine) {
  auto opened = open_file(file);
  if (!opened) return std::unexpected(opened.error());
  return read_plain(std::move(*opened), file, machine);
}

Result<io::RunColumns> read_run_bytes(std::span<const std::byte> bytes, const std::string& where,
                                      const Machine& machine) {
  auto opened = peek(io::memory_source(bytes));
  if (!opened) return std::unexpected(opened.error());
  if (io::is_thermo_raw(std::as_bytes(std::span(opened->head))))
    return io::read_thermo_run(bytes, where, machine);
  if (opened->head.starts_with(kArrow)) return io::read_arrow_run(bytes, where, machine);
  return read_document(std::move(*opened), where, machine);
}

}  // namespace overland::run
