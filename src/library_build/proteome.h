// The proteins of one or several FASTA files in memory, ascending by accession, so that results do
// not depend on the order of the files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "io/text/fasta.h"

namespace overland::library_build {

struct ProteomeSource {
  std::filesystem::path file;
  io::FastaPatterns patterns = {};
  bool is_contaminant = false;
};

struct ProteomeReport {
  std::uint64_t records = 0;       // records read
  std::uint64_t repeated = 0;      // same accession and sequence again: merged
  std::uint64_t decoys = 0;        // decoys in the files (base/protein_marks.h): left out
  std::uint64_t contaminants = 0;  // proteins of contaminant files, or marked (protein_marks.h)
  std::uint64_t with_stops = 0;    // proteins with a stop codon inside
};

class Proteome {
 public:
  // Errors of FastaReader; OVL-LIB-030 (accessions with two sequences each; the error lists them
  // with both locations), OVL-LIB-031 (no protein is left).
  [[nodiscard]] static Result<Proteome> read(std::span<const ProteomeSource> sources,
                                             ProteomeReport& report);

  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(gene_.size()); }
  // All sequences, concatenated; the sequence of protein p begins at sequence_begin(p).
  [[nodiscard]] std::string_view residues() const { return residues_; }
  [[nodiscard]] std::uint64_t sequence_begin(std::uint32_t p) const { return begin_[p]; }
  [[nodiscard]] std::string_view sequence(std::uint32_t p) const {
    return std::string_view(residues_).substr(begin_[p], begin_[p + 1] - begin_[p]);
  }
  [[nodiscard]] const std::string& accession(std::uint32_t p) const { return accession_[p]; }
  [[nodiscard]] const std::string& gene(std::uint32_t p) const { return gene_[p]; }

 private:
  std::string residues_;
  std::vector<std::uint64_t> begin_{0};
  std::vector<std::string> accession_, gene_;
};

}  // namespace overland::library_build
