#include "library_build/peptide_table.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <tuple>
#include <unordered_map>

#include "base/files/hash.h"
#include "base/parallel.h"

namespace overland::library_build {
namespace {

constexpr std::size_t kChunks = 256;       // of proteins; independent of the threads
constexpr std::size_t kBuckets = 26 * 26;  // by the first two residues

// A peptide in one protein.
struct Occurrence {
  std::uint64_t begin;
  std::uint32_t protein;
  std::uint8_t length;
  bool is_protein_n, is_protein_c;
};
static_assert(sizeof(Occurrence) == 16);

char folded(char residue) {
  return residue == 'I' ? 'L' : residue;
}

std::size_t bucket_of(std::string_view peptide) {
  const auto code = [](char c) { return static_cast<std::size_t>(folded(c) - 'A'); };
  return code(peptide[0]) * 26 + (peptide.size() > 1 ? code(peptide[1]) : 0);
}

// The merged occurrences of one bucket, with the protein lists of this bucket.
struct Merged {
  std::vector<TablePeptide> peptides;
  std::vector<std::uint32_t> lists;
  std::vector<std::uint64_t> list_begin{0};
};

class Digestion {
 public:
  Digestion(const Proteome& proteome, const DigestRules& rules, const Machine& machine)
      : proteome_(proteome), rules_(rules), machine_(machine), folded_(proteome.residues()) {
    std::ranges::transform(folded_, folded_.begin(), folded);
  }

  std::vector<Merged> run() {
    count();
    fill();
    std::vector<Merged> merged(kBuckets);
    parallel_for(kBuckets, machine_, [&](std::size_t bucket, int) {
      merged[bucket] = merge(
          std::span(occurrences_)
              .subspan(bucket_begin_[bucket], bucket_begin_[bucket + 1] - bucket_begin_[bucket]));
    });
    return merged;
  }

 private:
  using Counts = std::array<std::uint64_t, kBuckets>;

  template <class Take>
  void digest_chunk(std::size_t chunk, Take take) const {
    const std::uint64_t proteins = proteome_.size();
    const auto first = static_cast<std::uint32_t>(proteins * chunk / kChunks);
    const auto last = static_cast<std::uint32_t>(proteins * (chunk + 1) / kChunks);
    for (std::uint32_t protein = first; protein < last; ++protein) {
      const std::string_view sequence = proteome_.sequence(protein);
      digest_protein(sequence, rules_, [&](const DigestedPeptide& p) {
        take(protein, p, bucket_of(sequence.substr(p.begin, p.length)));
      });
    }
  }
  void count() {
    counts_.resize(kChunks);
    parallel_for(kChunks, machine_, [&](std::size_t chunk, int) {
      counts_[chunk].fill(0);
      digest_chunk(chunk, [&](std::uint32_t, const DigestedPeptide&, std::size_t bucket) {
        ++counts_[chunk][bucket];
      });
    });
  }
  // Each chunk writes to a separate range of each bucket, in the order of the chunks.
  void fill() {
    std::uint64_t next = 0;
    for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
      bucket_begin_[bucket] = next;
      for (Counts& counts : counts_) next += std::exchange(counts[bucket], next);
    }
    bucket_begin_[kBuckets] = next;
    occurrences_.resize(next);
    parallel_for(kChunks, machine_, [&](std::size_t chunk, int) {
      digest_chunk(chunk, [&](std::uint32_t protein, const DigestedPeptide& p, std::size_t bucket) {
        occurrences_[counts_[chunk][bucket]++] = {proteome_.sequence_begin(protein) + p.begin,
                                                  protein, static_cast<std::uint8_t>(p.length),
                                                  p.is_protein_n, p.is_protein_c};
      });
    });
  }

  [[nodiscard]] std::string_view key(const Occurrence& o) const {
    return std::string_view(folded_).substr(o.begin, o.length);
  }
  [[nodiscard]] std::string_view spelling(const Occurrence& o) const {
    return proteome_.residues().substr(o.begin, o.length);
  }
  [[nodiscard]] Merged merge(std::span<Occurrence> occurrences) const {
    std::ranges::sort(occurrences, [&](const Occurrence& a, const Occurrence& b) {
      if (const int order = key(a).compare(key(b)); order != 0) return order < 0;
      if (const int order = spelling(a).compare(spelling(b)); order != 0) return order < 0;
      return std::tuple(a.protein, a.begin) < std::tuple(b.protein, b.begin);
    });
    Merged merged;
    for (auto first = occurrences.begin(); first != occurrences.end();) {
      const auto last = std::find_if(first, occurrences.end(),
                                     [&](const Occurrence& o) { return key(o) != key(*first); });
      add_peptide({first, last}, merged);
      first = last;
    }
    return merged;
  }
  static void add_peptide(std::span<const Occurrence> same, Merged& merged) {
    TablePeptide peptide{same[0].begin, static_cast<std::uint32_t>(merged.list_begin.size() - 1),
                         same[0].length, false, false};
    const auto first = static_cast<std::ptrdiff_t>(merged.lists.size());
    for (const Occurrence& occurrence : same) {
      peptide.is_protein_n = peptide.is_protein_n || occurrence.is_protein_n;
      peptide.is_protein_c = peptide.is_protein_c || occurrence.is_protein_c;
      merged.lists.push_back(occurrence.protein);
    }
    const auto begin = merged.lists.begin() + first;
    std::sort(begin, merged.lists.end());
    merged.lists.erase(std::unique(begin, merged.lists.end()), merged.lists.end());
    merged.list_begin.push_back(merged.lists.size());
    merged.peptides.push_back(peptide);
  }

  const Proteome& proteome_;
  const DigestRules& rules_;
  Machine machine_;
  std::string folded_;
  std::vector<Counts> counts_;  // per chunk; later the next free positions
  std::array<std::uint64_t, kBuckets + 1> bucket_begin_{};
  std::vector<Occurrence> occurrences_;
};

std::string_view bytes_of(std::span<const std::uint32_t> list) {
  return {reinterpret_cast<const char*>(list.data()), list.size_bytes()};
}

}  // namespace

PeptideTable PeptideTable::digest(const Proteome& proteome, const DigestRules& rules,
                                  const Machine& machine) {
  std::vector<Merged> buckets = Digestion(proteome, rules, machine).run();
  PeptideTable table;
  std::unordered_multimap<std::uint64_t, std::uint32_t> known;  // hash of a list -> list
  const auto intern = [&](std::span<const std::uint32_t> list) {
    const std::uint64_t hash = hash_seed(bytes_of(list));
    const auto [first, last] = known.equal_range(hash);
    for (auto it = first; it != last; ++it) {
      if (std::ranges::equal(table.proteins(it->second), list)) return it->second;
    }
    const std::uint32_t id = table.list_count();
    table.lists_.insert(table.lists_.end(), list.begin(), list.end());
    table.list_begin_.push_back(table.lists_.size());
    known.emplace(hash, id);
    return id;
  };
  for (Merged& bucket : buckets) {
    for (TablePeptide peptide : bucket.peptides) {
      const std::uint64_t begin = bucket.list_begin[peptide.proteins];
      const std::uint64_t end = bucket.list_begin[peptide.proteins + 1];
      peptide.proteins = intern(std::span(bucket.lists).subspan(begin, end - begin));
      table.peptides_.push_back(peptide);
    }
    bucket = {};
  }
  return table;
}

}  // namespace overland::library_build
