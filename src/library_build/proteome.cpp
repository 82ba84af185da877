#include "library_build/proteome.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_map>

namespace overland::library_build {
namespace {

// A search makes its own decoys; decoys in a file would be treated as targets.
bool is_decoy(std::string_view accession, std::string_view identifier) {
  constexpr std::array<std::string_view, 6> kPrefixes{"DECOY_", "decoy_", "REV_",
                                                      "rev_",   "XXX_",   "##"};
  return std::ranges::any_of(kPrefixes, [&](std::string_view prefix) {
    return accession.starts_with(prefix) || identifier.starts_with(prefix);
  });
}

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
      if (is_decoy(record.header.accession, record.identifier)) {
        ++report_.decoys;
        continue;
      }
      if (auto done = take(record, source); !done) return done;
    }
  }
  std::vector<Entry> sorted() {
    std::ranges::sort(entries_, {}, &Entry::accession);
    return std::move(entries_);
  }

 private:
  Result<void> take(io::FastaRecord& record, const ProteomeSource& source) {
    std::string& accession = record.header.accession;
    std::ranges::replace(accession, ';', ',');  // ';' joins accessions
    std::ranges::replace(record.header.gene, ';', ',');
    if (source.is_contaminant && !accession.starts_with(kContaminantPrefix)) {
      accession.insert(0, kContaminantPrefix);
    }
    const auto [place, is_new] = by_accession_.try_emplace(accession, entries_.size());
    if (is_new) {
      entries_.push_back({accession, std::move(record.header.gene), std::move(record.sequence),
                          source.file.native(), record.line});
      report_.contaminants += source.is_contaminant ? 1 : 0;
      return {};
    }
    Entry& known = entries_[place->second];
    if (known.sequence != record.sequence) {
      return fail("OVL-LIB-030",
                  fmt::format("{} has a different sequence in {}, line {}", accession, known.file,
                              known.line),
                  fmt::format("{}, line {}", source.file.string(), record.line),
                  "Keep one of the two, or rename one; files of different releases often differ.");
    }
    ++report_.repeated;
    known.gene = std::max(known.gene, record.header.gene);
    return {};
  }

  ProteomeReport& report_;
  std::vector<Entry> entries_;
  std::unordered_map<std::string, std::size_t> by_accession_;
};

}  // namespace

Result<Proteome> Proteome::read(std::span<const ProteomeSource> sources, ProteomeReport& report) {
  Reader reader(report);
  for (const ProteomeSource& source : sources) {
    if (auto done = reader.read(source); !done) return std::unexpected(done.error());
  }
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
