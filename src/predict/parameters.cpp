#include "predict/parameters.h"

#include "base/rng.h"

namespace overland::predict {

ParameterBlock ParameterPlan::add(std::size_t rows, std::size_t columns, double deviation) {
  const ParameterBlock block{size_, rows, columns};
  starts_.push_back({block, deviation});
  size_ += block.size();
  return block;
}

std::vector<float> ParameterPlan::initial(std::uint64_t seed) const {
  std::vector<float> values(size_, 0.0F);
  for (std::size_t b = 0; b < starts_.size(); ++b) {
    const Start& start = starts_[b];
    if (start.deviation == 0) continue;
    Rng rng(seed, b);
    for (std::size_t i = 0; i < start.block.size(); ++i)
      values[start.block.offset + i] = static_cast<float>(start.deviation * rng.normal());
  }
  return values;
}

}  // namespace overland::predict
