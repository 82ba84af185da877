#include "results/calibration_plot.h"

#include <fmt/format.h>

#include <algorithm>

#include "report/svg_plot.h"

namespace overland::results {
namespace {

constexpr std::size_t kSteps = 120;  // points of a drawn curve

std::vector<double> steps(double low, double high) {
  std::vector<double> x;
  for (std::size_t k = 0; k <= kSteps; ++k)
    x.push_back(low + (high - low) * static_cast<double>(k) / static_cast<double>(kSteps));
  return x;
}

template <class F>
report::PlotLine curve(const std::vector<double>& x, const std::string& label, F f) {
  report::PlotLine line{x, {}, label};
  for (const double v : x) line.y.push_back(f(v));
  return line;
}

template <class Low, class High>
report::PlotBand band(const std::vector<double>& x, Low low, High high) {
  report::PlotBand b{x, {}, {}, "tolerance"};
  for (const double v : x) {
    b.low.push_back(low(v));
    b.high.push_back(high(v));
  }
  return b;
}

template <class Method>
std::string source_note(Method method, calibrate::ModelSource source, std::size_t count) {
  std::string note(method == Method::none ? "no fit: too few data" : to_text(method));
  if (source == calibrate::ModelSource::other_runs) note += ", of other runs";
  if (source == calibrate::ModelSource::ms2) note += ", as of the fragments";
  return fmt::format("{}; {} points", note, count);
}

report::PlotPanel mass_by_time(const std::string& title, const calibrate::MassErrorModel& m,
                               const std::vector<calibrate::MassErrorPoint>& points,
                               const std::vector<double>& rt) {
  report::PlotPanel panel{
      .title = title, .x_label = "retention time / min", .y_label = "mass error / ppm"};
  for (const calibrate::MassErrorPoint& p : points)
    panel.points.emplace_back(p.rt_minutes, p.ppm - m.offset_ppm_of_mz(p.mz));
  const auto low = static_cast<double>(m.tolerance.low);
  const auto high = static_cast<double>(m.tolerance.high);
  panel.lines.push_back(curve(rt, "fit", [&](double t) { return m.offset_at(t); }));
  panel.bands.push_back(band(
      rt, [&](double t) { return m.offset_at(t) + low; },
      [&](double t) { return m.offset_at(t) + high; }));
  panel.note = fmt::format("{}; SD {:.2f} ppm, {:+.1f} to {:+.1f} ppm",
                           source_note(m.method, m.source, m.points), m.sd_ppm, low, high);
  return panel;
}

report::PlotPanel mass_by_mz(const calibrate::MassErrorModel& m,
                             const std::vector<calibrate::MassErrorPoint>& points) {
  report::PlotPanel panel{
      .title = "Fragments by m/z",
      .x_label = "m/z",
      .y_label = "mass error less drift / ppm",
      .note = m.offset_ppm_of_mz.knots_x().empty() ? "no dependence on m/z" : ""};
  double first = 200, last = 1200;
  if (!points.empty()) {
    const auto [low, high] = std::ranges::minmax(points, {}, &calibrate::MassErrorPoint::mz);
    first = low.mz;
    last = high.mz;
  }
  for (const calibrate::MassErrorPoint& p : points)
    panel.points.emplace_back(p.mz, p.ppm - m.offset_at(p.rt_minutes));
  const std::vector<double> x = steps(first, last);
  panel.lines.push_back(curve(x, "fit", [&](double mz) { return m.offset_ppm_of_mz(mz); }));
  panel.bands.push_back(band(
      x, [&](double mz) { return m.offset_ppm_of_mz(mz) + static_cast<double>(m.tolerance.low); },
      [&](double mz) { return m.offset_ppm_of_mz(mz) + static_cast<double>(m.tolerance.high); }));
  return panel;
}

report::PlotPanel rt_fit(const calibrate::RtModel& m, const std::vector<calibrate::RtPoint>& points,
                         const std::vector<double>& rt) {
  report::PlotPanel panel{.title = "Retention time",
                          .x_label = "retention time / min",
                          .y_label = "iRT of the library",
                          .note = source_note(m.method, m.source, m.points)};
  for (const calibrate::RtPoint& p : points) panel.points.emplace_back(p.rt_minutes, p.irt);
  if (m.method == calibrate::RtMethod::none) return panel;
  panel.lines.push_back(curve(rt, "fit", [&](double t) { return m.irt_of_rt(t); }));
  panel.bands.push_back(band(
      rt, [&](double t) { return m.irt_of_rt(t) - m.tolerance_at(t); },
      [&](double t) { return m.irt_of_rt(t) + m.tolerance_at(t); }));
  return panel;
}

report::PlotPanel rt_residuals(const calibrate::RtModel& m,
                               const std::vector<calibrate::RtPoint>& points,
                               const std::vector<double>& rt) {
  report::PlotPanel panel{.title = "Retention time, residuals",
                          .x_label = "retention time / min",
                          .y_label = "library iRT less fit"};
  if (m.method == calibrate::RtMethod::none) return panel;
  panel.note = fmt::format("SD {:.3g}, tolerance {:.3g} iRT in most of the run; {:.1f} % within",
                           m.residual_sd, m.tolerance, 100 * m.quality);
  // A distant outlier would compress the range in which the other points lie.
  double limit = 0;
  for (const double t : rt) limit = std::max(limit, 2 * m.tolerance_at(t));
  for (const calibrate::RtPoint& p : points) {
    const double r = p.irt - m.irt_of_rt(p.rt_minutes);
    panel.points.emplace_back(p.rt_minutes, std::clamp(r, -limit, limit));
  }
  panel.lines.push_back(curve(rt, "fit", [](double) { return 0.0; }));
  panel.bands.push_back(band(
      rt, [&](double t) { return -m.tolerance_at(t); },
      [&](double t) { return m.tolerance_at(t); }));
  return panel;
}

report::PlotPanel energy_by_mz(const search::RunModels& models,
                               const std::vector<calibrate::EnergyPoint>& points) {
  report::PlotPanel panel{
      .title = "Collision energy by m/z",
      .x_label = "precursor m/z",
      .y_label = "best energy / NCE",
      .note = source_note(models.energy.method, models.energy.source, models.energy.points)};
  double first = 400, last = 1000;
  if (!points.empty()) {
    const auto [low, high] = std::ranges::minmax(points, {}, &calibrate::EnergyPoint::mz);
    first = low.mz;
    last = high.mz;
  }
  for (const calibrate::EnergyPoint& p : points) panel.points.emplace_back(p.mz, p.energy);
  for (const int charge : {2, 3, 4}) {
    const bool is_seen = std::ranges::any_of(
        points, [charge](const calibrate::EnergyPoint& p) { return p.charge == charge; });
    if (!is_seen && charge != 2) continue;
    panel.lines.push_back(curve(steps(first, last), fmt::format("{}+", charge),
                                [&](double mz) { return models.nce_of(mz, charge); }));
  }
  return panel;
}

report::PlotPanel energy_profile(const std::vector<tune::EnergyProfile>& profiles) {
  report::PlotPanel panel{.title = "Similarity by energy",
                          .x_label = "collision energy / NCE",
                          .y_label = "mean similarity (square-root cosine)"};
  for (const tune::EnergyProfile& profile : profiles)
    panel.lines.push_back({profile.energy, profile.similarity, fmt::format("{}+", profile.charge)});
  return panel;
}

}  // namespace

std::string calibration_svg(const std::string& run, const search::RunModels& models,
                            const tune::CalibrationPoints& points) {
  const std::vector<double> rt = steps(models.first_minute, models.last_minute);
  std::vector<report::PlotPanel> panels{
      mass_by_time("Fragments by time", models.mass, points.mass, rt),
      mass_by_mz(models.mass, points.mass),
      mass_by_time("MS1 isotopes by time", models.ms1_mass, points.ms1_mass, rt),
      rt_fit(models.rt, points.rt, rt),
      rt_residuals(models.rt, points.rt, rt),
  };
  if (!points.energy_profiles.empty()) {
    panels.push_back(energy_by_mz(models, points.energy));
    panels.push_back(energy_profile(points.energy_profiles));
  }
  return report::svg_page(
      fmt::format("Calibration of {} ({} confident precursors)", run, models.confident), panels, 3);
}

}  // namespace overland::results
