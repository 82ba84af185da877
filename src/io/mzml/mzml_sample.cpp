#include "io/mzml/mzml_sample.h"

#include <charconv>
#include <set>
#include <string>
#include <string_view>

#include "io/byte_source.h"

namespace overland::io {
namespace {

constexpr std::size_t kSampleBytes = std::size_t{8} << 20;

struct SampleText {
  std::string text;
  std::uint64_t file_bytes = 0;  // that were read of the file
};

Result<SampleText> read_sample(const std::filesystem::path& file) {
  const auto opened = file_source(file);
  if (!opened) return std::unexpected(opened.error());
  SampleText sample;
  const ByteSource counted = [source = *opened, &sample]() {
    auto piece = source();
    if (piece) sample.file_bytes += piece->size();
    return piece;
  };
  const bool is_compressed = file.extension() == ".gz" || file.extension() == ".GZ";
  const ByteSource source = is_compressed ? gunzip_source(counted, file.string()) : counted;
  while (sample.text.size() < kSampleBytes) {
    const auto piece = source();
    if (!piece) return std::unexpected(piece.error());
    if (piece->empty()) break;
    sample.text.append(reinterpret_cast<const char*>(piece->data()), piece->size());
  }
  return sample;
}

// The values of all attributes that follow `key` and begin at the end of it: `key` ends with '"'.
template <class Take>
void each_value(std::string_view text, std::string_view key, Take take) {
  for (std::size_t at = text.find(key); at != std::string_view::npos; at = text.find(key, at)) {
    at += key.size();
    const std::size_t end = text.find('"', at);
    if (end == std::string_view::npos) return;
    take(text.substr(at, end - at));
  }
}

// The value of a cvParam of this accession.
template <class Take>
void each_term(std::string_view text, std::string_view accession, Take take) {
  for (std::size_t at = text.find(accession); at != std::string_view::npos;
       at = text.find(accession, at + 1)) {
    const std::string_view rest = text.substr(at, text.find('>', at) - at);
    each_value(rest, "value=\"", take);
  }
}

std::uint64_t number(std::string_view text) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

Result<MzmlSample> sample_mzml(const std::filesystem::path& file) {
  const auto read = read_sample(file);
  if (!read) return std::unexpected(read.error());
  const std::string_view whole = read->text;
  MzmlSample sample;
  const std::size_t list = whole.find("<spectrumList");
  if (list == std::string_view::npos) return sample;
  const std::string_view tag = whole.substr(list, whole.find('>', list) - list);
  each_value(tag, " count=\"", [&](std::string_view v) { sample.announced_spectra = number(v); });
  const std::string_view text = whole.substr(list);
  sample.text_bytes = text.size();
  std::set<std::string_view> targets;
  each_value(text, " defaultArrayLength=\"",
             [&](std::string_view v) { sample.peaks += number(v); });
  each_value(text, " encodedLength=\"",
             [&](std::string_view v) { sample.encoded_bytes += number(v); });
  each_term(text, "\"MS:1000511\"",
            [&](std::string_view v) { (v == "1" ? sample.ms1_scans : sample.ms2_scans) += 1; });
  each_term(text, "\"MS:1000827\"", [&](std::string_view v) { targets.insert(v); });
  sample.windows = targets.size();
  std::error_code ignored;
  const auto size = std::filesystem::file_size(file, ignored);
  if (!ignored && size > 0)
    sample.file_share = static_cast<double>(read->file_bytes) / static_cast<double>(size);
  return sample;
}

}  // namespace overland::io
