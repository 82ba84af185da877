#include "simulate/world/proteome.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace overland::simulate {
namespace {

bool cuts_after(const std::string& protein, std::size_t i) {
  return (protein[i] == 'K' || protein[i] == 'R') && i + 1 < protein.size() &&
         protein[i + 1] != 'P';
}

// All substrings whose ends are cleavage sites, with their missed sites counted one by one.
std::multiset<std::string> slow_digest(const std::string& protein, const DigestRules& rules) {
  std::multiset<std::string> peptides;
  for (std::size_t start = 0; start < protein.size(); ++start) {
    if (start > 0 && !cuts_after(protein, start - 1)) continue;
    for (std::size_t end = start; end < protein.size(); ++end) {
      if (end + 1 < protein.size() && !cuts_after(protein, end)) continue;
      int missed = 0;
      for (std::size_t i = start; i < end; ++i) missed += cuts_after(protein, i) ? 1 : 0;
      const auto length = static_cast<int>(end - start + 1);
      if (missed > rules.missed_cleavages) break;
      if (length < rules.min_length || length > rules.max_length) continue;
      peptides.insert(protein.substr(start, end - start + 1));
    }
  }
  return peptides;
}

TEST(Proteome, digest_equals_enumeration) {
  for (std::uint32_t i = 0; i < 60; ++i) {
    const std::string protein = protein_sequence(3, i, ProteomeSettings{});
    for (const int missed : {0, 1, 2}) {
      const DigestRules rules{missed, 7, 30};
      std::vector<std::string> peptides;
      digest(protein, rules, peptides);
      EXPECT_EQ(std::multiset<std::string>(peptides.begin(), peptides.end()),
                slow_digest(protein, rules));
    }
  }
}

TEST(Proteome, residues_have_natural_frequencies) {
  std::string all;
  for (std::uint32_t i = 0; i < 300; ++i) all += protein_sequence(4, i, ProteomeSettings{});
  const auto share = [&](char residue) {
    return static_cast<double>(std::ranges::count(all, residue)) / static_cast<double>(all.size());
  };
  EXPECT_NEAR(share('L'), 0.0965, 0.004);
  EXPECT_NEAR(share('W'), 0.011, 0.002);
  EXPECT_NEAR(share('K'), 0.058, 0.004);
}

TEST(Proteome, paralogs_share_peptides) {
  ProteomeSettings settings;
  settings.paralog_share = 0.9;
  std::map<std::string, std::set<std::uint32_t>> owners;
  for (std::uint32_t i = 0; i < 20; ++i) {
    std::vector<std::string> peptides;
    digest(protein_sequence(5, i, settings), DigestRules{}, peptides);
    for (const std::string& peptide : peptides) owners[peptide].insert(i);
  }
  EXPECT_GT(std::ranges::count_if(owners, [](const auto& o) { return o.second.size() > 1; }), 10);
}

TEST(Proteome, missed_cleavages_are_counted) {
  EXPECT_EQ(missed_cleavages("AAAK"), 0);
  EXPECT_EQ(missed_cleavages("AAKAR"), 1);
  EXPECT_EQ(missed_cleavages("AAKPR"), 0);
  EXPECT_EQ(missed_cleavages("AKKR"), 2);
}

}  // namespace
}  // namespace overland::simulate
