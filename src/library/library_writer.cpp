#include "library/library_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <tuple>

#include "base/files/atomic_file.h"
#include "base/files/hash.h"
#include "base/json_text.h"
#include "base/rng.h"
#include "io/arrow/batch_writer.h"
#include "library/intensity_form.h"
#include "library/library_layout.h"

namespace overland::library {
namespace {

namespace fs = std::filesystem;
using io::ColumnKind;

std::uint16_t encode_intensity(float intensity, float highest) {
  const double root = std::sqrt(static_cast<double>(intensity) / static_cast<double>(highest));
  return static_cast<std::uint16_t>(std::clamp(std::floor(65535.0 * root + 0.5), 1.0, 65535.0));
}

// Indices of the columns below.
enum PrecursorColumn : std::uint8_t {
  kMz,
  kIrt,
  kCharge,
  kIsDecoy,
  kEntrapment,
  kPair,
  kPartner,
  kProteinSet,
  kFragmentCount,
  kModifiedSequence
};
std::vector<io::BatchColumn> precursor_columns() {
  return {{"precursor_mz", ColumnKind::float32, "m/z", "monoisotopic; rows ascend by it"},
          {"irt", ColumnKind::float32, "", "retention on the library's own scale"},
          {"charge", ColumnKind::uint8},
          {"is_decoy", ColumnKind::uint8},
          {"entrapment", ColumnKind::uint8, "",
           "0 for a target, else the number of the entrapment group"},
          {"pair", ColumnKind::uint32, "", "shared by a target and its decoys"},
          {"partner", ColumnKind::uint32, "",
           "of an entrapment and its decoys: the pair of the target that it was made of; else the "
           "pair"},
          {"protein_set", ColumnKind::uint32, "", "row of proteins.arrow"},
          {"fragment_count", ColumnKind::uint16},
          {"modified_sequence", ColumnKind::text, "", "UniMod notation, e.g. AAC(UniMod:4)K"}};
}

enum FragmentColumn : std::uint8_t { kFragmentMz, kIntensity, kKind, kOrdinal };
std::vector<io::BatchColumn> fragment_columns() {
  return {{"mz", ColumnKind::float32, "m/z", "monoisotopic"},
          {"intensity", ColumnKind::uint16, "",
           "round(65535 sqrt(I / I_max)); descending inside a precursor"},
          {"kind", ColumnKind::uint8, "", "bit 7: y ion (else b); bits 0-2: charge"},
          {"ordinal", ColumnKind::uint8, "", "residues from the ion's own terminus"}};
}

std::vector<io::BatchColumn> spline_columns() {
  std::vector<io::BatchColumn> columns;
  for (const char* const name : layout::kCoefficients) {
    columns.push_back({name, ColumnKind::uint16, "",
                       "32768 + round(32767 sign(c) sqrt(|c| / c_max)) of a cubic B-spline over "
                       "NCE"});
  }
  return columns;
}

std::vector<io::BatchColumn> protein_columns() {
  return {{"protein_ids", ColumnKind::text, "", "accessions joined by ';'"},
          {"genes", ColumnKind::text, "", "gene names joined by ';'"}};
}

fs::path without_slash(const fs::path& folder) {
  return folder.has_filename() ? folder : folder.parent_path();
}

// An existing folder is replaced only if it is a library or empty.
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

std::uint32_t tie_break_hash(std::string_view modified_sequence, std::uint8_t charge) {
  return static_cast<std::uint32_t>(mix64(hash_seed(modified_sequence) + charge));
}

void encode_fragments(const Peptide& peptide, std::vector<LibraryPrecursor::Fragment>& fragments,
                      std::vector<EncodedFragment>& encoded) {
  using Fragment = LibraryPrecursor::Fragment;
  std::ranges::sort(fragments, {}, [](const Fragment& fragment) {
    return std::tuple(-fragment.intensity, fragment.ion);
  });
  encoded.clear();
  for (const Fragment& fragment : fragments) {
    const float mz = fragment.mz > 0 ? fragment.mz
                                     : static_cast<float>(fragment_mz(peptide, fragment.ion).value);
    encoded.push_back({mz, encode_intensity(fragment.intensity, fragments.front().intensity),
                       encode_kind(fragment.ion.type, fragment.ion.charge), fragment.ion.ordinal});
  }
}

struct LibraryWriter::State {
  fs::path folder, temporary;
  IntensityForm form;
  Machine machine = {};
  std::optional<io::BatchWriter> precursors, fragments, splines;
  std::uint64_t precursor_count = 0, decoy_count = 0, fragment_count = 0;
  bool is_done = false;

  ~State() {
    precursors.reset();
    fragments.reset();
    splines.reset();
    std::error_code ignored;
    if (!is_done) fs::remove_all(temporary, ignored);
  }
  Result<void> write_proteins(std::span<const ProteinSet> sets) const {
    auto writer = io::BatchWriter::create(temporary / layout::kProteins, protein_columns());
    if (!writer) return std::unexpected(writer.error());
    for (const ProteinSet& set : sets) {
      writer->append_text(0, set.protein_ids);
      writer->append_text(1, set.genes);
    }
    return writer->finish();
  }
  Result<void> write_description(std::size_t protein_sets,
                                 const LibraryProvenance& provenance) const;
};

Result<void> LibraryWriter::State::write_description(std::size_t protein_sets,
                                                     const LibraryProvenance& provenance) const {
  nlohmann::ordered_json hashes;
  std::string all;
  std::vector<std::string_view> names{layout::kPrecursors, layout::kFragments, layout::kProteins};
  if (form.spline) names.push_back(layout::kSplines);
  for (const auto name : names) {
    const auto hash = hash_file(temporary / name, machine);
    if (!hash) return std::unexpected(hash.error());
    hashes[std::string(name)] = *hash;
    all += *hash;
  }
  nlohmann::ordered_json made = {{"source", provenance.source},
                                 {"source_hash", provenance.source_hash},
                                 {"created_by", provenance.created_by},
                                 {"made_decoys", provenance.made_decoys}};
  if (!provenance.predictor.empty()) made["predictor"] = provenance.predictor;
  const auto settings = parse_json<nlohmann::ordered_json>(provenance.settings);
  if (settings.is_object()) made["settings"] = settings;
  nlohmann::ordered_json description = {{"format", layout::kFormat},
                                        {"version", layout::kVersion},
                                        {"precursors", precursor_count},
                                        {"decoys", decoy_count},
                                        {"fragments", fragment_count},
                                        {"protein_sets", protein_sets},
                                        {"content_hash", hash_text(all)},
                                        {"hashes", hashes},
                                        {"provenance", made}};
  write_form(form, description);
  constexpr auto kReplace = nlohmann::ordered_json::error_handler_t::replace;
  return write_text_atomically(temporary / layout::kDescription,
                               description.dump(2, ' ', false, kReplace) + "\n");
}

LibraryWriter::LibraryWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
LibraryWriter::LibraryWriter(LibraryWriter&&) noexcept = default;
LibraryWriter& LibraryWriter::operator=(LibraryWriter&&) noexcept = default;
LibraryWriter::~LibraryWriter() = default;

Result<LibraryWriter> LibraryWriter::begin(const fs::path& folder, const IntensityForm& form,
                                           const Machine& machine) {
  if (const std::string defect = form.spline ? defect_of(*form.spline) : ""; !defect.empty()) {
    return fail("OVL-LIB-004", "the library cannot be stored: " + defect, folder.string(),
                "Correct the source of the library.");
  }
  std::error_code error;
  const bool exists = fs::exists(folder, error);
  const bool is_free =
      fs::is_directory(folder, error) &&
      (fs::is_empty(folder, error) || fs::exists(folder / layout::kDescription, error));
  if (exists && !is_free) {
    return fail("OVL-IO-002", "a file or folder of that name exists and is not a library",
                folder.string(), "Choose another name or remove it.");
  }
  auto state = std::make_unique<State>();
  state->form = form;
  state->machine = machine;
  state->folder = without_slash(folder);
  state->temporary = temporary_name(state->folder);
  fs::create_directories(state->temporary, error);
  if (error) {
    return fail("OVL-IO-002", "cannot create the folder: " + error.message(), folder.string(),
                "Check that the folder is writable and the disk has room.");
  }
  auto precursors =
      io::BatchWriter::create(state->temporary / layout::kPrecursors, precursor_columns());
  if (!precursors) return std::unexpected(precursors.error());
  auto fragments =
      io::BatchWriter::create(state->temporary / layout::kFragments, fragment_columns());
  if (!fragments) return std::unexpected(fragments.error());
  state->precursors.emplace(std::move(*precursors));
  state->fragments.emplace(std::move(*fragments));
  if (form.spline) {
    auto splines = io::BatchWriter::create(state->temporary / layout::kSplines, spline_columns());
    if (!splines) return std::unexpected(splines.error());
    state->splines.emplace(std::move(*splines));
  }
  return LibraryWriter(std::move(state));
}

void LibraryWriter::add(const EncodedPrecursor& p) {
  state_->machine.check_cancelled();
  io::BatchWriter& precursors = *state_->precursors;
  precursors.append(kMz, p.mz);
  precursors.append(kIrt, p.irt);
  precursors.append(kCharge, p.charge);
  precursors.append(kIsDecoy, p.is_decoy);
  precursors.append(kEntrapment, p.entrapment);
  precursors.append(kPair, p.pair);
  precursors.append(kPartner, p.partner);
  precursors.append(kProteinSet, p.protein_set);
  precursors.append(kFragmentCount, static_cast<std::uint16_t>(p.fragments.size()));
  precursors.append_text(kModifiedSequence, p.modified_sequence);
  io::BatchWriter& fragments = *state_->fragments;
  for (const EncodedFragment& fragment : p.fragments) {
    fragments.append(kFragmentMz, fragment.mz);
    fragments.append(kIntensity, fragment.intensity);
    fragments.append(kKind, fragment.kind);
    fragments.append(kOrdinal, fragment.ordinal);
  }
  for (const EncodedSpline& spline : p.splines) {
    for (std::size_t i = 0; i < spline.size(); ++i) state_->splines->append(i, spline[i]);
  }
  ++state_->precursor_count;
  state_->decoy_count += p.is_decoy;
  state_->fragment_count += p.fragments.size();
}

Result<void> LibraryWriter::finish(std::span<const ProteinSet> protein_sets,
                                   const LibraryProvenance& provenance) {
  State& state = *state_;
  if (auto done = state.precursors->finish(); !done) return done;
  if (auto done = state.fragments->finish(); !done) return done;
  if (state.splines) {
    if (auto done = state.splines->finish(); !done) return done;
  }
  if (auto done = state.write_proteins(protein_sets); !done) return done;
  if (auto done = state.write_description(protein_sets.size(), provenance); !done) return done;
  auto done = put_in_place(state.temporary, state.folder);
  state.is_done = done.has_value();
  return done;
}

}  // namespace overland::library
