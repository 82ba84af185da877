// Any text is either refused with OVL-LIB-010 or a peptide whose notation reads back as itself.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "chemistry/isotopes.h"
#include "chemistry/peptide.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace overland;
  const auto peptide = parse_peptide({reinterpret_cast<const char*>(data), size});
  if (!peptide) {
    if (peptide.error().code != "OVL-LIB-010") std::abort();
    return 0;
  }
  const std::string text = to_unimod_notation(*peptide);
  const auto again = parse_peptide(text);
  if (!again || to_unimod_notation(*again) != text) std::abort();
  if (!std::isfinite(neutral_mass(*peptide))) std::abort();
  if (again->residues != peptide->residues) std::abort();
  for (const float share : isotope_distribution(composition(*peptide))) {
    if (!(share >= 0 && share <= 1.001F)) std::abort();
  }
  return 0;
}
