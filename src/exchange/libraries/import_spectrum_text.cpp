// Imports MSP and SPTXT: records of "Key: value" lines, a line with the number of peaks, and one
// line per peak.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/protein_marks.h"
#include "exchange/libraries/import_sources.h"
#include "exchange/libraries/import_spectra.h"
#include "exchange/libraries/listed_modifications.h"
#include "exchange/libraries/protein_names.h"
#include "io/text/line_reader.h"

namespace overland::exchange {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return result;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// The number at the beginning of the text: 34.2 for "34.2,0.1,0.3". NaN if there is none.
double leading_number(std::string_view text) {
  double value = 0;
  text = trimmed(text);
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  return status == std::errc{} ? value : std::numeric_limits<double>::quiet_NaN();
}

// Removes the next word, up to a blank; a word in quotes may contain blanks.
std::string_view take_word(std::string_view& rest) {
  rest = trimmed(rest);
  std::size_t end = 0;
  bool is_quoted = false;
  for (; end < rest.size(); ++end) {
    if (rest[end] == '"') is_quoted = !is_quoted;
    if (!is_quoted && (rest[end] == ' ' || rest[end] == '\t')) break;
  }
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(end);
  return word;
}

std::string_view unquoted(std::string_view word) {
  if (word.size() >= 2 && word.front() == '"' && word.back() == '"') {
    return word.substr(1, word.size() - 2);
  }
  return word;
}

// A retention time of any unit: it only has to be one unit within a file.
bool is_time(std::string_view key) {
  constexpr std::array<std::string_view, 12> kKeys{"retentiontime",
                                                   "retentiontimemins",
                                                   "retentiontimeminutes",
                                                   "retentiontimesec",
                                                   "retention time",
                                                   "retention_time",
                                                   "rt",
                                                   "rtinseconds",
                                                   "rtinminutes",
                                                   "rtmin",
                                                   "rtsec",
                                                   "predicted_rt"};
  return std::ranges::find(kKeys, key) != kKeys.end();
}

class SpectrumTextReader {
 public:
  SpectrumTextReader(io::LineReader lines, const std::string& where, const ImportSettings& settings)
      : lines_(std::move(lines)), where_(where), importer_(where, settings) {}

  Result<ImportedLibrary> run() {
    for (;;) {
      const auto line = lines_.next();
      if (!line) return std::unexpected(line.error());
      if (!*line) break;
      if (auto done = take_line(trimmed(**line)); !done) return std::unexpected(done.error());
    }
    finish_record();
    return importer_.finish();
  }

 private:
  Result<void> take_line(std::string_view line) {
    if (line.empty() || line.starts_with('#')) return {};
    const bool is_peak = (line[0] >= '0' && line[0] <= '9') || line[0] == '.' || line[0] == '-';
    if (is_peak) return take_peak(line);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return broken("a line is neither a key nor a peak", line);
    const std::string key = lower(trimmed(line.substr(0, colon)));
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (key == "name") {
      finish_record();
      take_name(value);
    } else {
      take_field(key, value);
    }
    return {};
  }

  // "AAAK/2", "n[43]AAC[160]K/3", "AAAM/2_1(3,M,Oxidation)_30eV"
  void take_name(std::string_view name) {
    is_open_ = true;
    spectrum_.name = name;
    spectrum_.is_decoy = is_decoy_name(name);
    name = without_decoy_mark(name);
    const std::size_t slash = name.find('/');
    spectrum_.sequence = name.substr(0, slash);
    if (slash == std::string_view::npos) return;
    const std::string_view rest = name.substr(slash + 1);
    std::from_chars(rest.data(), rest.data() + rest.size(), spectrum_.charge);
    const std::size_t list = rest.find('_');
    if (list == std::string_view::npos) return;
    modifications_ = rest.substr(list + 1, rest.rfind(')') - list);
    if (modifications_.find('(') == std::string::npos) modifications_.clear();
  }

  void take_field(const std::string& key, std::string_view value) {
    if (key == "comment" || key == "comments") {
      while (!(value = trimmed(value)).empty()) {
        const std::string_view word = take_word(value);
        const std::size_t equals = word.find('=');
        if (equals == std::string_view::npos) continue;
        take_field(lower(unquoted(word.substr(0, equals))), unquoted(word.substr(equals + 1)));
      }
    } else if (key == "irt" || key == "normalizedretentiontime") {
      irt_ = leading_number(value);
    } else if (is_time(key)) {
      spectrum_.irt = leading_number(value);
    } else if (key == "precursormz" || key == "parent") {
      spectrum_.precursor_mz = leading_number(value);
    } else if (key == "charge" && spectrum_.charge == 0) {
      std::from_chars(value.data(), value.data() + value.size(), spectrum_.charge);
    } else if (key == "mods") {
      modifications_ = value;
    } else if (key == "modstring") {
      mod_string_ = value;
    } else if (key == "protein") {
      spectrum_.proteins = value;
      spectrum_.is_decoy = spectrum_.is_decoy || are_decoys(value);
    } else if (key == "gene" || key == "genes") {
      spectrum_.genes = value;
    } else if (key == "spec" || key == "remark") {
      spectrum_.is_decoy = spectrum_.is_decoy || lower(value).starts_with("decoy");
    }
  }

  Result<void> take_peak(std::string_view line) {
    if (!is_open_) return broken("a peak is outside of a spectrum", line);
    const std::string_view whole = line;
    SourcePeak peak;
    double intensity = 0;
    if (!take_number(line, peak.mz) || !take_number(line, intensity)) {
      return broken("a peak does not consist of two numbers", whole);
    }
    peak.intensity = static_cast<float>(intensity);
    peak.annotation = unquoted(take_word(line));
    if (peak.annotation.starts_with('['))
      peak.annotation.erase(0, 1);  // "[b3/0.1]": one of several annotations
    spectrum_.peaks.push_back(std::move(peak));
    return {};
  }

  static bool take_number(std::string_view& rest, double& value) {
    const std::string_view word = take_word(rest);
    const auto [end, status] = std::from_chars(word.data(), word.data() + word.size(), value);
    return status == std::errc{} && end == word.data() + word.size();
  }

  [[nodiscard]] std::unexpected<Error> broken(const std::string& what,
                                              std::string_view line) const {
    std::string shown;
    for (const char c : line.substr(0, 40)) shown += c >= ' ' && c <= '~' ? c : '?';
    return fail("OVL-LIB-022", fmt::format("{}: '{}'", what, shown),
                fmt::format("{}, line {}", where_, lines_.line_number()),
                "Give a MSP or SPTXT library: 'Name:', 'Num peaks:' and a line for each peak.");
  }

  // Inserts listed modifications into a plain sequence; if the list does not match the sequence,
  // the sequence is unreadable.
  void apply_modifications() {
    std::string& sequence = spectrum_.sequence;
    const std::string& list = modifications_.empty() ? mod_string_ : modifications_;
    if (list.empty() || sequence.find_first_of("[(") != std::string::npos) return;
    const auto listed = modifications_.empty() ? parse_mod_string(list, sequence)
                                               : parse_msp_modifications(list, sequence);
    const auto modified = listed ? with_modifications(sequence, *listed) : std::nullopt;
    sequence = modified ? *modified : sequence + "[?" + list + "]";
  }

  // A spectrum without any annotated peak is annotated by m/z.
  void clear_unknown_annotations() {
    const auto is_unknown = [](const SourcePeak& peak) { return peak.annotation.starts_with('?'); };
    if (!std::ranges::all_of(spectrum_.peaks, is_unknown)) return;
    for (SourcePeak& peak : spectrum_.peaks) peak.annotation.clear();
  }

  void finish_record() {
    if (is_open_) {
      apply_modifications();
      clear_unknown_annotations();
      if (!std::isnan(irt_)) spectrum_.irt = irt_;
      importer_.take(std::move(spectrum_));
    }
    spectrum_ = {};
    modifications_.clear();
    mod_string_.clear();
    irt_ = std::numeric_limits<double>::quiet_NaN();
    is_open_ = false;
  }

  io::LineReader lines_;
  std::string where_;
  SpectrumImporter importer_;
  SourceSpectrum spectrum_;
  std::string modifications_, mod_string_;
  double irt_ = std::numeric_limits<double>::quiet_NaN();
  bool is_open_ = false;
};

}  // namespace

Result<ImportedLibrary> import_spectrum_text(const std::filesystem::path& file,
                                             const ImportSettings& settings) {
  auto lines = io::LineReader::open(file);
  if (!lines) return std::unexpected(lines.error());
  return SpectrumTextReader(std::move(*lines), file.string(), settings).run();
}

}  // namespace overland::exchange
