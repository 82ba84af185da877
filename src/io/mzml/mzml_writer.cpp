#include "io/mzml/mzml_writer.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <memory>

#include "base/parallel.h"
#include "base/version.h"
#include "io/mzml/mzml_base64.h"
#include "io/mzml/mzml_sha1.h"

namespace overland::io {
namespace {

constexpr int kZlibLevel = 6;
constexpr std::size_t kBatch = 512;  // spectra written at a time by all threads

// The file, its checksum and the current position.
class Output {
 public:
  explicit Output(const std::filesystem::path& file) : file_(std::fopen(file.c_str(), "wb")) {}

  [[nodiscard]] std::uint64_t size() const { return size_; }
  void add(std::string_view text) {
    if (!file_) return;
    is_good_ &= std::fwrite(text.data(), 1, text.size(), file_.get()) == text.size();
    hash_.add(text);
    size_ += text.size();
  }
  [[nodiscard]] std::string checksum() { return hash_.finish(); }
  // True when every byte reached the file.
  [[nodiscard]] bool close() { return file_ && (std::fclose(file_.release()) == 0) && is_good_; }

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::unique_ptr<std::FILE, Close> file_;
  Sha1 hash_;
  std::uint64_t size_ = 0;
  bool is_good_ = true;
};

// A name as an XML attribute: special characters become underscores (the attribute is for human
// readers only; the run is named by its file).
std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    const bool is_plain = c >= ' ' && c <= '~' && c != '&' && c != '<' && c != '>' && c != '"';
    result += is_plain ? c : '_';
  }
  return result;
}

std::string file_head(const std::string& name, std::size_t scans) {
  return fmt::format(
      R"(<?xml version="1.0" encoding="utf-8"?>
<indexedmzML xmlns="http://psi.hupo.org/ms/mzml" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://psi.hupo.org/ms/mzml http://psidev.info/files/ms/mzML/xsd/mzML1.1.2_idx.xsd">
<mzML xmlns="http://psi.hupo.org/ms/mzml" id="{0}" version="1.1.0">
<cvList count="2">
<cv id="MS" fullName="Proteomics Standards Initiative Mass Spectrometry Ontology" URI="https://raw.githubusercontent.com/HUPO-PSI/psi-ms-CV/master/psi-ms.obo"/>
<cv id="UO" fullName="Unit Ontology" URI="https://raw.githubusercontent.com/bio-ontology-research-group/unit-ontology/master/unit.obo"/>
</cvList>
<fileDescription><fileContent>
<cvParam cvRef="MS" accession="MS:1000579" name="MS1 spectrum"/>
<cvParam cvRef="MS" accession="MS:1000580" name="MSn spectrum"/>
<cvParam cvRef="MS" accession="MS:1000127" name="centroid spectrum"/>
</fileContent></fileDescription>
<softwareList count="1"><software id="overland" version="{1}">
<cvParam cvRef="MS" accession="MS:1000799" name="custom unreleased software tool" value="overland"/>
</software></softwareList>
<instrumentConfigurationList count="1"><instrumentConfiguration id="IC1">
<cvParam cvRef="MS" accession="MS:1000031" name="instrument model"/>
</instrumentConfiguration></instrumentConfigurationList>
<dataProcessingList count="1"><dataProcessing id="DP1"><processingMethod order="0" softwareRef="overland">
<cvParam cvRef="MS" accession="MS:1000544" name="Conversion to mzML"/>
</processingMethod></dataProcessing></dataProcessingList>
<run id="run" defaultInstrumentConfigurationRef="IC1">
<spectrumList count="{2}" defaultDataProcessingRef="DP1">
)",
      escaped(name), program_version(), scans);
}

constexpr std::string_view kMzUnit = R"( unitCvRef="MS" unitAccession="MS:1000040" unitName="m/z")";
constexpr std::string_view kCountUnit =
    R"( unitCvRef="MS" unitAccession="MS:1000131" unitName="number of detector counts")";
constexpr std::string_view kMinuteUnit =
    R"( unitCvRef="UO" unitAccession="UO:0000031" unitName="minute")";
constexpr std::string_view kVoltUnit =
    R"( unitCvRef="UO" unitAccession="UO:0000218" unitName="volt")";
constexpr std::string_view kPercentUnit =
    R"( unitCvRef="UO" unitAccession="UO:0000187" unitName="percent")";

struct Term {
  std::string_view accession, name, unit = {};
};

// Builds the text of one spectrum element.
class SpectrumText {
 public:
  SpectrumText(const RunColumns& run, std::size_t scan) : run_(run), scan_(scan) {}

  std::string make() {
    const bool is_ms1 = run_.ms_order[scan_] == 1;
    add(R"(<spectrum index="{}" id="scan={}" defaultArrayLength="{}">)", scan_,
        run_.scan_number[scan_], run_.peak_count[scan_]);
    add_term({"MS:1000511", "ms level"}, run_.ms_order[scan_]);
    add(R"(<cvParam cvRef="MS" accession="{}" name="{}"/>)", is_ms1 ? "MS:1000579" : "MS:1000580",
        is_ms1 ? "MS1 spectrum" : "MSn spectrum");
    add(R"(<cvParam cvRef="MS" accession="MS:1000127" name="centroid spectrum"/>)");
    add_number({"MS:1000285", "total ion current"}, run_.tic[scan_]);
    add_scan();
    if (!is_ms1) add_precursor();
    add(R"(<binaryDataArrayList count="2">)");
    add_array({"MS:1000514", "m/z array", kMzUnit}, run_.mz[scan_]);
    add_array({"MS:1000515", "intensity array", kCountUnit}, run_.intensity[scan_]);
    add("</binaryDataArrayList></spectrum>");
    return std::move(text_);
  }

 private:
  template <class... Args>
  void add(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Args>(args)...);
    text_ += '\n';
  }

  template <class T>
  void add_term(const Term& term, T value) {
    add(R"(<cvParam cvRef="MS" accession="{}" name="{}" value="{}"{}/>)", term.accession, term.name,
        value, term.unit);
  }

  // Writes a float as a double: a reader restores the double exactly from its shortest text, and
  // the float from the double. The shortest text of a float could be rounded twice.
  void add_number(const Term& term, double value) {
    if (std::isfinite(value)) add_term(term, value);
  }

  void add_scan() {
    add(R"(<scanList count="1"><cvParam cvRef="MS" accession="MS:1000795" name="no combination"/><scan>)");
    add_number({"MS:1000016", "scan start time", kMinuteUnit}, run_.rt_minutes[scan_]);
    if (!run_.compensation_voltage.empty()) {
      add_number({"MS:1001581", "FAIMS compensation voltage", kVoltUnit},
                 run_.compensation_voltage[scan_]);
    }
    add_scan_windows();
    add("</scan></scanList>");
  }

  void add_scan_windows() {
    AcquiredParts parts{run_.scan_low_mz[scan_], run_.scan_high_mz[scan_]};
    if (!run_.scan_parts.empty() && !run_.scan_parts[scan_].empty()) parts = run_.scan_parts[scan_];
    if (!std::isfinite(parts[0]) && !std::isfinite(parts[1])) return;
    text_ += fmt::format(R"(<scanWindowList count="{}">)", parts.size() / 2);
    for (std::size_t k = 0; k < parts.size(); k += 2) {
      add("<scanWindow>");
      add_number({"MS:1000501", "scan window lower limit", kMzUnit}, parts[k]);
      add_number({"MS:1000500", "scan window upper limit", kMzUnit}, parts[k + 1]);
      text_ += "</scanWindow>";
    }
    add("</scanWindowList>");
  }

  // The sum and the difference of two floats of similar size are exact in double, so a reader
  // restores the limits exactly.
  void add_precursor() {
    const double low = run_.window_low_mz[scan_], high = run_.window_high_mz[scan_];
    add(R"(<precursorList count="1"><precursor><isolationWindow>)");
    const double target = (low + high) / 2;
    add_number({"MS:1000827", "isolation window target m/z", kMzUnit}, target);
    add_number({"MS:1000828", "isolation window lower offset", kMzUnit}, target - low);
    add_number({"MS:1000829", "isolation window upper offset", kMzUnit}, high - target);
    add("</isolationWindow><selectedIonList count=\"1\"><selectedIon>");
    add_number({"MS:1000744", "selected ion m/z", kMzUnit}, target);
    add("</selectedIon></selectedIonList><activation>");
    add(R"(<cvParam cvRef="MS" accession="MS:1000422" name="beam-type collision-induced dissociation"/>)");
    add_number({"MS:1000138", "normalized collision energy", kPercentUnit},
               run_.collision_energy[scan_]);
    add("</activation></precursor></precursorList>");
  }

  void add_array(const Term& kind, const float* values) {
    const uLong size = uLong{run_.peak_count[scan_]} * sizeof(float);
    uLongf packed_size = compressBound(size);
    packed_.resize(packed_size);
    compress2(reinterpret_cast<Bytef*>(packed_.data()), &packed_size,
              reinterpret_cast<const Bytef*>(values), size, kZlibLevel);
    base64_.clear();
    encode_base64(std::span(packed_).first(packed_size), base64_);
    add(R"(<binaryDataArray encodedLength="{}">)", base64_.size());
    add(R"(<cvParam cvRef="MS" accession="MS:1000521" name="32-bit float"/>)");
    add(R"(<cvParam cvRef="MS" accession="MS:1000574" name="zlib compression"/>)");
    add(R"(<cvParam cvRef="MS" accession="{}" name="{}"{}/>)", kind.accession, kind.name,
        kind.unit);
    add("<binary>{}</binary></binaryDataArray>", base64_);
  }

  const RunColumns& run_;
  std::size_t scan_;
  std::string text_, base64_;
  std::vector<std::byte> packed_;
};

// Returns the position of the start of each spectrum element.
std::vector<std::uint64_t> write_spectra(const RunColumns& run, const Machine& machine,
                                         Output& out) {
  std::vector<std::uint64_t> offsets;
  std::vector<std::string> texts(kBatch);
  for (std::size_t first = 0; first < run.scan_count(); first += kBatch) {
    const std::size_t count = std::min(kBatch, run.scan_count() - first);
    parallel_for(count, machine,
                 [&](std::size_t i, int) { texts[i] = SpectrumText(run, first + i).make(); });
    for (std::size_t i = 0; i < count; ++i) {
      offsets.push_back(out.size());
      out.add(texts[i]);
    }
  }
  return offsets;
}

void write_index(const RunColumns& run, const std::vector<std::uint64_t>& offsets, Output& out) {
  const std::uint64_t index_offset = out.size();
  out.add("<indexList count=\"1\"><index name=\"spectrum\">\n");
  for (std::size_t i = 0; i < offsets.size(); ++i) {
    out.add(fmt::format("<offset idRef=\"scan={}\">{}</offset>\n", run.scan_number[i], offsets[i]));
  }
  out.add(fmt::format("</index></indexList>\n<indexListOffset>{}</indexListOffset>\n<fileChecksum>",
                      index_offset));
  out.add(out.checksum() + "</fileChecksum>\n</indexedmzML>\n");
}

}  // namespace

Result<void> write_mzml_run(const RunColumns& run, const std::string& name,
                            const std::filesystem::path& file, const Machine& machine) {
  Output out(file);
  out.add(file_head(name, run.scan_count()));
  const auto offsets = write_spectra(run, machine, out);
  out.add("</spectrumList></run></mzML>\n");
  write_index(run, offsets, out);
  if (out.close()) return {};
  return fail("OVL-IO-002", std::string("cannot write: ") + std::strerror(errno), file.string(),
              "Check the folder's permissions and the free space.");
}

}  // namespace overland::io
