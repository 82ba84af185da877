#include "library/library_checks.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "base/files/hash.h"
#include "library/library_layout.h"

namespace overland::library {
namespace {

// Number of residues of a modified sequence in UniMod notation; empty if a bracket is not closed,
// or if a character outside of brackets is neither a residue nor the dot of a terminus.
std::optional<std::size_t> residue_count(std::string_view modified_sequence) {
  std::size_t count = 0;
  int depth = 0;
  for (const char c : modified_sequence) {
    if (c == '(' || c == '[') {
      ++depth;
    } else if (c == ')' || c == ']') {
      if (--depth < 0) return std::nullopt;
    } else if (depth == 0 && c != '.') {
      if (c < 'A' || c > 'Z') return std::nullopt;
      ++count;
    }
  }
  return depth == 0 ? std::optional(count) : std::nullopt;
}

const char* fragment_defect(const LibraryView& v, std::uint64_t f, std::size_t residues) {
  const float mz = v.fragment_mz[f];
  if (!(mz > 0) || !std::isfinite(mz)) return "an m/z that is not a positive number";
  if (v.fragment_ordinal[f] == 0 || v.fragment_ordinal[f] >= residues)
    return "an ordinal beyond the length of the peptide";
  if (kind_charge(v.fragment_kind[f]) == 0) return "charge 0";
  if (v.fragment_intensity[f] == 0) return "intensity 0";
  return nullptr;
}

std::string fragments_defect(const LibraryView& v, std::size_t i) {
  const std::uint64_t begin = v.fragment_begin[i], end = v.fragment_begin[i + 1];
  const auto residues = residue_count(v.modified_sequence[i]);
  if (!residues) return fmt::format("the sequence of precursor {} cannot be read", i);
  if (begin == end) return fmt::format("precursor {} has no fragments", i);
  for (std::uint64_t f = begin; f < end; ++f) {
    if (const char* const defect = fragment_defect(v, f, *residues))
      return fmt::format("fragment {} of precursor {} has {}", f - begin, i, defect);
    if (f > begin && v.fragment_intensity[f] > v.fragment_intensity[f - 1])
      return fmt::format("the fragments of precursor {} are not in descending order of intensity",
                         i);
  }
  return {};
}

std::string precursor_defect(const LibraryView& v, std::size_t i) {
  const float mz = v.precursor_mz[i];
  if (!(mz > 0) || !std::isfinite(mz)) return fmt::format("precursor {} has m/z {}", i, mz);
  if (i > 0 && mz < v.precursor_mz[i - 1])
    return fmt::format("precursor {} is not in the order of m/z", i);
  if (!std::isfinite(v.irt[i])) return fmt::format("precursor {} has no iRT", i);
  if (v.charge[i] == 0) return fmt::format("precursor {} has charge 0", i);
  if (v.is_decoy[i] > 1) return fmt::format("precursor {}: is_decoy must be 0 or 1", i);
  if (v.protein_set[i] >= v.protein_ids.size())
    return fmt::format("the protein set of precursor {} does not exist", i);
  if (v.pair[i] >= v.precursor_mz.size())
    return fmt::format("precursor {}: the pair is out of range", i);
  if (v.partner[i] >= v.precursor_mz.size())
    return fmt::format("precursor {}: the partner is out of range", i);
  return {};
}

}  // namespace

std::string changed_table(const std::filesystem::path& folder, const nlohmann::json& description,
                          bool has_splines, const Machine& machine) {
  std::vector<std::string_view> names{layout::kPrecursors, layout::kFragments, layout::kProteins};
  if (has_splines) names.push_back(layout::kSplines);
  const nlohmann::json hashes = description.value("hashes", nlohmann::json());
  if (!hashes.is_object()) return "library.json lacks the hashes of the tables";
  std::string all;
  for (const auto name : names) {
    const auto hash = hash_file(folder / name, machine);
    if (!hash) return hash.error().message();
    if (hashes.value(std::string(name), nlohmann::json()) != *hash)
      return fmt::format("{} was changed after it was written", name);
    all += *hash;
  }
  if (description.value("content_hash", nlohmann::json()) != hash_text(all))
    return "the content hash differs from the hashes of the tables";
  return {};
}

std::string inconsistency(const LibraryView& library, const Machine& machine) {
  if (library.fragment_begin.back() != library.fragment_mz.size())
    return "the fragment counts do not add up to the number of fragments";
  for (std::size_t i = 0; i < library.precursor_mz.size(); ++i) {
    machine.check_cancelled();
    std::string defect = precursor_defect(library, i);
    if (defect.empty()) defect = fragments_defect(library, i);
    if (!defect.empty()) return defect;
  }
  return {};
}

}  // namespace overland::library
