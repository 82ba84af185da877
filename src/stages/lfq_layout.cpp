#include "stages/lfq_layout.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <string_view>

#include "base/nearest_name.h"

namespace overland {
namespace {

using Names = std::vector<std::string>;

// A kind of table. Of each list of alternatives the first column that exists is taken; all of
// `ion` that exist, of which the first must.
struct KnownKind {
  std::string name;
  Names group, run, ion, quantity, sd;
  Names filters;  // where their column exists
};

const std::vector<KnownKind>& known_kinds() {
  static const std::vector<KnownKind> kinds{
      {"DIA-NN report",
       {"Protein.Group", "Genes", "Protein.Ids"},
       {"Run", "File.Name"},
       {"Precursor.Id"},
       {"Precursor.Normalised", "Precursor.Quantity"},
       {"Quantity.SD"},
       {"Q.Value<=0.01", "Decoy==0"}},
      {"Spectronaut report",
       {"PG.ProteinGroups", "PG.ProteinAccessions", "PG.Genes"},
       {"R.FileName", "R.Run", "R.Condition"},
       {"EG.ModifiedSequence", "FG.Charge", "F.FrgIon", "F.Charge", "F.FrgLossType"},
       {"F.PeakArea", "F.NormalizedPeakArea", "FG.Quantity", "FG.MS2Quantity"},
       {},
       {"EG.Qvalue<=0.01", "PG.Qvalue<=0.01", "F.ExcludedFromQuantification==False",
        "F.FrgLossType==noloss"}},
      {"Spectronaut precursors",
       {"PG.ProteinGroups", "PG.ProteinAccessions", "PG.Genes"},
       {"R.FileName", "R.Run", "R.Condition"},
       {"EG.PrecursorId"},
       {"EG.TotalQuantity (Settings)", "FG.Quantity", "FG.MS2Quantity"},
       {},
       {"EG.Qvalue<=0.01", "PG.Qvalue<=0.01"}},
      {"OpenSWATH or PyProphet features",
       {"ProteinName"},
       {"filename", "align_origfilename", "run_id"},
       {"FullPeptideName", "Charge"},
       {"Intensity"},
       {},
       {"m_score<=0.01", "decoy==0", "peak_group_rank==1"}},
      {"MaxQuant evidence",
       {"Leading razor protein", "Proteins"},
       {"Raw file"},
       {"Modified sequence", "Charge"},
       {"Intensity"},
       {},
       {"Reverse!=+"}},
      {"MSstats input",
       {"ProteinName"},
       {"Run"},
       {"PeptideSequence", "PrecursorCharge", "FragmentIon", "ProductCharge"},
       {"Intensity"},
       {},
       {}}};
  return kinds;
}

// Columns of matrices that are not runs.
const Names& identity_columns() {
  static const Names names{"Protein.Group",
                           "Protein.Ids",
                           "Protein.Names",
                           "Genes",
                           "First.Protein.Description",
                           "Proteotypic",
                           "Stripped.Sequence",
                           "Modified.Sequence",
                           "Precursor.Charge",
                           "Precursor.Id",
                           "Precursor.Mz",
                           "Decoy",
                           "Entrapment",
                           "protein",
                           "ion",
                           "N.Sequences",
                           "N.Proteotypic.Sequences"};
  return names;
}

class LayoutFinder {
 public:
  LayoutFinder(const Names& header, const LfqColumnChoice& choice,
               const std::filesystem::path& file)
      : header_(header), choice_(choice), file_(file) {}

  Result<LfqLayout> find() const {
    if (choice_.is_wide || looks_wide()) return wide();
    const bool is_chosen = !choice_.group.empty() && !choice_.run.empty() && !choice_.ion.empty() &&
                           !choice_.quantity.empty();
    for (const KnownKind& kind : known_kinds()) {
      if (!is_chosen && !fits(kind)) continue;
      return long_form(is_chosen ? KnownKind{"chosen columns", {}, {}, {}, {}, {}, {}} : kind);
    }
    return fail(
        "OVL-IO-080",
        fmt::format("the kind of table is not known; its columns are {}", fmt::join(header_, ", ")),
        file_.string(),
        "Name the columns: --group-column, --run-column, --ion-column, --quantity-column; "
        "or --wide for a matrix with a column per run.");
  }

 private:
  std::optional<std::size_t> place(std::string_view name) const {
    const auto found = std::find(header_.begin(), header_.end(), name);
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
        file_.string(), "Give a column of the table, written exactly like there.");
  }
  // The user's column, or that of the kind.
  Result<std::optional<std::size_t>> either(const std::string& name, const Names& known) const {
    if (name.empty()) return first_of(known);
    const auto found = chosen(name);
    if (!found) return std::unexpected(found.error());
    return *found;
  }

  // Whether the kind, with what the user chose in its place, has all it needs.
  bool fits(const KnownKind& kind) const {
    const auto has = [&](const std::string& name, const Names& known) {
      return !name.empty() || first_of(known).has_value();
    };
    return has(choice_.group, kind.group) && has(choice_.run, kind.run) &&
           has(choice_.quantity, kind.quantity) &&
           (!choice_.ion.empty() || place(kind.ion.front()).has_value());
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
    if (auto done = add_filters(kind.filters, layout); !done) return std::unexpected(done.error());
    return layout;
  }

  // A matrix of DIA-NN, directLFQ or our own: no column of runs, but ions.
  bool looks_wide() const {
    if (!choice_.run.empty() || !choice_.quantity.empty()) return false;
    if (place("protein") && place("ion")) return true;
    return place("Precursor.Id") && !place("Run") && !place("File.Name");
  }

  Result<LfqLayout> wide() const {
    LfqLayout layout;
    layout.kind = "matrix";
    const auto group = either(choice_.group, {"Protein.Group", "protein", "Protein.Ids", "Genes"});
    if (!group) return std::unexpected(group.error());
    auto ion = ions(place("Precursor.Id") ? Names{"Precursor.Id"} : Names{"ion"});
    if (!ion) return std::unexpected(ion.error());
    for (std::size_t c = 0; c < header_.size(); ++c) {
      const bool is_identity = std::ranges::count(identity_columns(), header_[c]) > 0 ||
                               (*group && **group == c) || std::ranges::count(*ion, c) > 0;
      if (!is_identity) layout.quantity.push_back(c);
    }
    if (!*group || ion->empty() || layout.quantity.empty()) {
      return fail("OVL-IO-081",
                  "a matrix needs a column of groups, one of ions, and one for each run",
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
    static const std::vector<std::pair<std::string, Compare>> signs{
        {"<=", Compare::at_most},   {">=", Compare::at_least}, {"==", Compare::equal},
        {"!=", Compare::different}, {"<", Compare::below},     {">", Compare::above}};
    for (const auto& [sign, compare] : signs) {
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
                "Write it like Q.Value<=0.01, with one of <= >= < > == !=.");
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

}  // namespace overland
