#include "library/intensity_form.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace overland::library {
namespace {

constexpr int kDegree = 3;
constexpr float kLeastShare = 1e-9F;

// All numbers are required: one invalid value makes the form invalid.
std::optional<SplineForm> read_spline(const nlohmann::json& json) {
  if (!json.is_object()) return std::nullopt;
  SplineForm form;
  const auto knots = json.find("knots");
  if (knots == json.end() || !knots->is_array() || knots->size() != form.knots.size()) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < form.knots.size(); ++i) {
    if (!(*knots)[i].is_number()) return std::nullopt;
    form.knots[i] = (*knots)[i].get<float>();
  }
  for (const auto& [key, value] : {std::pair{"low_nce", &form.low_nce},
                                   {"high_nce", &form.high_nce},
                                   {"reference_nce", &form.reference_nce}}) {
    const auto found = json.find(key);
    if (found == json.end() || !found->is_number()) return std::nullopt;
    *value = found->get<double>();
  }
  if (const auto degree = json.find("degree"); degree == json.end() || *degree != kDegree) {
    return std::nullopt;
  }
  if (!defect_of(form).empty()) return std::nullopt;
  return form;
}

float largest_coefficient(std::span<const kernel::SplineCoefficients> splines) {
  float largest = 0;
  for (const auto& coefficients : splines) {
    for (const float c : coefficients) largest = std::max(largest, std::abs(c));
  }
  return largest;
}

}  // namespace

void write_form(const IntensityForm& form, nlohmann::ordered_json& description) {
  description["intensity_kind"] = form.spline ? "spline" : "plain";
  description["intensity_is"] = form.is_total ? "total" : "mono";
  if (!form.spline) return;
  description["spline"] = {{"degree", kDegree},
                           {"knots", form.spline->knots},
                           {"low_nce", form.spline->low_nce},
                           {"high_nce", form.spline->high_nce},
                           {"reference_nce", form.spline->reference_nce}};
}

std::optional<IntensityForm> read_form(const nlohmann::json& description) {
  const nlohmann::json kind = description.value("intensity_kind", nlohmann::json("plain"));
  const nlohmann::json is = description.value("intensity_is", nlohmann::json("mono"));
  if ((kind != "plain" && kind != "spline") || (is != "mono" && is != "total")) return std::nullopt;
  IntensityForm form{.is_total = is == "total", .spline = {}};
  if (kind == "plain") return form;
  form.spline = read_spline(description.value("spline", nlohmann::json()));
  if (!form.spline) return std::nullopt;
  return form;
}

std::string defect_of(const SplineForm& form) {
  if (!kernel::are_knots(form.knots)) return "the knots of its splines are not in ascending order";
  // At the last knot all basis values are 0.
  const bool is_inside = form.low_nce >= static_cast<double>(form.knots.front()) &&
                         form.high_nce < static_cast<double>(form.knots.back());
  const bool has_range = is_inside && form.low_nce <= form.high_nce &&
                         form.low_nce <= form.reference_nce && form.reference_nce <= form.high_nce;
  return has_range ? "" : "the energies of its splines are not a valid range";
}

std::string spline_defect_of(const LibraryPrecursor& precursor) {
  for (const auto& fragment : precursor.fragments) {
    if (fragment.spline >= precursor.splines.size()) return "a fragment has no spline";
  }
  for (const auto& coefficients : precursor.splines) {
    for (const float c : coefficients) {
      if (!std::isfinite(c)) return "a spline coefficient is not a number";
    }
  }
  return {};
}

bool take_reference_intensities(LibraryPrecursor& precursor, const SplineForm& form) {
  const kernel::SplineBasis basis = kernel::cubic_basis(form.knots, form.reference_nce);
  const float least = kLeastShare * largest_coefficient(precursor.splines);
  bool is_seen = false;
  for (auto& fragment : precursor.fragments) {
    const float intensity = kernel::spline_intensity(precursor.splines[fragment.spline], basis);
    is_seen = is_seen || intensity > least;
    fragment.intensity = std::max(intensity, least);
  }
  return is_seen;
}

void encode_splines(std::span<const LibraryPrecursor::Fragment> fragments,
                    std::span<const kernel::SplineCoefficients> splines,
                    std::vector<EncodedSpline>& encoded) {
  const float largest = largest_coefficient(splines);
  encoded.clear();
  for (const auto& fragment : fragments) {
    const kernel::SplineCoefficients& c = splines[fragment.spline];
    EncodedSpline& spline = encoded.emplace_back();
    for (std::size_t i = 0; i < c.size(); ++i) {
      spline[i] = kernel::encode_coefficient(c[i], largest);
    }
  }
}

}  // namespace overland::library
