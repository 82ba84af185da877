#include "report/report_rows.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string_view>

#include "base/files/hash.h"
#include "base/protein_marks.h"
#include "io/table/table_stream.h"

namespace overland::report {
namespace {

constexpr std::array<const char*, 15> kWanted{"Run",
                                              "Precursor.Id",
                                              "Stripped.Sequence",
                                              "Precursor.Charge",
                                              "Protein.Ids",
                                              "RT",
                                              "iRT",
                                              "Predicted.RT",
                                              "FWHM",
                                              "Points",
                                              "Decoy",
                                              "Interference",
                                              "Precursor.Quantity",
                                              "Precursor.Normalised",
                                              "Q.Value"};
enum ReadColumn : std::size_t {
  kRun,
  kId,
  kSequence,
  kCharge,
  kProteins,
  kRt,
  kIrt,
  kPredicted,
  kFwhm,
  kPoints,
  kDecoy,
  kInterference,
  kQuantity,
  kNormalised,
  kQ
};
constexpr std::size_t kSpeciesMost = 8;

class Collector {
 public:
  Collector(const std::vector<std::string>& runs, const SampleSizes& sizes, bool is_normalised)
      : sizes_(sizes), quantity_(is_normalised ? kNormalised : kQuantity) {
    rows_.runs = runs;
    rows_.counts.resize(runs.size());
    rows_.is_normalised = is_normalised;
    rows_.sampled_share = sizes.share;
    rows_.species_names = {""};
    for (RunCounts& c : rows_.counts) c.at_q.assign(q_grid().size(), 0);
    for (std::size_t i = 0; i < runs.size(); ++i) run_index_[runs[i]] = i;
  }

  // False if the run of a row is unknown.
  bool add(const std::vector<io::PieceColumn>& piece, const std::vector<std::size_t>& at,
           std::size_t row) {
    const auto number = [&](ReadColumn p) {
      return at[p] == kAbsent ? std::numeric_limits<double>::quiet_NaN() : piece[at[p]].number[row];
    };
    const auto text = [&](ReadColumn p) {
      return at[p] == kAbsent ? std::string_view() : piece[at[p]].text[row];
    };
    if (number(kDecoy) > 0) return true;
    const std::string_view name = text(kRun);
    if (name != last_name_) {
      const auto found = run_index_.find(std::string(name));
      if (found == run_index_.end()) return false;
      run_ = found->second;
      last_name_ = name;
    }
    RunCounts& counts = rows_.counts[run_];
    ++rows_.rows;
    ++counts.precursors;
    count_peptide(text(kSequence), counts);
    const std::uint32_t precursor = index_of(text(kId), text(kProteins));
    ++rows_.found_in[precursor];
    const auto charge = static_cast<std::size_t>(std::clamp(number(kCharge), 0.0, 20.0));
    if (rows_.by_charge.size() <= charge) rows_.by_charge.resize(charge + 1, 0);
    ++rows_.by_charge[charge];
    const auto& grid = q_grid();
    const auto bin = std::lower_bound(grid.begin(), grid.end(), number(kQ)) - grid.begin();
    ++counts.at_q[std::min<std::size_t>(static_cast<std::size_t>(bin), grid.size() - 1)];
    const double quantity = number(quantity_);
    sample({.key = key_[precursor],
            .rt = static_cast<float>(number(kRt)),
            .irt = static_cast<float>(number(kIrt)),
            .rt_error_seconds = static_cast<float>(60 * (number(kRt) - number(kPredicted))),
            .fwhm_seconds = static_cast<float>(60 * number(kFwhm)),
            .points = static_cast<float>(number(kPoints)),
            .interference = static_cast<float>(number(kInterference)),
            .quantity = static_cast<float>(quantity)},
           counts.sample);
    if (quantity > 0 && static_cast<double>(key_[precursor]) <= sizes_.share * 0x1p64)
      rows_.quantities.push_back(
          {precursor, static_cast<std::uint32_t>(run_), static_cast<float>(std::log2(quantity))});
    return true;
  }

  ReportRows finish() {
    const auto by_key = [](const SampledRow& a, const SampledRow& b) { return a.key < b.key; };
    for (RunCounts& c : rows_.counts) std::sort(c.sample.begin(), c.sample.end(), by_key);
    const auto by_run = [](const QuantityEntry& a, const QuantityEntry& b) {
      return a.run < b.run;
    };
    std::stable_sort(rows_.quantities.begin(), rows_.quantities.end(), by_run);
    rows_.peptides = last_run_of_peptide_.size();
    return std::move(rows_);
  }

  static constexpr std::size_t kAbsent = std::numeric_limits<std::size_t>::max();

 private:
  // Rows are ordered by run, so the last run of a peptide shows whether it was counted in this run.
  void count_peptide(std::string_view sequence, RunCounts& counts) {
    const auto [place, is_new] = last_run_of_peptide_.try_emplace(std::string(sequence), run_);
    if (is_new || place->second != run_) ++counts.peptides;
    place->second = run_;
  }

  std::uint32_t index_of(std::string_view id, std::string_view proteins) {
    const auto next = static_cast<std::uint32_t>(key_.size());
    const auto [place, is_new] = precursor_index_.try_emplace(std::string(id), next);
    if (!is_new) return place->second;
    key_.push_back(hash_seed(id));
    rows_.found_in.push_back(0);
    const std::string species = species_of(proteins);
    const auto known = std::find(rows_.species_names.begin(), rows_.species_names.end(), species);
    std::size_t index = static_cast<std::size_t>(known - rows_.species_names.begin());
    if (index == rows_.species_names.size()) {
      if (index < kSpeciesMost)
        rows_.species_names.push_back(species);
      else
        index = 0;
    }
    rows_.species.push_back(static_cast<std::uint8_t>(index));
    return next;
  }

  // Keeps the rows with the smallest keys in a max-heap.
  void sample(const SampledRow& row, std::vector<SampledRow>& heap) const {
    const auto by_key = [](const SampledRow& a, const SampledRow& b) { return a.key < b.key; };
    if (heap.size() == sizes_.rows_per_run) {
      if (heap.empty() || row.key >= heap.front().key) return;
      std::pop_heap(heap.begin(), heap.end(), by_key);
      heap.back() = row;
    } else {
      heap.push_back(row);
    }
    std::push_heap(heap.begin(), heap.end(), by_key);
  }

  SampleSizes sizes_;
  ReadColumn quantity_;
  ReportRows rows_;
  std::unordered_map<std::string, std::size_t> run_index_;
  std::unordered_map<std::string, std::size_t> last_run_of_peptide_;
  std::unordered_map<std::string, std::uint32_t> precursor_index_;
  std::vector<std::uint64_t> key_;  // per precursor
  std::string last_name_;
  std::size_t run_ = 0;
};

// Whether a wanted column contains text; the other columns contain numbers.
constexpr bool is_text(std::size_t place) {
  return place == kRun || place == kId || place == kSequence || place == kProteins;
}

// Position of each wanted column in a piece of the table, and the columns to read.
struct Columns {
  std::vector<std::size_t> at, chosen;
};

Result<Columns> find_columns(const io::TableStream& stream, const std::string& where) {
  Columns columns;
  columns.at.assign(kWanted.size(), Collector::kAbsent);
  for (std::size_t i = 0; i < stream.header().size(); ++i) {
    const auto wanted = std::find(kWanted.begin(), kWanted.end(), stream.header()[i]);
    if (wanted == kWanted.end()) continue;
    columns.at[static_cast<std::size_t>(wanted - kWanted.begin())] = columns.chosen.size();
    columns.chosen.push_back(i);
  }
  for (const ReadColumn p : {kRun, kId, kRt, kQ, kCharge}) {
    if (columns.at[p] == Collector::kAbsent)
      return fail("OVL-IO-090", std::string("the table has no column ") + kWanted[p], where,
                  "Give the results folder of a search by this version.");
  }
  return columns;
}

Result<void> check_kinds(const std::vector<io::PieceColumn>& piece,
                         const std::vector<std::size_t>& at, const std::string& where) {
  for (std::size_t i = 0; i < kWanted.size(); ++i)
    if (at[i] != Collector::kAbsent && piece[at[i]].is_text != is_text(i))
      return fail("OVL-IO-090",
                  std::string("the column ") + kWanted[i] + " does not contain " +
                      (is_text(i) ? "text" : "numbers"),
                  where, "Give the results folder of a search by this version.");
  return {};
}

}  // namespace

SampleSizes sample_sizes(std::size_t runs, std::uint64_t rows) {
  constexpr std::size_t kRows = 1'500'000;
  constexpr double kQuantities = 4e6;
  return {
      .rows_per_run = std::clamp<std::size_t>(kRows / std::max<std::size_t>(runs, 1), 500, 200'000),
      .share = std::min(1.0, kQuantities / static_cast<double>(std::max<std::uint64_t>(rows, 1)))};
}

const std::vector<double>& q_grid() {
  static const std::vector<double> grid = [] {
    std::vector<double> q;
    for (int i = 0; i <= 100; ++i) q.push_back(std::pow(10.0, -5 + i / 20.0));
    return q;
  }();
  return grid;
}

std::string species_of(std::string_view protein_ids) {
  const std::string_view first = protein_ids.substr(0, protein_ids.find(';'));
  if (first.starts_with(kContaminantPrefix)) return "contaminant";
  const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  const std::size_t mark = first.rfind('_');
  if (mark != std::string_view::npos) {
    const std::string_view tail = first.substr(mark + 1);
    const bool is_code = tail.size() >= 3 && tail.size() <= 5 && is_capital(tail[0]);
    return is_code ? std::string(tail) : "";
  }
  std::size_t letters = 0;
  while (letters < first.size() && is_capital(first[letters])) ++letters;
  return letters >= 4 && letters < first.size() ? std::string(first.substr(0, letters)) : "";
}

Result<ReportRows> read_report_rows(const std::filesystem::path& file,
                                    const std::vector<std::string>& runs,
                                    const SampleSizes& sizes) {
  auto stream = io::TableStream::open(file);
  if (!stream) return std::unexpected(stream.error());
  const auto columns = find_columns(*stream, file.string());
  if (!columns) return std::unexpected(columns.error());
  if (auto done = stream->choose(columns->chosen); !done) return std::unexpected(done.error());
  Collector collector(runs, sizes, columns->at[kNormalised] != Collector::kAbsent);
  std::vector<io::PieceColumn> piece;
  while (true) {
    const auto rows = stream->next(piece);
    if (!rows) return std::unexpected(rows.error());
    if (*rows == 0) return collector.finish();
    if (auto done = check_kinds(piece, columns->at, file.string()); !done)
      return std::unexpected(done.error());
    for (std::size_t r = 0; r < *rows; ++r) {
      if (!collector.add(piece, columns->at, r))
        return fail("OVL-IO-090", "the run of a row is not in runs.parquet", file.string(),
                    "Do not mix tables of several searches in one folder.");
    }
  }
}

}  // namespace overland::report
