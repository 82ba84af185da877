// A synthetic proteome and its tryptic peptides.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "simulate/world/random_streams.h"
#include "simulate/world/settings.h"

namespace overland::simulate {

// Random sequence with the residue frequencies of UniProt/Swiss-Prot, beginning with M; with
// probability `paralog_share` a copy of an earlier protein in which 10 % of the residues are
// changed.
[[nodiscard]] std::string protein_sequence(std::uint64_t seed, std::uint32_t protein,
                                           const ProteomeSettings& settings);

// A random tryptic peptide (ending in K or R) of the given length.
[[nodiscard]] std::string random_tryptic_peptide(Rng& rng, int length);

struct DigestRules {
  int missed_cleavages = 1, min_length = 7, max_length = 30;
};
// Cleaves after K and R, but not before P. Appends peptides in the order of start and length.
void digest(const std::string& protein, const DigestRules& rules,
            std::vector<std::string>& peptides);

// Number of missed cleavage sites in a peptide.
[[nodiscard]] int missed_cleavages(const std::string& peptide);

}  // namespace overland::simulate
