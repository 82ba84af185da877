#include "chemistry/modification_table.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "chemistry/elements.h"

namespace overland {
namespace {

constexpr double c13(int count) {
  return count * kCarbon13Mass;
}
constexpr double n15(int count) {
  return count * kNitrogen15Mass;
}
constexpr double h2(int count) {
  return count * kDeuteriumMass;
}

// Atoms in the order C, H, N, O, S, P. A label such as 13C(6) on an unmodified residue replaces
// natural carbon, hence the negative counts.
constexpr auto kModifications = std::to_array<KnownModification>({
    {1, "Acetyl", "nKSTCYHR", {2, 2, 0, 1, 0, 0}, 0},
    {2, "Amidated", "c", {0, 1, 1, -1, 0, 0}, 0},
    {3, "Biotin", "nK", {10, 14, 2, 2, 1, 0}, 0},
    {4, "Carbamidomethyl", "CnKHDESTYM", {2, 3, 1, 1, 0, 0}, 0},
    {5, "Carbamyl", "nKRCMSTY", {1, 1, 1, 1, 0, 0}, 0},
    {6, "Carboxymethyl", "CnKW", {2, 2, 0, 2, 0, 0}, 0},
    {7, "Deamidated", "NQR", {0, -1, -1, 1, 0, 0}, 0},
    {10, "Met->Hse", "Mc", {-1, -2, 0, 1, -1, 0}, 0},
    {11, "Met->Hsl", "Mc", {-1, -4, 0, 0, -1, 0}, 0},
    {17, "NIPCAM", "C", {5, 9, 1, 1, 0, 0}, 0},
    {21, "Phospho", "STYHDCRK", {0, 1, 0, 3, 0, 1}, 0},
    {23, "Dehydrated", "STDYNQC", {0, -2, 0, -1, 0, 0}, 0},
    {24, "Propionamide", "CKn", {3, 5, 1, 1, 0, 0}, 0},
    {26, "Pyro-carbamidomethyl", "Cn", {2, 0, 0, 1, 0, 0}, 0},
    {27, "Glu->pyro-Glu", "En", {0, -2, 0, -1, 0, 0}, 0},
    {28, "Gln->pyro-Glu", "Qn", {0, -3, -1, 0, 0, 0}, 0},
    {30, "Cation:Na", "DEc", {0, -1, 0, 0, 0, 0}, kSodiumMass},
    {31, "Pyridylethyl", "C", {7, 7, 1, 0, 0, 0}, 0},
    {34, "Methyl", "KRncDEHNQSTIL", {1, 2, 0, 0, 0, 0}, 0},
    {35, "Oxidation", "MWPHYFCKNDR", {0, 0, 0, 1, 0, 0}, 0},
    {36, "Dimethyl", "KRnNP", {2, 4, 0, 0, 0, 0}, 0},
    {37, "Trimethyl", "KRAn", {3, 6, 0, 0, 0, 0}, 0},
    {39, "Methylthio", "CDNK", {1, 2, 0, 0, 1, 0}, 0},
    {40, "Sulfo", "YSTC", {0, 0, 0, 3, 1, 0}, 0},
    {41, "Hex", "KNRSTWYCn", {6, 10, 0, 5, 0, 0}, 0},
    {43, "HexNAc", "NST", {8, 13, 1, 5, 0, 0}, 0},
    {44, "Farnesyl", "C", {15, 24, 0, 0, 0, 0}, 0},
    {45, "Myristoyl", "GKCn", {14, 26, 0, 1, 0, 0}, 0},
    {46, "PyridoxalPhosphate", "K", {8, 8, 1, 5, 0, 1}, 0},
    {47, "Palmitoyl", "CKST", {16, 30, 0, 1, 0, 0}, 0},
    {48, "GeranylGeranyl", "C", {20, 32, 0, 0, 0, 0}, 0},
    {52, "Guanidinyl", "Kn", {1, 2, 2, 0, 0, 0}, 0},
    {55, "Glutathione", "C", {10, 15, 3, 6, 1, 0}, 0},
    {56, "Acetyl:2H(3)", "nKSTYH", {2, -1, 0, 1, 0, 0}, h2(3)},
    {58, "Propionyl", "nKST", {3, 4, 0, 1, 0, 0}, 0},
    {64, "Succinyl", "nK", {4, 4, 0, 3, 0, 0}, 0},
    {108, "Nethylmaleimide", "C", {6, 7, 1, 2, 0, 0}, 0},
    {121, "GG", "KSTCn", {4, 6, 2, 2, 0, 0}, 0},
    {122, "Formyl", "nKST", {1, 0, 0, 1, 0, 0}, 0},
    {188, "Label:13C(6)", "KRLI", {-6, 0, 0, 0, 0, 0}, c13(6)},
    {199, "Dimethyl:2H(4)", "nK", {2, 0, 0, 0, 0, 0}, h2(4)},
    {213, "ADP-Ribosyl", "RSKECDNT", {15, 21, 5, 13, 0, 2}, 0},
    {214, "iTRAQ4plex", "nKY", {4, 12, 1, 1, 0, 0}, c13(3) + n15(1)},
    {258, "Label:18O(1)", "cSTY", {0, 0, 0, -1, 0, 0}, kOxygen18Mass},
    {259, "Label:13C(6)15N(2)", "K", {-6, 0, -2, 0, 0, 0}, c13(6) + n15(2)},
    {267, "Label:13C(6)15N(4)", "R", {-6, 0, -4, 0, 0, 0}, c13(6) + n15(4)},
    {268, "Label:13C(5)15N(1)", "VPM", {-5, 0, -1, 0, 0, 0}, c13(5) + n15(1)},
    {269, "Label:13C(9)15N(1)", "F", {-9, 0, -1, 0, 0, 0}, c13(9) + n15(1)},
    {275, "Nitrosyl", "CY", {0, -1, 1, 1, 0, 0}, 0},
    {298, "Methyl:2H(3)", "cKRDE", {1, -1, 0, 0, 0, 0}, h2(3)},
    {299, "Carboxy", "DEKWM", {1, 0, 0, 2, 0, 0}, 0},
    {312, "Cysteinyl", "C", {3, 5, 1, 2, 1, 0}, 0},
    {330, "Dimethyl:2H(6)13C(2)", "nKR", {0, -2, 0, 0, 0, 0}, h2(6) + c13(2)},
    {345, "Trioxidation", "CWYF", {0, 0, 0, 3, 0, 0}, 0},
    {351, "Trp->Kynurenin", "W", {-1, 0, 0, 1, 0, 0}, 0},
    {354, "Nitro", "YWF", {0, -1, 1, 2, 0, 0}, 0},
    {359, "Pro->pyro-Glu", "P", {0, -2, 0, 1, 0, 0}, 0},
    {374, "Dehydro", "C", {0, -1, 0, 0, 0, 0}, 0},
    {385, "Ammonia-loss", "NCTSn", {0, -3, -1, 0, 0, 0}, 0},
    {401, "Didehydro", "STYKc", {0, -2, 0, 0, 0, 0}, 0},
    {421, "Sulfide", "CDW", {0, 0, 0, 0, 1, 0}, 0},
    {425, "Dioxidation", "MWCFYPRK", {0, 0, 0, 2, 0, 0}, 0},
    {447, "Deoxy", "DST", {0, 0, 0, -1, 0, 0}, 0},
    {481, "Label:2H(4)", "K", {0, -4, 0, 0, 0, 0}, h2(4)},
    {510, "Dimethyl:2H(4)13C(2)", "nK", {0, 0, 0, 0, 0, 0}, h2(4) + c13(2)},
    {526, "Dethiomethyl", "M", {-1, -4, 0, 0, -1, 0}, 0},
    {530, "Cation:K", "DEc", {0, -1, 0, 0, 0, 0}, kPotassiumMass},
    {535, "LRGG", "K", {16, 29, 7, 4, 0, 0}, 0},
    {730, "iTRAQ8plex", "nKY", {7, 24, 3, 3, 0, 0}, c13(7) + n15(1)},
    {737, "TMT6plex", "nKST", {8, 20, 1, 2, 0, 0}, c13(4) + n15(1)},
    {738, "TMT2plex", "nK", {11, 20, 2, 2, 0, 0}, c13(1)},
    {739, "TMT", "nK", {12, 20, 2, 2, 0, 0}, 0},
    {747, "Malonyl", "KCS", {3, 2, 0, 3, 0, 0}, 0},
    {765, "Met-loss", "nM", {-5, -9, -1, -1, -1, 0}, 0},
    {766, "Met-loss+Acetyl", "nM", {-3, -7, -1, 0, -1, 0}, 0},
    {888, "mTRAQ", "nKYSTH", {7, 12, 2, 1, 0, 0}, 0},
    {889, "mTRAQ:13C(3)15N(1)", "nKYSTH", {4, 12, 1, 1, 0, 0}, c13(3) + n15(1)},
    {1289, "Butyryl", "K", {4, 6, 0, 1, 0, 0}, 0},
    {1302, "mTRAQ:13C(6)15N(2)", "nKYSTH", {1, 12, 0, 1, 0, 0}, c13(6) + n15(2)},
    {1363, "Crotonyl", "K", {4, 4, 0, 1, 0, 0}, 0},
    {1848, "Glutaryl", "K", {5, 6, 0, 3, 0, 0}, 0},
    {1849, "hydroxyisobutyryl", "K", {4, 6, 0, 2, 0, 0}, 0},
    {2016, "TMTpro", "nKST", {8, 25, 1, 3, 0, 0}, c13(7) + n15(2)},
});

struct ShortForm {
  std::string_view text;
  std::int32_t unimod;
};
// Two-letter names of MaxQuant, three-letter codes of PeakView, and other spellings found in
// libraries.
constexpr auto kShortForms = std::to_array<ShortForm>({
    {"ac", 1},
    {"am", 2},
    {"cam", 4},
    {"carbamidomethylation", 4},
    {"de", 7},
    {"deamidation", 7},
    {"ph", 21},
    {"phosphorylation", 21},
    {"me", 34},
    {"ox", 35},
    {"oxidized", 35},
    {"acetylation", 1},
    {"glygly", 121},
    {"13C(6) 15N(2) Silac label", 259},
    {"13C(6) 15N(4) Silac label", 267},
    {"Persulfide", 421},
    {"1ac", 1},
    {"pcm", 26},
    {"pge", 27},
    {"pgq", 28},
    {"nax", 30},
    {"dhy", 23},
    {"pho", 21},
    {"oxi", 35},
    {"frm", 122},
    {"dea", 7},
    {"pgp", 359},
    {"dam", 385},
    {"2ox", 425},
    {"dtm", 526},
});

constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

bool same_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

double KnownModification::mass() const {
  return monoisotopic_mass(atoms) + label_mass;
}

std::span<const KnownModification> known_modifications() {
  return kModifications;
}

const KnownModification* find_modification(std::int32_t unimod) {
  const auto* found =
      std::ranges::lower_bound(kModifications, unimod, {}, &KnownModification::unimod);
  return found != kModifications.end() && found->unimod == unimod ? found : nullptr;
}

const KnownModification* find_modification(std::string_view name) {
  for (const KnownModification& known : kModifications) {
    if (same_ignoring_case(known.name, name)) return &known;
  }
  for (const ShortForm& form : kShortForms) {
    if (same_ignoring_case(form.text, name)) return find_modification(form.unimod);
  }
  return nullptr;
}

const KnownModification* find_modification(char site, double mass, double tolerance) {
  const KnownModification* best = nullptr;
  double best_error = tolerance;
  for (const KnownModification& known : kModifications) {
    if (known.sites.find(site) == std::string_view::npos) continue;
    const double error = std::abs(known.mass() - mass);
    if (best == nullptr ? error <= best_error : error < best_error) {
      best = &known;
      best_error = error;
    }
  }
  return best;
}

}  // namespace overland
