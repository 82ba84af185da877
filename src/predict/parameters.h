// The weights of a network: one array, divided into blocks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace overland::predict {

// A matrix inside the array of weights.
struct ParameterBlock {
  std::size_t offset = 0, rows = 0, columns = 0;
  [[nodiscard]] std::size_t size() const { return rows * columns; }
  [[nodiscard]] const float* in(const float* all) const { return all + offset; }
  [[nodiscard]] float* in(float* all) const { return all + offset; }
};

// Allocates blocks one after the other and records how each is initialised.
class ParameterPlan {
 public:
  // The block is initialised with normal values of SD `deviation`; 0: with zeros.
  ParameterBlock add(std::size_t rows, std::size_t columns, double deviation);
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::vector<float> initial(std::uint64_t seed) const;

 private:
  struct Start {
    ParameterBlock block;
    double deviation;
  };
  std::vector<Start> starts_;
  std::size_t size_ = 0;
};

}  // namespace overland::predict
