// mzXML 2 and 3: what a scan is stands in attributes, its peaks are pairs of m/z and intensity, and
// the scans of higher levels may lie inside their survey scan. The attribute `centroided` is not
// read: "0" is also what writers put who do not know. The peaks decide (run/profile_check.h).
#include <algorithm>
#include <array>

#include "io/mzml/mzml_terms.h"
#include "io/mzml/spectrum_elements.h"

namespace overland::io {
namespace {

using Apply = Result<void> (*)(const MzmlParam&, MzmlSpectrum&);

// The attributes of a scan that mean the same as a term of mzML. `lowMz` and `highMz` are those of
// the peaks and not of the acquisition.
struct ScanAttribute {
  std::string_view name;
  int accession;
  Apply apply;
};
constexpr std::array<ScanAttribute, 7> kScanAttributes{{
    {"msLevel", ms_term::kMsLevel, apply_spectrum_term},
    {"totIonCurrent", ms_term::kTotalIonCurrent, apply_spectrum_term},
    {"retentionTime", ms_term::kScanStartTime, apply_scan_term},
    {"compensationVoltage", ms_term::kCompensationVoltage, apply_scan_term},
    {"startMz", ms_term::kScanWindowLowerLimit, apply_scan_window_term},
    {"endMz", ms_term::kScanWindowUpperLimit, apply_scan_window_term},
    {"collisionEnergy", ms_term::kCollisionEnergy, apply_activation_term},
}};

MzmlParam as_term(int accession, std::string_view name, std::string_view value) {
  return {
      .accession = accession, .term = name, .value = value, .unit_accession = {}, .unit_name = {}};
}

enum class MzxmlElement : std::uint8_t { other, scan, precursor, peaks };

MzxmlElement element_of(std::string_view name) {
  if (name == "scan") return MzxmlElement::scan;
  if (name == "precursorMz") return MzxmlElement::precursor;
  if (name == "peaks") return MzxmlElement::peaks;
  return MzxmlElement::other;
}

class MzxmlElements : public SpectrumElements {
 public:
  using SpectrumElements::SpectrumElements;

  void start(std::string_view name, const char** attributes) override;
  void end() override;
  void add_text(std::string_view text) override;
  [[nodiscard]] std::string_view array_element() const override { return "peaks"; }

 private:
  [[nodiscard]] MzxmlElement innermost() const {
    return open_.empty() ? MzxmlElement::other : open_.back();
  }
  void start_scan(const char** attributes);
  void start_precursor(const char** attributes);
  void end_precursor();
  void start_peaks(const char** attributes);
  void end_peaks();
  // Records an error if an attribute is there with another value than these.
  bool is_one_of(const char** attributes, std::string_view name,
                 std::initializer_list<std::string_view> known);

  std::vector<MzxmlElement> open_;  // the open elements, the innermost last
  MzmlIsolation isolation_;
  std::string precursor_mz_;  // the text of <precursorMz>
};

void MzxmlElements::start(std::string_view name, const char** attributes) {
  if (error_) return;
  if (open_.size() >= kDeepestElement) return stop_damaged("elements are nested too deeply");
  const MzxmlElement next = element_of(name);
  const bool is_in_scan = innermost() == MzxmlElement::scan;
  open_.push_back(next);
  if (next == MzxmlElement::scan) return start_scan(attributes);
  if (next == MzxmlElement::other || !is_in_scan) return;
  // A scan ends where the first scan inside it begins.
  if (!in_spectrum_) return stop_damaged("a scan goes on after a scan inside it");
  if (next == MzxmlElement::precursor) start_precursor(attributes);
  if (next == MzxmlElement::peaks) start_peaks(attributes);
}

void MzxmlElements::end() {
  if (error_) return;
  const MzxmlElement closed = innermost();
  open_.pop_back();
  if (!in_spectrum_ || (closed != MzxmlElement::scan && innermost() != MzxmlElement::scan)) return;
  if (closed == MzxmlElement::precursor) end_precursor();
  if (closed == MzxmlElement::peaks) end_peaks();
  if (closed == MzxmlElement::scan) finish_spectrum();
}

void MzxmlElements::add_text(std::string_view text) {
  if (is_collecting_) batch_.text += text;
  if (innermost() == MzxmlElement::precursor) precursor_mz_ += text;
}

void MzxmlElements::start_scan(const char** attributes) {
  if (in_spectrum_) finish_spectrum();
  if (error_) return;
  const std::string number(attribute(attributes, "num"));
  begin_spectrum("scan=" + number);
  spectrum_.native_scan = native_scan_number(spectrum_.id);
  spectrum_.default_length = read_length(attribute(attributes, "peaksCount"));
  spectrum_.is_negative = attribute(attributes, "polarity") == "-";
  for (const ScanAttribute& known : kScanAttributes) {
    const std::string_view value = attribute(attributes, known.name);
    if (value.empty()) continue;
    if (auto done = known.apply(as_term(known.accession, known.name, value), spectrum_); !done)
      return stop(done.error());
  }
  add_scan_window(spectrum_);
}

void MzxmlElements::start_precursor(const char** attributes) {
  isolation_ = {};
  precursor_mz_.clear();
  const std::string_view width = attribute(attributes, "windowWideness");
  if (width.empty()) return;
  const auto done =
      apply_isolation_term(as_term(ms_term::kIsolationWidth, "windowWideness", width), isolation_);
  if (!done) stop(done.error());
}

void MzxmlElements::end_precursor() {
  const auto done = apply_isolation_term(
      as_term(ms_term::kIsolationTarget, "precursorMz", precursor_mz_), isolation_);
  if (!done) return stop(done.error());
  add_isolation(isolation_, spectrum_);
  spectrum_.has_isolation = true;
}

bool MzxmlElements::is_one_of(const char** attributes, std::string_view name,
                              std::initializer_list<std::string_view> known) {
  const std::string_view value = attribute(attributes, name);
  if (value.empty() || std::ranges::find(known, value) != known.end()) return true;
  stop({"OVL-RUN-005",
        "peaks with " + std::string(name) + " '" + std::string(value) + "' are not read", "",
        "Convert the run to mzML, for example with msconvert."});
  return false;
}

void MzxmlElements::start_peaks(const char** attributes) {
  if (!is_one_of(attributes, "byteOrder", {"network"}) ||
      !is_one_of(attributes, "contentType", {"m/z-int"}) ||
      !is_one_of(attributes, "pairOrder", {"m/z-int"}) ||
      !is_one_of(attributes, "compressionType", {"none", "zlib"}) ||
      !is_one_of(attributes, "precision", {"32", "64"})) {
    return;
  }
  if (auto done = settle_level(spectrum_); !done) return stop(done.error());
  const std::string_view compression = attribute(attributes, "compressionType");
  array_ = {};
  array_.kind = MzmlArray::Kind::pairs;
  array_.encoding = {.number = attribute(attributes, "precision") == "64" ? NumberType::float64
                                                                          : NumberType::float32,
                     .compression = compression == "zlib" ? Compression::zlib : Compression::none,
                     .is_paired = true,
                     .names_compression = !compression.empty(),
                     .length = spectrum_.default_length};
  begin_text(array_);
  is_collecting_ = spectrum_.is_wanted();
}

void MzxmlElements::end_peaks() {
  if (spectrum_.pairs) return stop_damaged("a scan with two lists of peaks");
  if (is_collecting_) end_text(array_);
  spectrum_.pairs = array_;
}

}  // namespace

std::unique_ptr<SpectrumElements> mzxml_elements(std::string where) {
  return std::make_unique<MzxmlElements>(std::move(where));
}

}  // namespace overland::io
