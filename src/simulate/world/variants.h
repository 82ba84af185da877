// Variants of a peptide: oxidised, deamidated, truncated, or with I and L exchanged. They share
// most fragments with the peptide.
#pragma once

#include <optional>

#include "simulate/world/random_streams.h"
#include "simulate/world/world.h"

namespace overland::simulate {

// Each function returns an empty value if the peptide has no suitable residue.
[[nodiscard]] std::optional<Form> oxidised(const Form& base, Rng& rng);
[[nodiscard]] std::optional<Form> deamidated(const Form& base, Rng& rng);
[[nodiscard]] std::optional<Form> truncated(const Form& base, Rng& rng);
[[nodiscard]] std::optional<Form> isoleucine_exchanged(const Form& base, Rng& rng);

}  // namespace overland::simulate
