// Reads protein sequences from FASTA files record by record; gzip is detected by content.
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

// The fields of a header line; a field that the line lacks is empty. The accession is never empty:
// it falls back to the identifier.
struct FastaHeader {
  std::string accession, gene, name, organism;
};

// UniProt ("sp|P1|A_HUMAN Albumin OS=Homo sapiens OX=9606 GN=ALB"), NCBI ("gi|1|ref|NP_1.1| ...",
// "NP_1.1 albumin [Homo sapiens]", "lcl|x [gene=thrL]"), Ensembl ("ENSP1.1 pep ... gene:ENSG1.1
// gene_symbol:ALB"), GENCODE ("ENSP1.1|ENST1.1|...|ALB|609"), OpenProt ("P1,Q1|TX=9606 GN=ALB"),
// PEFF ("nxp:NX_P1-1 \GName=ALB"), FlyBase, WormBase, VEuPathDB (" gene="), or else the identifier
// alone. `line` is the header without '>'.
[[nodiscard]] FastaHeader parse_fasta_header(std::string_view line);

// The accession in an identifier, the header up to the first blank: "P1" of "sp|P1|A_HUMAN". The
// mark of a contaminant becomes "Cont_" (base/protein_marks.h); the mark of a decoy stays. The
// accession of an accession is itself.
[[nodiscard]] std::string accession_of_identifier(std::string_view identifier);

// Regular expressions (ECMAScript) with one group each, applied to the header line without '>'; an
// empty pattern stands for the rules above. If the accession pattern does not match, the whole
// identifier is used; if another pattern does not match, its value is empty.
struct FastaPatterns {
  std::string accession = {}, gene = {}, name = {}, organism = {};
};

struct FastaRecord {
  FastaHeader header;
  std::string identifier;   // the header up to the first blank
  std::string sequence;     // upper-case letters; a '*' at the end is removed
  std::uint64_t stops = 0;  // stop codons ('*') inside the sequence, which are read as X
  std::uint64_t line = 0;   // of the header, from 1
};

class FastaReader {
 public:
  // Errors OVL-IO-001 (cannot open), OVL-CFG-110 (a pattern is not a regular expression, or has no
  // group).
  [[nodiscard]] static Result<FastaReader> open(const std::filesystem::path& file,
                                                const FastaPatterns& patterns);
  FastaReader(FastaReader&&) noexcept;
  FastaReader& operator=(FastaReader&&) noexcept;
  ~FastaReader();

  // Replaces `record` by the next one; false at the end. Errors OVL-IO-003 (damaged gzip),
  // OVL-IO-070 (no record in the file), OVL-IO-071 (a character is not a residue, or the text is
  // UTF-16), OVL-IO-072 (a record without identifier or sequence), each with its line. After an
  // error there are no more records.
  [[nodiscard]] Result<bool> next(FastaRecord& record);

 private:
  struct State;
  explicit FastaReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace overland::io
