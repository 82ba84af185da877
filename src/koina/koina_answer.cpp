#include "koina/koina_answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "koina/ion_names.h"
#include "koina/prediction_record.h"

namespace overland::koina {
namespace {

constexpr float kLeastIntensity = 0.001F;  // relative to the base peak
constexpr std::size_t kAltimeterSlots = 200;
// Th. The service rounds m/z to float and some models use masses with five decimals; a misread
// modification shifts an ion by at least 0.98 / 8 Th.
constexpr double kMzTolerance = 0.05;

std::unexpected<Error> impossible(std::string what, const std::string& where) {
  return fail("OVL-KOI-006", std::move(what), where,
              "The service is not compatible with this version of Overland: report this message, "
              "or choose another model.");
}

std::string ion_text(const FragmentIon& ion) {
  return fmt::format("{}{}+{}", ion.type == FragmentType::b ? 'b' : 'y', ion.ordinal, ion.charge);
}

// Collects the ions of one query and checks each of them.
class IonList {
 public:
  IonList(const Query& query, const Peptide& peptide, const std::string& where)
      : query_(query), peptide_(peptide), where_(where) {}

  [[nodiscard]] Result<void> add(const Ion& ion, float mz) {
    if (ion.ion.ordinal >= peptide_.residues.size() || ion.ion.charge > query_.charge) return {};
    const double expected = fragment_mz(peptide_, ion.ion).value;
    if (std::abs(static_cast<double>(mz) - expected) > kMzTolerance) {
      return impossible(fmt::format("{} of {} has m/z {:.4f} instead of {:.4f}", ion_text(ion.ion),
                                    query_.sequence, mz, expected),
                        where_);
    }
    ions_.push_back(ion);
    return {};
  }

  [[nodiscard]] Result<std::string> record(std::size_t values) {
    std::ranges::sort(ions_, {}, &Ion::ion);
    const auto twice = std::ranges::adjacent_find(ions_, {}, &Ion::ion);
    if (twice == ions_.end()) return write_ions(ions_, values);
    return impossible(fmt::format("{} of {} occurs twice", ion_text(twice->ion), query_.sequence),
                      where_);
  }

 private:
  const Query& query_;
  const Peptide& peptide_;
  const std::string& where_;
  std::vector<Ion> ions_;
};

Result<Answer> read_retention(const Model& model, const Reply& reply,
                              std::span<const Query> queries, const std::string& where) {
  const auto times = find_output(reply, model.value, "FP32", queries.size(), 1, where);
  if (!times) return std::unexpected(times.error());
  Answer answer;
  for (const float time : (*times)->numbers) answer.records.push_back(write_number(time));
  return answer;
}

struct SpectrumColumns {
  const Tensor* intensity;
  const Tensor* mz;
  const Tensor* name;
  std::size_t slots;
};

Result<SpectrumColumns> spectrum_columns(const Model& model, const Reply& reply, std::size_t rows,
                                         const std::string& where) {
  const auto intensity = find_output(reply, model.value, "FP32", rows, 0, where);
  if (!intensity) return std::unexpected(intensity.error());
  const std::size_t slots = (*intensity)->numbers.size() / rows;
  const auto mz = find_output(reply, "mz", "FP32", rows, slots, where);
  if (!mz) return std::unexpected(mz.error());
  const auto name = find_output(reply, "annotation", "BYTES", rows, slots, where);
  if (!name) return std::unexpected(name.error());
  return SpectrumColumns{*intensity, *mz, *name, slots};
}

Result<Answer> read_spectra(const Model& model, const Reply& reply, std::span<const Query> queries,
                            std::span<const Peptide> peptides, const std::string& where) {
  const auto columns = spectrum_columns(model, reply, queries.size(), where);
  if (!columns) return std::unexpected(columns.error());
  Answer answer;
  std::size_t peaks = 0, named = 0;
  for (std::size_t q = 0; q < queries.size(); ++q) {
    IonList ions(queries[q], peptides[queries[q].peptide], where);
    for (std::size_t i = q * columns->slots; i < (q + 1) * columns->slots; ++i) {
      const float intensity = columns->intensity->numbers[i];
      if (intensity <= kLeastIntensity || columns->mz->numbers[i] <= 0) continue;
      ++peaks;
      const auto ion = parse_ion_name(columns->name->text_at(i));
      if (!ion) continue;
      ++named;
      if (auto done = ions.add({*ion, {intensity}}, columns->mz->numbers[i]); !done)
        return std::unexpected(done.error());
    }
    auto record = ions.record(1);
    if (!record) return std::unexpected(record.error());
    answer.records.push_back(std::move(*record));
  }
  if (peaks > 0 && named == 0) return impossible("the reply has no b or y ions", where);
  return answer;
}

// The reply has one row of eight knots, or the same row for each query.
constexpr std::size_t kSplineKnots = std::tuple_size_v<kernel::SplineKnots>;

Result<kernel::SplineKnots> read_knot_rows(const Reply& reply, std::size_t rows,
                                           const std::string& where) {
  const auto tensor = std::ranges::find(reply.outputs, "knots", &Tensor::name);
  if (tensor == reply.outputs.end() || tensor->datatype != "FP32" || tensor->numbers.empty() ||
      (tensor->numbers.size() != kSplineKnots && tensor->numbers.size() != rows * kSplineKnots)) {
    return fail("OVL-KOI-005", fmt::format("the reply has no 'knots' of the shape [{}, 8]", rows),
                where, "Report this message, or choose another model.");
  }
  kernel::SplineKnots knots;
  std::copy_n(tensor->numbers.begin(), kSplineKnots, knots.begin());
  for (std::size_t i = kSplineKnots; i < tensor->numbers.size(); ++i) {
    if (tensor->numbers[i] != knots[i % kSplineKnots])
      return impossible("the knots of the splines differ between peptides", where);
  }
  if (!std::ranges::is_sorted(knots) || knots.front() == knots.back())
    return impossible(fmt::format("the knots {} do not ascend", fmt::join(knots, ", ")), where);
  return knots;
}

struct SplineColumns {
  const Tensor* coefficient;
  const Tensor* mz;
  const Tensor* number;
};

Result<SplineColumns> spline_columns(const Model& model, const Reply& reply, std::size_t rows,
                                     const std::string& where) {
  const auto coefficient =
      find_output(reply, model.value, "FP32", rows, 4 * kAltimeterSlots, where);
  if (!coefficient) return std::unexpected(coefficient.error());
  const auto mz = find_output(reply, "mz", "FP32", rows, kAltimeterSlots, where);
  if (!mz) return std::unexpected(mz.error());
  const auto number = find_output(reply, "annotations", "INT32", rows, kAltimeterSlots, where);
  if (!number) return std::unexpected(number.error());
  return SplineColumns{*coefficient, *mz, *number};
}

// Coefficients are ordered by number: c0 of all ions, then c1, c2, c3.
Result<std::string> read_spline(const SplineColumns& columns, std::size_t row, IonList ions) {
  for (std::size_t slot = 0; slot < kAltimeterSlots; ++slot) {
    const std::size_t i = row * kAltimeterSlots + slot;
    if (columns.mz->numbers[i] <= 0) continue;
    const auto ion = altimeter_ion(static_cast<std::int64_t>(columns.number->numbers[i]));
    if (!ion) continue;
    Ion found{*ion, {}};
    for (std::size_t k = 0; k < 4; ++k) {
      found.values[k] = columns.coefficient->numbers[(row * 4 + k) * kAltimeterSlots + slot];
    }
    if (std::ranges::max(found.values) <= 0) continue;
    if (auto done = ions.add(found, columns.mz->numbers[i]); !done)
      return std::unexpected(done.error());
  }
  return ions.record(4);
}

Result<Answer> read_splines(const Model& model, const Reply& reply, std::span<const Query> queries,
                            std::span<const Peptide> peptides, const std::string& where) {
  const auto columns = spline_columns(model, reply, queries.size(), where);
  if (!columns) return std::unexpected(columns.error());
  const auto knots = read_knot_rows(reply, queries.size(), where);
  if (!knots) return std::unexpected(knots.error());
  Answer answer{.records = {}, .knots = *knots};
  for (std::size_t q = 0; q < queries.size(); ++q) {
    auto record =
        read_spline(*columns, q, IonList(queries[q], peptides[queries[q].peptide], where));
    if (!record) return std::unexpected(record.error());
    answer.records.push_back(std::move(*record));
  }
  return answer;
}

}  // namespace

Result<Answer> read_answer(const Model& model, const Reply& reply, std::span<const Query> queries,
                           std::span<const Peptide> peptides, const std::string& where) {
  switch (model.kind) {
    case Kind::retention:
      return read_retention(model, reply, queries, where);
    case Kind::spectrum:
      return read_spectra(model, reply, queries, peptides, where);
    case Kind::spline:
      break;
  }
  return read_splines(model, reply, queries, peptides, where);
}

}  // namespace overland::koina
