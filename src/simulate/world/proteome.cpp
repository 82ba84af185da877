#include "simulate/world/proteome.h"

#include <algorithm>
#include <array>

namespace overland::simulate {
namespace {

struct Frequency {
  char residue;
  double percent;
};
// Residue frequencies of UniProtKB/Swiss-Prot release statistics (2023), normalised when drawn.
constexpr auto kFrequencies = std::to_array<Frequency>(
    {{'A', 8.25}, {'R', 5.53}, {'N', 4.06}, {'D', 5.46}, {'C', 1.38}, {'Q', 3.93}, {'E', 6.72},
     {'G', 7.07}, {'H', 2.27}, {'I', 5.91}, {'L', 9.65}, {'K', 5.80}, {'M', 2.41}, {'F', 3.86},
     {'P', 4.74}, {'S', 6.65}, {'T', 5.36}, {'W', 1.10}, {'Y', 2.92}, {'V', 6.86}});

constexpr double total_percent() {
  double total = 0;
  for (const Frequency& f : kFrequencies) total += f.percent;
  return total;
}

char random_residue(Rng& rng) {
  double x = rng.uniform() * total_percent();
  for (const Frequency& f : kFrequencies) {
    x -= f.percent;
    if (x < 0) return f.residue;
  }
  return 'L';
}

bool is_cleaved(const std::string& protein, std::size_t after) {
  const char residue = protein[after];
  if (residue != 'K' && residue != 'R') return false;
  return after + 1 == protein.size() || protein[after + 1] != 'P';
}

}  // namespace

std::string protein_sequence(std::uint64_t seed, std::uint32_t protein,
                             const ProteomeSettings& settings) {
  Rng copy = stream(seed, Stream::protein_copy, protein);
  if (protein > 0 && copy.uniform() < settings.paralog_share) {
    std::string sequence =
        protein_sequence(seed, static_cast<std::uint32_t>(copy.below(protein)), settings);
    for (char& residue : sequence) {
      if (copy.uniform() < 0.1) residue = random_residue(copy);
    }
    return sequence;
  }
  Rng rng = stream(seed, Stream::protein, protein);
  const double length = settings.median_length * log_normal(rng, settings.length_sigma);
  std::string sequence(static_cast<std::size_t>(std::clamp(length, 40.0, 8000.0)), 'M');
  for (std::size_t i = 1; i < sequence.size(); ++i) sequence[i] = random_residue(rng);
  return sequence;
}

std::string random_tryptic_peptide(Rng& rng, int length) {
  std::string peptide(static_cast<std::size_t>(length), 'K');
  for (char& residue : peptide) {
    do residue = random_residue(rng);
    while (residue == 'K' || residue == 'R');
  }
  peptide.back() = rng.uniform() < 0.5 ? 'K' : 'R';
  return peptide;
}

void digest(const std::string& protein, const DigestRules& rules,
            std::vector<std::string>& peptides) {
  std::vector<std::size_t> ends;  // positions after each cleavage site
  for (std::size_t i = 0; i < protein.size(); ++i) {
    if (is_cleaved(protein, i) || i + 1 == protein.size()) ends.push_back(i + 1);
  }
  std::size_t start = 0;
  for (std::size_t first = 0; first < ends.size(); ++first) {
    const std::size_t last =
        std::min(ends.size(), first + static_cast<std::size_t>(rules.missed_cleavages) + 1);
    for (std::size_t end = first; end < last; ++end) {
      const std::size_t length = ends[end] - start;
      if (length < static_cast<std::size_t>(rules.min_length) ||
          length > static_cast<std::size_t>(rules.max_length)) {
        continue;
      }
      peptides.push_back(protein.substr(start, length));
    }
    start = ends[first];
  }
}

int missed_cleavages(const std::string& peptide) {
  int sites = 0;
  for (std::size_t i = 0; i + 1 < peptide.size(); ++i) sites += is_cleaved(peptide, i) ? 1 : 0;
  return sites;
}

}  // namespace overland::simulate
