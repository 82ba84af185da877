#include "simulate/truth/searched_library.h"

#include <algorithm>

#include "base/parallel.h"
#include "simulate/world/random_streams.h"

namespace overland::simulate {
namespace {

constexpr std::size_t kFewestFragments = 3;
constexpr int kSmallestOrdinal = 2;  // predicted libraries usually do not contain b1 and y1

class LibraryError {
 public:
  LibraryError(const SimulationConfig& config, const World& world, const ResidueIsotopes& isotopes)
      : settings_(config.library),
        seed_(static_cast<std::uint64_t>(config.seed)),
        world_(world),
        isotopes_(isotopes) {}

  [[nodiscard]] float irt(std::uint32_t form_row) const {
    const Form& form = world_.forms[form_row];
    Rng rng = stream(seed_, Stream::library_error, form_row, 1);
    const bool is_outlier = rng.uniform() < settings_.rt_outlier_share;
    const double sigma = (world_.irt_high - world_.irt_low) * settings_.rt_sigma *
                         (is_outlier ? settings_.rt_outlier_factor : 1.0);
    return form.irt + static_cast<float>(sigma * rng.normal());
  }

  [[nodiscard]] ListedPrecursor make(std::uint32_t row) const {
    const Precursor& precursor = world_.precursors[row];
    const Form& form = world_.forms[precursor.form];
    ListedPrecursor listed{row, irt(precursor.form), {}};
    Ladder ladder;
    ladder.assign(form.peptide, isotopes_);
    Rng rng = stream(seed_, Stream::library_error, row, 2);
    const bool is_worse = rng.uniform() < settings_.worse_share;
    const double sigma = settings_.intensity_sigma * (is_worse ? settings_.worse_factor : 1.0);
    for (const TrueFragment& fragment : world_.fragments_of(row)) {
      const double error = log_normal(rng, sigma);
      const bool is_missing = rng.uniform() < settings_.missing_share;
      if (is_missing || !is_listable(fragment.ion, ladder)) continue;
      listed.fragments.push_back({fragment.ion, static_cast<float>(ladder.ion_mz(fragment.ion)),
                                  static_cast<float>(static_cast<double>(fragment.share) * error),
                                  fragment.share});
    }
    keep_strongest(listed.fragments);
    add_extra(precursor, ladder, rng, listed.fragments);
    keep_strongest(listed.fragments);
    return listed;
  }

 private:
  [[nodiscard]] bool is_listable(const FragmentIon& ion, const Ladder& ladder) const {
    const double mz = ladder.ion_mz(ion);
    return ion.ordinal >= kSmallestOrdinal && mz >= settings_.fragment_low_mz &&
           mz < settings_.fragment_high_mz;
  }

  void keep_strongest(std::vector<ListedFragment>& fragments) const {
    std::ranges::stable_sort(fragments, std::greater{}, &ListedFragment::intensity);
    if (fragments.size() > static_cast<std::size_t>(settings_.max_fragments)) {
      fragments.resize(static_cast<std::size_t>(settings_.max_fragments));
    }
  }

  // Adds fragments that the peptide hardly produces, with the intensity of a random true fragment.
  void add_extra(const Precursor& precursor, const Ladder& ladder, Rng& rng,
                 std::vector<ListedFragment>& fragments) const {
    const std::size_t true_count = fragments.size();
    for (std::size_t i = 0; i < true_count; ++i) {
      if (rng.uniform() >= settings_.extra_share) continue;
      const std::uint64_t type = rng.below(2);
      const FragmentIon ion{type == 0 ? FragmentType::b : FragmentType::y,
                            static_cast<std::uint8_t>(1 + rng.below(ladder.length() - 1)),
                            static_cast<std::uint8_t>(1 + rng.below(precursor.charge > 2 ? 2 : 1))};
      const std::size_t like = static_cast<std::size_t>(rng.below(true_count));
      const bool is_known =
          std::ranges::find(fragments, ion, &ListedFragment::ion) != fragments.end();
      if (is_known || !is_listable(ion, ladder) || is_made(fragments_true(precursor), ion))
        continue;
      fragments.push_back(
          {ion, static_cast<float>(ladder.ion_mz(ion)), fragments[like].intensity, 0});
    }
  }

  [[nodiscard]] std::span<const TrueFragment> fragments_true(const Precursor& precursor) const {
    return world_.fragments_of(static_cast<std::size_t>(&precursor - world_.precursors.data()));
  }
  [[nodiscard]] static bool is_made(std::span<const TrueFragment> made, const FragmentIon& ion) {
    constexpr float kHardly = 0.02F;  // relative to the strongest ion
    const auto found = std::ranges::find(made, ion, &TrueFragment::ion);
    const auto strongest = std::ranges::max_element(made, {}, &TrueFragment::share);
    return found != made.end() && found->share > kHardly * strongest->share;
  }

  const SearchedLibrarySettings& settings_;
  std::uint64_t seed_;
  const World& world_;
  const ResidueIsotopes& isotopes_;
};

void normalise(std::vector<ListedFragment>& fragments) {
  const float largest = fragments.front().intensity;
  for (ListedFragment& fragment : fragments) fragment.intensity /= largest;
}

}  // namespace

std::vector<ListedPrecursor> make_searched_library(const SimulationConfig& config,
                                                   const World& world,
                                                   const ResidueIsotopes& isotopes,
                                                   const Machine& machine) {
  std::vector<std::uint32_t> rows;
  for (std::size_t i = 0; i < world.precursors.size(); ++i) {
    if (world.precursors[i].is_listed) rows.push_back(static_cast<std::uint32_t>(i));
  }
  const LibraryError error(config, world, isotopes);
  std::vector<ListedPrecursor> library(rows.size());
  parallel_for(rows.size(), machine, [&](std::size_t i, int) {
    library[i] = error.make(rows[i]);
    if (!library[i].fragments.empty()) normalise(library[i].fragments);
  });
  std::erase_if(library, [](const ListedPrecursor& listed) {
    return listed.fragments.size() < kFewestFragments;
  });
  const auto form_of = [&](const ListedPrecursor& listed) -> const Form& {
    return world.forms[world.precursors[listed.precursor].form];
  };
  std::ranges::stable_sort(library, [&](const ListedPrecursor& a, const ListedPrecursor& b) {
    const std::string& left = form_of(a).peptide.residues;
    const std::string& right = form_of(b).peptide.residues;
    if (left != right) return left < right;
    const std::uint32_t form_a = world.precursors[a.precursor].form;
    const std::uint32_t form_b = world.precursors[b.precursor].form;
    if (form_a != form_b) return form_a < form_b;
    return world.precursors[a.precursor].charge < world.precursors[b.precursor].charge;
  });
  return library;
}

}  // namespace overland::simulate
