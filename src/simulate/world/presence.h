// Which forms are in the sample, which the searched library lists, and why one is absent.
#pragma once

#include "simulate/world/world.h"

namespace overland::simulate {

// Sets is_in_sample, is_listed, absence and ln_factor of all forms, and adds forms: listed oxidised
// and I/L siblings (synthetic worlds only; a file lists its own), and unlisted variants.
void draw_presence(const SimulationConfig& config, World& world);

}  // namespace overland::simulate
