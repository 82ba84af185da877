// Run files of instrument vendors: which there are, and how the user wants them to be read.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>

#include "base/enum_text.h"

namespace overland::run {

// `automatic`: by a converter if there is one, otherwise directly.
enum class RawReader : std::uint8_t { automatic, converter, direct };

struct VendorReading {
  RawReader reader = RawReader::automatic;
  std::string converter = {};  // program, by its name on PATH or by its file; empty: look for one
  std::filesystem::path scratch = {};  // folder for the converted file; empty: that of the system
};

enum class VendorFormat : std::uint8_t { thermo_raw, sciex_wiff };

// The file beside X.wiff that holds its spectra: X.wiff.scan.
[[nodiscard]] inline std::filesystem::path scan_file_of(const std::filesystem::path& wiff) {
  return wiff.string() + ".scan";
}

}  // namespace overland::run

template <>
struct overland::EnumNames<overland::run::RawReader> {
  static constexpr std::array kNames{std::pair{run::RawReader::automatic, "auto"},
                                     std::pair{run::RawReader::converter, "converter"},
                                     std::pair{run::RawReader::direct, "direct"}};
};
template <>
struct overland::EnumNames<overland::run::VendorFormat> {
  static constexpr std::array kNames{std::pair{run::VendorFormat::thermo_raw, "Thermo RAW"},
                                     std::pair{run::VendorFormat::sciex_wiff, "SCIEX wiff"}};
};
