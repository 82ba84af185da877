// Embeds data/predictor/overland.model in the program.
#include "predict/predictor_model.h"

__asm__(
    ".section .rodata\n"
    ".balign 64\n"
    ".global overland_model_begin\n"
    "overland_model_begin:\n"
    ".incbin \"" OVERLAND_MODEL_FILE
    "\"\n"
    ".global overland_model_end\n"
    "overland_model_end:\n"
    ".previous\n");

extern "C" {
extern const std::byte overland_model_begin[];
extern const std::byte overland_model_end[];
}

namespace overland::predict {

std::span<const std::byte> embedded_model_bytes() {
  return {overland_model_begin, overland_model_end};
}

}  // namespace overland::predict
