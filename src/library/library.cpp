#include "library/library.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/json_text.h"
#include "library/intensity_form.h"
#include "library/library_checks.h"
#include "library/library_layout.h"

namespace overland::library {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr const char* kMakeAnew = "Copy the folder again completely, or build the library again.";

std::unexpected<Error> inconsistent(const fs::path& folder, const std::string& why) {
  return fail("OVL-LIB-003", "the library is damaged: " + why, folder.string(), kMakeAnew);
}

Result<json> read_description(const fs::path& folder) {
  std::ifstream in(folder / layout::kDescription, std::ios::binary);
  if (!in) {
    return fail("OVL-LIB-001", "this is not a library folder: it has no library.json",
                folder.string(),
                "Give a NAME.lib folder, or import the table with import-library.");
  }
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  json description = parse_json(text);
  if (!description.is_object() || description.value("format", json()) != layout::kFormat) {
    return inconsistent(folder, "library.json does not describe a library");
  }
  const json version = description.value("version", json());
  if (version != layout::kVersion) {
    return fail("OVL-LIB-002",
                fmt::format("library format version {}, this program reads version {}",
                            version.dump(), layout::kVersion),
                folder.string(), "Build the library again with this version of the program.");
  }
  return description;
}

std::string text_at(const json& object, const char* key) {
  if (!object.is_object()) return {};
  const json value = object.value(key, json());
  return value.is_string() ? value.get<std::string>() : std::string{};
}

int count_at(const json& object, const char* key) {
  if (!object.is_object()) return 0;
  const json value = object.value(key, json());
  return value.is_number_integer() ? value.get<int>() : 0;
}

bool has_count(const json& description, const char* key, std::size_t expected) {
  const json value = description.value(key, json());
  return value.is_number_unsigned() && value.get<std::uint64_t>() == expected;
}

// Reads several columns with `take` and keeps the first error.
class Columns {
 public:
  Columns(const io::MappedColumns& source, std::optional<Error>& error)
      : source_(source), error_(error) {}
  template <class T>
  void take(const char* name, std::span<const T>& column) {
    auto found = source_.column<T>(name);
    if (found) {
      column = *found;
    } else if (!error_) {
      error_ = found.error();
    }
  }
  void take(const char* name, io::StringColumn& column) {
    auto found = source_.strings(name);
    if (found) {
      column = *found;
    } else if (!error_) {
      error_ = found.error();
    }
  }

 private:
  const io::MappedColumns& source_;
  std::optional<Error>& error_;
};

}  // namespace

struct Library::State {
  io::MappedColumns precursors, fragments, proteins;
  std::optional<io::MappedColumns> splines;
  std::vector<std::uint64_t> fragment_begin;  // from the counts on disk
  std::vector<float> shared_irt;              // after share_times(), if it changed a value
  LibraryView view;
  std::string content_hash;
  LibraryProvenance provenance;

  // Fills the view; empty if all columns are present.
  std::optional<Error> map_columns() {
    std::optional<Error> error;
    Columns p(precursors, error);
    p.take("precursor_mz", view.precursor_mz);
    p.take("irt", view.irt);
    p.take("charge", view.charge);
    p.take("is_decoy", view.is_decoy);
    p.take("entrapment", view.entrapment);
    p.take("pair", view.pair);
    p.take("partner", view.partner);
    p.take("protein_set", view.protein_set);
    p.take("modified_sequence", view.modified_sequence);
    std::span<const std::uint16_t> counts;
    p.take("fragment_count", counts);
    Columns f(fragments, error);
    f.take("mz", view.fragment_mz);
    f.take("intensity", view.fragment_intensity);
    f.take("kind", view.fragment_kind);
    f.take("ordinal", view.fragment_ordinal);
    Columns s(proteins, error);
    s.take("protein_ids", view.protein_ids);
    s.take("genes", view.genes);
    fragment_begin.reserve(counts.size() + 1);
    fragment_begin.push_back(0);
    for (const std::uint16_t count : counts)
      fragment_begin.push_back(fragment_begin.back() + count);
    view.fragment_begin = fragment_begin;
    if (!splines) return error;
    Columns c(*splines, error);
    for (std::size_t i = 0; i < layout::kCoefficients.size(); ++i) {
      c.take(layout::kCoefficients[i], view.fragment_spline[i]);
    }
    return error;
  }
};

IndexRange LibraryView::precursors_between(Mz low, Mz high) const {
  const auto exact = [](float mz) { return static_cast<double>(mz); };
  const auto first = std::ranges::lower_bound(precursor_mz, low.value, {}, exact);
  const auto last = std::ranges::lower_bound(first, precursor_mz.end(), high.value, {}, exact);
  return {PrecursorId(static_cast<std::uint32_t>(first - precursor_mz.begin())),
          PrecursorId(static_cast<std::uint32_t>(last - precursor_mz.begin()))};
}

kernel::SplineBasis LibraryView::basis_at(double nce) const {
  if (!form.spline) return {};
  return kernel::cubic_basis(form.spline->knots,
                             std::clamp(nce, form.spline->low_nce, form.spline->high_nce));
}

std::size_t LibraryView::intensities(PrecursorId precursor, const kernel::SplineBasis& basis,
                                     std::span<float> out) const {
  const std::size_t begin = fragment_begin[precursor.index()];
  const std::size_t end = fragment_begin[precursor.index() + 1];
  const std::size_t count = std::min(end - begin, out.size());
  if (form.spline) {
    kernel::spline_intensities(fragment_spline, begin, basis, out.first(count));
  } else {
    for (std::size_t f = 0; f < count; ++f)
      out[f] = decode_intensity(fragment_intensity[begin + f]);
  }
  return count;
}

Library::Library(std::unique_ptr<State> state) : state_(std::move(state)) {}
Library::Library(Library&&) noexcept = default;
Library& Library::operator=(Library&&) noexcept = default;
Library::~Library() = default;

Result<Library> Library::open(const fs::path& folder, const Machine& machine) {
  const auto description = read_description(folder);
  if (!description) return std::unexpected(description.error());
  const auto form = read_form(*description);
  if (!form) return inconsistent(folder, "library.json does not state the form of the intensities");
  if (const std::string why =
          changed_table(folder, *description, form->spline.has_value(), machine);
      !why.empty())
    return inconsistent(folder, why);
  auto precursors = io::MappedColumns::open(folder / layout::kPrecursors);
  if (!precursors) return inconsistent(folder, precursors.error().message());
  auto fragments = io::MappedColumns::open(folder / layout::kFragments);
  if (!fragments) return inconsistent(folder, fragments.error().message());
  auto proteins = io::MappedColumns::open(folder / layout::kProteins);
  if (!proteins) return inconsistent(folder, proteins.error().message());

  auto state =
      std::make_unique<State>(std::move(*precursors), std::move(*fragments), std::move(*proteins));
  state->view.form = *form;
  if (form->spline) {
    auto splines = io::MappedColumns::open(folder / layout::kSplines);
    if (!splines) return inconsistent(folder, splines.error().message());
    state->splines.emplace(std::move(*splines));
  }
  if (const auto error = state->map_columns()) return inconsistent(folder, error->message());
  const LibraryView& view = state->view;
  if (!has_count(*description, "precursors", view.precursor_mz.size()) ||
      !has_count(*description, "fragments", view.fragment_mz.size()) ||
      !has_count(*description, "protein_sets", view.protein_ids.size())) {
    return inconsistent(folder, "the lengths of its tables differ from library.json");
  }
  if (form->spline && state->splines->row_count() != view.fragment_mz.size()) {
    return inconsistent(folder, "the numbers of splines and fragments differ");
  }
  if (const std::string why = inconsistency(view, machine); !why.empty())
    return inconsistent(folder, why);
  state->content_hash = text_at(*description, "content_hash");
  const json provenance = description->value("provenance", json());
  state->provenance = {text_at(provenance, "source"),     text_at(provenance, "source_hash"),
                       text_at(provenance, "created_by"), count_at(provenance, "made_decoys"),
                       text_at(provenance, "predictor"),  {}};
  if (provenance.is_object() && provenance.contains("settings")) {
    state->provenance.settings = provenance["settings"].dump();
  }
  return Library(std::move(state));
}

LibraryView Library::view() const& {
  return state_->view;
}
const std::string& Library::content_hash() const {
  return state_->content_hash;
}
void Library::share_times() {
  LibraryView& view = state_->view;
  std::vector<float> irt(view.irt.begin(), view.irt.end());
  std::vector<float> of_target(irt.size(), std::numeric_limits<float>::quiet_NaN());  // per pair
  for (std::size_t p = 0; p < irt.size(); ++p) {
    if (view.is_decoy[p] == 0) of_target[view.pair[p]] = irt[p];
  }
  for (std::size_t p = 0; p < irt.size(); ++p) {
    if (!std::isnan(of_target[view.pair[p]])) irt[p] = of_target[view.pair[p]];
  }
  if (std::ranges::equal(irt, view.irt)) return;
  state_->shared_irt = std::move(irt);
  view.irt = state_->shared_irt;
  state_->content_hash += "+times";
}

const LibraryProvenance& Library::provenance() const {
  return state_->provenance;
}

double decoys_per_target(const LibraryView& library) {
  double decoys = 0;
  for (const std::uint8_t d : library.is_decoy) decoys += d;
  const double targets = static_cast<double>(library.precursor_count()) - decoys;
  return targets > 0 && decoys > 0 ? decoys / targets : 1;
}

}  // namespace overland::library
