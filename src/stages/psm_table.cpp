#include "stages/psm_table.h"

#include <array>

#include "io/mapped_columns.h"
#include "io/table.h"

namespace overland {
namespace {

#define OVERLAND_FEATURE(field)                         \
  PsmFeature {                                          \
    #field, [](const PsmRow& row) { return row.field; } \
  }
#define OVERLAND_GROUP_FEATURE(field)                         \
  PsmFeature {                                                \
    #field, [](const PsmRow& row) { return row.group.field; } \
  }
#define OVERLAND_MS1_FEATURE(field)                                \
  PsmFeature {                                                     \
    "ms1_" #field, [](const PsmRow& row) { return row.ms1.field; } \
  }

const std::array kFeatures{
    OVERLAND_GROUP_FEATURE(sqrt_cosine),
    OVERLAND_GROUP_FEATURE(entropy),
    OVERLAND_GROUP_FEATURE(manhattan),
    OVERLAND_GROUP_FEATURE(apex_cosine),
    OVERLAND_GROUP_FEATURE(coelution),
    OVERLAND_GROUP_FEATURE(coelution_weighted),
    OVERLAND_GROUP_FEATURE(coelution_best3),
    OVERLAND_GROUP_FEATURE(coeluting),
    OVERLAND_GROUP_FEATURE(matched),
    OVERLAND_GROUP_FEATURE(matched_top6),
    OVERLAND_GROUP_FEATURE(matched_fraction),
    OVERLAND_GROUP_FEATURE(largest_missing),
    OVERLAND_GROUP_FEATURE(log_intensity),
    OVERLAND_GROUP_FEATURE(log_weight),
    OVERLAND_GROUP_FEATURE(fitted_cosine),
    OVERLAND_GROUP_FEATURE(mean_fitted_cosine),
    OVERLAND_GROUP_FEATURE(log_residual),
    OVERLAND_GROUP_FEATURE(purity),
    OVERLAND_GROUP_FEATURE(weight_correlation),
    OVERLAND_GROUP_FEATURE(width),
    OVERLAND_GROUP_FEATURE(edge_ratio),
    OVERLAND_GROUP_FEATURE(roughness),
    OVERLAND_GROUP_FEATURE(evidence),
    OVERLAND_GROUP_FEATURE(evidence_margin),
    OVERLAND_MS1_FEATURE(correlation),
    OVERLAND_MS1_FEATURE(isotope_cosine),
    OVERLAND_MS1_FEATURE(error_ppm),
    OVERLAND_MS1_FEATURE(log_ratio),
    OVERLAND_MS1_FEATURE(isotopes),
    OVERLAND_FEATURE(irt_error),
    OVERLAND_FEATURE(mass_error),
    OVERLAND_FEATURE(mass_bias),
    OVERLAND_FEATURE(y_matched),
    OVERLAND_FEATURE(b_matched),
    OVERLAND_FEATURE(longest_y),
    OVERLAND_FEATURE(scan_share),
    OVERLAND_FEATURE(charge),
    OVERLAND_FEATURE(fragment_count),
    OVERLAND_FEATURE(precursor_mz),
    OVERLAND_FEATURE(other_window_cosine),
    OVERLAND_FEATURE(other_window_coelution),
};

#undef OVERLAND_FEATURE
#undef OVERLAND_GROUP_FEATURE
#undef OVERLAND_MS1_FEATURE

template <class T>
std::vector<T> column(const PsmTable& table, T PsmRow::* field) {
  std::vector<T> values;
  values.reserve(table.rows.size());
  for (const PsmRow& row : table.rows) values.push_back(row.*field);
  return values;
}

template <class T>
Result<void> copy_column(const io::MappedColumns& file, const std::string& name,
                         std::vector<T>& out) {
  const auto values = file.column<T>(name);
  if (!values) return std::unexpected(values.error());
  out.assign(values->begin(), values->end());
  return {};
}

}  // namespace

std::span<const PsmFeature> psm_features() {
  return kFeatures;
}

Result<void> write_psms(const PsmTable& table, const std::filesystem::path& file) {
  io::Table out;
  out.add("precursor", column(table, &PsmRow::precursor), "", "row of the library");
  out.add("window", column(table, &PsmRow::window), "", "isolation window, by lower limit");
  out.add("apex_scan", column(table, &PsmRow::apex_scan), "", "scan, by retention time");
  out.add("rt", column(table, &PsmRow::rt_minutes), "minutes");
  out.add("rt_start", column(table, &PsmRow::rt_start), "minutes");
  out.add("rt_stop", column(table, &PsmRow::rt_stop), "minutes");
  out.add("irt_observed", column(table, &PsmRow::irt_observed), "iRT of the library");
  for (const PsmFeature& feature : psm_features()) {
    std::vector<float> values;
    values.reserve(table.rows.size());
    for (const PsmRow& row : table.rows) values.push_back(feature.value(row));
    out.add("f." + feature.name, std::move(values));
  }
  return io::write_arrow(out, file);
}

Result<PsmColumns> read_psms(const std::filesystem::path& file) {
  const auto mapped = io::MappedColumns::open(file);
  if (!mapped) return std::unexpected(mapped.error());
  PsmColumns columns;
  Result<void> done = copy_column(*mapped, "precursor", columns.precursor);
  if (done) done = copy_column(*mapped, "window", columns.window);
  if (done) done = copy_column(*mapped, "apex_scan", columns.apex_scan);
  if (done) done = copy_column(*mapped, "rt", columns.rt_minutes);
  if (done) done = copy_column(*mapped, "rt_start", columns.rt_start);
  if (done) done = copy_column(*mapped, "rt_stop", columns.rt_stop);
  if (done) done = copy_column(*mapped, "irt_observed", columns.irt_observed);
  if (!done) return std::unexpected(done.error());
  const std::size_t width = kFeatures.size();
  columns.features.resize(columns.precursor.size() * width);
  for (std::size_t c = 0; c < width; ++c) {
    const auto values = mapped->column<float>("f." + kFeatures[c].name);
    if (!values) return std::unexpected(values.error());
    for (std::size_t i = 0; i < values->size(); ++i) columns.features[i * width + c] = (*values)[i];
  }
  return columns;
}

}  // namespace overland
