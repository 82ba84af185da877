// Any bytes are read as FASTA or refused with a code; what is read can be digested.
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "io/text/fasta.h"
#include "library_build/digest.h"

namespace {

using namespace overland;

std::filesystem::path write_input(const std::uint8_t* data, std::size_t size) {
  const auto file = std::filesystem::temp_directory_path() /
                    ("overland_fasta_fuzz_" + std::to_string(::getpid()));
  std::FILE* out = std::fopen(file.c_str(), "wb");
  if (out == nullptr || std::fwrite(data, 1, size, out) != size) std::abort();
  std::fclose(out);
  return file;
}

void check(const overland::io::FastaRecord& record) {
  if (record.header.accession.empty() || record.sequence.empty()) std::abort();
  for (const char c : record.sequence) {
    if (c < 'A' || c > 'Z') std::abort();
  }
  static const overland::library_build::DigestRules rules{
      .cleavage = *overland::library_build::cleavage_rule("trypsin"), .min_length = 2};
  overland::library_build::digest_protein(record.sequence, rules,
                                          [&](const overland::library_build::DigestedPeptide& p) {
                                            if (p.begin + p.length > record.sequence.size())
                                              std::abort();
                                          });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto reader = overland::io::FastaReader::open(write_input(data, size), {});
  if (!reader) std::abort();
  overland::io::FastaRecord record;
  for (;;) {
    const auto more = reader->next(record);
    if (!more) {
      if (!more.error().code.starts_with("OVL-IO-")) std::abort();
      return 0;
    }
    if (!*more) return 0;
    check(record);
  }
}
