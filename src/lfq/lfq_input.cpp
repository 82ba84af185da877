#include "lfq/lfq_input.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "base/files/scratch_file.h"
#include "base/pinned_math.h"
#include "io/table/table_stream.h"
#include "io/text/table_numbers.h"
#include "lfq/lfq_names.h"

namespace overland::lfq {
namespace {

constexpr std::uint32_t kUnused = std::numeric_limits<std::uint32_t>::max();
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// A quantity as it is read: names as numbers in the order of their first appearance.
struct ReadRow {
  std::uint32_t group = 0, ion = 0, run = 0;
  bool has_thousands = false;
  double quantity = 0, sd = kNone;
  double thousands = kNone;  // the quantity if commas separate thousands
};

// Rows in a scratch file, in the order of the table.
class ReadRows {
 public:
  explicit ReadRows(ScratchFile file) : file_(std::move(file)) {}
  Result<void> add(const ReadRow& row) {
    waiting_.push_back(row);
    return waiting_.size() < kPiece ? Result<void>() : flush();
  }
  Result<void> flush() {
    auto done = file_.write<ReadRow>(written_, waiting_);
    written_ += waiting_.size();
    waiting_.clear();
    return done;
  }
  [[nodiscard]] std::uint64_t size() const { return written_ + waiting_.size(); }
  // After the last flush.
  template <class Use>
  Result<void> for_each(const Use& use) const {
    for (std::uint64_t at = 0; at < written_; at += kPiece) {
      const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(kPiece, written_ - at));
      const auto piece = file_.view<ReadRow>(at, count);
      if (!piece) return std::unexpected(piece.error());
      for (const ReadRow& row : piece->values) {
        if (auto done = use(row); !done) return done;
      }
    }
    return {};
  }

 private:
  static constexpr std::size_t kPiece = std::size_t{1} << 15;
  ScratchFile file_;
  std::vector<ReadRow> waiting_;
  std::uint64_t written_ = 0;
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
      column.is_text ? io::number_in(column.text[row]) : std::optional<double>(column.number[row]);
  const std::optional<double> wanted =
      std::isnan(filter.number) ? io::number_in(filter.text) : std::optional<double>(filter.number);
  const bool is_equal = value && wanted
                            ? *value == *wanted
                            : column.is_text && io::is_same_word(column.text[row], filter.text);
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
              ScratchFile scratch)
      : file_(file), header_(std::move(header)), read_(std::move(scratch)) {
    input_.layout = std::move(layout);
    input_.group_column = header_[input_.layout.group];
  }

  // Reads the whole table.
  Result<void> read(io::TableStream& stream, bool is_log2) {
    is_log2_ = is_log2;
    choose_columns();
    if (auto done = stream.choose(chosen_); !done) return done;
    std::vector<io::PieceColumn> piece;
    for (;;) {
      const auto rows = stream.next(piece);
      if (!rows) return std::unexpected(rows.error());
      if (*rows == 0) break;
      for (std::size_t row = 0; row < *rows; ++row) {
        if (auto done = add_row(piece, row); !done) return done;
      }
      input_.rows += *rows;
    }
    if (auto done = read_.flush(); !done) return done;
    return check();
  }

  // Call after `read`.
  Result<LfqTable> finish(const std::filesystem::path& folder, const quantify::BlockSizes& sizes) {
    const std::vector<std::uint32_t> group_rank = groups_.ranks(), ion_rank = ions_.ranks(),
                                     run_rank = runs_.ranks();
    std::vector<std::uint64_t> counts(group_rank.size());
    for (std::size_t group = 0; group < counts.size(); ++group)
      counts[group_rank[group]] = group_rows_[group];
    auto sorted = quantify::LevelRows::create(folder, counts, sizes);
    if (!sorted) return std::unexpected(sorted.error());
    const bool has_thousands = commas_.verdict() == io::CommaMeaning::Verdict::thousands;
    auto done = read_.for_each([&](const ReadRow& row) {
      const double quantity = has_thousands && row.has_thousands ? row.thousands : row.quantity;
      return sorted->add(
          {group_rank[row.group], ion_rank[row.ion], run_rank[row.run], quantity, row.sd});
    });
    if (done) done = sorted->close();
    if (!done) return std::unexpected(done.error());
    input_.quantities = read_.size();
    input_.groups = groups_.sorted();
    input_.ions = ions_.size();
    input_.runs = runs_.sorted();
    return LfqTable{std::move(input_), std::move(*sorted)};
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

  Result<void> add_row(const std::vector<io::PieceColumn>& piece, std::size_t row) {
    const LfqLayout& l = input_.layout;
    for (const RowFilter& filter : l.filters) {
      if (passes(filter, piece[place_[filter.column]], row)) continue;
      ++input_.filtered;
      return {};
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
      return {};
    }
    const std::uint32_t group = groups_.number_of(group_text_);
    const std::uint32_t ion = ions_.number_of(ion_text_);
    group_rows_.resize(groups_.size(), 0);
    if (!l.run.empty()) {
      return add(
          {.group = group, .ion = ion, .run = runs_.number_of(run_text_), .sd = sd_in(piece, row)},
          quantity_in(piece, 0, row));
    }
    for (std::size_t r = 0; r < l.quantity.size(); ++r) {
      const auto quantity = quantity_in(piece, r, row);
      if (!columns_[r].has_numbers) continue;  // no number so far: a description
      if (wide_runs_[r] == kUnused) wide_runs_[r] = runs_.number_of(l.wide_runs[r]);
      if (auto done = add({.group = group, .ion = ion, .run = wide_runs_[r]}, quantity); !done)
        return done;
    }
    return {};
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
    return column.is_text ? io::number_in(column.text[row])
                          : std::optional<double>(column.number[row]);
  }

  using Reading = io::CommaMeaning::Reading;

  // The quantity in the q-th column of quantities.
  Reading quantity_in(const std::vector<io::PieceColumn>& piece, std::size_t q, std::size_t row) {
    const io::PieceColumn& column = piece[place_[input_.layout.quantity[q]]];
    if (!column.is_text) {
      columns_[q].has_numbers = true;
      return {column.number[row], {}};
    }
    const std::string_view text = column.text[row];
    const auto reading =
        io::is_missing_word(text) ? std::optional(Reading{kNone, {}}) : commas_.read(text);
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

  // `row` lacks the quantity.
  Result<void> add(ReadRow row, const Reading& reading) {
    row.quantity = linear(reading.value);
    if (!(row.quantity > 0) || !std::isfinite(row.quantity)) {
      ++input_.missing;
      return {};
    }
    row.has_thousands = reading.as_thousands.has_value();
    if (row.has_thousands) row.thousands = linear(*reading.as_thousands);
    ++group_rows_[row.group];
    return read_.add(row);
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

  Result<void> check_commas() const {
    switch (commas_.verdict()) {
      case io::CommaMeaning::Verdict::decimal:
      case io::CommaMeaning::Verdict::thousands:
        return {};
      case io::CommaMeaning::Verdict::contradiction:
        return fail("OVL-IO-082",
                    fmt::format("a comma is the decimal sign in '{}' and not in '{}'",
                                commas_.decimal_example(), commas_.thousands_example()),
                    file_.string(), "Write all quantities in one number format.");
      case io::CommaMeaning::Verdict::unknown:
        return fail("OVL-IO-082",
                    fmt::format("'{}' can be read in two ways: the comma may be a decimal sign or "
                                "separate thousands, and no other quantity decides",
                                commas_.open_example()),
                    file_.string(), "Write decimals with a point, or leave the separators out.");
    }
    return {};
  }

  Result<void> check() const {
    if (auto done = check_numbers(); !done) return done;
    if (auto done = check_commas(); !done) return done;
    if (read_.size() > 0) return {};
    return fail(
        "OVL-IO-083",
        fmt::format("no quantity is left of {} rows: {} by the filters ({}), {} without a "
                    "name, {} missing",
                    input_.rows, input_.filtered, fmt::join(input_.layout.filter_texts, ", "),
                    input_.nameless, input_.missing),
        file_.string(), "Check the columns and --filter; --no-filter keeps all rows.");
  }

  const std::filesystem::path& file_;
  std::vector<std::string> header_;
  LfqInput input_;
  std::vector<std::size_t> chosen_, place_;
  LfqNames groups_, ions_, runs_;
  std::vector<std::uint64_t> group_rows_;  // by number of the group
  ReadRows read_;
  std::vector<std::uint32_t> wide_runs_;
  struct QuantityColumn {
    std::uint64_t no_numbers = 0;
    bool has_numbers = false;
    std::string first_no_number;
  };
  std::vector<QuantityColumn> columns_;
  std::string group_text_, ion_text_, run_text_;
  bool is_log2_ = false;
  io::CommaMeaning commas_;
};

}  // namespace

Result<LfqTable> read_lfq_table(const std::filesystem::path& file, const LfqColumnChoice& choice,
                                const std::filesystem::path& folder,
                                const quantify::BlockSizes& sizes) {
  auto stream = io::TableStream::open(file);
  if (!stream) return std::unexpected(stream.error());
  auto layout = find_lfq_layout(stream->header(), choice, file);
  if (!layout) return std::unexpected(layout.error());
  auto scratch = ScratchFile::create(folder);
  if (!scratch) return std::unexpected(scratch.error());
  InputReader reader(file, std::move(*layout), stream->header(), std::move(*scratch));
  if (auto done = reader.read(*stream, choice.is_log2); !done) return std::unexpected(done.error());
  return reader.finish(folder, sizes);
}

}  // namespace overland::lfq
