// For any machine: vectors of two doubles, which every supported machine has.
#include <utility>

#include "quant/ratio_units.h"

namespace overland::quant {
namespace basic {
namespace {

constexpr std::size_t kPackDoubles = 2;
using Pack = double __attribute__((vector_size(16)));
using Counts = std::int64_t __attribute__((vector_size(16)));

Pack load(const double* from) {
  return Pack{from[0], from[1]};
}
void store(double* to, Pack pack) {
  to[0] = pack[0];
  to[1] = pack[1];
}
Pack difference(double value, Pack pack) {
  return value - pack;
}
Pack smaller(Pack a, Pack b) {
  return a < b ? a : b;
}
Pack larger(Pack a, Pack b) {
  return a < b ? b : a;
}
void add_finite(Counts& counts, Pack pack) {
  counts -= pack < Pack{__builtin_inf(), __builtin_inf()};  // true is -1
}
void store_counts(std::uint32_t* to, Counts counts) {
  to[0] = static_cast<std::uint32_t>(counts[0]);
  to[1] = static_cast<std::uint32_t>(counts[1]);
}

#include "quant/sort_ratios.inc"

}  // namespace
}  // namespace basic

void sort_ratios_basic(const RatioTask& task, std::size_t other, std::uint32_t* counts) {
  basic::sort(task, other, counts);
}

}  // namespace overland::quant
