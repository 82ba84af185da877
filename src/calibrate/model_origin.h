// How the models of a run came about, with the words that stand for it in files and messages.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace overland {

// Where a model is from.
enum class ModelSource : std::uint8_t {
  preset,      // not fitted
  run,         // its own run
  other_runs,  // borrowed
  ms2,         // of MS1 scans: as of the fragments
  configured
};

// What the data allowed; none: nothing.
enum class MassMethod : std::uint8_t { none, constant, drift, mz, drift_and_mz };
enum class RtMethod : std::uint8_t { none, linear, spline };
enum class EnergyMethod : std::uint8_t { none, constant, plane };
enum class QuadrupoleMethod : std::uint8_t { bell, fitted };  // bell: edges at the nominal limits

// Words of an enumeration in the order of its values.
template <class Enum>
inline constexpr std::array<std::string_view, 0> kWords{};
template <>
inline constexpr std::array<std::string_view, 5> kWords<ModelSource>{"default", "run", "other runs",
                                                                     "ms2", "configured"};
template <>
inline constexpr std::array<std::string_view, 5> kWords<MassMethod>{"none", "constant", "drift",
                                                                    "mz", "drift and mz"};
template <>
inline constexpr std::array<std::string_view, 3> kWords<RtMethod>{"none", "linear", "spline"};
template <>
inline constexpr std::array<std::string_view, 3> kWords<EnergyMethod>{"none", "constant", "plane"};
template <>
inline constexpr std::array<std::string_view, 2> kWords<QuadrupoleMethod>{"bell", "fitted"};

template <class Enum>
  requires(!kWords<Enum>.empty())
[[nodiscard]] constexpr std::string_view to_text(Enum value) {
  return kWords<Enum>[static_cast<std::size_t>(value)];
}

// None where there is no such word.
template <class Enum>
  requires(!kWords<Enum>.empty())
[[nodiscard]] constexpr std::optional<Enum> from_text(std::string_view word) {
  const auto found = std::ranges::find(kWords<Enum>, word);
  if (found == kWords<Enum>.end()) return std::nullopt;
  return static_cast<Enum>(found - kWords<Enum>.begin());
}

}  // namespace overland
