// Answers of a prediction service made of any bytes: refused with a code, or turned into records
// that can be read, hold finite numbers and name ions the peptide has.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "koina/koina_answer.h"
#include "koina/prediction_record.h"

namespace {

using namespace overland;

void require(bool is_true) {
  if (!is_true) std::abort();
}

void check_record(const overland::koina::Model& model, std::string_view record,
                  const Peptide& peptide) {
  if (model.kind == overland::koina::Kind::retention)
    return require(overland::koina::read_number(record).has_value());
  const std::size_t values = model.kind == overland::koina::Kind::spline ? 4 : 1;
  const auto ions = overland::koina::read_ions(record, values);
  require(ions.has_value());
  for (const overland::koina::Ion& ion : *ions) {
    require(ion.ion.ordinal > 0 && ion.ion.ordinal < peptide.residues.size());
    for (const float value : ion.values) require(std::isfinite(value));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto reply = overland::koina::parse_reply(text, "fuzz");
  if (!reply) {
    require(reply.error().code == "OVL-KOI-004");
    return 0;
  }
  const std::vector<Peptide> peptides{Peptide{"AGPTKDE", {}}};
  const std::vector<overland::koina::Query> queries{{"AGPTKDE", 2, 27, 0}};
  for (const overland::koina::Model& model : overland::koina::all_models()) {
    const auto answer = overland::koina::read_answer(model, *reply, queries, peptides, "fuzz");
    if (!answer) {
      require(answer.error().code == "OVL-KOI-005" || answer.error().code == "OVL-KOI-006");
      continue;
    }
    require(answer->records.size() == queries.size());
    check_record(model, answer->records[0], peptides[0]);
  }
  return 0;
}
