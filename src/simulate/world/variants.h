// Other forms of a peptide: oxidised, deamidated, truncated, with I and L exchanged. They share
// most fragments with it.
#pragma once

#include <optional>

#include "simulate/world/random_streams.h"
#include "simulate/world/world.h"

namespace overland::simulate {

// Each returns nothing where the peptide has no fitting residue.
[[nodiscard]] std::optional<Form> oxidised(const Form& base, Rng& rng);
[[nodiscard]] std::optional<Form> deamidated(const Form& base, Rng& rng);
[[nodiscard]] std::optional<Form> truncated(const Form& base, Rng& rng);
[[nodiscard]] std::optional<Form> isoleucine_exchanged(const Form& base, Rng& rng);

}  // namespace overland::simulate
