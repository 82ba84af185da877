#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <tuple>

#include "base/atomic_file.h"
#include "base/hash.h"
#include "io/table.h"
#include "library/intensity_form.h"
#include "library/library.h"
#include "library/library_layout.h"

namespace overland {
namespace {

namespace fs = std::filesystem;
using Fragment = LibraryPrecursor::Fragment;

// What sorting needs, computed once per precursor.
struct Row {
  std::uint32_t source;  // index into the precursors given
  float mz;
  std::string modified_sequence;
};

std::uint16_t encode_intensity(float intensity, float highest) {
  const double root = std::sqrt(static_cast<double>(intensity) / static_cast<double>(highest));
  return static_cast<std::uint16_t>(std::clamp(std::floor(65535.0 * root + 0.5), 1.0, 65535.0));
}

std::string defect_of(const LibraryPrecursor& precursor) {
  const std::size_t length = precursor.peptide.residues.size();
  if (precursor.charge < 1 || precursor.charge > 255) {
    return fmt::format("charge {}", precursor.charge);
  }
  if (!std::isfinite(precursor.irt)) return "iRT is not a number";
  if (precursor.fragments.empty()) return "no fragments";
  if (precursor.fragments.size() > 65535) return "more than 65535 fragments";
  for (const Fragment& fragment : precursor.fragments) {
    if (!std::isfinite(fragment.intensity) || fragment.intensity <= 0) {
      return fmt::format("fragment intensity {}", fragment.intensity);
    }
    if (!std::isfinite(fragment.mz)) return "fragment m/z is not a number";
    if (fragment.ion.charge < 1 || fragment.ion.charge > 7) {
      return fmt::format("fragment charge {}", fragment.ion.charge);
    }
    if (fragment.ion.ordinal < 1 || fragment.ion.ordinal >= length) {
      return fmt::format("fragment ordinal {}", fragment.ion.ordinal);
    }
  }
  return {};
}

std::unexpected<Error> cannot_store(const Peptide& peptide, const std::string& defect) {
  return fail("OVL-LIB-004", "a precursor cannot be stored: " + defect, to_unimod_notation(peptide),
              "Correct the source of the library.");
}

// With splines, the plain intensities beside them are theirs at the reference energy.
Result<void> settle_splines(std::vector<LibraryPrecursor>& precursors, const SplineForm& form) {
  if (const std::string defect = defect_of(form); !defect.empty()) {
    return fail("OVL-LIB-004", "the library cannot be stored: " + defect, "",
                "Correct the source of the library.");
  }
  for (LibraryPrecursor& precursor : precursors) {
    if (const std::string defect = spline_defect_of(precursor); !defect.empty()) {
      return cannot_store(precursor.peptide, defect);
    }
    if (!take_reference_intensities(precursor, form)) {
      return cannot_store(precursor.peptide, "no fragment at the reference energy");
    }
  }
  return {};
}

Result<std::vector<Row>> sorted_rows(const std::vector<LibraryPrecursor>& precursors) {
  std::vector<Row> rows;
  rows.reserve(precursors.size());
  for (const LibraryPrecursor& precursor : precursors) {
    std::string sequence = to_unimod_notation(precursor.peptide);
    if (const std::string defect = defect_of(precursor); !defect.empty()) {
      return cannot_store(precursor.peptide, defect);
    }
    const auto mz = static_cast<float>(precursor_mz(precursor.peptide, precursor.charge).value);
    rows.push_back({static_cast<std::uint32_t>(rows.size()), mz, std::move(sequence)});
  }
  const auto key = [&](const Row& row) {
    const LibraryPrecursor& precursor = precursors[row.source];
    return std::tuple(row.mz, precursor.is_decoy, std::string_view(row.modified_sequence),
                      precursor.charge, precursor.entrapment, precursor.pair, row.source);
  };
  std::ranges::sort(rows, {}, key);
  return rows;
}

// Rows of proteins.arrow in alphabetical order, so that they do not depend on the input's order.
class ProteinSets {
 public:
  explicit ProteinSets(const std::vector<LibraryPrecursor>& precursors) {
    for (const LibraryPrecursor& precursor : precursors) {
      rows_.try_emplace({precursor.protein_ids, precursor.genes}, 0);
    }
    std::uint32_t next = 0;
    for (auto& [key, row] : rows_) row = next++;
  }
  [[nodiscard]] std::uint32_t row(const LibraryPrecursor& precursor) const {
    return rows_.find({precursor.protein_ids, precursor.genes})->second;
  }
  [[nodiscard]] io::Table table() const {
    std::vector<std::string> ids;
    std::vector<std::string> genes;
    for (const auto& [key, row] : rows_) {
      ids.emplace_back(key.first);
      genes.emplace_back(key.second);
    }
    io::Table table;
    table.add("protein_ids", std::move(ids), "", "accessions joined by ';'");
    table.add("genes", std::move(genes), "", "gene names joined by ';'");
    return table;
  }

 private:
  std::map<std::pair<std::string_view, std::string_view>, std::uint32_t> rows_;
};

// Column of one value per precursor, in the order of `rows`.
template <class T, class Get>
std::vector<T> column(const std::vector<Row>& rows, Get get) {
  std::vector<T> values;
  values.reserve(rows.size());
  for (const Row& row : rows) values.push_back(static_cast<T>(get(row)));
  return values;
}

io::Table precursor_table(const std::vector<LibraryPrecursor>& precursors,
                          const std::vector<Row>& rows, const ProteinSets& proteins) {
  const auto source = [&](const Row& row) -> const LibraryPrecursor& {
    return precursors[row.source];
  };
  io::Table table;
  table.add("precursor_mz", column<float>(rows, [](const Row& row) { return row.mz; }), "m/z",
            "monoisotopic; rows ascend by it");
  table.add("irt", column<float>(rows, [&](const Row& row) { return source(row).irt; }), "",
            "retention on the library's own scale");
  table.add("charge", column<std::uint8_t>(rows, [&](const Row& r) { return source(r).charge; }));
  table.add("is_decoy",
            column<std::uint8_t>(rows, [&](const Row& row) { return source(row).is_decoy; }));
  table.add("entrapment",
            column<std::uint8_t>(rows, [&](const Row& row) { return source(row).entrapment; }), "",
            "0 for a target, else the number of the entrapment group");
  table.add("pair", column<std::uint32_t>(rows, [&](const Row& row) { return source(row).pair; }),
            "", "shared by a target and its decoys");
  table.add("protein_set",
            column<std::uint32_t>(rows, [&](const Row& row) { return proteins.row(source(row)); }),
            "", "row of proteins.arrow");
  table.add("fragment_count", column<std::uint16_t>(rows, [&](const Row& row) {
              return source(row).fragments.size();
            }));
  table.add("modified_sequence",
            column<std::string>(rows, [](const Row& row) { return row.modified_sequence; }), "",
            "UniMod notation, e.g. AAC(UniMod:4)K");
  return table;
}

io::Table fragment_table(std::vector<LibraryPrecursor>& precursors, const std::vector<Row>& rows) {
  std::size_t count = 0;
  for (const LibraryPrecursor& precursor : precursors) count += precursor.fragments.size();
  std::vector<float> mz;
  std::vector<std::uint16_t> intensity;
  std::vector<std::uint8_t> kind;
  std::vector<std::uint8_t> ordinal;
  mz.reserve(count);
  intensity.reserve(count);
  kind.reserve(count);
  ordinal.reserve(count);
  for (const Row& row : rows) {
    LibraryPrecursor& precursor = precursors[row.source];
    std::ranges::sort(precursor.fragments, {}, [](const Fragment& fragment) {
      return std::tuple(-fragment.intensity, fragment.ion);
    });
    const float highest = precursor.fragments.front().intensity;
    for (const Fragment& fragment : precursor.fragments) {
      mz.push_back(fragment.mz > 0
                       ? fragment.mz
                       : static_cast<float>(fragment_mz(precursor.peptide, fragment.ion).value));
      intensity.push_back(encode_intensity(fragment.intensity, highest));
      kind.push_back(encode_kind(fragment.ion.type, fragment.ion.charge));
      ordinal.push_back(fragment.ion.ordinal);
    }
  }
  io::Table table;
  table.add("mz", std::move(mz), "m/z", "monoisotopic");
  table.add("intensity", std::move(intensity), "",
            "round(65535 sqrt(I / I_max)); descending inside a precursor");
  table.add("kind", std::move(kind), "", "bit 7: y ion (else b); bits 0-2: charge");
  table.add("ordinal", std::move(ordinal), "", "residues from the ion's own terminus");
  return table;
}

struct Description {
  const LibraryProvenance& provenance;
  const IntensityForm& form;
};

Result<void> write_description(const io::Table& precursors, const io::Table& fragments,
                               const io::Table& proteins, const Description& about,
                               const fs::path& folder) {
  const LibraryProvenance& provenance = about.provenance;
  nlohmann::ordered_json hashes;
  std::string all;
  std::vector<std::string_view> names{layout::kPrecursors, layout::kFragments, layout::kProteins};
  if (about.form.spline) names.push_back(layout::kSplines);
  for (const auto name : names) {
    const auto hash = hash_file(folder / name);
    if (!hash) return std::unexpected(hash.error());
    hashes[std::string(name)] = *hash;
    all += *hash;
  }
  const auto& is_decoy = **precursors.column<std::uint8_t>("is_decoy");
  nlohmann::ordered_json description = {
      {"format", layout::kFormat},
      {"version", layout::kVersion},
      {"precursors", precursors.row_count()},
      {"decoys", std::accumulate(is_decoy.begin(), is_decoy.end(), std::uint64_t{0})},
      {"fragments", fragments.row_count()},
      {"protein_sets", proteins.row_count()},
      {"content_hash", hash_text(all)},
      {"hashes", hashes},
      {"provenance",
       {{"source", provenance.source},
        {"source_hash", provenance.source_hash},
        {"created_by", provenance.created_by},
        {"made_decoys", provenance.made_decoys}}}};
  write_form(about.form, description);
  constexpr auto kReplace = nlohmann::ordered_json::error_handler_t::replace;
  return write_text_atomically(folder / layout::kDescription,
                               description.dump(2, ' ', false, kReplace) + "\n");
}

// The fragments of each precursor stand in their final order.
Result<void> write_splines(const std::vector<LibraryPrecursor>& precursors,
                           const std::vector<Row>& rows, const fs::path& folder) {
  SplineTable splines;
  std::size_t count = 0;
  for (const LibraryPrecursor& precursor : precursors) count += precursor.fragments.size();
  splines.reserve(count);
  for (const Row& row : rows) splines.add(precursors[row.source]);
  return write_arrow(std::move(splines).table(), folder / layout::kSplines);
}

Result<void> write_files(std::vector<LibraryPrecursor>& precursors, const Description& about,
                         const fs::path& folder) {
  if (about.form.spline) {
    if (auto done = settle_splines(precursors, *about.form.spline); !done) return done;
  }
  const auto rows = sorted_rows(precursors);
  if (!rows) return std::unexpected(rows.error());
  const ProteinSets sets(precursors);
  io::Table precursor_columns = precursor_table(precursors, *rows, sets);
  const io::Table fragments = fragment_table(precursors, *rows);
  const io::Table proteins = sets.table();
  if (auto done = write_arrow(precursor_columns, folder / layout::kPrecursors); !done) return done;
  if (auto done = write_arrow(fragments, folder / layout::kFragments); !done) return done;
  if (auto done = write_arrow(proteins, folder / layout::kProteins); !done) return done;
  if (about.form.spline) {
    if (auto done = write_splines(precursors, *rows, folder); !done) return done;
  }
  return write_description(precursor_columns, fragments, proteins, about, folder);
}

// A folder of that name is replaced only when it is a library or empty.
Result<void> put_in_place(const fs::path& temporary, const fs::path& folder) {
  std::error_code error;
  fs::path old = temporary;
  old += ".old";
  const bool exists = fs::exists(folder, error);
  if (exists) fs::rename(folder, old, error);
  if (!error) fs::rename(temporary, folder, error);
  if (error) {
    return fail("OVL-IO-002", "cannot rename the finished library: " + error.message(),
                folder.string(), "Check that the folder is writable.");
  }
  if (exists) fs::remove_all(old, error);
  return {};
}

}  // namespace

Result<void> write_library(std::vector<LibraryPrecursor> precursors,
                           const LibraryProvenance& provenance, const fs::path& folder,
                           const IntensityForm& form) {
  std::error_code ignored;
  const bool exists = fs::exists(folder, ignored);
  const bool is_free =
      fs::is_directory(folder, ignored) &&
      (fs::is_empty(folder, ignored) || fs::exists(folder / layout::kDescription, ignored));
  if (exists && !is_free) {
    return fail("OVL-IO-002", "there is something else of that name, which is not a library",
                folder.string(), "Choose another name or remove it.");
  }
  fs::path temporary = folder.has_filename() ? folder : folder.parent_path();
  temporary += fmt::format(".part{}", ::getpid());
  fs::remove_all(temporary, ignored);
  auto done = write_files(precursors, {provenance, form}, temporary);
  if (done) done = put_in_place(temporary, folder.has_filename() ? folder : folder.parent_path());
  if (!done) fs::remove_all(temporary, ignored);
  return done;
}

}  // namespace overland
