// Converts the tensors of a reply to predictions and checks every value.
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
  std::vector<std::string> records;          // one per query (prediction_record.h)
  std::optional<kernel::SplineKnots> knots;  // only for spline models
};

// Keeps the b and y ions (without losses or isotopes) that the precursor can produce; in spectra
// only those above 0.001 of the base peak. `where`: model and batch, for messages.
// Errors OVL-KOI-005 (an output is missing or has another datatype or shape), OVL-KOI-006
// (inconsistent values: knots that decrease or differ, a duplicated ion, or an ion whose m/z
// differs from the requested peptide's, which shows that the service misread the sequence).
[[nodiscard]] Result<Answer> read_answer(const Model& model, const Reply& reply,
                                         std::span<const Query> queries,
                                         std::span<const Peptide> peptides,
                                         const std::string& where);

}  // namespace overland::koina
