#include "simulate/instrument/lines.h"

#include <algorithm>
#include <string_view>

#include "chemistry/constants.h"

namespace overland::simulate {
namespace {

constexpr double kSmallestLine = 2e-5;             // share of the precursor's ions
constexpr double kLossOfShare = 4e-3;              // ions with a lower share have no neutral loss
constexpr double kWater = 18.0105646837;           // Da
constexpr double kAmmonia = 17.0265491015;         // Da
constexpr double kCarbonMonoxide = 27.9949146196;  // Da

// Relative yield of the immonium ion of a residue.
double immonium_weight(char residue) {
  switch (residue) {
    case 'W':
      return 3;
    case 'H':
    case 'F':
      return 2.5;
    case 'Y':
    case 'P':
      return 2;
    case 'I':
    case 'L':
      return 1.5;
    case 'V':
    case 'M':
      return 0.8;
    case 'Q':
    case 'E':
    case 'K':
    case 'R':
      return 0.3;
    default:
      return 0.1;
  }
}

}  // namespace

LineMaker::LineMaker(const SimulationConfig& config, const ResidueIsotopes& isotopes,
                     MzRange scan_range)
    : config_(config), isotopes_(isotopes), range_(scan_range) {}

void LineMaker::add(double mz, double share) {
  if (share < kSmallestLine || !range_.contains(Mz{mz})) return;
  fresh_.push_back({mz, static_cast<float>(share)});
}

void LineMaker::add_fragments(const LineRequest& request, const Transmission& transmitted,
                              Rng& rng) {
  const std::string& residues = request.peptide.residues;
  for (const TrueFragment& fragment : request.fragments) {
    const auto share = static_cast<double>(fragment.share);
    const double mz = ladder_.ion_mz(fragment.ion);
    const double charge = fragment.ion.charge;
    const IsotopeDistribution pattern = ladder_.fragment_isotopes(fragment.ion, transmitted);
    for (std::size_t f = 0; f < kIsotopeCount; ++f) {
      add(mz + static_cast<double>(f) * kCarbon13Spacing / charge,
          share * static_cast<double>(pattern[f]));
    }
    const double loss_ratio = config_.spectrum.neutral_loss * log_normal(rng, 1.0);
    if (share < kLossOfShare) continue;
    const std::size_t ordinal = fragment.ion.ordinal;
    const std::string_view part =
        fragment.ion.type == FragmentType::b
            ? std::string_view(residues).substr(0, ordinal)
            : std::string_view(residues).substr(residues.size() - ordinal);
    const bool loses_water = part.find_first_of("STED") != std::string_view::npos;
    const bool loses_ammonia = part.find_first_of("RKNQ") != std::string_view::npos;
    if (!loses_water && !loses_ammonia) continue;
    const double loss = loses_water ? kWater : kAmmonia;
    for (std::size_t f = 0; f < 2; ++f) {
      add(mz + (static_cast<double>(f) * kCarbon13Spacing - loss) / charge,
          share * std::min(loss_ratio, 1.0) * static_cast<double>(pattern[f]));
    }
  }
}

void LineMaker::add_small_ions(const LineRequest& request, double transmitted, Rng& rng) {
  const std::string& residues = request.peptide.residues;
  const std::size_t before = fresh_.size();
  double total = 0;
  const auto propose = [&](double mz, double weight) {
    total += weight;
    fresh_.push_back({mz, static_cast<float>(weight)});
  };
  for (std::size_t i = 0; i < residues.size(); ++i) {
    if (residues.find(residues[i]) != i) continue;
    const double mz = residue_mass(residues[i]) - kCarbonMonoxide + kProtonMass;
    propose(mz, immonium_weight(residues[i]) * log_normal(rng, 0.5));
  }
  const double b2 = ladder_.ion_mass({FragmentType::b, 2, 1});
  propose(b2 - kCarbonMonoxide + kProtonMass, 3 * log_normal(rng, 0.5));
  for (int i = 0; i < 16 && residues.size() > 6; ++i) {
    const std::size_t first = 1 + static_cast<std::size_t>(rng.below(residues.size() - 5));
    const std::size_t last = first + 2 + static_cast<std::size_t>(rng.below(2));
    const double mass = ladder_.ion_mass({FragmentType::b, static_cast<std::uint8_t>(last), 1}) -
                        ladder_.ion_mass({FragmentType::b, static_cast<std::uint8_t>(first), 1});
    propose(mass + kProtonMass, 1.2 * log_normal(rng, 0.8));
  }
  const double scale = config_.spectrum.small_ions * transmitted / total;
  std::size_t kept = before;
  for (std::size_t i = before; i < fresh_.size(); ++i) {
    const double share = static_cast<double>(fresh_[i].share) * scale;
    if (share < kSmallestLine || !range_.contains(Mz{fresh_[i].mz})) continue;
    fresh_[kept++] = {fresh_[i].mz, static_cast<float>(share)};
  }
  fresh_.resize(kept);
}

double LineMaker::append_ms2(const LineRequest& request, const Quadrupole& quadrupole,
                             std::vector<Line>& lines) {
  ladder_.assign(request.peptide, isotopes_);
  const double mz = ladder_.precursor_mz(request.charge);
  const IsotopeDistribution& envelope = ladder_.precursor_isotopes();
  Transmission transmitted{};
  double passed = 0;
  for (std::size_t p = 0; p < kIsotopeCount; ++p) {
    transmitted[p] =
        quadrupole.transmission(mz + static_cast<double>(p) * kCarbon13Spacing / request.charge);
    passed += static_cast<double>(envelope[p]) * transmitted[p];
  }
  if (passed < 1e-3) return 0;
  fresh_.clear();
  Rng rng = stream(static_cast<std::uint64_t>(config_.seed), Stream::spectrum,
                   request.family * 64 + 63, static_cast<std::uint64_t>(request.charge));
  add_small_ions(request, passed, rng);
  add_fragments(request, transmitted, rng);
  for (std::size_t p = 0; p < kIsotopeCount; ++p) {
    add(mz + static_cast<double>(p) * kCarbon13Spacing / request.charge,
        config_.spectrum.surviving_precursor * static_cast<double>(envelope[p]) * transmitted[p]);
  }
  std::ranges::stable_sort(fresh_, std::greater{}, &Line::share);
  lines.insert(lines.end(), fresh_.begin(), fresh_.end());
  return passed;
}

double LineMaker::append_ms1(const LineRequest& request, std::vector<Line>& lines) {
  ladder_.assign(request.peptide, isotopes_);
  const double mz = ladder_.precursor_mz(request.charge);
  const IsotopeDistribution& envelope = ladder_.precursor_isotopes();
  fresh_.clear();
  for (std::size_t p = 0; p < kIsotopeCount; ++p) {
    add(mz + static_cast<double>(p) * kCarbon13Spacing / request.charge,
        static_cast<double>(envelope[p]));
  }
  std::ranges::stable_sort(fresh_, std::greater{}, &Line::share);
  lines.insert(lines.end(), fresh_.begin(), fresh_.end());
  return fresh_.empty() ? 0 : 1;
}

}  // namespace overland::simulate
