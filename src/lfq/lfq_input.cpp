#include "lfq/lfq_input.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <unordered_map>

#include "base/pinned_math.h"
#include "io/table/table_stream.h"
#include "lfq/lfq_numbers.h"

namespace overland::lfq {
namespace {

constexpr std::uint32_t kUnused = std::numeric_limits<std::uint32_t>::max();
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// Assigns indices to names in the order of their first appearance.
class NameNumbers {
 public:
  std::uint32_t number_of(std::string_view name) {
    if (!names_.empty() && names_[last_] == name) return last_;  // rows come in blocks
    const auto found = known_.find(name);
    if (found != known_.end()) return last_ = found->second;
    last_ = static_cast<std::uint32_t>(names_.size());
    names_.emplace_back(name);
    known_.emplace(names_.back(), last_);
    return last_;
  }
  // The names in alphabetical order; `numbers` is replaced by indices in this order.
  std::vector<std::string> sort(std::vector<std::uint32_t>& numbers) const {
    std::vector<std::uint32_t> order(names_.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(),
              [&](std::uint32_t a, std::uint32_t b) { return names_[a] < names_[b]; });
    std::vector<std::uint32_t> place(order.size());
    std::vector<std::string> sorted;
    for (std::uint32_t k = 0; k < order.size(); ++k) {
      place[order[k]] = k;
      sorted.push_back(names_[order[k]]);
    }
    for (std::uint32_t& n : numbers) n = place[n];
    return sorted;
  }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view s) const { return std::hash<std::string_view>()(s); }
  };
  std::vector<std::string> names_;
  std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> known_;
  std::uint32_t last_ = 0;
};

void append_cell(const io::PieceColumn& column, std::size_t row, std::string& text) {
  if (column.is_text) {
    text += column.text[row];
  } else if (!std::isnan(column.number[row])) {
    fmt::format_to(std::back_inserter(text), "{}", column.number[row]);
  }
}

bool passes(const RowFilter& filter, const io::PieceColumn& column, std::size_t row) {
  using Compare = RowFilter::Compare;
  const std::optional<double> value =
      column.is_text ? number_in(column.text[row]) : std::optional<double>(column.number[row]);
  const std::optional<double> wanted =
      std::isnan(filter.number) ? number_in(filter.text) : std::optional<double>(filter.number);
  const bool is_equal = value && wanted
                            ? *value == *wanted
                            : column.is_text && is_same_word(column.text[row], filter.text);
  const double v = value.value_or(kNone);
  switch (filter.compare) {
    case Compare::at_most:
      return v <= filter.number;
    case Compare::at_least:
      return v >= filter.number;
    case Compare::below:
      return v < filter.number;
    case Compare::above:
      return v > filter.number;
    case Compare::equal:
      return is_equal;
    case Compare::different:
      return !is_equal;
  }
  return false;
}

class InputReader {
 public:
  InputReader(const std::filesystem::path& file, LfqLayout layout, std::vector<std::string> header,
              bool is_log2)
      : file_(file), header_(std::move(header)), is_log2_(is_log2) {
    input_.layout = std::move(layout);
    input_.group_column = header_[input_.layout.group];
  }

  Result<LfqInput> read(io::TableStream& stream) {
    choose_columns();
    if (auto done = stream.choose(chosen_); !done) return std::unexpected(done.error());
    std::vector<io::PieceColumn> piece;
    for (;;) {
      const auto rows = stream.next(piece);
      if (!rows) return std::unexpected(rows.error());
      if (*rows == 0) break;
      for (std::size_t row = 0; row < *rows; ++row) add_row(piece, row);
      input_.rows += *rows;
    }
    return finish();
  }

 private:
  void choose_columns() {
    const LfqLayout& l = input_.layout;
    chosen_.push_back(l.group);
    for (const auto* list : {&l.ion, &l.run, &l.quantity, &l.sd, &l.unscaled}) {
      chosen_.insert(chosen_.end(), list->begin(), list->end());
    }
    for (const RowFilter& filter : l.filters) chosen_.push_back(filter.column);
    std::sort(chosen_.begin(), chosen_.end());
    chosen_.erase(std::unique(chosen_.begin(), chosen_.end()), chosen_.end());
    place_.resize(header_.size());
    for (std::size_t k = 0; k < chosen_.size(); ++k) place_[chosen_[k]] = k;
    wide_runs_.assign(l.wide_runs.size(), kUnused);
    columns_.resize(l.quantity.size());
  }

  void add_row(const std::vector<io::PieceColumn>& piece, std::size_t row) {
    const LfqLayout& l = input_.layout;
    for (const RowFilter& filter : l.filters) {
      if (passes(filter, piece[place_[filter.column]], row)) continue;
      ++input_.filtered;
      return;
    }
    const auto text_of = [&](std::string& text, const std::vector<std::size_t>& columns) {
      text.clear();
      for (const std::size_t c : columns) {
        if (c != columns.front()) text += '_';
        append_cell(piece[place_[c]], row, text);
      }
      return !text.empty();
    };
    const bool is_named = text_of(group_text_, {l.group}) && text_of(ion_text_, l.ion) &&
                          (l.run.empty() || text_of(run_text_, l.run));
    if (!is_named) {
      ++input_.nameless;
      return;
    }
    const std::uint32_t group = groups_.number_of(group_text_);
    const std::uint32_t ion = ions_.number_of(ion_text_);
    if (l.run.empty()) {
      for (std::size_t r = 0; r < l.quantity.size(); ++r) {
        const auto quantity = quantity_in(piece, r, row);
        if (!columns_[r].has_numbers) continue;  // no number so far: a description
        if (wide_runs_[r] == kUnused) wide_runs_[r] = runs_.number_of(l.wide_runs[r]);
        add({group, ion, wide_runs_[r]}, quantity, kNone);
      }
    } else {
      add({group, ion, runs_.number_of(run_text_)}, quantity_in(piece, 0, row), sd_in(piece, row));
    }
  }

  // The SD in the unit of the quantity; an SD of `unscaled` is multiplied by quantity / unscaled.
  double sd_in(const std::vector<io::PieceColumn>& piece, std::size_t row) const {
    const LfqLayout& l = input_.layout;
    if (l.sd.empty()) return kNone;
    const auto number = [&](std::size_t column) {
      return number_of_cell(piece[place_[column]], row).value_or(kNone);
    };
    const double sd = number(l.sd[0]);
    return l.unscaled.empty() ? sd : sd * number(l.quantity[0]) / number(l.unscaled[0]);
  }

  static std::optional<double> number_of_cell(const io::PieceColumn& column, std::size_t row) {
    return column.is_text ? number_in(column.text[row]) : std::optional<double>(column.number[row]);
  }

  using Reading = CommaMeaning::Reading;

  // The quantity in the q-th column of quantities.
  Reading quantity_in(const std::vector<io::PieceColumn>& piece, std::size_t q, std::size_t row) {
    const io::PieceColumn& column = piece[place_[input_.layout.quantity[q]]];
    if (!column.is_text) {
      columns_[q].has_numbers = true;
      return {column.number[row], {}};
    }
    const std::string_view text = column.text[row];
    const auto reading =
        is_missing_word(text) ? std::optional(Reading{kNone, {}}) : commas_.read(text);
    if (!reading) {
      if (columns_[q].no_numbers++ == 0) columns_[q].first_no_number = text;
      return {kNone, {}};
    }
    columns_[q].has_numbers |= !std::isnan(reading->value);
    return *reading;
  }

  [[nodiscard]] double linear(double value) const {
    if (!is_log2_ || value == 0) return value;  // 0 means missing, also for logarithms
    return pinned::exp(value * 0.69314718055994531);
  }

  struct Place {
    std::uint32_t group, ion, run;
  };
  void add(const Place& place, const Reading& reading, double sd) {
    const double quantity = linear(reading.value);
    if (!(quantity > 0) || !std::isfinite(quantity)) {
      ++input_.missing;
      return;
    }
    if (reading.as_thousands)
      as_thousands_.emplace_back(input_.quantity.size(), linear(*reading.as_thousands));
    input_.group.push_back(place.group);
    input_.ion.push_back(place.ion);
    input_.run.push_back(place.run);
    input_.quantity.push_back(quantity);
    if (!input_.layout.sd.empty()) input_.sd.push_back(sd);
  }

  // In a matrix, a column without any number is taken for an unknown description of rows.
  Result<void> check_numbers() const {
    for (const QuantityColumn& column : columns_) {
      const bool is_description = columns_.size() > 1 && !column.has_numbers;
      if (column.no_numbers == 0 || is_description) continue;
      return fail("OVL-IO-082",
                  fmt::format("{} quantities are not numbers, the first is '{}'", column.no_numbers,
                              column.first_no_number),
                  file_.string(),
                  "Check --quantity-column; a missing value is empty, 0, NA or the like.");
    }
    return {};
  }

  Result<void> settle_commas() {
    switch (commas_.verdict()) {
      case CommaMeaning::Verdict::decimal:
        return {};
      case CommaMeaning::Verdict::thousands:
        for (const auto& [at, quantity] : as_thousands_) input_.quantity[at] = quantity;
        return {};
      case CommaMeaning::Verdict::contradiction:
        return fail("OVL-IO-082",
                    fmt::format("a comma is the decimal sign in '{}' and not in '{}'",
                                commas_.decimal_example(), commas_.thousands_example()),
                    file_.string(), "Write all quantities in one number format.");
      case CommaMeaning::Verdict::unknown:
        return fail("OVL-IO-082",
                    fmt::format("'{}' can be read in two ways: the comma may be a decimal sign or "
                                "separate thousands, and no other quantity decides",
                                commas_.open_example()),
                    file_.string(), "Write decimals with a point, or leave the separators out.");
    }
    return {};
  }

  Result<LfqInput> finish() {
    if (auto done = check_numbers(); !done) return std::unexpected(done.error());
    if (auto done = settle_commas(); !done) return std::unexpected(done.error());
    if (input_.quantity.empty()) {
      return fail(
          "OVL-IO-083",
          fmt::format("no quantity is left of {} rows: {} by the filters ({}), {} without a "
                      "name, {} missing",
                      input_.rows, input_.filtered, fmt::join(input_.layout.filter_texts, ", "),
                      input_.nameless, input_.missing),
          file_.string(), "Check the columns and --filter; --no-filter keeps all rows.");
    }
    input_.groups = groups_.sort(input_.group);
    input_.ions = ions_.sort(input_.ion);
    input_.runs = runs_.sort(input_.run);
    return std::move(input_);
  }

  const std::filesystem::path& file_;
  std::vector<std::string> header_;
  LfqInput input_;
  std::vector<std::size_t> chosen_, place_;
  NameNumbers groups_, ions_, runs_;
  std::vector<std::uint32_t> wide_runs_;
  struct QuantityColumn {
    std::uint64_t no_numbers = 0;
    bool has_numbers = false;
    std::string first_no_number;
  };
  std::vector<QuantityColumn> columns_;
  std::string group_text_, ion_text_, run_text_;
  bool is_log2_;
  CommaMeaning commas_;
  std::vector<std::pair<std::size_t, double>>
      as_thousands_;  // row, value if commas separate thousands
};

}  // namespace

Result<LfqInput> read_lfq_input(const std::filesystem::path& file, const LfqColumnChoice& choice) {
  auto stream = io::TableStream::open(file);
  if (!stream) return std::unexpected(stream.error());
  auto layout = find_lfq_layout(stream->header(), choice, file);
  if (!layout) return std::unexpected(layout.error());
  return InputReader(file, std::move(*layout), stream->header(), choice.is_log2).read(*stream);
}

}  // namespace overland::lfq
