// Protein sequences from FASTA files, plain or gzip by content, one record after the other.
//
//   auto reader = FastaReader::open("human.fasta.gz", {});
//   FastaRecord record;
//   while (*reader->next(record)) use(record);
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"

namespace overland::io {

// What a header line tells; empty where it does not. The identifier always gives an accession.
struct FastaHeader {
  std::string accession, gene, name, organism;
};

// UniProt ("sp|P1|A_HUMAN Albumin OS=Homo sapiens OX=9606 GN=ALB"), NCBI ("gi|1|ref|NP_1.1| ...",
// "NP_1.1 albumin [Homo sapiens]"), Ensembl ("ENSP1.1 pep ... gene:ENSG1.1 gene_symbol:ALB"), else
// the identifier alone. `line`: without '>'.
[[nodiscard]] FastaHeader parse_fasta_header(std::string_view line);

// Regular expressions (ECMAScript) with one group each, searched in the header line without '>';
// empty: the rules above. Where the accession's does not match, the identifier is taken whole;
// where another does not match, the value is empty.
struct FastaPatterns {
  std::string accession = {}, gene = {}, name = {}, organism = {};
};

struct FastaRecord {
  FastaHeader header;
  std::string identifier;  // the header up to the first blank
  std::string sequence;    // upper-case letters; a '*' at the end is taken off
  std::uint64_t line = 0;  // of the header, from 1
};

class FastaReader {
 public:
  // Errors OVL-IO-001 (cannot open), OVL-CFG-110 (a pattern that is no regular expression, or has
  // no group).
  [[nodiscard]] static Result<FastaReader> open(const std::filesystem::path& file,
                                                const FastaPatterns& patterns);
  FastaReader(FastaReader&&) noexcept;
  FastaReader& operator=(FastaReader&&) noexcept;
  ~FastaReader();

  // Replaces `record` by the next one; false at the end. Errors OVL-IO-003 (damaged gzip),
  // OVL-IO-070 (no record at all), OVL-IO-071 (a character that is no residue), OVL-IO-072 (a
  // record without identifier or sequence); they name the line. After an error the reader is at its
  // end.
  [[nodiscard]] Result<bool> next(FastaRecord& record);

 private:
  struct State;
  explicit FastaReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace overland::io
