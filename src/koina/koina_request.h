// The body of a request: JSON of the inference protocol of Triton (KServe, version 2).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "koina/koina_models.h"

namespace overland::koina {

// One prediction that is asked for.
struct Query {
  std::string sequence;       // sequence_text() of the peptide
  std::uint8_t charge = 0;    // of fragment models
  float energy = 0;           // of models that take one
  std::uint32_t peptide = 0;  // index into the caller's peptides, to check the answer
};

[[nodiscard]] std::string request_body(const Model& model, std::string_view instrument,
                                       std::span<const Query> queries);

// What identifies the prediction for ever: the server's model, the sequence, and of charge, energy
// and instrument those that the model takes.
[[nodiscard]] std::string query_identity(const Model& model, std::string_view instrument,
                                         const Query& query);

}  // namespace overland::koina
