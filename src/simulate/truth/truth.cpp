#include "simulate/truth/truth.h"

#include <algorithm>

#include "base/parallel.h"
#include "chemistry/constants.h"
#include "simulate/instrument/quadrupole.h"

namespace overland::simulate {
namespace {

// Shares of the precursor's ions in the listed fragments, in its most central window.
struct ListedShares {
  double all_isotopes = 0, monoisotopic = 0;
  std::vector<double> of_fragment;  // monoisotopic, descending
};

ListedShares shares_in(const TruthInput& input, const ListedPrecursor& listed, MzRange window) {
  const Precursor& precursor = input.world.precursors[listed.precursor];
  Ladder ladder;
  ladder.assign(input.world.forms[precursor.form].peptide, input.isotopes);
  const Quadrupole quadrupole(window, edges_of(input.config.acquisition));
  Transmission transmitted{};
  for (std::size_t p = 0; p < kIsotopeCount; ++p) {
    transmitted[p] = quadrupole.transmission(
        precursor.mz + static_cast<double>(p) * kCarbon13Spacing / precursor.charge);
  }
  ListedShares shares;
  for (const ListedFragment& fragment : listed.fragments) {
    if (fragment.true_share <= 0) continue;
    const IsotopeDistribution pattern = ladder.fragment_isotopes(fragment.ion, transmitted);
    const auto share = static_cast<double>(fragment.true_share);
    shares.of_fragment.push_back(share * static_cast<double>(pattern[0]));
    shares.monoisotopic += shares.of_fragment.back();
    for (const float part : pattern) shares.all_isotopes += share * static_cast<double>(part);
  }
  std::ranges::sort(shares.of_fragment, std::greater{});
  return shares;
}

// Position, in the list of the window's scans, of the scan nearest in time.
std::size_t nearest_scan(const Schedule& schedule, const std::vector<std::uint32_t>& scans,
                         double minutes) {
  const auto time = [&](std::uint32_t scan) {
    return static_cast<double>(schedule.scans[scan].rt_minutes);
  };
  const auto after = std::ranges::lower_bound(scans, minutes, {}, time);
  if (after == scans.begin()) return 0;
  if (after == scans.end()) return scans.size() - 1;
  const auto position = static_cast<std::size_t>(after - scans.begin());
  return time(scans[position]) - minutes < minutes - time(scans[position - 1]) ? position
                                                                               : position - 1;
}

double limit_of(const TruthInput& input, std::uint32_t scan) {
  const DetectorSettings& detector = input.config.detector;
  return detector.detection_limit_ions /
         (detector.ions_per_intensity * static_cast<double>(input.fill[scan]));
}

void judge_detectability(const TruthInput& input, const ListedShares& shares,
                         const std::vector<std::uint32_t>& scans, const Elution& peak,
                         TruthRow& row) {
  const auto area = static_cast<double>(row.precursor_area);
  const auto apex = static_cast<double>(row.apex_minutes);
  const std::size_t nearest = nearest_scan(input.schedule, scans, apex);
  const double limit = limit_of(input, scans[nearest]);
  const double apex_current = area * peak.density(apex);
  row.apex_limit = static_cast<float>(limit);
  for (const double share : shares.of_fragment) {
    row.fragments_above =
        static_cast<std::uint16_t>(row.fragments_above + (apex_current * share > limit ? 1 : 0));
  }
  const auto needed = static_cast<std::size_t>(input.config.truth.min_fragments);
  if (shares.of_fragment.size() < needed) return;
  const double share = shares.of_fragment[needed - 1];
  const auto is_above = [&](std::size_t position) {
    const std::uint32_t scan = scans[position];
    const double minutes = static_cast<double>(input.schedule.scans[scan].rt_minutes);
    return area * peak.density(minutes) * share > limit_of(input, scan);
  };
  // The scans above the detection limit may begin one scan beside the apex.
  std::size_t above = is_above(nearest) ? 1 : 0;
  for (std::size_t i = nearest; i-- > 0 && is_above(i);) ++above;
  for (std::size_t i = nearest + 1; i < scans.size() && is_above(i); ++i) ++above;
  row.scans_above = static_cast<std::uint16_t>(std::min<std::size_t>(above, 65535));
  row.is_detectable = row.fragments_above >= needed &&
                      above >= static_cast<std::size_t>(input.config.truth.min_scans);
}

bool are_equal_but_i_and_l(const Form& a, const Form& b) {
  const auto is_same = [](char x, char y) {
    return x == y || ((x == 'I' || x == 'L') && (y == 'I' || y == 'L'));
  };
  return a.peptide.modifications == b.peptide.modifications &&
         std::ranges::equal(a.peptide.residues, b.peptide.residues, is_same);
}

TruthRow truth_row(const TruthInput& input, const ListedPrecursor& listed) {
  const Precursor& precursor = input.world.precursors[listed.precursor];
  TruthRow row;
  row.apex_minutes = input.model.apex_minutes[precursor.form];
  row.fwhm_minutes = input.model.fwhm_minutes[precursor.form];
  row.precursor_area = input.model.form_area[precursor.form] * precursor.charge_share;
  row.is_present = row.precursor_area > 0;
  const std::int32_t window = input.schedule.most_central_window(precursor.mz);
  if (!row.is_present || window == kMs1) return row;
  const auto w = static_cast<std::size_t>(window);
  const ListedShares shares = shares_in(input, listed, input.schedule.windows[w]);
  const auto area = static_cast<double>(row.precursor_area);
  row.fragment_area = static_cast<float>(area * shares.monoisotopic);
  row.fragment_area_all = static_cast<float>(area * shares.all_isotopes);
  judge_detectability(input, shares, input.schedule.of_window[w],
                      input.model.elution[precursor.form], row);
  return row;
}

}  // namespace

std::vector<TruthRow> truth_of_run(const TruthInput& input, const Machine& machine) {
  std::vector<TruthRow> rows(input.library.size());
  parallel_for(rows.size(), machine,
               [&](std::size_t i, int) { rows[i] = truth_row(input, input.library[i]); });
  return rows;
}

std::vector<Siblings> find_siblings(const World& world, const Schedule& schedule,
                                    const std::vector<ListedPrecursor>& library) {
  std::vector<std::vector<std::uint32_t>> in_sample(world.forms.size());  // by family
  for (std::size_t i = 0; i < world.precursors.size(); ++i) {
    const Form& form = world.forms[world.precursors[i].form];
    if (form.is_in_sample) in_sample[form.family].push_back(static_cast<std::uint32_t>(i));
  }
  std::vector<Siblings> all(library.size());
  for (std::size_t i = 0; i < library.size(); ++i) {
    const Precursor& own = world.precursors[library[i].precursor];
    const Form& own_form = world.forms[own.form];
    const std::int32_t window = schedule.most_central_window(own.mz);
    for (const std::uint32_t row : in_sample[own_form.family]) {
      const Precursor& other = world.precursors[row];
      if (other.form == own.form) continue;
      const bool is_in_window =
          window != kMs1 &&
          schedule.windows[static_cast<std::size_t>(window)].contains(Mz{other.mz});
      if (other.charge != own.charge && !is_in_window) continue;
      all[i].is_present = true;
      if (other.charge == own.charge && are_equal_but_i_and_l(own_form, world.forms[other.form])) {
        all[i].is_indistinguishable = true;
      }
    }
  }
  return all;
}

}  // namespace overland::simulate
