#include "scoring/error_levels.h"

#include <gtest/gtest.h>

#include <set>

#include "base/rng.h"
#include "scoring/false_discovery.h"

namespace overland::scoring {
namespace {

// Proteins of 1 to 8 peptides, each with one or two charges; a share of the proteins is there.
struct Sample {
  LevelRows rows;
  std::vector<bool> is_real;  // per row
};

Sample random_sample(std::uint64_t seed, int k, std::uint32_t proteins, double real_share) {
  Sample sample;
  Rng rng(seed, 3);
  std::uint32_t ion = 0;
  std::uint32_t peptide = 0;
  for (std::uint32_t group = 0; group < proteins; ++group) {
    const bool is_present = rng.uniform() < real_share;
    const std::uint64_t peptides = 1 + rng.below(8);
    for (std::uint64_t i = 0; i < peptides; ++i, ++peptide) {
      const std::uint64_t charges = 1 + rng.below(2);
      for (std::uint64_t z = 0; z < charges; ++z, ++ion) {
        for (int member = 0; member <= k; ++member) {
          const bool is_real = is_present && member == 0 && rng.uniform() < 0.6;
          sample.rows.score.push_back(static_cast<float>(rng.normal() + (is_real ? 5 : 0)));
          sample.rows.ion.push_back(ion);
          sample.rows.peptide.push_back(peptide);
          sample.rows.family.push_back(peptide);
          sample.rows.group.push_back(group);
          sample.rows.member.push_back(static_cast<std::uint8_t>(member));
          sample.is_real.push_back(is_present);
        }
      }
    }
  }
  return sample;
}

TEST(ErrorLevels, precursors_are_those_of_the_plain_competition) {
  const Sample sample = random_sample(1, 2, 200, 0.4);
  const LevelRates rates = level_rates(sample.rows, 2);
  std::vector<std::uint8_t> decoy;
  for (const std::uint8_t m : sample.rows.member) decoy.push_back(m != 0 ? 1 : 0);
  const ErrorRates plain = error_rates(sample.rows.score, sample.rows.ion, decoy, 2);
  for (std::size_t i = 0; i < decoy.size(); ++i) {
    EXPECT_EQ(rates.precursor[i].q_value, plain.q_value[i]);
    EXPECT_EQ(rates.precursor[i].pep, plain.pep[i]);
  }
}

TEST(ErrorLevels, charges_share_the_peptides_rate_and_losers_have_one) {
  LevelRows rows;  // peptide 0: target wins by its second charge; peptide 1: the decoy wins
  rows.score = {1, 9, 2, 0, 3, 8};
  rows.ion = {0, 1, 0, 1, 2, 2};
  rows.peptide = {0, 0, 0, 0, 1, 1};
  rows.family = rows.peptide;
  rows.group = {kNoGroup, kNoGroup, kNoGroup, kNoGroup, kNoGroup, kNoGroup};
  rows.member = {0, 0, 1, 1, 0, 1};
  const LevelRates rates = level_rates(rows, 1);
  EXPECT_EQ(rates.peptide[0].q_value, rates.peptide[1].q_value);
  EXPECT_EQ(rates.peptide[2].q_value, 1);
  EXPECT_EQ(rates.peptide[4].q_value, 1);
  EXPECT_EQ(rates.precursor[0].q_value, 1) << "its own decoy scores higher";
  for (const Rates& r : rates.protein) EXPECT_EQ(r.q_value, 1) << "no group";
}

// The promise: of the groups within q, about that share is absent. Proteins of all sizes, one or
// several decoys, all absent or half of them.
TEST(ErrorLevels, the_protein_error_rate_holds) {
  for (const int k : {1, 4}) {
    double wrong = 0;
    double found = 0;
    double real = 0;
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
      const Sample sample = random_sample(seed, k, 600, 0.5);
      const LevelRates rates = level_rates(sample.rows, k);
      std::set<std::uint32_t> seen;
      std::set<std::uint32_t> present;
      for (std::size_t i = 0; i < sample.rows.size(); ++i) {
        if (sample.rows.member[i] != 0) continue;
        if (sample.is_real[i]) present.insert(sample.rows.group[i]);
        if (rates.protein[i].q_value > 0.05 || !seen.insert(sample.rows.group[i]).second) continue;
        found += 1;
        wrong += sample.is_real[i] ? 0 : 1;
      }
      real += static_cast<double>(present.size());
    }
    EXPECT_LT(wrong / found, 0.06) << k;
    EXPECT_GT(found / real, 0.85) << k;
  }
}

TEST(ErrorLevels, without_anything_real_no_level_reports_much) {
  double runs_with_any = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const Sample sample = random_sample(seed, 1, 100, 0);
    const LevelRates rates = level_rates(sample.rows, 1);
    bool any = false;
    for (std::size_t i = 0; i < sample.rows.size(); ++i) {
      const bool is_target = sample.rows.member[i] == 0;
      any = any || (is_target && rates.protein[i].q_value <= 0.1);
    }
    runs_with_any += any ? 1 : 0;
  }
  EXPECT_LE(runs_with_any, 12) << "of 60; 6 are expected at q <= 0.1";
}

}  // namespace
}  // namespace overland::scoring
