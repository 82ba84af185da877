#include "simulate/world/world.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "base/parallel.h"
#include "simulate/world/candidates.h"
#include "simulate/world/ladder.h"
#include "simulate/world/presence.h"
#include "simulate/world/random_streams.h"

namespace overland::simulate {
namespace {

constexpr double kSmallestChargeShare = 0.005;
constexpr std::size_t kBlock = 1024;  // precursors per parallel item

void set_irt_range(World& world) {
  std::vector<float> irt;
  for (const Form& form : world.forms) irt.push_back(form.irt);
  std::ranges::sort(irt);
  const auto at = [&](double q) {
    return static_cast<double>(
        irt[static_cast<std::size_t>(q * static_cast<double>(irt.size() - 1))]);
  };
  world.irt_low = at(0.005);
  world.irt_high = std::max(at(0.995), world.irt_low + 1e-6);
}

void set_peak_widths(World& world, const SimulationConfig& config) {
  const ElutionSettings& s = config.elution;
  for (std::size_t i = 0; i < world.forms.size(); ++i) {
    Rng rng = stream(static_cast<std::uint64_t>(config.seed), Stream::peptide, i, 3);
    world.forms[i].sigma =
        static_cast<float>(s.sigma_seconds / 60 * log_normal(rng, s.sigma_spread));
    world.forms[i].tau = static_cast<float>(s.tau_seconds / 60 * log_normal(rng, s.tau_spread));
  }
}

void add_precursors_of(std::size_t row, const SimulationConfig& config, const FileSpectra& spectra,
                       World& world) {
  const Form& form = world.forms[row];
  const SearchedLibrarySettings& library = config.library;
  Rng rng = stream(static_cast<std::uint64_t>(config.seed), Stream::peptide, form.family, 4);
  std::array<double, kHighestCharge> shares = charge_preference(form.peptide);
  for (double& share : shares) share *= log_normal(rng, config.abundance.charge_sigma);
  const double total = std::accumulate(shares.begin(), shares.end(), 0.0);
  for (int charge = 1; charge <= kHighestCharge; ++charge) {
    const double share = shares[static_cast<std::size_t>(charge - 1)] / total;
    const double mz = precursor_mz(form.peptide, charge).value;
    const bool is_listable = form.file_form < 0
                                 ? charge >= library.min_charge && charge <= library.max_charge
                                 : spectra.find(form.file_form, charge) != nullptr;
    const bool is_listed =
        form.is_listed && is_listable && mz >= library.low_mz && mz < library.high_mz;
    if (!is_listed && !(form.is_in_sample && share > kSmallestChargeShare)) continue;
    world.precursors.push_back({static_cast<std::uint32_t>(row), static_cast<std::uint8_t>(charge),
                                is_listed, static_cast<float>(share), mz});
  }
}

// A library file has the strongest ions only. They keep their relative intensities; the model adds
// the other ions with intensities below the weakest of them.
void blend_file_spectrum(const Form& form, const FileSpectra::Entry& entry,
                         const SpectrumSettings& settings, std::vector<TrueFragment>& fragments) {
  float weakest = 1;
  for (const TrueFragment& listed : entry.fragments) weakest = std::min(weakest, listed.share);
  float strongest_model = 0;
  for (const TrueFragment& f : fragments) strongest_model = std::max(strongest_model, f.share);
  const float tail = static_cast<float>(settings.unlisted_ions) * weakest / strongest_model;
  std::vector<TrueFragment> listed;
  for (const TrueFragment& of_parent : entry.fragments) {
    const int cut = of_parent.ion.type == FragmentType::b ? form.removed_front : form.removed_back;
    const int ordinal = of_parent.ion.ordinal - cut;
    if (ordinal < 1 || ordinal >= static_cast<int>(form.peptide.residues.size())) continue;
    TrueFragment own = of_parent;
    own.ion.ordinal = static_cast<std::uint8_t>(ordinal);
    listed.push_back(own);
  }
  for (TrueFragment& f : fragments) f.share *= tail;
  std::erase_if(fragments, [&](const TrueFragment& f) {
    return f.share <= 0 || std::ranges::find(listed, f.ion, &TrueFragment::ion) != listed.end();
  });
  fragments.insert(fragments.end(), listed.begin(), listed.end());
  double total = 0;
  for (const TrueFragment& f : fragments) total += static_cast<double>(f.share);
  for (TrueFragment& f : fragments) {
    f.share = static_cast<float>(static_cast<double>(f.share) * settings.fragment_yield / total);
  }
}

void make_fragments(const SimulationConfig& config, const FileSpectra& spectra,
                    const Machine& machine, World& world) {
  const std::size_t count = world.precursors.size();
  std::vector<std::vector<TrueFragment>> blocks((count + kBlock - 1) / kBlock);
  world.fragment_begin.assign(count + 1, 0);
  parallel_for(blocks.size(), machine, [&](std::size_t block, int) {
    std::vector<TrueFragment> fragments;
    for (std::size_t i = block * kBlock; i < std::min(count, (block + 1) * kBlock); ++i) {
      const Precursor& precursor = world.precursors[i];
      const Form& form = world.forms[precursor.form];
      const SpectrumKey key{static_cast<std::uint64_t>(config.seed), form.family,
                            form.removed_front};
      predict_fragments(form.peptide, precursor.charge, key, config.spectrum, fragments);
      if (const auto* entry = spectra.find(form.file_form, precursor.charge)) {
        blend_file_spectrum(form, *entry, config.spectrum, fragments);
      }
      std::ranges::stable_sort(fragments, std::greater{}, &TrueFragment::share);
      blocks[block].insert(blocks[block].end(), fragments.begin(), fragments.end());
      world.fragment_begin[i + 1] = fragments.size();
    }
  });
  std::partial_sum(world.fragment_begin.begin(), world.fragment_begin.end(),
                   world.fragment_begin.begin());
  world.fragments.reserve(world.fragment_begin.back());
  for (const std::vector<TrueFragment>& block : blocks) {
    world.fragments.insert(world.fragments.end(), block.begin(), block.end());
  }
}

}  // namespace

std::string_view to_text(Absence absence) {
  switch (absence) {
    case Absence::none:
      return "";
    case Absence::protein:
      return "protein absent";
    case Absence::peptide:
      return "peptide absent";
    case Absence::sibling:
      return "sibling present";
  }
  return "";
}

Result<World> make_world(const SimulationConfig& config, const Machine& machine) {
  const Result<std::vector<Species>> species = read_species(config);
  if (!species) return std::unexpected(species.error());
  Result<Candidates> candidates = config.proteome.library_file.empty()
                                      ? synthetic_candidates(config, *species)
                                      : file_candidates(config, *species, machine);
  if (!candidates) return std::unexpected(candidates.error());
  World world = std::move(candidates->world);
  if (!world.forms.empty()) {
    set_irt_range(world);
    draw_presence(config, world);
    set_peak_widths(world, config);
    for (std::size_t i = 0; i < world.forms.size(); ++i) {
      add_precursors_of(i, config, candidates->spectra, world);
    }
  }
  if (std::ranges::none_of(world.precursors, &Precursor::is_listed)) {
    return fail("OVL-CFG-103", "the searched library would be empty", "library.low_mz",
                "Widen library.low_mz .. high_mz or the range of lengths, or use more proteins.");
  }
  std::ranges::stable_sort(world.precursors, {}, &Precursor::mz);
  make_fragments(config, candidates->spectra, machine, world);
  return world;
}

}  // namespace overland::simulate
