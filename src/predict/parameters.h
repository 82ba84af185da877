// The weights of a network: one array, cut into named blocks.
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

// Hands out blocks one after the other and remembers how each is to begin.
class ParameterPlan {
 public:
  // Starts as normal values of the given standard deviation; 0: zeros.
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
