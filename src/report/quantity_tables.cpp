#include "report/quantity_tables.h"

#include <limits>

#include "base/pinned_math.h"
#include "report/precursor_report.h"

namespace overland::report {
namespace {

template <class T>
std::vector<T> part_of(const std::vector<T>& all, const NameRange& range) {
  return {all.begin() + static_cast<std::ptrdiff_t>(range.first),
          all.begin() + static_cast<std::ptrdiff_t>(range.last)};
}

}  // namespace

double linear_quantity(double log2) {
  return pinned::exp(log2 * 0.69314718055994531);
}

void keep_confident_names(LevelQuantities& level, double q) {
  LevelQuantities kept{level.key, {}, {}, level.more_keys, level.q_name, {}, {}};
  kept.more.resize(level.more.size());
  const quant::LfqProfiles& from = level.profiles;
  quant::LfqProfiles& to = kept.profiles;
  to.begin.push_back(0);
  for (std::size_t g = 0; g < level.names.size(); ++g) {
    if (!(level.q_value[g] <= q)) continue;
    kept.names.push_back(level.names[g]);
    kept.q_value.push_back(level.q_value[g]);
    for (std::size_t m = 0; m < kept.more.size(); ++m) kept.more[m].push_back(level.more[m][g]);
    for (std::size_t k = from.begin[g]; k < from.begin[g + 1]; ++k) {
      to.run.push_back(from.run[k]);
      to.ions.push_back(from.ions[k]);
      to.component.push_back(from.component[k]);
      to.log2_quantity.push_back(from.log2_quantity[k]);
    }
    to.begin.push_back(to.run.size());
  }
  to.duplicates = from.duplicates;
  level = std::move(kept);
}

io::Table make_long_level(const LevelQuantities& level, const NameRange& range,
                          const std::vector<std::string>& run_names,
                          const std::string& quantity_column) {
  const quant::LfqProfiles& p = level.profiles;
  std::vector<std::string> run, name;
  std::vector<std::vector<std::string>> more(level.more_keys.size());
  std::vector<double> quantity, q_value;
  for (std::size_t g = range.first; g < range.last; ++g) {
    for (std::size_t k = p.begin[g]; k < p.begin[g + 1]; ++k) {
      run.push_back(run_names[p.run[k]]);
      name.push_back(level.names[g]);
      for (std::size_t m = 0; m < more.size(); ++m) more[m].push_back(level.more[m][g]);
      q_value.push_back(level.q_value[g]);
      quantity.push_back(linear_quantity(p.log2_quantity[k]));
    }
  }
  io::Table table;
  table.metadata["overland.schema_version"] = kReportSchemaVersion;
  table.add("Run", std::move(run));
  table.add(level.key, std::move(name));
  for (std::size_t m = 0; m < more.size(); ++m) table.add(level.more_keys[m], std::move(more[m]));
  table.add(level.q_name, std::move(q_value), "", "over all runs");
  table.add(quantity_column, std::move(quantity), "intensity x minutes",
            "normalised; ratios between runs hold, the level is that of the strongest precursors");
  const NameRange rows{p.begin[range.first], p.begin[range.last]};
  table.add("Precursors", part_of(p.ions, rows), "", "quantified in this run");
  table.add("Component", part_of(p.component, rows), "",
            "ratios hold between runs of one component of a row");
  return table;
}

io::Table make_wide_level(const LevelQuantities& level, const NameRange& range,
                          const std::vector<std::string>& run_names) {
  const quant::LfqProfiles& p = level.profiles;
  std::vector<std::vector<double>> columns(
      run_names.size(),
      std::vector<double>(range.last - range.first, std::numeric_limits<double>::quiet_NaN()));
  for (std::size_t g = range.first; g < range.last; ++g) {
    for (std::size_t k = p.begin[g]; k < p.begin[g + 1]; ++k) {
      columns[p.run[k]][g - range.first] = linear_quantity(p.log2_quantity[k]);
    }
  }
  io::Table table;
  table.metadata["overland.schema_version"] = kReportSchemaVersion;
  table.add(level.key, part_of(level.names, range));
  for (std::size_t m = 0; m < level.more_keys.size(); ++m) {
    table.add(level.more_keys[m], part_of(level.more[m], range));
  }
  table.add(level.q_name, part_of(level.q_value, range), "", "over all runs");
  for (std::size_t r = 0; r < run_names.size(); ++r) {
    table.add(run_names[r], std::move(columns[r]), "intensity x minutes");
  }
  return table;
}

io::Table make_normalisation_table(const std::vector<quant::NormalisationCurve>& curves,
                                   const std::vector<std::string>& run_names) {
  std::vector<std::string> run, method;
  std::vector<std::uint64_t> precursors;
  std::vector<double> sd, rt, log2;
  for (std::size_t r = 0; r < curves.size(); ++r) {
    const quant::NormalisationCurve& curve = curves[r];
    const bool has_points = !curve.rt.empty();
    for (std::size_t k = 0; k < std::max<std::size_t>(curve.rt.size(), 1); ++k) {
      run.push_back(run_names[r]);
      method.push_back(curve.method);
      precursors.push_back(curve.precursors);
      sd.push_back(curve.residual_sd);
      rt.push_back(has_points && curve.method == "curve"
                       ? curve.rt[k]
                       : std::numeric_limits<double>::quiet_NaN());
      log2.push_back(has_points ? curve.log2[k] : 0);
    }
  }
  io::Table table;
  table.metadata["overland.schema_version"] = kReportSchemaVersion;
  table.add("Run", std::move(run));
  table.add("Method", std::move(method), "",
            "curve, constant, or none (too few precursors, or off)");
  table.add("Precursors", std::move(precursors), "", "that keep still over the runs");
  table.add("Residual.SD", std::move(sd), "log2", "of those, around the curve");
  table.add("RT", std::move(rt), "minutes", "null for a constant");
  table.add("Log2.Correction", std::move(log2), "log2", "taken off the run's quantities");
  return table;
}

}  // namespace overland::report
