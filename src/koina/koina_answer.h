// From the tensors of an answer to predictions, with every value checked.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kernel/intensity_spline.h"
#include "koina/koina_reply.h"
#include "koina/koina_request.h"

namespace overland::koina {

struct Answer {
  std::vector<std::string> records;          // one per query, as prediction_record.h writes them
  std::optional<kernel::SplineKnots> knots;  // of splines
};

// Keeps b and y ions without losses and isotopes that the precursor can have; of spectra those
// above 0.001 of the base peak. `where` names model and batch in messages.
// Errors OVL-KOI-005 (an output is missing or has another datatype or shape), OVL-KOI-006 (values
// that cannot be: knots that fall or differ, an ion named twice, or at another m/z than the peptide
// asked for has: then the service read the sequence otherwise).
[[nodiscard]] Result<Answer> read_answer(const Model& model, const Reply& reply,
                                         std::span<const Query> queries,
                                         std::span<const Peptide> peptides,
                                         const std::string& where);

}  // namespace overland::koina
