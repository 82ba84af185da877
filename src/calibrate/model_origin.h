// Origin and kind of a run's models, with the words used for them in files and messages.
#pragma once

#include <cstdint>

#include "base/enum_text.h"

namespace overland::calibrate {

// Origin of a model.
enum class ModelSource : std::uint8_t {
  preset,      // default values, not fitted
  run,         // fitted to the run itself
  other_runs,  // borrowed from other runs
  ms2,         // MS1 mass error taken from the fragments' mass error
  configured
};

// Kind of model that the data allowed; none: no model.
enum class MassMethod : std::uint8_t { none, constant, drift, mz, drift_and_mz };
enum class RtMethod : std::uint8_t { none, linear, spline };
enum class EnergyMethod : std::uint8_t { none, constant, plane };
enum class QuadrupoleMethod : std::uint8_t { bell, fitted };  // bell: edges at the nominal limits

}  // namespace overland::calibrate

template <>
struct overland::EnumNames<overland::calibrate::ModelSource> {
  using Enum = overland::calibrate::ModelSource;
  static constexpr std::array kNames{
      std::pair{Enum::preset, "default"}, std::pair{Enum::run, "run"},
      std::pair{Enum::other_runs, "other runs"}, std::pair{Enum::ms2, "ms2"},
      std::pair{Enum::configured, "configured"}};
};

template <>
struct overland::EnumNames<overland::calibrate::MassMethod> {
  using Enum = overland::calibrate::MassMethod;
  static constexpr std::array kNames{std::pair{Enum::none, "none"},
                                     std::pair{Enum::constant, "constant"},
                                     std::pair{Enum::drift, "drift"}, std::pair{Enum::mz, "mz"},
                                     std::pair{Enum::drift_and_mz, "drift and mz"}};
};

template <>
struct overland::EnumNames<overland::calibrate::RtMethod> {
  using Enum = overland::calibrate::RtMethod;
  static constexpr std::array kNames{std::pair{Enum::none, "none"},
                                     std::pair{Enum::linear, "linear"},
                                     std::pair{Enum::spline, "spline"}};
};

template <>
struct overland::EnumNames<overland::calibrate::EnergyMethod> {
  using Enum = overland::calibrate::EnergyMethod;
  static constexpr std::array kNames{std::pair{Enum::none, "none"},
                                     std::pair{Enum::constant, "constant"},
                                     std::pair{Enum::plane, "plane"}};
};

template <>
struct overland::EnumNames<overland::calibrate::QuadrupoleMethod> {
  using Enum = overland::calibrate::QuadrupoleMethod;
  static constexpr std::array kNames{std::pair{Enum::bell, "bell"},
                                     std::pair{Enum::fitted, "fitted"}};
};
