#include "run/converter.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <string_view>

#include "base/child_process.h"
#include "base/files/atomic_file.h"
#include "base/progress.h"
#include "io/mzml/mzml_sample.h"
#include "run/run_file.h"

namespace overland::run {
namespace {

namespace fs = std::filesystem;

constexpr double kMostSecondsForVersion = 60;
constexpr float kGreatestIntensity = 1e15F;  // detectors end many orders below

constexpr const char* kInstall =
    "Install ThermoRawFileParser (conda: bioconda::thermorawfileparser) or msconvert of "
    "ProteoWizard, so that it is on PATH, or name the program with --raw-converter "
    "(docs/guide/vendor-files.md).";
constexpr const char* kInstallMsconvert =
    "Install msconvert of ProteoWizard, so that it is on PATH, or name it with --raw-converter; or "
    "convert the file to mzML (docs/guide/vendor-files.md).";
constexpr const char* kTryAlone =
    "Convert the file with this program alone and see what it says; then search the mzML file.";

// A folder that is removed at the end of its scope with all that is in it.
class TemporaryFolder {
 public:
  explicit TemporaryFolder(fs::path name) : name_(std::move(name)) {
    fs::create_directories(name_, failed_);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(name_, ignored);
  }
  [[nodiscard]] const fs::path& name() const { return name_; }
  [[nodiscard]] const std::error_code& failed() const { return failed_; }

 private:
  fs::path name_;
  std::error_code failed_;
};

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// By the name of the program; any other name is a script that calls the usual one.
Converter converter_of(const fs::path& program, VendorFormat format) {
  const std::string name = lower(program.filename().string());
  const bool is_parser = name.find("thermorawfileparser") != std::string::npos;
  const bool is_msconvert = name.find("msconvert") != std::string::npos;
  return {program, is_msconvert || (format == VendorFormat::sciex_wiff && !is_parser)};
}

// What the program printed at last, without control characters.
std::string text_of(const fs::path& file, std::size_t most) {
  std::ifstream in(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (text.size() > most) text.erase(0, text.size() - most);
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  while (text.ends_with(' ')) text.pop_back();
  return text.substr(std::min(text.find_first_not_of(' '), text.size()));
}

// The first number with a dot, such as "3.0.25087" in "ProteoWizard release: 3.0.25087 (abc)".
std::string version_in(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789", kNumber = "0123456789.";
  for (std::size_t at = text.find_first_of(kDigits); at < text.size();) {
    const std::size_t end = std::min(text.find_first_not_of(kNumber, at), text.size());
    const std::string_view number = text.substr(at, end - at);
    if (number.find('.') < number.size() - 1) return std::string(number);
    at = text.find_first_of(kDigits, end);
  }
  return {};
}

// "ThermoRawFileParser 1.4.5". Nothing depends on it, so a program that does not tell its version
// is "of unknown version".
std::string describe(const Converter& converter, const fs::path& folder, const Machine& machine) {
  const ProgramCall call{.program = converter.program,
                         .arguments = {converter.is_msconvert ? "--help" : "--version"},
                         .output = folder / "version.txt",
                         .most_seconds = kMostSecondsForVersion};
  const std::string version =
      run_program(call, machine) ? version_in(text_of(call.output, std::string::npos)) : "";
  const char* const name = converter.is_msconvert ? "msconvert" : "ThermoRawFileParser";
  return version.empty() ? fmt::format("{} of unknown version", name)
                         : fmt::format("{} {}", name, version);
}

std::vector<std::string> arguments_of(const Converter& converter, const fs::path& file,
                                      const fs::path& output) {
  const std::string input = fs::absolute(file).string();
  if (!converter.is_msconvert) return {"-i", input, "-b", output.string(), "-f", "2"};
  return {input,
          "--mzML",
          "--zlib",
          "--filter",
          "peakPicking vendor msLevel=1-",
          "-o",
          output.parent_path().string()};
}

Result<void> convert(const fs::path& file, const Converter& converter, const std::string& name,
                     const fs::path& output, const Machine& machine) {
  const ProgramCall call{.program = converter.program,
                         .arguments = arguments_of(converter, file, output),
                         .output = output.parent_path() / "messages.txt"};
  machine.info("{}: {}, as {} {}", file.filename().string(), name, call.program.string(),
               fmt::join(call.arguments, " "));
  const auto end = run_program(call, machine);
  if (!end)
    return fail("OVL-RUN-063",
                fmt::format("{} cannot be started: {}", call.program.string(), end.error()),
                file.string(), "Name a program that can be run with --raw-converter.");
  if (end->is_success()) return {};
  const std::string messages = text_of(call.output, 400);
  return fail(
      "OVL-RUN-063",
      fmt::format("{} failed with {} {}{}{}", name, end->signal != 0 ? "signal" : "exit code",
                  end->signal != 0 ? end->signal : end->exit_code, messages.empty() ? "" : ": ",
                  messages),
      file.string(), kTryAlone);
}

std::unexpected<Error> incomplete(const std::string& name, const std::string& what,
                                  const fs::path& file) {
  return fail("OVL-RUN-064", fmt::format("{} {}", name, what), file.string(), kTryAlone);
}

// The only mzML file in the folder.
Result<fs::path> written_file(const fs::path& folder, const std::string& name,
                              const fs::path& file) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(folder))
    if (lower(entry.path().extension().string()) == ".mzml") found.push_back(entry.path());
  if (found.empty()) return incomplete(name, "wrote no mzML file", file);
  if (found.size() > 1)
    return fail("OVL-RUN-064",
                fmt::format("{} wrote {} mzML files, for the file holds several samples", name,
                            found.size()),
                file.string(), "Convert the file with this program, and search the mzML files.");
  return found.front();
}

// Peaks as they stand in no spectrum of an instrument. Some versions of ThermoRawFileParser write
// such peaks for scans that they misread (m/z 0, intensity 1e22).
Result<void> check_plausible(const io::RunColumns& run, const std::string& name,
                             const fs::path& file) {
  std::uint64_t odd = run.corrections.peaks_impossible;
  for (std::size_t i = 0; i < run.scan_count(); ++i)
    odd += static_cast<std::uint64_t>(
        std::ranges::count_if(std::span(run.intensity[i], run.peak_count[i]),
                              [](float y) { return y > kGreatestIntensity; }));
  if (odd == 0) return {};
  return fail("OVL-RUN-065",
              fmt::format("{} wrote {} peaks that no instrument measures: without m/z, or with an "
                          "intensity above 1e15",
                          name, grouped(odd)),
              file.string(),
              "Install another version of the converter, or use --raw-reader direct for a Thermo "
              "file with centroids.");
}

Result<io::RunColumns> read_converted(const fs::path& mzml, const std::string& name,
                                      const fs::path& file, const Machine& machine) {
  std::error_code ignored;
  if (fs::file_size(mzml, ignored) == 0) return incomplete(name, "wrote an empty file", file);
  auto columns = read_plain_run(mzml, machine);
  if (!columns) {
    Error error = columns.error();
    if (error.code == "OVL-IO-003" || error.code == "OVL-RUN-008")
      return incomplete(name, "wrote an mzML file that cannot be read: " + error.what, file);
    error.where = file.string();
    return std::unexpected(std::move(error));
  }
  if (auto done = check_plausible(*columns, name, file); !done)
    return std::unexpected(done.error());
  const auto sample = io::sample_mzml(mzml);
  const std::uint64_t announced = sample ? sample->announced_spectra : 0;
  if (columns->scan_count() == 0 || (announced > 0 && announced != columns->scan_count()))
    return incomplete(
        name, fmt::format("announces {} spectra and wrote {}", announced, columns->scan_count()),
        file);
  return columns;
}

Result<void> check_scan_file(const fs::path& wiff) {
  std::error_code ignored;
  if (fs::is_regular_file(scan_file_of(wiff), ignored)) return {};
  return fail(
      "OVL-RUN-066",
      fmt::format("{} is missing, which holds the spectra", scan_file_of(wiff).filename().string()),
      wiff.string(), "Copy both files of the run into one folder.");
}

}  // namespace

std::unexpected<Error> no_converter(VendorFormat format, const std::string& where) {
  return fail("OVL-RUN-062", fmt::format("no converter for {} files was found", to_text(format)),
              where, format == VendorFormat::sciex_wiff ? kInstallMsconvert : kInstall);
}

Result<Converter> find_converter(VendorFormat format, const std::string& name) {
  const bool is_sciex = format == VendorFormat::sciex_wiff;
  if (!name.empty()) {
    const Converter found = converter_of(find_program(name), format);
    if (found.program.empty())
      return fail("OVL-RUN-062", "the converter is missing or is no program that can be run", name,
                  is_sciex ? kInstallMsconvert : kInstall);
    if (is_sciex && !found.is_msconvert)
      return fail("OVL-RUN-062", "this converter does not read SCIEX files", name,
                  kInstallMsconvert);
    return found;
  }
  for (const char* const usual :
       {"ThermoRawFileParser", "ThermoRawFileParser.sh", "thermorawfileparser", "msconvert"}) {
    const Converter found = converter_of(find_program(usual), format);
    if (!found.program.empty() && (!is_sciex || found.is_msconvert)) return found;
  }
  return Converter{};
}

Result<io::RunColumns> read_by_converter(const fs::path& file, VendorFormat format,
                                         const Converter& converter, const VendorReading& reading,
                                         const Machine& machine) {
  if (format == VendorFormat::sciex_wiff)
    if (auto done = check_scan_file(file); !done) return std::unexpected(done.error());
  const fs::path scratch = reading.scratch.empty() ? fs::temp_directory_path() : reading.scratch;
  const TemporaryFolder folder(fs::absolute(temporary_name(scratch / "overland-converted")));
  if (folder.failed())
    return fail("OVL-IO-002", "cannot make a folder: " + folder.failed().message(),
                folder.name().string(), "Check that the place is writable.");
  const std::string name = describe(converter, folder.name(), machine);
  const fs::path output = folder.name() / (file.stem().string() + ".mzML");
  if (auto done = convert(file, converter, name, output, machine); !done)
    return std::unexpected(done.error());
  const auto written = written_file(folder.name(), name, file);
  if (!written) return std::unexpected(written.error());
  auto columns = read_converted(*written, name, file, machine);
  if (!columns) return std::unexpected(columns.error());
  columns->converter = name;
  return columns;
}

}  // namespace overland::run
