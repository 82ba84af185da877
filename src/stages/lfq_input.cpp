#include "stages/lfq_input.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <unordered_map>

#include "io/table_stream.h"

namespace overland {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// Numbers for names in the order of their first appearance.
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
  // The names in alphabetical order; `numbers` is changed to their places in it.
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

bool is_same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

// The number that a cell of text is; nothing where it is none. Truth values count as 1 and 0.
std::optional<double> number_in(std::string_view text) {
  double value = 0;
  const char* const end = text.data() + text.size();
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto parsed = std::from_chars(text.data(), end, value);
  if (!text.empty() && parsed.ec == std::errc() && parsed.ptr == end) return value;
  if (parsed.ec == std::errc::result_out_of_range) return kNone;
  if (is_same_word(text, "true")) return 1;
  if (is_same_word(text, "false")) return 0;
  return std::nullopt;
}

bool is_missing_word(std::string_view text) {
  return text.empty() || is_same_word(text, "na") || is_same_word(text, "nan") ||
         is_same_word(text, "null") || is_same_word(text, "filtered");
}

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
  InputReader(const std::filesystem::path& file, LfqLayout layout, std::vector<std::string> header)
      : file_(file), header_(std::move(header)) {
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
    for (const auto* list : {&l.ion, &l.run, &l.quantity, &l.sd}) {
      chosen_.insert(chosen_.end(), list->begin(), list->end());
    }
    for (const RowFilter& filter : l.filters) chosen_.push_back(filter.column);
    std::sort(chosen_.begin(), chosen_.end());
    chosen_.erase(std::unique(chosen_.begin(), chosen_.end()), chosen_.end());
    place_.resize(header_.size());
    for (std::size_t k = 0; k < chosen_.size(); ++k) place_[chosen_[k]] = k;
    if (l.run.empty()) {
      for (const std::size_t c : l.quantity) wide_runs_.push_back(runs_.number_of(header_[c]));
    }
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
        add(group, ion, wide_runs_[r], quantity_in(piece[place_[l.quantity[r]]], row), kNone);
      }
    } else {
      const double sd =
          l.sd.empty() ? kNone : number_of_cell(piece[place_[l.sd[0]]], row).value_or(kNone);
      add(group, ion, runs_.number_of(run_text_), quantity_in(piece[place_[l.quantity[0]]], row),
          sd);
    }
  }

  static std::optional<double> number_of_cell(const io::PieceColumn& column, std::size_t row) {
    return column.is_text ? number_in(column.text[row]) : std::optional<double>(column.number[row]);
  }
  double quantity_in(const io::PieceColumn& column, std::size_t row) {
    const auto value = number_of_cell(column, row);
    if (!value && !is_missing_word(column.text[row])) {
      if (no_numbers_++ == 0) first_no_number_ = column.text[row];
    }
    return value.value_or(kNone);
  }

  void add(std::uint32_t group, std::uint32_t ion, std::uint32_t run, double quantity, double sd) {
    if (!(quantity > 0) || !std::isfinite(quantity)) {
      ++input_.missing;
      return;
    }
    input_.group.push_back(group);
    input_.ion.push_back(ion);
    input_.run.push_back(run);
    input_.quantity.push_back(quantity);
    if (!input_.layout.sd.empty()) input_.sd.push_back(sd);
  }

  Result<LfqInput> finish() {
    if (no_numbers_ > 0) {
      return fail("OVL-IO-082",
                  fmt::format("{} quantities are not numbers, the first is '{}'", no_numbers_,
                              first_no_number_),
                  file_.string(),
                  "Check --quantity-column; decimals are written with a point, and a missing value "
                  "is empty or NA.");
    }
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
  std::string group_text_, ion_text_, run_text_, first_no_number_;
  std::uint64_t no_numbers_ = 0;
};

}  // namespace

Result<LfqInput> read_lfq_input(const std::filesystem::path& file, const LfqColumnChoice& choice) {
  auto stream = io::TableStream::open(file);
  if (!stream) return std::unexpected(stream.error());
  auto layout = find_lfq_layout(stream->header(), choice, file);
  if (!layout) return std::unexpected(layout.error());
  return InputReader(file, std::move(*layout), stream->header()).read(*stream);
}

}  // namespace overland
