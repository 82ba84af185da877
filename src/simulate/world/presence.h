// Draws which forms are in the sample, which are in the searched library, and why forms are absent.
#pragma once

#include "simulate/world/world.h"

namespace overland::simulate {

// Sets is_in_sample, is_listed, absence and ln_factor of all forms. Adds oxidised and I/L siblings
// in the library (synthetic worlds only; a library file contains its own), and variants that are
// not in the library.
void draw_presence(const SimulationConfig& config, World& world);

}  // namespace overland::simulate
