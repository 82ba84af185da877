// Body of a request: JSON in the inference protocol of Triton (KServe, version 2).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "koina/koina_models.h"

namespace overland::koina {

// One requested prediction.
struct Query {
  std::string sequence;       // sequence_text() of the peptide
  std::uint8_t charge = 0;    // for fragment models
  float energy = 0;           // for models with an energy input, %
  std::uint32_t peptide = 0;  // index into the caller's peptides, to check the reply
};

[[nodiscard]] std::string request_body(const Model& model, std::string_view instrument,
                                       std::span<const Query> queries);

// Text that identifies the prediction in the cache: the server's model, the sequence, and the
// model's other inputs (charge, energy, instrument).
[[nodiscard]] std::string query_identity(const Model& model, std::string_view instrument,
                                         const Query& query);

}  // namespace overland::koina
