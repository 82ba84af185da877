// Every compression of mzML arrays, against an encoder that does each step byte by byte.
#include <gtest/gtest.h>
#include <zstd.h>

#include <cmath>
#include <map>
#include <memory>

#include "base/rng.h"
#include "support/mzml_example.h"

namespace overland::io {
namespace {

using namespace support;

Bytes zstd_bytes(const Bytes& bytes) {
  const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(ZSTD_createCCtx(),
                                                                     ZSTD_freeCCtx);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
  Bytes packed(ZSTD_compressBound(bytes.size()));
  packed.resize(
      ZSTD_compress2(context.get(), packed.data(), packed.size(), bytes.data(), bytes.size()));
  return packed;
}

Bytes shuffled(const Bytes& numbers, std::size_t width) {
  Bytes bytes;
  for (std::size_t k = 0; k < width; ++k)
    for (std::size_t i = k; i < numbers.size(); i += width) bytes.push_back(numbers[i]);
  return bytes;
}

void append(Bytes& bytes, std::uint64_t value, std::size_t width) {
  for (std::size_t k = 0; k < width; ++k) bytes.push_back(static_cast<std::byte>(value >> (8 * k)));
}

Bytes dictionary(const Bytes& numbers, std::size_t width, std::size_t index_width) {
  std::map<std::vector<std::byte>, std::uint64_t> places;
  std::vector<std::vector<std::byte>> all;
  for (std::size_t i = 0; i < numbers.size(); i += width) {
    const auto first = numbers.begin() + static_cast<std::ptrdiff_t>(i);
    all.emplace_back(first, first + static_cast<std::ptrdiff_t>(width));
    places[all.back()] = 0;
  }
  Bytes values, indices, encoded;
  std::uint64_t place = 0;
  for (auto& [value, number] : places) {
    number = place++;
    values.insert(values.end(), value.begin(), value.end());
  }
  for (const auto& value : all) append(indices, places[value], index_width);
  append(encoded, 16 + values.size(), 8);
  append(encoded, places.size(), 8);
  for (const Bytes& part : {shuffled(values, width), shuffled(indices, index_width)})
    encoded.insert(encoded.end(), part.begin(), part.end());
  return encoded;
}

// Ascending, with repeats when a dictionary is to be worth it.
std::vector<double> random_values(std::uint64_t seed, std::size_t count) {
  Rng rng(seed, 0);
  std::vector<double> values;
  double value = 100;
  for (std::size_t i = 0; i < count; ++i) {
    if (rng.uniform() < 0.7) value += std::floor(1 + 8 * rng.uniform());
    values.push_back(value);
  }
  return values;
}

struct NumberKind {
  const char* accession;
  std::size_t width;
  Bytes (*encode)(const std::vector<double>&);
};
constexpr NumberKind kNumbers[] = {{"MS:1000519", 4, plain_bytes<std::int32_t>},
                                   {"MS:1000521", 4, plain_bytes<float>},
                                   {"MS:1000522", 8, plain_bytes<std::int64_t>},
                                   {"MS:1000523", 8, plain_bytes<double>}};

// Reads the intensities of one spectrum with this array.
Result<std::vector<float>> read_array(const std::string& terms, const Bytes& bytes,
                                      std::size_t count) {
  ExampleSpectrum spectrum{.length = std::to_string(count)};
  std::vector<double> mz;
  for (std::size_t i = 0; i < count; ++i) mz.push_back(100 + static_cast<double>(i));
  spectrum.mz = plain_array(mz);
  spectrum.intensity = {.terms = terms, .text = base64(bytes)};
  const auto run = read_document(document(spectrum.text()));
  if (!run) return std::unexpected(run.error());
  return std::vector<float>(run->intensity[0], run->intensity[0] + run->peak_count[0]);
}

std::string code_of(const std::string& terms, const Bytes& bytes, std::size_t count) {
  const auto read = read_array(terms, bytes, count);
  return read ? "none" : read.error().code;
}

TEST(MzmlCompression, every_number_type_in_every_layout) {
  for (const std::size_t count : {1U, 2U, 17U, 255U, 256U, 257U, 300U, 1000U}) {
    const auto values = random_values(count, count);
    const std::vector<float> expected(values.begin(), values.end());
    for (const NumberKind& kind : kNumbers) {
      SCOPED_TRACE(testing::Message() << kind.accession << " " << count);
      const Bytes plain = kind.encode(values);
      const auto check = [&](const char* accession, const Bytes& bytes) {
        const auto read = read_array(term(kind.accession) + term(accession), bytes, count);
        ASSERT_TRUE(read) << accession << " " << read.error().message();
        EXPECT_EQ(*read, expected) << accession;
      };
      check("MS:1000576", plain);
      check("MS:1000574", zlib_bytes(plain));
      check("MS:1003088", zlib_bytes(plain));
      check("MS:1003780", zstd_bytes(plain));
      check("MS:1003781", zstd_bytes(shuffled(plain, kind.width)));
      const std::size_t narrowest = count > 300 ? 2 : 1;  // at most 230 distinct values of 300
      for (const std::size_t width : {1U, 2U, 4U, 8U})
        if (width >= narrowest)
          check("MS:1003782", zstd_bytes(dictionary(plain, kind.width, width)));
    }
  }
}

TEST(MzmlCompression, numpress_alone_then_zlib_then_zstandard) {
  struct Case {
    Numpress kind;
    const char *alone, *zlib, *zstd;
    double tolerance;
  };
  const auto values = random_values(4, 400);
  for (const Case& c :
       {Case{Numpress::linear, "MS:1002312", "MS:1002746", "MS:1003783", 1e-4},
        Case{Numpress::positive_integer, "MS:1002313", "MS:1002747", "MS:1003784", 0.5001},
        Case{Numpress::short_logged, "MS:1002314", "MS:1002748", "MS:1003785", 0.5}}) {
    const Bytes packed = numpress_bytes(values, c.kind);
    for (const auto& [terms, bytes] : {std::pair{term(c.alone), packed},
                                       {term(c.zlib), zlib_bytes(packed)},
                                       {term(c.zstd), zstd_bytes(packed)},
                                       {term(c.alone) + term("MS:1003780"), zstd_bytes(packed)}}) {
      const auto read = read_array(term("MS:1000523") + terms, bytes, values.size());
      ASSERT_TRUE(read) << terms << read.error().message();
      for (std::size_t i = 0; i < values.size(); ++i)
        EXPECT_NEAR(static_cast<double>((*read)[i]), values[i], c.tolerance) << terms;
    }
  }
}

TEST(MzmlCompression, empty_arrays_of_zstandard) {
  for (const char* accession : {"MS:1003780", "MS:1003781", "MS:1003782"}) {
    const std::string terms = term("MS:1000523") + term(accession);
    EXPECT_EQ(code_of(terms, {}, 0), "none");
    EXPECT_EQ(code_of(terms, zstd_bytes({}), 0), "none");
  }
}

TEST(MzmlCompression, what_is_not_read_is_named) {
  const auto values = random_values(5, 40);
  const Bytes plain = plain_bytes<double>(values);
  for (const char* accession : {"MS:1003089", "MS:1003090", "MS:1003826", "MS:1009999"}) {
    // The bytes would inflate to the right length.
    const auto read = read_array(term("MS:1000523") + term(accession), zlib_bytes(plain), 40);
    ASSERT_FALSE(read) << accession;
    EXPECT_EQ(read.error().code, "OVL-RUN-005");
    EXPECT_NE(read.error().what.find(accession), std::string::npos) << read.error().what;
  }
}

TEST(MzmlCompression, terms_that_contradict_the_data_are_named) {
  const auto values = random_values(6, 40);
  const Bytes plain = plain_bytes<double>(values);
  struct Case {
    std::string terms;
    Bytes bytes;
    const char* found;
  };
  for (const Case& c : {Case{term("MS:1000576"), zstd_bytes(plain), "with Zstandard"},
                        {term("MS:1000574"), zstd_bytes(plain), "with Zstandard"},
                        {term("MS:1003780"), plain, "uncompressed"},
                        {term("MS:1003781"), plain, "uncompressed"},
                        {term("MS:1003780") + term("MS:1000574"), plain, "too"},
                        {term("MS:1003780") + term("MS:1000576"), plain, "too"},
                        {"", zstd_bytes(plain), "compression not known"}}) {
    const auto read = read_array(term("MS:1000523") + c.terms, c.bytes, 40);
    ASSERT_FALSE(read) << c.terms;
    EXPECT_EQ(read.error().code, "OVL-RUN-005") << c.terms;
    EXPECT_NE(read.error().what.find(c.found), std::string::npos) << read.error().what;
  }
  EXPECT_EQ(code_of(term("MS:1000521") + term("MS:1003780"), zstd_bytes(plain), 40), "OVL-RUN-005");
  EXPECT_EQ(code_of(term("MS:1000523") + term("MS:1003781"), zstd_bytes(plain), 39), "OVL-RUN-004");
}

TEST(MzmlCompression, damage_is_refused_at_every_length_and_every_place) {
  const auto values = random_values(7, 60);
  const std::vector<float> expected(values.begin(), values.end());
  const Bytes plain = plain_bytes<double>(values);
  for (const auto& [accession, packed] : {std::pair{"MS:1003780", zstd_bytes(plain)},
                                          {"MS:1003781", zstd_bytes(shuffled(plain, 8))},
                                          {"MS:1003782", zstd_bytes(dictionary(plain, 8, 1))}}) {
    const std::string terms = term("MS:1000523") + term(accession);
    for (std::size_t size = 0; size < packed.size(); ++size) {
      const Bytes cut(packed.begin(), packed.begin() + static_cast<std::ptrdiff_t>(size));
      EXPECT_NE(code_of(terms, cut, 60), "none") << accession << " " << size;
    }
    for (std::size_t i = 0; i < packed.size(); ++i) {
      Bytes flipped = packed;
      flipped[i] ^= std::byte{0x10};
      // Some bits mean nothing; the checksum of the frame tells of the others.
      const auto read = read_array(terms, flipped, 60);
      EXPECT_TRUE(!read || *read == expected) << accession << " " << i;
    }
  }
}

TEST(MzmlCompression, damaged_dictionaries_are_refused) {
  const auto values = random_values(8, 60);
  const Bytes whole = dictionary(plain_bytes<double>(values), 8, 1);
  const std::string terms = term("MS:1000523") + term("MS:1003782");
  ASSERT_EQ(code_of(terms, zstd_bytes(whole), 60), "none");
  EXPECT_EQ(code_of(terms, zstd_bytes(whole), 59), "OVL-IO-003");
  const auto damaged = [&](std::size_t at, std::byte value) {
    Bytes changed = whole;
    changed[at] = value;
    return code_of(terms, zstd_bytes(changed), 60);
  };
  for (const std::byte value : {std::byte{0}, std::byte{15}, std::byte{17}, std::byte{0xFF}}) {
    EXPECT_EQ(damaged(0, value), "OVL-IO-003");  // the offset of the indices
    EXPECT_EQ(damaged(8, value), "OVL-IO-003");  // the number of distinct values
    EXPECT_EQ(damaged(7, std::byte{0xFF}), "OVL-IO-003");
    EXPECT_EQ(damaged(15, std::byte{0xFF}), "OVL-IO-003");
  }
  EXPECT_EQ(damaged(whole.size() - 1, std::byte{0xFF}), "OVL-IO-003");  // an index
}

TEST(MzmlCompression, zstandard_bombs_do_not_grow) {
  const Bytes bomb = zstd_bytes(Bytes(50'000'000));
  for (const char* accession : {"MS:1003780", "MS:1003781", "MS:1003782"})
    EXPECT_EQ(code_of(term("MS:1000521") + term(accession), bomb, 4), "OVL-IO-003");
  // Long runs of one value are no bombs.
  EXPECT_EQ(code_of(term("MS:1000523") + term("MS:1003780"),
                    zstd_bytes(plain_bytes<double>(std::vector<double>(200'000, 1.0))), 200'000),
            "none");
}

}  // namespace
}  // namespace overland::io
