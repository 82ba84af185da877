#include "predict/peptide_tokens.h"

#include <array>
#include <string_view>

namespace overland::predict {
namespace {

constexpr std::string_view kResidues = "ACDEFGHIKLMNPQRSTVWY";
constexpr std::uint8_t kOxidisedMethionine = 20, kOther = 21;
constexpr std::int32_t kOxidised = 35;  // UniMod

constexpr std::array<std::uint8_t, 256> make_token_table() {
  std::array<std::uint8_t, 256> table{};
  table.fill(kOther);
  for (std::size_t i = 0; i < kResidues.size(); ++i)
    table[static_cast<std::uint8_t>(kResidues[i])] = static_cast<std::uint8_t>(i);
  return table;
}
constexpr std::array<std::uint8_t, 256> kTokenOf = make_token_table();

}  // namespace

PeptideTokens tokens_of(const Peptide& peptide) {
  PeptideTokens tokens(peptide.residues.size());
  for (std::size_t i = 0; i < tokens.size(); ++i)
    tokens[i] = kTokenOf[static_cast<std::uint8_t>(peptide.residues[i])];
  for (const Modification& m : peptide.modifications) {
    if (m.unimod != kOxidised || m.site < 0 || static_cast<std::size_t>(m.site) >= tokens.size())
      continue;
    std::uint8_t& token = tokens[static_cast<std::size_t>(m.site)];
    if (token == kTokenOf['M']) token = kOxidisedMethionine;
  }
  return tokens;
}

int basic_residues(std::span<const std::uint8_t> tokens) {
  int count = 0;
  for (const std::uint8_t t : tokens)
    count += t == kTokenOf['K'] || t == kTokenOf['R'] || t == kTokenOf['H'];
  return count;
}

}  // namespace overland::predict
