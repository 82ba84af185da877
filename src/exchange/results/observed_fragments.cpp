#include "exchange/results/observed_fragments.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <unordered_map>

#include "io/table/nested_file.h"

namespace overland::exchange {
namespace {

using Group = std::map<std::string, io::NestedColumn>;
using Rows = std::unordered_map<std::string, std::size_t>;

const std::vector<std::string> kFragmentColumns{
    "Run",    "Precursor.Id", "Decoy",       "RT.Start",       "RT.Stop",      "RT",
    "Weight", "Fragment",     "Fragment.Mz", "Fragment.Share", "Intensity.Raw"};

std::string key_of(std::string_view run, std::string_view precursor) {
  return std::string(run) + '\n' + std::string(precursor);
}

// One precursor in one run.
struct Trace {
  std::span<const float> minutes, weight;
  double start = 0, stop = 0;

  [[nodiscard]] bool is_inside(std::size_t point) const {
    const auto t = static_cast<double>(minutes[point]);
    constexpr double kRounding = 1e-5;
    return t >= start - kRounding && t <= stop + kRounding;
  }
};

// Integral by the trapezoidal rule over the points inside the limits.
template <class Intensity>
double area_of(const Trace& trace, Intensity intensity) {
  double area = 0;
  for (std::size_t i = 1; i < trace.minutes.size(); ++i) {
    if (!trace.is_inside(i - 1) || !trace.is_inside(i)) continue;
    const double width =
        static_cast<double>(trace.minutes[i]) - static_cast<double>(trace.minutes[i - 1]);
    area += width * (intensity(i - 1) + intensity(i)) / 2;
  }
  return area;
}

double correlation_of(const Trace& trace, std::span<const float> observed) {
  double n = 0, sx = 0, sy = 0, sxx = 0, syy = 0, sxy = 0;
  for (std::size_t i = 0; i < observed.size(); ++i) {
    if (!trace.is_inside(i)) continue;
    const auto x = static_cast<double>(observed[i]);
    const auto y = static_cast<double>(trace.weight[i]);
    n += 1, sx += x, sy += y, sxx += x * x, syy += y * y, sxy += x * y;
  }
  const double variances = (n * sxx - sx * sx) * (n * syy - sy * sy);
  return variances > 0 ? (n * sxy - sx * sy) / std::sqrt(variances) : 0;
}

void measure(const Trace& trace, std::span<const float> observed, double share,
             ObservedFragment& fragment) {
  constexpr double kMostOfExpected = 1.5;
  const auto raw = [&](std::size_t i) { return static_cast<double>(observed[i]); };
  fragment.area = area_of(trace, raw);
  fragment.corrected = area_of(trace, [&](std::size_t i) {
    return std::min(raw(i), kMostOfExpected * share * static_cast<double>(trace.weight[i]));
  });
  fragment.correlation = correlation_of(trace, observed);
}

double number_of(const Group& group, const char* name, std::size_t row) {
  const auto values = group.at(name).numbers_of(row);
  return values.empty() ? std::nan("") : static_cast<double>(values.front());
}

void read_row(const Group& group, std::size_t row, std::vector<ObservedFragment>& fragments) {
  fragments.clear();
  const Trace trace{.minutes = group.at("RT").numbers_of(row),
                    .weight = group.at("Weight").numbers_of(row),
                    .start = number_of(group, "RT.Start", row),
                    .stop = number_of(group, "RT.Stop", row)};
  const auto labels = group.at("Fragment").text_of(row);
  const auto mz = group.at("Fragment.Mz").numbers_of(row);
  const auto share = group.at("Fragment.Share").numbers_of(row);
  const auto raw = group.at("Intensity.Raw").numbers_of(row);
  const std::size_t points = trace.minutes.size();
  const bool is_whole = points > 0 && trace.weight.size() == points && mz.size() == labels.size() &&
                        share.size() == labels.size() && raw.size() == labels.size() * points;
  if (!is_whole) return;
  for (std::size_t f = 0; f < labels.size(); ++f) {
    ObservedFragment fragment;
    if (!read_fragment_label(labels[f], fragment)) continue;
    fragment.mz = static_cast<double>(mz[f]);
    measure(trace, raw.subspan(f * points, points), static_cast<double>(share[f]), fragment);
    fragments.push_back(fragment);
  }
}

Result<void> visit_group(const Group& group, const Rows& rows, const FragmentVisitor& visit) {
  std::vector<ObservedFragment> fragments;
  const std::size_t count = group.at("Run").begin.size() - 1;
  for (std::size_t row = 0; row < count; ++row) {
    const auto run = group.at("Run").text_of(row);
    const auto id = group.at("Precursor.Id").text_of(row);
    if (run.empty() || id.empty()) continue;
    const auto found = rows.find(key_of(run.front(), id.front()));
    if (found == rows.end()) continue;  // a decoy of the sample in xic.parquet
    read_row(group, row, fragments);
    if (fragments.empty()) continue;
    if (auto done = visit(found->second, fragments); !done) return done;
  }
  return {};
}

}  // namespace

bool read_fragment_label(std::string_view label, ObservedFragment& fragment) {
  if (label.size() < 2 || (label[0] != 'y' && label[0] != 'b')) return false;
  fragment.type = std::string(1, label[0]);
  const char* const end = label.data() + label.size();
  const auto ordinal = std::from_chars(label.data() + 1, end, fragment.ordinal);
  if (ordinal.ec != std::errc()) return false;
  fragment.charge = 1;
  if (ordinal.ptr == end) return true;
  if (*ordinal.ptr != '^') return false;
  const auto charge = std::from_chars(ordinal.ptr + 1, end, fragment.charge);
  return charge.ec == std::errc() && charge.ptr == end;
}

Result<void> visit_fragments(const SearchResults& results, const FragmentVisitor& visit) {
  const std::filesystem::path path = results.folder / "xic.parquet";
  if (!std::filesystem::exists(path))
    return fail("OVL-IO-095", "there is no xic.parquet with the fragments", path.string(),
                "Run the search again with report.xic=true; finished stages are not repeated.");
  const auto file = io::NestedFile::open(path);
  if (!file) return std::unexpected(file.error());
  for (const std::string& name : kFragmentColumns)
    if (std::ranges::find(file->header(), name) == file->header().end())
      return fail("OVL-IO-090", "there is no column " + name, path.string(),
                  "Give the results folder of a search of this version.");
  Rows rows;
  const auto& run = results.text("Run");
  const auto& id = results.text("Precursor.Id");
  for (std::size_t i = 0; i < results.row_count(); ++i) rows.emplace(key_of(run[i], id[i]), i);
  for (std::size_t group = 0; group < file->group_count(); ++group) {
    const auto columns = file->read(group, kFragmentColumns);
    if (!columns) return std::unexpected(columns.error());
    if (auto done = visit_group(*columns, rows, visit); !done) return done;
  }
  return {};
}

}  // namespace overland::exchange
