// The file of an audit's entries, work/audit/entries.parquet: a level after another, and in each a
// run after another. Written and read in pieces.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "io/table/table_sink.h"
#include "io/table/table_stream.h"

namespace overland::audit {

struct AuditEntry {
  std::uint32_t group = 0;    // pair of the library, or protein group
  std::uint32_t cluster = 0;  // group of the target; for an entrapment, group of its target
  std::uint32_t run = 0;
  std::uint8_t is_entrapment = 0;
  double q_value = 1, global_q_value = 1;
  float score = 0, global_score = 0;
};

inline constexpr double kMostAudited = 0.1;  // entries are left out if both q-values exceed it

struct AuditLevel {
  std::string name;                            // "precursor", "protein group", "transfer"
  std::uint64_t targets = 0, entrapments = 0;  // in the library
  bool is_paired = false;                      // each target has exactly one entrapment
  bool has_upper_bound = true;                 // entrapments represent every kind of false match
  std::uint64_t rows = 0;                      // entries in the file
  [[nodiscard]] double ratio() const {
    return static_cast<double>(entrapments) / static_cast<double>(targets);
  }
};

// The level of protein groups is missing if entrapments and targets share protein names. Transfers
// (match between runs) are a separate level if there are any: a transferred entrapment shows a
// false donor. Entrapments cannot show that a true donor's precursor is absent from the acceptor,
// because they are absent from all runs.
struct AuditHead {
  std::vector<std::string> runs;
  std::vector<AuditLevel> levels;  // in the order of their entries
};

// Writes the entries of a file in pieces, in the order of the levels and of the runs.
class AuditEntryWriter {
 public:
  // `file` ends in ".parquet". Errors OVL-IO-002.
  [[nodiscard]] static Result<AuditEntryWriter> open(const std::filesystem::path& file,
                                                     const AuditHead& head);
  // Errors OVL-IO-002.
  [[nodiscard]] Result<void> append(std::span<const AuditEntry> entries);
  // The file appears. Precondition: as many entries were written as the head states.
  [[nodiscard]] Result<void> close();

 private:
  AuditEntryWriter(io::TableFiles file, std::string head)
      : file_(std::move(file)), head_(std::move(head)) {}
  io::TableFiles file_;
  std::string head_;
};

// Reads them in pieces.
class AuditEntryReader {
 public:
  // Errors OVL-IO-001, OVL-IO-003.
  [[nodiscard]] static Result<AuditEntryReader> open(const std::filesystem::path& file);
  [[nodiscard]] const AuditHead& head() const { return head_; }
  // Replaces `piece` by the next entries; returns their number, 0 at the end. Errors OVL-IO-003.
  [[nodiscard]] Result<std::size_t> next(std::vector<AuditEntry>& piece);

 private:
  AuditEntryReader(AuditHead head, io::TableStream stream, std::filesystem::path file)
      : head_(std::move(head)), stream_(std::move(stream)), file_(std::move(file)) {}
  AuditHead head_;
  io::TableStream stream_;
  std::filesystem::path file_;  // for messages
  std::vector<io::PieceColumn> columns_;
};

// The error of a file of entries that contradicts itself: OVL-IO-003.
[[nodiscard]] std::unexpected<Error> damaged_entries(const std::filesystem::path& file);

}  // namespace overland::audit
