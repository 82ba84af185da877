// Reads one-dimensional datasets of numbers or records from HDF5 files (JLD2 is HDF5). Other files
// do not include HDF5's own headers. Not thread-safe.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"

namespace overland::io {

class Hdf5File {
 public:
  // Errors OVL-IO-001 (cannot open), OVL-IO-003 (not an HDF5 file).
  [[nodiscard]] static Result<Hdf5File> open(const std::filesystem::path& file);
  Hdf5File(Hdf5File&&) noexcept;
  Hdf5File& operator=(Hdf5File&&) noexcept;
  ~Hdf5File();

  // Errors OVL-IO-003 (no such dataset, or not one-dimensional).
  [[nodiscard]] Result<std::uint64_t> length(const std::string& dataset) const;
  // Number of values in a member of a record: 1 for a number, 4 for a tuple of four; 0 if the
  // member is absent or not numeric.
  [[nodiscard]] Result<std::size_t> width(const std::string& dataset,
                                          const std::string& member) const;
  // Values [first, first + count) of a dataset of numbers, or of a member of its records; all
  // values of a tuple follow each other. T: float, std::uint8_t, std::uint32_t, std::uint64_t;
  // other number types of the file are converted. Errors OVL-IO-003.
  template <class T>
  [[nodiscard]] Result<std::vector<T>> values(const std::string& dataset, const std::string& member,
                                              std::uint64_t first, std::uint64_t count) const;

 private:
  struct State;
  explicit Hdf5File(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace overland::io
