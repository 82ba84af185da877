#include "search/psm_table.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "io/table/mapped_columns.h"
#include "io/table/table.h"

namespace overland::search {
namespace {

template <float kernel::GroupScores::* field>
float of_group(const PsmRow& row) {
  return row.group.*field;
}
template <float Ms1Scores::* field>
float of_ms1(const PsmRow& row) {
  return row.ms1.*field;
}
template <float PsmRow::* field>
float of_row(const PsmRow& row) {
  return row.*field;
}

using Group = kernel::GroupScores;
constexpr bool kCore = true;
constexpr std::int8_t kUp = 1;
constexpr std::int8_t kDown = -1;

constexpr std::array kFeatures{
    PsmFeature{"sqrt_cosine", of_group<&Group::sqrt_cosine>, kCore, kUp},
    PsmFeature{"entropy", of_group<&Group::entropy>, kCore, kUp},
    PsmFeature{"manhattan", of_group<&Group::manhattan>},
    PsmFeature{"apex_cosine", of_group<&Group::apex_cosine>, kCore, kUp},
    PsmFeature{"coelution", of_group<&Group::coelution>, kCore, kUp},
    PsmFeature{"coelution_weighted", of_group<&Group::coelution_weighted>, kCore, kUp},
    PsmFeature{"coelution_best3", of_group<&Group::coelution_best3>, kCore, kUp},
    PsmFeature{"coeluting", of_group<&Group::coeluting>, kCore, kUp},
    PsmFeature{"matched", of_group<&Group::matched>, !kCore, kUp},
    PsmFeature{"matched_top6", of_group<&Group::matched_top6>, kCore, kUp},
    PsmFeature{"matched_fraction", of_group<&Group::matched_fraction>, kCore, kUp},
    PsmFeature{"largest_missing", of_group<&Group::largest_missing>},
    PsmFeature{"log_intensity", of_group<&Group::log_intensity>, kCore},
    PsmFeature{"log_weight", of_group<&Group::log_weight>},
    PsmFeature{"fitted_cosine", of_group<&Group::fitted_cosine>, kCore, kUp},
    PsmFeature{"mean_fitted_cosine", of_group<&Group::mean_fitted_cosine>, kCore, kUp},
    PsmFeature{"log_residual", of_group<&Group::log_residual>, kCore},
    PsmFeature{"purity", of_group<&Group::purity>},
    PsmFeature{"weight_correlation", of_group<&Group::weight_correlation>},
    PsmFeature{"width", of_group<&Group::width>},
    PsmFeature{"edge_ratio", of_group<&Group::edge_ratio>},
    PsmFeature{"roughness", of_group<&Group::roughness>},
    PsmFeature{"match_score", of_group<&Group::match_score>, kCore, kUp},
    PsmFeature{"match_score_margin", of_group<&Group::match_score_margin>, kCore},
    PsmFeature{"ms1_correlation", of_ms1<&Ms1Scores::correlation>, kCore, kUp},
    PsmFeature{"ms1_isotope_cosine", of_ms1<&Ms1Scores::isotope_cosine>, kCore, kUp},
    PsmFeature{"ms1_error_ppm", of_ms1<&Ms1Scores::error_ppm>, kCore, kDown},
    PsmFeature{"ms1_log_ratio", of_ms1<&Ms1Scores::log_ratio>, kCore},
    PsmFeature{"ms1_isotopes", of_ms1<&Ms1Scores::isotopes>, kCore, kUp},
    PsmFeature{"ms1_apex_offset", of_ms1<&Ms1Scores::apex_offset>},
    PsmFeature{"ms1_second_correlation", of_ms1<&Ms1Scores::second_correlation>, !kCore, kUp},
    PsmFeature{"ms1_lighter_ratio", of_ms1<&Ms1Scores::lighter_ratio>},
    PsmFeature{"irt_error", of_row<&PsmRow::irt_error>, kCore, kDown},
    PsmFeature{"mass_error", of_row<&PsmRow::mass_error>, kCore, kDown},
    PsmFeature{"mass_bias", of_row<&PsmRow::mass_bias>},
    PsmFeature{"isotope_cosine", of_row<&PsmRow::isotope_cosine>, !kCore, kUp},
    PsmFeature{"lighter_share", of_row<&PsmRow::lighter_share>},
    PsmFeature{"transmitted", of_row<&PsmRow::transmitted>},
    PsmFeature{"y_matched", of_row<&PsmRow::y_matched>},
    PsmFeature{"b_matched", of_row<&PsmRow::b_matched>},
    PsmFeature{"longest_y", of_row<&PsmRow::longest_y>},
    PsmFeature{"scan_share", of_row<&PsmRow::scan_share>},
    PsmFeature{"charge", of_row<&PsmRow::charge>},
    PsmFeature{"fragment_count", of_row<&PsmRow::fragment_count>},
    PsmFeature{"precursor_mz", of_row<&PsmRow::precursor_mz>},
    PsmFeature{"other_window_cosine", of_row<&PsmRow::other_window_cosine>, kCore, kUp},
    PsmFeature{"other_window_coelution", of_row<&PsmRow::other_window_coelution>, kCore, kUp},
    PsmFeature{"other_window_match_score", of_row<&PsmRow::other_window_match_score>, kCore, kUp},
};

template <class T>
std::vector<Stored<T>> column(const PsmTable& table, T PsmRow::* field) {
  std::vector<Stored<T>> values;
  values.reserve(table.rows.size());
  for (const PsmRow& row : table.rows) values.push_back(stored(row.*field));
  return values;
}

template <class T>
Result<void> map_column(const io::MappedColumns& file, const std::string& name,
                        std::span<const T>& out) {
  const auto values = file.column<Stored<T>>(name);
  if (!values) return std::unexpected(values.error());
  out = from_stored<T>(*values);
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
    out.add(std::string("f.") + feature.name, std::move(values));
  }
  return io::write_arrow(out, file);
}

Result<PsmFile> PsmFile::open(const std::filesystem::path& file, const RowBounds& bounds) {
  auto mapped = io::MappedColumns::open(file);
  if (!mapped) return std::unexpected(mapped.error());
  PsmFile psms(std::move(*mapped));
  PsmIdentity& id = psms.identity_;
  Result<void> done = map_column(psms.mapped_, "precursor", id.precursor);
  if (done) done = map_column(psms.mapped_, "window", id.window);
  if (done) done = map_column(psms.mapped_, "apex_scan", id.apex_scan);
  if (done) done = map_column(psms.mapped_, "rt", id.rt_minutes);
  if (done) done = map_column(psms.mapped_, "rt_start", id.rt_start);
  if (done) done = map_column(psms.mapped_, "rt_stop", id.rt_stop);
  if (done) done = map_column(psms.mapped_, "irt_observed", id.irt_observed);
  for (const PsmFeature& feature : kFeatures) {
    std::span<const float> values;
    if (done) done = map_column(psms.mapped_, std::string("f.") + feature.name, values);
    psms.features_.push_back(values);
  }
  if (done) done = check_below(id.precursor, bounds.precursors, "precursor", file);
  if (done) done = check_below(id.window, bounds.windows, "window", file);
  if (done) done = check_below(id.apex_scan, bounds.scans, "apex_scan", file);
  if (done && !std::ranges::is_sorted(id.precursor))
    return foreign_rows("peak groups are out of the order of precursors", file);
  if (!done) return std::unexpected(done.error());
  return psms;
}

void PsmFile::gather(std::span<const std::uint32_t> rows, std::vector<float>& values) const {
  const std::size_t width = features_.size();
  const std::size_t first = values.size();
  values.resize(first + rows.size() * width);
  // In tiles that stay in the cache while their columns are filled in.
  constexpr std::size_t kTile = 128;
  for (std::size_t begin = 0; begin < rows.size(); begin += kTile) {
    const std::span<const std::uint32_t> tile =
        rows.subspan(begin, std::min(kTile, rows.size() - begin));
    for (std::size_t c = 0; c < width; ++c) {
      float* out = values.data() + first + begin * width + c;
      for (const std::uint32_t r : tile) {
        *out = features_[c][r];
        out += width;
      }
    }
  }
}

std::span<const float> PsmFile::feature(std::string_view name) const {
  const auto* found = std::ranges::find(kFeatures, name, &PsmFeature::name);
  check(found != kFeatures.end(), "a feature of peak groups is asked for by a name of the list");
  return features_[static_cast<std::size_t>(found - kFeatures.begin())];
}

Result<PsmColumns> read_psms(const std::filesystem::path& file, const RowBounds& bounds) {
  const auto psms = PsmFile::open(file, bounds);
  if (!psms) return std::unexpected(psms.error());
  const PsmIdentity& id = psms->identity();
  PsmColumns columns;
  columns.precursor.assign(id.precursor.begin(), id.precursor.end());
  columns.window.assign(id.window.begin(), id.window.end());
  columns.apex_scan.assign(id.apex_scan.begin(), id.apex_scan.end());
  columns.rt_minutes.assign(id.rt_minutes.begin(), id.rt_minutes.end());
  columns.rt_start.assign(id.rt_start.begin(), id.rt_start.end());
  columns.rt_stop.assign(id.rt_stop.begin(), id.rt_stop.end());
  columns.irt_observed.assign(id.irt_observed.begin(), id.irt_observed.end());
  std::vector<std::uint32_t> rows(psms->size());
  for (std::uint32_t r = 0; r < rows.size(); ++r) rows[r] = r;
  psms->gather(rows, columns.features);
  return columns;
}

}  // namespace overland::search
