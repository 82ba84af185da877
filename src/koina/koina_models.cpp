#include "koina/koina_models.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "base/nearest_name.h"

namespace overland::koina {
namespace {

constexpr std::int32_t kCarbamidomethyl = 4;

// AlphaPeptDeep's annotations have five characters, too few to distinguish b100+1 from b100+2.
constexpr auto kModels = std::to_array<Model>({
    {.key = "altimeter",
     .name = "Altimeter_2024_splines_index",
     .kind = Kind::spline,
     .value = "coefficients",
     .instruments = "",
     .modifications = "C4 M35",
     .shortest = 6,
     .longest = 40,
     .lowest_charge = 1,
     .highest_charge = 7,
     .lowest_energy = 20,
     .highest_energy = 40,
     .needs_carbamidomethyl = true,
     .takes_energy = false,
     .takes_fragmentation = false,
     .n_terminus = NTerminus::prefix,
     .gives_totals = true},
    {.key = "prosit_2020_hcd",
     .name = "Prosit_2020_intensity_HCD",
     .kind = Kind::spectrum,
     .value = "intensities",
     .instruments = "",
     .modifications = "C4 M35 K259 R267",
     .shortest = 2,
     .longest = 30,
     .lowest_charge = 1,
     .highest_charge = 6,
     .lowest_energy = 1,
     .highest_energy = 100,
     .needs_carbamidomethyl = true,
     .takes_energy = true,
     .takes_fragmentation = false,
     .n_terminus = NTerminus::prefix},
    {.key = "prosit_2024_ptm",
     .name = "Prosit_2024_intensity_PTMs_gl",
     .kind = Kind::spectrum,
     .value = "intensities",
     .instruments = "",
     .modifications = "C4 M35 S21 T21 Y21 K737 K2016 K214 K730 n1 n737 n2016 n214 n730",
     .shortest = 2,
     .longest = 30,
     .lowest_charge = 1,
     .highest_charge = 6,
     .lowest_energy = 1,
     .highest_energy = 100,
     .needs_carbamidomethyl = true,
     .takes_energy = true,
     .takes_fragmentation = true,
     .n_terminus = NTerminus::prefix},
    {.key = "unispec",
     .name = "UniSpec",
     .kind = Kind::spectrum,
     .value = "intensities",
     .instruments = "LUMOS QE QEHFX ELITE VELOS NONE",
     .modifications = "C4 M35 S21 T21 Y21 E27 Q28 C26 n1",
     .shortest = 2,
     .longest = 40,
     .lowest_charge = 1,
     .highest_charge = 8,
     .lowest_energy = 1,
     .highest_energy = 200,
     .needs_carbamidomethyl = false,
     .takes_energy = true,
     .takes_fragmentation = false,
     .n_terminus = NTerminus::first_residue},
    {.key = "alphapeptdeep",
     .name = "AlphaPeptDeep_ms2_generic",
     .kind = Kind::spectrum,
     .value = "intensities",
     .instruments = "LUMOS QE TIMSTOF SCIEXTOF",
     .modifications = "*",
     .shortest = 2,
     .longest = 100,
     .lowest_charge = 1,
     .highest_charge = 8,
     .lowest_energy = 1,
     .highest_energy = 100,
     .needs_carbamidomethyl = false,
     .takes_energy = true,
     .takes_fragmentation = false,
     .n_terminus = NTerminus::prefix},
    {.key = "chronologer",
     .name = "Chronologer_RT",
     .kind = Kind::retention,
     .value = "rt",
     .instruments = "",
     .modifications = "C4 M35 S21 T21 Y21 K1 K125 K121 K34 K36 K37 R34 R36 K739 K737 C385 E27 Q28 "
                      "n1 n737 n739",
     .shortest = 1,
     .longest = 50,
     .lowest_charge = 1,
     .highest_charge = 8,
     .lowest_energy = 0,
     .highest_energy = 0,
     .needs_carbamidomethyl = false,
     .takes_energy = false,
     .takes_fragmentation = false,
     .n_terminus = NTerminus::prefix},
    {.key = "prosit_2024_irt_ptm",
     .name = "Prosit_2024_irt_PTMs_gl",
     .kind = Kind::retention,
     .value = "irt",
     .instruments = "",
     .modifications = "C4 M35 S21 T21 Y21 K737 K2016 K214 K730 n1 n737 n2016 n214 n730",
     .shortest = 1,
     .longest = 30,
     .lowest_charge = 1,
     .highest_charge = 8,
     .lowest_energy = 0,
     .highest_energy = 0,
     .needs_carbamidomethyl = true,
     .takes_energy = false,
     .takes_fragmentation = false,
     .n_terminus = NTerminus::prefix},
});

bool has_word(std::string_view list, std::string_view word) {
  if (word.empty()) return false;
  for (std::size_t at = list.find(word); at != std::string_view::npos;
       at = list.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || list[at - 1] == ' ') && (end == list.size() || list[end] == ' ')) return true;
  }
  return false;
}

// Adds one modification in the server's notation; false if the model does not support it. Some
// libraries place pyroglutamate and similar modifications on the N-terminus, others on the first
// residue; the models expect them on the residue.
bool place(const Model& model, const Peptide& peptide, const Modification& modification,
           std::string& prefix, std::vector<std::string>& after) {
  std::int32_t site = modification.site;
  const std::string text = fmt::format("[UNIMOD:{}]", modification.unimod);
  if (site == kNTerminus) {
    if (knows_modification(model, 'n', modification.unimod)) {
      (model.n_terminus == NTerminus::prefix ? prefix : after.front()) += text;
      return true;
    }
    site = 0;
  }
  if (site >= static_cast<std::int32_t>(peptide.residues.size())) return false;  // C-terminus
  const auto residue = static_cast<std::size_t>(site);
  if (!knows_modification(model, peptide.residues[residue], modification.unimod)) return false;
  after[residue] += text;
  return true;
}

}  // namespace

std::span<const Model> all_models() {
  return kModels;
}

Result<const Model*> find_model(std::string_view key) {
  for (const Model& model : kModels) {
    if (model.key == key) return &model;
  }
  std::vector<std::string> keys;
  for (const Model& model : kModels) keys.emplace_back(model.key);
  return fail("OVL-CFG-301",
              fmt::format("there is no Koina model '{}'; the most similar name is '{}'", key,
                          nearest_name(key, keys)),
              "Koina model", fmt::format("Give one of {}.", fmt::join(keys, ", ")));
}

bool knows_modification(const Model& model, char site, std::int32_t unimod) {
  if (unimod <= 0) return false;
  if (model.modifications == "*") return true;
  return has_word(model.modifications, fmt::format("{}{}", site, unimod));
}

bool knows_instrument(const Model& model, std::string_view instrument) {
  return model.instruments.empty() || has_word(model.instruments, instrument);
}

bool takes_charge(const Model& model, int charge, std::string_view instrument) {
  int lowest = model.lowest_charge;
  int highest = model.highest_charge;
  if (model.key == "unispec" && instrument != "LUMOS" && instrument != "NONE") {
    lowest = 2;
    highest = instrument == "VELOS" ? 4 : 5;
  }
  return charge >= lowest && charge <= highest;
}

std::optional<std::string> sequence_text(const Model& model, const Peptide& peptide) {
  const std::size_t length = peptide.residues.size();
  if (length < model.shortest || length > model.longest) return std::nullopt;
  std::string prefix;
  std::vector<std::string> after(length);
  std::vector<bool> is_alkylated(length, false);
  for (const Modification& modification : peptide.modifications) {
    if (!place(model, peptide, modification, prefix, after)) return std::nullopt;
    if (modification.unimod == kCarbamidomethyl && modification.site >= 0)
      is_alkylated[static_cast<std::size_t>(modification.site)] = true;
  }
  std::string text = prefix.empty() ? "" : prefix + "-";
  for (std::size_t i = 0; i < length; ++i) {
    const char residue = peptide.residues[i];
    if (residue_mass(residue) == 0) return std::nullopt;
    if (residue == 'C' && model.needs_carbamidomethyl && !is_alkylated[i]) return std::nullopt;
    text += residue;
    text += after[i];
  }
  return text;
}

}  // namespace overland::koina
