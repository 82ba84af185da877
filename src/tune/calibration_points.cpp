#include "tune/calibration_points.h"

#include <algorithm>
#include <array>
#include <map>

#include "chemistry/constants.h"
#include "io/table/table.h"
#include "kernel/peak_match.h"
#include "kernel/spectral_scores.h"

namespace overland::tune {
namespace {

constexpr std::size_t kFragmentsForMass = 6;  // strongest of each identification
constexpr std::size_t kPointIsotopes = 3;
constexpr double kMs1Ppm = 20;
constexpr std::size_t kEnergyFragments = 24;
constexpr std::size_t kMaxForEnergy = 4000;  // identifications
constexpr std::size_t kLeastMatched = 6;     // fragments, to say anything about an energy
constexpr float kLeastSimilarity = 0.8F;     // at the best energy; below, others interfere
constexpr double kEnergyStep = 1;            // NCE

// The peak nearest to where the model expects it; -1 when there is none in the window about it.
std::int32_t expected_peak(const kernel::ScanPeaks& peaks, double theoretical, double offset_ppm,
                           PpmWindow window) {
  return kernel::nearest_peak(peaks.mz, static_cast<float>(theoretical * (1 + 1e-6 * offset_ppm)),
                              window);
}

double ppm_error(const kernel::ScanPeaks& peaks, std::int32_t peak, double theoretical) {
  const double observed = static_cast<double>(peaks.mz[static_cast<std::size_t>(peak)]);
  return (observed - theoretical) / theoretical * 1e6;
}

void add_mass_errors(const search::RunView& view, const search::FirstPassHit& hit,
                     std::uint32_t group, const search::RunModels& models,
                     CalibrationPoints& points) {
  const kernel::ScanPeaks peaks = view.run.peaks(hit.scan);
  const std::span<const float> mz = view.fragment_mz(hit.precursor);
  const double t = static_cast<double>(view.rt_of(hit.scan));
  for (std::size_t f = 0; f < std::min(mz.size(), kFragmentsForMass); ++f) {
    const double theoretical = static_cast<double>(mz[f]);
    const std::int32_t peak =
        expected_peak(peaks, theoretical, models.mass.offset_at(t, theoretical), points.window);
    if (peak < 0) continue;
    points.mass.push_back({t, ppm_error(peaks, peak, theoretical), theoretical, group});
  }
}

// Of the MS1 scan nearest in time; only precursors with all their first isotopes are believed.
void add_ms1_errors(const search::RunView& view, const search::FirstPassHit& hit,
                    std::uint32_t group, const search::RunModels& models,
                    CalibrationPoints& points) {
  const float t = view.rt_of(hit.scan);
  const Mz mz{static_cast<double>(view.library.precursor_mz[hit.precursor.index()])};
  const auto survey = view.survey_of(mz, run::voltage_of(view.run, hit.scan));
  if (!survey) return;
  const std::vector<RunScan>& ms1 = view.ms1[*survey].scans;
  auto it = std::lower_bound(ms1.begin(), ms1.end(), t,
                             [&](RunScan scan, float at) { return view.rt_of(scan) < at; });
  if (it == ms1.end() || (it != ms1.begin() && t - view.rt_of(it[-1]) < view.rt_of(*it) - t)) {
    --it;
  }
  const kernel::ScanPeaks peaks = view.run.peaks(*it);
  const double rt = static_cast<double>(view.rt_of(*it));
  const PpmWindow window{static_cast<float>(-kMs1Ppm), static_cast<float>(kMs1Ppm)};
  std::array<calibrate::MassErrorPoint, kPointIsotopes> found;
  for (std::size_t k = 0; k < kPointIsotopes; ++k) {
    const double theoretical =
        static_cast<double>(view.library.precursor_mz[hit.precursor.index()]) +
        static_cast<double>(k) * kCarbon13Spacing / view.library.charge[hit.precursor.index()];
    const std::int32_t peak =
        expected_peak(peaks, theoretical, models.ms1_mass.offset_at(rt, theoretical), window);
    if (peak < 0) return;
    found[k] = {rt, ppm_error(peaks, peak, theoretical), theoretical, group};
  }
  points.ms1_mass.insert(points.ms1_mass.end(), found.begin(), found.end());
}

// How similar each identification's spectrum is to its prediction, energy by energy.
class EnergyScan {
 public:
  EnergyScan(const search::RunView& view, const search::RunModels& models)
      : view_(view), models_(models) {
    const library::SplineForm& form = *view.library.form.spline;
    for (double e = form.low_nce; e <= form.high_nce + 1e-6; e += kEnergyStep) {
      energies_.push_back(e);
      bases_.push_back(view.library.basis_at(e));
    }
  }

  void add(const search::FirstPassHit& hit, CalibrationPoints& points) {
    if (!observe(hit)) return;
    similarity_.clear();
    std::array<float, kEnergyFragments> predicted{};
    for (const kernel::SplineBasis& basis : bases_) {
      const std::size_t count = view_.library.intensities(hit.precursor, basis, predicted);
      similarity_.push_back(static_cast<double>(kernel::sqrt_cosine(
          std::span(predicted).first(count), std::span(observed_).first(count))));
    }
    if (*std::max_element(similarity_.begin(), similarity_.end()) <
        static_cast<double>(kLeastSimilarity))
      return;
    const int charge = view_.library.charge[hit.precursor.index()];
    Sum& sum = sums_[charge];
    sum.similarity.resize(energies_.size());
    for (std::size_t i = 0; i < energies_.size(); ++i) sum.similarity[i] += similarity_[i];
    sum.count += 1;
    const auto best = calibrate::best_energy(energies_, similarity_);
    if (!best) return;
    points.energy.push_back({static_cast<double>(view_.library.precursor_mz[hit.precursor.index()]),
                             best->energy / hit.energy_ratio, best->curvature, charge});
  }

  void finish(CalibrationPoints& points) const {
    for (const auto& [charge, sum] : sums_) {
      EnergyProfile profile{charge, energies_, sum.similarity};
      for (double& s : profile.similarity) s /= sum.count;
      points.energy_profiles.push_back(std::move(profile));
    }
  }

 private:
  struct Sum {
    std::vector<double> similarity;
    double count = 0;
  };

  // Peaks of the fragments in the identification's scan; false with too few to judge.
  bool observe(const search::FirstPassHit& hit) {
    const kernel::ScanPeaks peaks = view_.run.peaks(hit.scan);
    const double t = static_cast<double>(view_.rt_of(hit.scan));
    const std::span<const float> mz = view_.fragment_mz(hit.precursor);
    const std::size_t count = std::min(mz.size(), kEnergyFragments);
    std::size_t matched = 0;
    observed_.fill(0);
    for (std::size_t f = 0; f < count; ++f) {
      const double theoretical = static_cast<double>(mz[f]);
      const std::int32_t peak = expected_peak(
          peaks, theoretical, models_.mass.offset_at(t, theoretical), models_.mass.tolerance);
      if (peak < 0) continue;
      observed_[f] = peaks.intensity[static_cast<std::size_t>(peak)];
      ++matched;
    }
    return matched >= kLeastMatched;
  }

  const search::RunView& view_;
  const search::RunModels& models_;
  std::vector<double> energies_, similarity_;
  std::vector<kernel::SplineBasis> bases_;
  std::array<float, kEnergyFragments> observed_{};
  std::map<int, Sum> sums_;
};

// Rows of the table that are to be written, by kind.
struct LongTable {
  std::vector<std::string> kind;
  std::vector<double> x, y, z;

  template <class T, class F>
  void add(const char* name, const std::vector<T>& points, std::size_t limit, F row) {
    const std::size_t stride = 1 + points.size() / std::max<std::size_t>(limit, 1);
    for (std::size_t i = 0; i < points.size(); i += stride) {
      const std::array<double, 3> values = row(points[i]);
      kind.emplace_back(name);
      x.push_back(values[0]);
      y.push_back(values[1]);
      z.push_back(values[2]);
    }
  }
};

void add_row(CalibrationPoints& points, const std::string& kind, double x, double y, double z) {
  if (kind == "mass") points.mass.push_back({x, y, z, 0});
  if (kind == "ms1_mass") points.ms1_mass.push_back({x, y, z, 0});
  if (kind == "rt") points.rt.push_back({x, y});
  if (kind == "energy") points.energy.push_back({x, y, 1, static_cast<int>(z)});
  if (kind != "energy_profile") return;
  auto& profiles = points.energy_profiles;
  if (profiles.empty() || profiles.back().charge != static_cast<int>(z))
    profiles.push_back({static_cast<int>(z), {}, {}});
  profiles.back().energy.push_back(x);
  profiles.back().similarity.push_back(y);
}

}  // namespace

CalibrationPoints gather_points(const search::RunView& view,
                                const std::vector<search::FirstPassHit>& hits,
                                const search::RunModels& models,
                                const params::TuneParameters& config) {
  CalibrationPoints points;
  const auto wide = static_cast<float>(config.first_pass.tolerance_ppm);
  points.window = {-wide, wide};
  std::uint32_t group = 0;
  for (const search::FirstPassHit& hit : hits) {
    add_mass_errors(view, hit, group, models, points);
    add_ms1_errors(view, hit, group, models, points);
    points.rt.push_back({static_cast<double>(view.rt_of(hit.scan)),
                         static_cast<double>(view.library.irt[hit.precursor.index()])});
    ++group;
  }
  if (view.library.form.spline) {
    EnergyScan scan(view, models);
    const std::size_t stride = 1 + hits.size() / kMaxForEnergy;
    for (std::size_t i = 0; i < hits.size(); i += stride) scan.add(hits[i], points);
    scan.finish(points);
  }
  return points;
}

Result<void> write_points(const CalibrationPoints& points, std::size_t limit,
                          const std::filesystem::path& file) {
  using Row = std::array<double, 3>;
  LongTable rows;
  const auto mass_row = [](const calibrate::MassErrorPoint& p) {
    return Row{p.rt_minutes, p.ppm, p.mz};
  };
  rows.add("mass", points.mass, limit, mass_row);
  rows.add("ms1_mass", points.ms1_mass, limit, mass_row);
  rows.add("rt", points.rt, limit,
           [](const calibrate::RtPoint& p) { return Row{p.rt_minutes, p.irt, 0}; });
  rows.add("energy", points.energy, limit, [](const calibrate::EnergyPoint& p) {
    return Row{p.mz, p.energy, static_cast<double>(p.charge)};
  });
  for (const EnergyProfile& profile : points.energy_profiles) {
    std::vector<Row> values;
    for (std::size_t i = 0; i < profile.energy.size(); ++i)
      values.push_back(
          {profile.energy[i], profile.similarity[i], static_cast<double>(profile.charge)});
    rows.add("energy_profile", values, values.size() + 1, [](const Row& row) { return row; });
  }
  io::Table table;
  table.add("kind", std::move(rows.kind));
  table.add("x", std::move(rows.x), "", "minutes, m/z of `energy`, or NCE of `energy_profile`");
  table.add("y", std::move(rows.y), "", "ppm, iRT, NCE or similarity");
  table.add("z", std::move(rows.z), "", "m/z of `mass` and `ms1_mass`, or charge");
  return io::write_parquet(table, file);
}

Result<CalibrationPoints> read_points(const std::filesystem::path& file) {
  const auto table = io::read_parquet(file);
  if (!table) return std::unexpected(table.error());
  const auto kind = table->column<std::string>("kind");
  if (!kind) return std::unexpected(kind.error());
  std::array<const std::vector<double>*, 3> columns{};
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const auto column = table->column<double>(std::string(1, "xyz"[c]));
    if (!column) return std::unexpected(column.error());
    columns[c] = *column;
  }
  CalibrationPoints points;
  for (std::size_t i = 0; i < (*kind)->size(); ++i)
    add_row(points, (**kind)[i], (*columns[0])[i], (*columns[1])[i], (*columns[2])[i]);
  return points;
}

}  // namespace overland::tune
