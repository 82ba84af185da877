#include "train/training_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/files/hash.h"
#include "chemistry/peptide.h"
#include "io/table/list_column.h"
#include "io/table/table.h"

namespace overland::train {
namespace {

constexpr std::uint64_t kHeldOutOne = 10;  // one in 10 peptides of a retention table is held out

std::unexpected<Error> bad_row(const std::filesystem::path& file, std::size_t row,
                               const std::string& why) {
  return fail("OVL-PRE-002", "a row cannot be used for training because of " + why,
              fmt::format("{}, row {}", file.string(), row + 1),
              "See docs/formats/training-tables.md for the columns and their units.");
}

// Lower-case c and m stand for carbamidomethylated cysteine and oxidised methionine.
std::string spelled_out(const std::string& sequence) {
  std::string text;
  for (const char c : sequence) {
    if (c == 'c')
      text += "C(UniMod:4)";
    else if (c == 'm')
      text += "M(UniMod:35)";
    else
      text += c;
  }
  return text;
}

Result<predict::PeptideTokens> tokens_of_text(const std::string& text) {
  const auto peptide = parse_peptide(text);
  if (!peptide) return std::unexpected(peptide.error());
  return predict::tokens_of(*peptide);
}

// A numeric column of any type as floats; empty if the column is missing.
Result<std::vector<float>> numbers(const io::Table& table, const std::string& name) {
  std::vector<float> values;
  for (const io::Column& column : table.columns()) {
    if (column.name != name) continue;
    std::visit(
        [&values](const auto& typed) {
          using T = typename std::decay_t<decltype(typed)>::value_type;
          if constexpr (std::is_arithmetic_v<T>)
            for (const T v : typed) values.push_back(static_cast<float>(v));
          else
            for (const T& v : typed) {
              float number = std::numeric_limits<float>::quiet_NaN();
              std::from_chars(v.data(), v.data() + v.size(), number);
              values.push_back(number);
            }
        },
        column.values);
  }
  return values;
}

Result<std::vector<std::string>> sequences(const io::Table& table, const std::string& plain) {
  const bool is_modified = table.has("modified_sequence");
  auto column = table.column<std::string>(is_modified ? "modified_sequence" : plain);
  if (!column) return std::unexpected(column.error());
  std::vector<std::string> texts = **column;
  if (!is_modified)
    for (std::string& text : texts) text = spelled_out(text);
  return texts;
}

std::vector<std::uint16_t> roots_of(std::span<const float> values) {
  std::vector<std::uint16_t> roots;
  for (const float v : values)
    roots.push_back(v < 0 ? predict::kNotMeasured
                          : static_cast<std::uint16_t>(std::lround(std::min(v, 60000.0F))));
  return roots;
}

// Reads lists written as text: "120;0;-1".
Result<io::ListColumn> lists_of_text(const io::Table& table, const std::filesystem::path& file) {
  const auto texts = table.column<std::string>("intensity");
  if (!texts) return std::unexpected(texts.error());
  io::ListColumn lists{.begin = {0}, .values = {}};
  for (std::size_t row = 0; row < (*texts)->size(); ++row) {
    const std::string& text = (**texts)[row];
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at < end) {
      float value = 0;
      const auto read = std::from_chars(at, end, value);
      if (read.ec != std::errc() || (read.ptr < end && *read.ptr != ';'))
        return bad_row(file, row, "its intensities");
      lists.values.push_back(value);
      at = read.ptr < end ? read.ptr + 1 : end;
    }
    lists.begin.push_back(lists.values.size());
  }
  return lists;
}

Result<bool> has_text_lists(const std::filesystem::path& file) {
  const auto text = io::read_parquet(file, std::vector<std::string>{"intensity"});
  if (text) return text->has("intensity");
  if (text.error().code == "OVL-IO-021") return false;  // a list column, which io::Table lacks
  return std::unexpected(text.error());
}

struct SpectrumColumns {
  std::vector<std::string> sequence;
  std::vector<float> charge, nce, irt, held_out;
  io::ListColumn intensity;
};

Result<SpectrumColumns> read_columns(const std::filesystem::path& file) {
  const auto is_text = has_text_lists(file);
  if (!is_text) return std::unexpected(is_text.error());
  std::vector<std::string> wanted{"sequence", "modified_sequence", "charge", "nce", "irt",
                                  "holdout"};
  if (*is_text) wanted.emplace_back("intensity");
  const auto table = io::read_parquet(file, wanted);
  if (!table) return std::unexpected(table.error());
  SpectrumColumns c;
  auto texts = sequences(*table, "sequence");
  if (!texts) return std::unexpected(texts.error());
  c.sequence = std::move(*texts);
  for (auto [name, to] : {std::pair{"charge", &c.charge}, std::pair{"nce", &c.nce},
                          std::pair{"irt", &c.irt}, std::pair{"holdout", &c.held_out}}) {
    auto values = numbers(*table, name);
    if (!values) return std::unexpected(values.error());
    *to = std::move(*values);
  }
  if (c.charge.empty() || c.nce.empty())
    return fail("OVL-IO-020", "the column 'charge' or the column 'nce' is missing", file.string(),
                "Check that the file is the intended table.");
  auto list = *is_text ? lists_of_text(*table, file) : io::read_list_column(file, "intensity");
  if (!list) return std::unexpected(list.error());
  c.intensity = std::move(*list);
  return c;
}

}  // namespace

std::uint32_t TrainingPeptides::find_or_add(const predict::PeptideTokens& peptide) {
  const auto [place, is_new] = index.try_emplace(std::string(peptide.begin(), peptide.end()),
                                                 static_cast<std::uint32_t>(tokens.size()));
  if (is_new) tokens.push_back(peptide), is_held_out.push_back(0);
  return place->second;
}

Result<void> read_spectrum_table(const std::filesystem::path& file, TrainingData& data) {
  const auto columns = read_columns(file);
  if (!columns) return std::unexpected(columns.error());
  const SpectrumColumns& c = *columns;
  if (data.scale_names.empty()) data.scale_names.emplace_back("hydrophobic index");
  for (std::size_t row = 0; row < c.sequence.size(); ++row) {
    const auto tokens = tokens_of_text(c.sequence[row]);
    if (!tokens) return std::unexpected(tokens.error());
    const std::uint64_t first = c.intensity.begin[row];
    const std::size_t size = c.intensity.begin[row + 1] - first;
    if (tokens->size() < 2 || size != predict::kSeries * (tokens->size() - 1))
      return bad_row(file, row, "its list of intensities, whose length does not match the peptide");
    if (!(c.charge[row] >= 1 && c.charge[row] <= 8)) return bad_row(file, row, "its charge");
    if (!std::isfinite(c.nce[row])) return bad_row(file, row, "its collision energy");
    const auto intensities = std::span(c.intensity.values).subspan(first, size);
    if (std::ranges::any_of(intensities, [](float v) { return std::isnan(v); }))
      return bad_row(file, row, "its list of intensities, which has a missing value");
    const std::uint32_t peptide = data.peptides.find_or_add(*tokens);
    if (!c.held_out.empty() && c.held_out[row] > 0) data.peptides.is_held_out[peptide] = 1;
    data.spectra.push_back({.peptide = peptide,
                            .charge = static_cast<std::uint8_t>(c.charge[row]),
                            .nce = c.nce[row],
                            .roots = roots_of(intensities)});
    if (!c.irt.empty() && std::isfinite(c.irt[row]))
      data.retention.push_back({.peptide = peptide, .scale = 0, .time = c.irt[row]});
  }
  return {};
}

namespace {

// Applies "12|Oxidation|18|Acetyl": 1-based positions, 0 is the N-terminus. Modifications that the
// network does not support are ignored.
void apply_modifications(const std::string& text, predict::PeptideTokens& tokens,
                         const predict::PeptideTokens& oxidised) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t bar = std::min(text.find('|', at), text.size());
    const std::size_t end = std::min(text.find('|', bar + 1), text.size());
    std::size_t place = 0;
    std::from_chars(text.data() + at, text.data() + bar, place);
    const std::string name = bar < end ? text.substr(bar + 1, end - bar - 1) : std::string();
    if (name == "Oxidation" && place >= 1 && place <= tokens.size())
      tokens[place - 1] = oxidised[place - 1];
    at = end + 1;
  }
}

}  // namespace

Result<void> read_retention_table(const std::filesystem::path& file, TrainingData& data) {
  const bool is_parquet = file.extension() == ".parquet";
  const auto table = is_parquet ? io::read_parquet(file) : io::read_delimited(file);
  if (!table) return std::unexpected(table.error());
  const auto texts = sequences(*table, "seq");
  if (!texts) return std::unexpected(texts.error());
  const auto times = numbers(*table, table->has("tr") ? "tr" : "irt");
  if (!times) return std::unexpected(times.error());
  if (times->empty())
    return fail("OVL-IO-020", "there is no column 'tr' or 'irt'", file.string(),
                "Check that the file is the intended table.");
  const auto modifications = table->column<std::string>("modifications");
  if (data.scale_names.empty()) data.scale_names.emplace_back("hydrophobic index");
  const auto scale = static_cast<std::uint32_t>(data.scale_names.size());
  data.scale_names.push_back(file.filename().string());
  for (std::size_t row = 0; row < texts->size(); ++row) {
    auto tokens = tokens_of_text((*texts)[row]);
    if (!tokens || tokens->size() < 2) return bad_row(file, row, "its sequence " + (*texts)[row]);
    if (modifications && !(**modifications)[row].empty()) {
      std::string lower = (*texts)[row];
      std::replace(lower.begin(), lower.end(), 'M', 'm');
      const auto oxidised = tokens_of_text(spelled_out(lower));
      if (oxidised && oxidised->size() == tokens->size())
        apply_modifications((**modifications)[row], *tokens, *oxidised);
    }
    if (!std::isfinite((*times)[row])) return bad_row(file, row, "its time");
    const std::size_t before = data.peptides.tokens.size();
    const std::uint32_t peptide = data.peptides.find_or_add(*tokens);
    if (peptide == before && hash_seed((*texts)[row]) % kHeldOutOne == 0)
      data.peptides.is_held_out[peptide] = 1;
    data.retention.push_back({.peptide = peptide, .scale = scale, .time = (*times)[row]});
  }
  return {};
}

predict::SpectrumExamples spectrum_examples(TrainingData& data) {
  std::stable_sort(
      data.spectra.begin(), data.spectra.end(),
      [](const SpectrumRow& a, const SpectrumRow& b) { return a.peptide < b.peptide; });
  predict::SpectrumExamples examples;
  examples.peptides = data.peptides.tokens;
  examples.row_begin.assign(examples.peptides.size() + 1, 0);
  for (const SpectrumRow& row : data.spectra) {
    ++examples.row_begin[row.peptide + 1];
    examples.charge.push_back(row.charge);
    examples.nce.push_back(row.nce);
    examples.roots.insert(examples.roots.end(), row.roots.begin(), row.roots.end());
    examples.root_begin.push_back(examples.roots.size());
  }
  std::partial_sum(examples.row_begin.begin(), examples.row_begin.end(),
                   examples.row_begin.begin());
  data.spectra.clear();
  data.spectra.shrink_to_fit();
  return examples;
}

std::vector<predict::RetentionScale> retention_scales(const TrainingData& data) {
  struct Sums {
    double n = 0, sum = 0, square = 0;
  };
  std::vector<Sums> sums(data.scale_names.size());
  for (const RetentionRow& row : data.retention) {
    if (data.peptides.is_held_out[row.peptide]) continue;
    Sums& s = sums[row.scale];
    const auto t = static_cast<double>(row.time);
    s.n += 1, s.sum += t, s.square += t * t;
  }
  std::vector<predict::RetentionScale> scales;
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const double n = std::max(sums[i].n, 1.0), mean = sums[i].sum / n;
    const double variance = std::max(sums[i].square / n - mean * mean, 0.0);
    scales.push_back({.name = data.scale_names[i],
                      .mean = mean,
                      .deviation = variance > 0 ? std::sqrt(variance) : 1.0});
  }
  return scales;
}

predict::RetentionExamples retention_examples(const TrainingData& data,
                                              std::span<const predict::RetentionScale> scales) {
  predict::RetentionExamples examples;
  examples.peptides = data.peptides.tokens;
  examples.scales = scales.size();
  examples.time.assign(examples.peptides.size() * scales.size(),
                       std::numeric_limits<float>::quiet_NaN());
  for (const RetentionRow& row : data.retention) {
    const predict::RetentionScale& scale = scales[row.scale];
    examples.time[row.peptide * scales.size() + row.scale] =
        static_cast<float>((static_cast<double>(row.time) - scale.mean) / scale.deviation);
  }
  return examples;
}

}  // namespace overland::train
