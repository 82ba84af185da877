// mzML documents for tests, put together from pieces that a test can spoil.
#pragma once

#include <fmt/format.h>
#include <zlib.h>

#include <cstring>
#include <libmsnumpress/MSNumpress.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "io/mzml/mzml_base64.h"
#include "io/mzml/mzml_reader.h"
#include "io/mzml/mzml_spectrum.h"

namespace overland::support {

using Bytes = std::vector<std::byte>;

template <class T>
Bytes plain_bytes(const std::vector<double>& values) {
  Bytes bytes(values.size() * sizeof(T));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const T value = static_cast<T>(values[i]);
    std::memcpy(bytes.data() + i * sizeof(T), &value, sizeof(T));
  }
  return bytes;
}

inline Bytes zlib_bytes(const Bytes& bytes) {
  uLongf size = compressBound(bytes.size());
  Bytes packed(size);
  compress(reinterpret_cast<Bytef*>(packed.data()), &size,
           reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  packed.resize(size);
  return packed;
}

inline Bytes gzip_bytes(std::string_view text) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  Bytes packed(deflateBound(&stream, text.size()) + 32);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

inline Bytes numpress_bytes(const std::vector<double>& values, io::Numpress kind) {
  namespace numpress = ms::numpress::MSNumpress;
  std::vector<unsigned char> packed(values.size() * 5 + 16);
  std::size_t size = 0;
  const auto* const data = values.data();
  if (kind == io::Numpress::linear) {
    size = numpress::encodeLinear(data, values.size(), packed.data(),
                                  numpress::optimalLinearFixedPoint(data, values.size()));
  } else if (kind == io::Numpress::positive_integer) {
    size = numpress::encodePic(data, values.size(), packed.data());
  } else {
    size = numpress::encodeSlof(data, values.size(), packed.data(),
                                numpress::optimalSlofFixedPoint(data, values.size()));
  }
  packed.resize(size);
  const auto view = std::as_bytes(std::span(packed));
  return {view.begin(), view.end()};
}

inline std::string base64(const Bytes& bytes) {
  std::string text;
  io::encode_base64(bytes, text);
  return text;
}

inline std::string term(std::string_view accession, std::string_view value = "",
                        std::string_view more = "") {
  return fmt::format(R"(<cvParam cvRef="MS" accession="{}" name="x" value="{}" {}/>)", accession,
                     value, more);
}

// An array element: the terms that say how, and the text.
struct ExampleArray {
  std::string terms = term("MS:1000523") + term("MS:1000576");
  std::string text = {};
  std::string attributes = {};
};

inline ExampleArray plain_array(const std::vector<double>& values) {
  return {.text = base64(plain_bytes<double>(values))};
}

struct ExampleSpectrum {
  std::string id = "scan=1";
  std::string length = "2";
  std::string terms = term("MS:1000511", "2") + term("MS:1000127") + term("MS:1000285", "77");
  std::string scan_terms =
      term("MS:1000016", "90", R"(unitAccession="UO:0000010" unitName="second")");
  std::string scan_window = term("MS:1000501", "100.5") + term("MS:1000500", "1500.25");
  std::string precursors = "<precursor><isolationWindow>" + term("MS:1000827", "500") +
                           term("MS:1000828", "4") + term("MS:1000829", "6") +
                           "</isolationWindow><activation>" + term("MS:1000422") +
                           term("MS:1000045", "27.5") + "</activation></precursor>";
  ExampleArray mz = plain_array({200.25, 300.5});
  ExampleArray intensity = plain_array({10, 20});
  std::string more_arrays = {};

  [[nodiscard]] std::string text() const {
    const auto array = [](const ExampleArray& a, std::string_view kind) {
      return fmt::format("<binaryDataArray {}>{}{}<binary>{}</binary></binaryDataArray>\n",
                         a.attributes, a.terms, term(kind), a.text);
    };
    return fmt::format(
        "<spectrum index=\"0\" id=\"{}\" defaultArrayLength=\"{}\">{}<scanList count=\"1\"><scan>{}"
        "<scanWindowList count=\"1\"><scanWindow>{}</scanWindow></scanWindowList></scan></scanList>"
        "<precursorList count=\"1\">{}</precursorList><binaryDataArrayList count=\"2\">{}{}{}"
        "</binaryDataArrayList></spectrum>\n",
        id, length, terms, scan_terms, scan_window, precursors, array(mz, "MS:1000514"),
        array(intensity, "MS:1000515"), more_arrays);
  }
};

inline std::string document(const std::string& spectra, const std::string& groups = "") {
  return "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<mzML "
         "xmlns=\"http://psi.hupo.org/ms/mzml\">" +
         groups + "<run id=\"r\"><spectrumList count=\"1\">\n" + spectra +
         "</spectrumList></run></mzML>\n";
}

inline Result<io::RunColumns> read_document(const std::string& text) {
  return io::read_mzml_run(io::memory_source(std::as_bytes(std::span(text))), "test.mzML", 2);
}

}  // namespace overland::support
