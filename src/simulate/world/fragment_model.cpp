#include "simulate/world/fragment_model.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "simulate/world/random_streams.h"

namespace overland::simulate {
namespace {

constexpr double kSmallestShare = 5e-4;

bool is_basic(char residue) {
  return residue == 'R' || residue == 'K' || residue == 'H';
}

bool is_one_of(char residue, std::string_view set) {
  return set.find(residue) != std::string_view::npos;
}

// ln of the strength of the bond between `left` and `right`; `is_mobile`: there is a mobile proton.
double bond_strength(char left, char right, bool is_mobile) {
  double strength = 0;
  if (right == 'P') strength += 1.5;
  if (left == 'P') strength -= 1.6;
  if (is_one_of(left, "ILV")) strength += 0.4;
  if (left == 'G' || right == 'G') strength -= 0.3;
  if (left == 'D') strength += is_mobile ? 0.3 : 1.6;
  if (left == 'E' && !is_mobile) strength += 0.6;
  if (left == 'H') strength += is_mobile ? 0.1 : 0.8;
  return strength;
}

// ln of the preference of an ion by its position; `x` = ordinal / length.
double place_preference(const FragmentIon& ion, double x) {
  if (ion.type == FragmentType::y) {
    const double d = (x - 0.42) / 0.30;
    return -0.5 * d * d - (ion.ordinal == 1 ? 1.2 : 0.0) - (ion.ordinal == 2 ? 0.2 : 0.0);
  }
  if (ion.ordinal == 1) return -8;
  return -1.0 - 3.0 * x + (ion.ordinal == 2 ? 1.2 : 0.0) + (ion.ordinal == 3 ? 0.5 : 0.0);
}

// Share of fragments with charge `ion_charge` among the fragments of one series from one bond.
double charge_share(int ion_charge, int precursor_charge, double residues, int basic) {
  if (precursor_charge == 1) return ion_charge == 1 ? 1 : 0;
  const double pull = 0.45 * (residues - 12.0) + 1.3 * (basic - 1) + 2.2 * (precursor_charge - 3);
  const double doubly = pinned::logistic(pull) * (precursor_charge == 2 ? 0.5 : 0.9);
  return ion_charge == 2 ? doubly : 1 - doubly;
}

}  // namespace

void predict_fragments(const Peptide& peptide, int charge, const SpectrumKey& key,
                       const SpectrumSettings& settings, std::vector<TrueFragment>& fragments) {
  const std::string& residues = peptide.residues;
  const auto length = static_cast<int>(residues.size());
  const auto basic = static_cast<int>(std::ranges::count_if(residues, is_basic));
  const bool is_mobile = charge > basic;
  fragments.clear();
  double total = 0;
  int basic_before = 0;
  for (int bond = 1; bond < length; ++bond) {
    const char left = residues[static_cast<std::size_t>(bond - 1)];
    const char right = residues[static_cast<std::size_t>(bond)];
    basic_before += is_basic(left) ? 1 : 0;
    const auto place = static_cast<std::uint64_t>(bond + key.bond_offset);
    Rng rng = stream(key.seed, Stream::spectrum, key.family * 64 + place);
    const double strength =
        bond_strength(left, right, is_mobile) + settings.bond_sigma * rng.normal();
    for (int skipped = 1; skipped < charge; ++skipped) rng.next();
    for (const FragmentType type : {FragmentType::b, FragmentType::y}) {
      const int ordinal = type == FragmentType::b ? bond : length - bond;
      const int own_basic = type == FragmentType::b ? basic_before : basic - basic_before;
      for (int ion_charge = 1; ion_charge <= std::min(charge, 2); ++ion_charge) {
        const FragmentIon ion{type, static_cast<std::uint8_t>(ordinal),
                              static_cast<std::uint8_t>(ion_charge)};
        const double noise = settings.ion_sigma * rng.normal();
        const double weight =
            pinned::exp(strength + noise + place_preference(ion, 1.0 * ordinal / length)) *
            charge_share(ion_charge, charge, ordinal, own_basic);
        total += weight;
        fragments.push_back({ion, static_cast<float>(weight)});
      }
    }
  }
  const double scale = total > 0 ? settings.fragment_yield / total : 0;
  for (TrueFragment& fragment : fragments) {
    fragment.share = static_cast<float>(static_cast<double>(fragment.share) * scale);
  }
  std::erase_if(fragments, [&](const TrueFragment& fragment) {
    return static_cast<double>(fragment.share) < kSmallestShare * settings.fragment_yield;
  });
}

std::array<double, kHighestCharge> charge_preference(const Peptide& peptide) {
  const auto basic = static_cast<double>(std::ranges::count_if(peptide.residues, is_basic));
  const double mean =
      1.0 + 0.55 * (basic + 1) + 0.03 * (static_cast<double>(peptide.residues.size()) - 14);
  std::array<double, kHighestCharge> shares{};
  double total = 0;
  for (std::size_t i = 0; i < kHighestCharge; ++i) {
    const double d = (static_cast<double>(i + 1) - mean) / 0.45;
    shares[i] = pinned::exp(-0.5 * d * d);
    total += shares[i];
  }
  for (double& share : shares) share /= total;
  return shares;
}

double hydrophobicity(const Peptide& peptide) {
  struct Coefficient {
    char residue;
    double value;
  };
  static constexpr auto kCoefficients = std::to_array<Coefficient>(
      {{'W', 11.0}, {'F', 10.5}, {'L', 9.6},  {'I', 8.4},  {'M', 5.8},  {'V', 5.0},  {'Y', 4.0},
       {'A', 0.8},  {'T', 0.4},  {'P', 0.2},  {'E', 0.0},  {'D', -0.5}, {'C', -0.8}, {'S', -0.8},
       {'Q', -0.9}, {'G', -0.9}, {'N', -1.2}, {'R', -1.3}, {'H', -1.3}, {'K', -1.9}});
  double sum = 0;
  for (const char residue : peptide.residues) {
    for (const Coefficient& c : kCoefficients) {
      if (c.residue == residue) sum += c.value;
    }
  }
  const auto length = static_cast<double>(peptide.residues.size());
  if (length < 10) sum *= 1 - 0.027 * (10 - length);
  if (length > 20) sum *= 1 - 0.014 * (length - 20);
  return sum > 38 ? 38 + 0.7 * (sum - 38) : sum;
}

}  // namespace overland::simulate
