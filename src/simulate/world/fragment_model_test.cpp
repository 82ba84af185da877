#include "simulate/world/fragment_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "simulate/world/proteome.h"
#include "simulate/world/variants.h"

namespace overland::simulate {
namespace {

std::map<FragmentIon, float> spectrum(const Peptide& peptide, int charge, const SpectrumKey& key) {
  std::vector<TrueFragment> fragments;
  predict_fragments(peptide, charge, key, SpectrumSettings{}, fragments);
  std::map<FragmentIon, float> result;
  for (const TrueFragment& fragment : fragments) result[fragment.ion] = fragment.share;
  return result;
}

TEST(FragmentModel, shares_add_up_and_y_ions_dominate) {
  Rng rng(31, 1);
  double y = 0;
  double all = 0;
  for (std::uint64_t i = 0; i < 300; ++i) {
    const Peptide peptide{random_tryptic_peptide(rng, 7 + static_cast<int>(rng.below(15))), {}};
    double total = 0;
    for (const auto& [ion, share] : spectrum(peptide, 2, {5, i, 0})) {
      EXPECT_GT(share, 0);
      total += static_cast<double>(share);
      if (ion.type == FragmentType::y) y += static_cast<double>(share);
    }
    EXPECT_NEAR(total, SpectrumSettings{}.fragment_yield, 0.02);
    all += total;
  }
  EXPECT_GT(y / all, 0.6);
  EXPECT_LT(y / all, 0.95);
}

TEST(FragmentModel, bond_before_proline_is_strong_and_after_it_weak) {
  double before = 0;
  double after = 0;
  for (std::uint64_t family = 0; family < 300; ++family) {
    const auto s = spectrum(Peptide{"ALSAPASLAK", {}}, 2, {7, family, 0});
    const auto at = [&](int ordinal) {
      const auto found = s.find({FragmentType::y, static_cast<std::uint8_t>(ordinal), 1});
      return found == s.end() ? 0.0 : static_cast<double>(found->second);
    };
    before += at(6);  // y6 = PASLAK
    after += at(5);   // y5 = ASLAK
  }
  EXPECT_GT(before, 5 * after);
}

TEST(FragmentModel, forms_of_a_family_share_their_fragments) {
  Form base;
  base.peptide = Peptide{"LNESAMVDFGTK", {}};
  Rng rng(33, 1);
  const auto parent = spectrum(base.peptide, 2, {9, 4, 0});
  const auto child = spectrum(oxidised(base, rng)->peptide, 2, {9, 4, 0});
  ASSERT_EQ(parent.size(), child.size());
  for (const auto& [ion, share] : parent) EXPECT_FLOAT_EQ(child.at(ion), share);

  std::optional<Form> front;
  while (!front || front->removed_front == 0) front = truncated(base, rng);
  const auto shorter = spectrum(front->peptide, 2, {9, 4, front->removed_front});
  // The same y ions, by the strength of the same bonds: their order is alike.
  double product = 0;
  double a2 = 0;
  double b2 = 0;
  for (const auto& [ion, share] : shorter) {
    if (ion.type != FragmentType::y || ion.charge != 1 || !parent.contains(ion)) continue;
    const double a = std::sqrt(static_cast<double>(share));
    const double b = std::sqrt(static_cast<double>(parent.at(ion)));
    product += a * b;
    a2 += a * a;
    b2 += b * b;
  }
  EXPECT_GT(product / std::sqrt(a2 * b2), 0.9);
}

TEST(FragmentModel, more_basic_sites_take_more_charges) {
  const auto few = charge_preference(Peptide{"ALSAGASLAK", {}});
  const auto many = charge_preference(Peptide{"AHSARASHAK", {}});
  double total = 0;
  for (const double share : few) total += share;
  EXPECT_NEAR(total, 1, 1e-12);
  EXPECT_GT(few[1], few[2]);
  EXPECT_GT(many[2], few[2]);
}

TEST(FragmentModel, hydrophobic_peptides_elute_later) {
  EXPECT_GT(hydrophobicity(Peptide{"LLFLWLLFK", {}}),
            hydrophobicity(Peptide{"GSGDGSGNK", {}}) + 20);
}

}  // namespace
}  // namespace overland::simulate
