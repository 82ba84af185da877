#include "library_build/proteome.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "base/protein_marks.h"

namespace overland::library_build {
namespace {

constexpr std::size_t kListedClashes = 10;

struct Entry {
  std::string accession, gene, sequence;
  std::string_view file;
  std::uint64_t line;
};

class Reader {
 public:
  explicit Reader(ProteomeReport& report) : report_(report) {}

  Result<void> read(const ProteomeSource& source) {
    auto reader = io::FastaReader::open(source.file, source.patterns);
    if (!reader) return std::unexpected(reader.error());
    io::FastaRecord record;
    for (;;) {
      const auto more = reader->next(record);
      if (!more) return std::unexpected(more.error());
      if (!*more) return {};
      ++report_.records;
      // A search makes its own decoys; decoys in a file would be treated as targets.
      if (is_decoy_name(record.header.accession) || is_decoy_name(record.identifier)) {
        ++report_.decoys;
        continue;
      }
      take(record, source);
    }
  }
  // Errors OVL-LIB-030.
  [[nodiscard]] Result<void> check() const {
    if (clashes_ == 0) return {};
    return fail(
        "OVL-LIB-030",
        fmt::format("{} proteins have the accession of another one with another sequence: "
                    "{}{}",
                    clashes_, listed_clashes_, clashes_ > kListedClashes ? "; and more" : ""),
        first_clash_,
        "Keep one of each, or have the accessions read otherwise from the headers: --set "
        "'fasta.accession_pattern=^([^ ]+)' takes the whole identifier; files of different "
        "releases often differ.");
  }
  std::vector<Entry> sorted() {
    std::ranges::sort(entries_, {}, &Entry::accession);
    return std::move(entries_);
  }

 private:
  void take(io::FastaRecord& record, const ProteomeSource& source) {
    std::string& accession = record.header.accession;
    std::ranges::replace(accession, ';', ',');  // ';' joins accessions
    std::ranges::replace(record.header.gene, ';', ',');
    if (source.is_contaminant && !accession.starts_with(kContaminantPrefix)) {
      accession.insert(0, kContaminantPrefix);
    }
    const auto [place, is_new] = by_accession_.try_emplace(accession, entries_.size());
    if (is_new) {
      report_.contaminants += accession.starts_with(kContaminantPrefix) ? 1 : 0;
      report_.with_stops += record.stops > 0 ? 1 : 0;
      entries_.push_back({accession, std::move(record.header.gene), std::move(record.sequence),
                          source.file.native(), record.line});
      return;
    }
    Entry& known = entries_[place->second];
    if (known.sequence != record.sequence) return add_clash(known, record.line, source);
    ++report_.repeated;
    known.gene = std::max(known.gene, record.header.gene);
  }

  void add_clash(const Entry& known, std::uint64_t line, const ProteomeSource& source) {
    if (clashes_ == 0) first_clash_ = fmt::format("{}, line {}", source.file.string(), line);
    if (clashes_++ >= kListedClashes) return;
    listed_clashes_ +=
        fmt::format("{}{} ({}, line {}; {}, line {})", clashes_ > 1 ? "; " : "", known.accession,
                    known.file, known.line, source.file.string(), line);
  }

  ProteomeReport& report_;
  std::vector<Entry> entries_;
  std::uint64_t clashes_ = 0;
  std::string listed_clashes_, first_clash_;
  std::unordered_map<std::string, std::size_t> by_accession_;
};

}  // namespace

Result<Proteome> Proteome::read(std::span<const ProteomeSource> sources, ProteomeReport& report) {
  Reader reader(report);
  for (const ProteomeSource& source : sources) {
    if (auto done = reader.read(source); !done) return std::unexpected(done.error());
  }
  if (auto done = reader.check(); !done) return std::unexpected(done.error());
  Proteome proteome;
  for (Entry& entry : reader.sorted()) {
    proteome.residues_ += entry.sequence;
    proteome.begin_.push_back(proteome.residues_.size());
    proteome.accession_.push_back(std::move(entry.accession));
    proteome.gene_.push_back(std::move(entry.gene));
  }
  if (proteome.size() == 0) {
    return fail(
        "OVL-LIB-031", "the FASTA files contain no target protein",
        sources.empty() ? "" : sources.front().file.string(),
        "Give a file with target proteins; entries named DECOY_, rev_ or XXX_ are left out.");
  }
  return proteome;
}

}  // namespace overland::library_build
