#include "lfq/lfq_layout.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <map>
#include <optional>
#include <string_view>

#include "base/nearest_name.h"
#include "lfq/lfq_kinds.h"

namespace overland::lfq {
namespace {

using Names = std::vector<std::string>;

class LayoutFinder {
 public:
  LayoutFinder(const Names& header, const LfqColumnChoice& choice,
               const std::filesystem::path& file)
      : header_(header), choice_(choice), file_(file) {}

  Result<LfqLayout> find() const {
    if (choice_.is_wide || looks_wide()) return wide();
    if (!choice_.group.empty() && !choice_.run.empty() && !choice_.ion.empty() &&
        !choice_.quantity.empty())
      return long_form(chosen_columns());
    for (const KnownKind& kind : known_kinds())
      if (fits(kind, choice_)) return long_form(kind);
    return fail(
        "OVL-IO-080",
        fmt::format("the kind of table is unknown; its columns are {}", fmt::join(header_, ", ")),
        file_.string(),
        "Name the columns: --group-column, --run-column, --ion-column, --quantity-column; "
        "or --wide for a matrix with a column per run.");
  }

 private:
  // Index of the column with exactly this name, or else with this name up to case and punctuation.
  std::optional<std::size_t> place(std::string_view name) const {
    auto found = std::find(header_.begin(), header_.end(), name);
    if (found == header_.end())
      found = std::ranges::find_if(
          header_, [&](const std::string& column) { return is_same_column(column, name); });
    if (found == header_.end()) return std::nullopt;
    return static_cast<std::size_t>(found - header_.begin());
  }
  std::optional<std::size_t> first_of(const Names& names) const {
    for (const std::string& name : names) {
      if (const auto found = place(name)) return found;
    }
    return std::nullopt;
  }
  Result<std::size_t> chosen(const std::string& name) const {
    if (const auto found = place(name)) return *found;
    return fail(
        "OVL-IO-020",
        fmt::format("no column '{}'; the nearest is '{}'", name, nearest_name(name, header_)),
        file_.string(), "Give a column of the table, written exactly as in its header.");
  }
  // The column chosen by the user, or the column of the known kind.
  Result<std::optional<std::size_t>> either(const std::string& name, const Names& known) const {
    if (name.empty()) return first_of(known);
    const auto found = chosen(name);
    if (!found) return std::unexpected(found.error());
    return *found;
  }

  // All columns are the user's choice; the filters are those of the known kind of table, or else of
  // the last kind, any long table.
  KnownKind chosen_columns() const {
    KnownKind chosen;
    chosen.name = "chosen columns";
    const auto known = std::ranges::find_if(
        known_kinds(), [&](const KnownKind& kind) { return fits(kind, LfqColumnChoice()); });
    chosen.filters = (known != known_kinds().end() ? *known : known_kinds().back()).filters;
    return chosen;
  }

  // Whether all required columns exist for the kind, with the choices in place of its columns.
  bool fits(const KnownKind& kind, const LfqColumnChoice& choice) const {
    const auto has = [&](const std::string& name, const Names& known) {
      return !name.empty() || first_of(known).has_value();
    };
    return has(choice.group, kind.group) && has(choice.run, kind.run) &&
           has(choice.quantity, kind.quantity) &&
           (!choice.ion.empty() || place(kind.ion.front()).has_value() ||
            (kind.any_ion && first_of(kind.ion).has_value()));
  }

  Result<std::vector<std::size_t>> ions(const Names& known) const {
    std::vector<std::size_t> places;
    for (const std::string& name : choice_.ion) {
      const auto found = chosen(name);
      if (!found) return std::unexpected(found.error());
      places.push_back(*found);
    }
    if (!places.empty()) return places;
    for (const std::string& name : known) {
      if (const auto found = place(name)) places.push_back(*found);
    }
    return places;
  }

  Result<LfqLayout> long_form(const KnownKind& kind) const {
    LfqLayout layout;
    layout.kind = kind.name;
    const auto group = either(choice_.group, kind.group);
    const auto run = either(choice_.run, kind.run);
    const auto quantity = either(choice_.quantity, kind.quantity);
    const auto sd = either(choice_.sd, kind.sd);
    for (const auto* found : {&group, &run, &quantity, &sd}) {
      if (!*found) return std::unexpected(found->error());
    }
    auto ion = ions(kind.ion);
    if (!ion) return std::unexpected(ion.error());
    layout.group = group->value();
    layout.ion = std::move(*ion);
    layout.run = {run->value()};
    layout.quantity = {quantity->value()};
    if (*sd) layout.sd = {sd->value()};
    const bool is_scaled = header_[quantity->value()] == "Precursor.Normalised";
    if (const auto unscaled = place("Precursor.Quantity"); *sd && is_scaled && unscaled)
      layout.unscaled = {*unscaled};
    if (auto done = add_filters(kind.filters, layout); !done) return std::unexpected(done.error());
    return layout;
  }

  // The columns that name the ions of a matrix; empty if no list of names matches.
  Names matrix_ions() const {
    for (const Names& names : matrix_ion_columns())
      if (place(names.front())) return names;
    return {};
  }

  // True if there are ions but no column of runs, or if columns of quantities are named after runs.
  bool looks_wide() const {
    if (!choice_.run.empty() || !choice_.quantity.empty()) return false;
    if (!first_of(
            {"Run", "File.Name", "R.FileName", "R.Run", "Raw file", "filename", "raw.name"})) {
      if (place("protein") && place("ion")) return true;
      if (first_of({"Precursor.Id", "EG.PrecursorId", "precursor_idx"})) return true;
      return !run_columns().empty() && !matrix_ions().empty() && first_of(matrix_group_columns());
    }
    return false;
  }

  // The columns that match the most frequent pattern around the run's name, with this name; empty
  // if no pattern matches.
  std::vector<std::pair<std::size_t, std::string>> run_columns() const {
    std::map<std::size_t, std::vector<std::pair<std::size_t, std::string>>> of_pattern;
    for (std::size_t c = 0; c < header_.size(); ++c)
      if (auto column = run_of_column(header_[c]); column && !is_identity_column(header_[c]))
        of_pattern[column->pattern].emplace_back(c, std::move(column->run));
    const auto most = std::ranges::max_element(
        of_pattern, {}, [](const auto& entry) { return entry.second.size(); });
    return most == of_pattern.end() || most->second.size() < 2
               ? std::vector<std::pair<std::size_t, std::string>>()
               : most->second;
  }

  Result<LfqLayout> wide() const {
    LfqLayout layout;
    layout.kind = "matrix";
    const auto group = either(choice_.group, matrix_group_columns());
    if (!group) return std::unexpected(group.error());
    auto ion = ions(matrix_ions());
    if (!ion) return std::unexpected(ion.error());
    const auto named = run_columns();
    for (const auto& [column, run] : named) {
      layout.quantity.push_back(column);
      layout.wide_runs.push_back(run);
    }
    for (std::size_t c = 0; named.empty() && c < header_.size(); ++c) {
      const bool is_identity = is_identity_column(header_[c]) || (*group && **group == c) ||
                               std::ranges::count(*ion, c) > 0;
      if (is_identity) continue;
      layout.quantity.push_back(c);
      layout.wide_runs.push_back(header_[c]);
    }
    if (!*group || ion->empty() || layout.quantity.empty()) {
      return fail("OVL-IO-081",
                  "a matrix needs a column of groups, a column of ions, and a column for each run",
                  file_.string(), "Name the first two: --group-column, --ion-column.");
    }
    layout.group = **group;
    layout.ion = std::move(*ion);
    if (auto done = add_filters({}, layout); !done) return std::unexpected(done.error());
    return layout;
  }

  Result<void> add_filters(const Names& known, LfqLayout& layout) const {
    const bool is_chosen = !choice_.filters.empty();
    if (choice_.unfiltered && !is_chosen) return {};
    for (const std::string& text : is_chosen ? choice_.filters : known) {
      auto filter = parse_filter(text);
      if (!filter && !is_chosen && filter.error().code == "OVL-IO-020") continue;
      if (!filter) return std::unexpected(filter.error());
      layout.filters.push_back(std::move(*filter));
      layout.filter_texts.push_back(text);
    }
    return {};
  }

  Result<RowFilter> parse_filter(const std::string& text) const {
    using Compare = RowFilter::Compare;
    static const std::vector<std::pair<std::string, Compare>> kSigns{
        {"<=", Compare::at_most},   {">=", Compare::at_least}, {"==", Compare::equal},
        {"!=", Compare::different}, {"<", Compare::below},     {">", Compare::above}};
    for (const auto& [sign, compare] : kSigns) {
      const std::size_t at = text.find(sign);
      if (at == std::string::npos || at == 0) continue;
      const auto column = chosen(text.substr(0, at));
      if (!column) return std::unexpected(column.error());
      RowFilter filter{*column, compare, 0, text.substr(at + sign.size())};
      const char* const end = filter.text.data() + filter.text.size();
      const auto parsed = std::from_chars(filter.text.data(), end, filter.number);
      const bool is_number = parsed.ec == std::errc() && parsed.ptr == end;
      const bool is_equality = compare == Compare::equal || compare == Compare::different;
      if (is_number || is_equality) {
        if (!is_number) filter.number = std::numeric_limits<double>::quiet_NaN();
        return filter;
      }
      break;
    }
    return fail("OVL-USE-020", "the filter '" + text + "' cannot be read", "--filter",
                "Write a filter such as Q.Value<=0.01, with one of <= >= < > == !=.");
  }

  const Names& header_;
  const LfqColumnChoice& choice_;
  const std::filesystem::path& file_;
};

}  // namespace

Result<LfqLayout> find_lfq_layout(const std::vector<std::string>& header,
                                  const LfqColumnChoice& choice,
                                  const std::filesystem::path& file) {
  return LayoutFinder(header, choice, file).find();
}

}  // namespace overland::lfq
