#include "report/chromatogram_file.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>

namespace overland::report {
namespace {

const std::vector<std::string> kColumns{
    "Run", "Precursor.Id", "Decoy",    "Apex",           "RT.Start",      "RT.Stop",
    "RT",  "Weight",       "Fragment", "Fragment.Share", "Intensity.Raw", "Precursor.Quantity"};

using NestedColumns = std::map<std::string, io::NestedColumn>;

float one_number(const NestedColumns& columns, const char* name, std::size_t row) {
  const auto column = columns.find(name);
  if (column == columns.end() || column->second.numbers_of(row).empty())
    return std::numeric_limits<float>::quiet_NaN();
  return column->second.numbers_of(row).front();
}

std::vector<float> numbers(const NestedColumns& columns, const char* name, std::size_t row) {
  const auto column = columns.find(name);
  if (column == columns.end()) return {};
  const auto values = column->second.numbers_of(row);
  return {values.begin(), values.end()};
}

Chromatogram chromatogram(const NestedColumns& columns, std::size_t row) {
  Chromatogram c;
  if (const auto run = columns.at("Run").text_of(row); !run.empty()) c.run = run.front();
  c.is_decoy = one_number(columns, "Decoy", row) > 0;
  c.rt_minutes = numbers(columns, "RT", row);
  const auto fragments_of_row = columns.at("Fragment").text_of(row);
  c.fragments.assign(fragments_of_row.begin(), fragments_of_row.end());
  const std::size_t points = c.rt_minutes.size();
  const std::size_t fragments = c.fragments.size();
  c.raw = numbers(columns, "Intensity.Raw", row);
  c.raw.resize(points * fragments, 0);
  c.weight = numbers(columns, "Weight", row);
  c.weight.resize(points, 0);
  c.share = numbers(columns, "Fragment.Share", row);
  c.share.resize(fragments, 0);
  c.rt_start = one_number(columns, "RT.Start", row);
  c.rt_stop = one_number(columns, "RT.Stop", row);
  c.apex = one_number(columns, "Apex", row);
  c.area = one_number(columns, "Precursor.Quantity", row);
  return c;
}

PageJson list_of(const std::vector<float>& values, int digits) {
  PageJson list = PageJson::array();
  for (const float v : values) list.push_back(rounded(static_cast<double>(v), digits));
  return list;
}

// 255 sqrt(v / top) as bytes.
std::string root_bytes(const std::vector<float>& values, float top) {
  std::string bytes;
  for (const float v : values) {
    const double share = top > 0 && v > 0 ? static_cast<double>(v) / static_cast<double>(top) : 0;
    bytes += static_cast<char>(
        static_cast<unsigned char>(std::lround(255 * std::sqrt(std::min(share, 1.0)))));
  }
  return bytes;
}

float largest(const std::vector<float>& values) {
  float top = 0;
  for (const float v : values) top = std::max(top, v);
  return top;
}

}  // namespace

Result<ChromatogramFile> ChromatogramFile::open(const std::filesystem::path& file) {
  auto nested = io::NestedFile::open(file);
  if (!nested) return std::unexpected(nested.error());
  for (const char* name : {"Run", "Precursor.Id", "RT", "Fragment", "Intensity.Raw"})
    if (std::ranges::find(nested->header(), name) == nested->header().end())
      return fail("OVL-IO-090", std::string("the file has no column ") + name, file.string(),
                  "Give the xic.parquet of a search by this version.");
  ChromatogramFile opened(std::move(*nested), file.string());
  if (auto done = opened.index(); !done) return std::unexpected(done.error());
  return opened;
}

Result<void> ChromatogramFile::index() {
  for (std::uint32_t group = 0; group < file_.group_count(); ++group) {
    const auto columns = file_.read(group, {"Precursor.Id"});
    if (!columns) return std::unexpected(columns.error());
    const io::NestedColumn& ids = columns->at("Precursor.Id");
    for (std::uint32_t row = 0; row + 1 < ids.begin.size(); ++row) {
      if (ids.text_of(row).empty()) continue;
      const std::string& id = ids.text_of(row).front();
      const auto [place, is_new] = position_.try_emplace(id, ids_.size());
      if (is_new) {
        ids_.push_back(id);
        rows_of_id_.emplace_back();
      }
      rows_of_id_[place->second].push_back({group, row});
    }
  }
  return {};
}

Result<std::vector<std::vector<Chromatogram>>> ChromatogramFile::of_many(
    const std::vector<std::size_t>& wanted) const {
  struct Need {
    std::uint32_t row = 0;
    std::size_t slot = 0, at = 0;
  };
  std::map<std::uint32_t, std::vector<Need>> by_group;
  std::vector<std::vector<Chromatogram>> all(wanted.size());
  for (std::size_t slot = 0; slot < wanted.size(); ++slot) {
    const std::vector<FileRow>& rows = rows_of_id_[wanted[slot]];
    all[slot].resize(rows.size());
    for (std::size_t at = 0; at < rows.size(); ++at)
      by_group[rows[at].group].push_back({rows[at].row, slot, at});
  }
  for (const auto& [group, needs] : by_group) {
    const auto columns = file_.read(group, kColumns);
    if (!columns) return std::unexpected(columns.error());
    for (const Need& need : needs) all[need.slot][need.at] = chromatogram(*columns, need.row);
  }
  return all;
}

Result<std::vector<Chromatogram>> ChromatogramFile::of(const std::string& precursor) const {
  const auto found = position_.find(precursor);
  if (found == position_.end()) return std::vector<Chromatogram>();
  auto many = of_many({found->second});
  if (!many) return std::unexpected(many.error());
  return std::move(many->front());
}

PageJson chromatogram_json(const Chromatogram& trace, const std::vector<std::string>& runs,
                           bool is_compact) {
  PageJson json;
  const auto run = std::find(runs.begin(), runs.end(), trace.run);
  if (run != runs.end())
    json["run"] = run - runs.begin();
  else
    json["run"] = trace.run;
  json["rt"] = list_of(trace.rt_minutes, 5);
  json["labels"] = trace.fragments;
  json["library"] = list_of(trace.share, 3);
  if (is_compact) {
    const float top = largest(trace.raw);
    const float weight_top = largest(trace.weight);
    json["top"] = rounded(static_cast<double>(top));
    json["raw"] = base64(root_bytes(trace.raw, top));
    json["weightTop"] = rounded(static_cast<double>(weight_top));
    json["weight"] = base64(root_bytes(trace.weight, weight_top));
  } else {
    json["raw"] = list_of(trace.raw, 5);
    json["weight"] = list_of(trace.weight, 5);
  }
  json["start"] = rounded(static_cast<double>(trace.rt_start), 6);
  json["stop"] = rounded(static_cast<double>(trace.rt_stop), 6);
  json["apex"] = rounded(static_cast<double>(trace.apex), 6);
  if (std::isfinite(trace.area)) json["area"] = rounded(static_cast<double>(trace.area));
  json["isDecoy"] = trace.is_decoy;
  return json;
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t word = 0;
    for (std::size_t k = 0; k < 3; ++k)
      word = word << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k)
      text += i + k <= bytes.size() ? kLetters[word >> (18 - 6 * k) & 63] : '=';
  }
  return text;
}

}  // namespace overland::report
