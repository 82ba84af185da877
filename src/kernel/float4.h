// Four floats processed in parallel, with basic IEEE operations only: each lane rounds as a scalar
// float does on every machine, so results equal those of a plain loop over the lanes.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

namespace overland::kernel {

inline constexpr std::size_t kLanes = 4;
using Float4 = float __attribute__((vector_size(16)));

inline Float4 load4(const float* from) {
  Float4 v;
  std::memcpy(&v, from, sizeof(v));
  return v;
}

inline void store4(float* to, Float4 v) {
  std::memcpy(to, &v, sizeof(v));
}

inline Float4 all4(float x) {
  return Float4{x, x, x, x};
}

inline Float4 sqrt4(Float4 v) {
#if defined(__SSE2__)
  return _mm_sqrt_ps(v);
#elif defined(__aarch64__)
  return vsqrtq_f32(v);
#else
  return Float4{std::sqrt(v[0]), std::sqrt(v[1]), std::sqrt(v[2]), std::sqrt(v[3])};
#endif
}

inline float sum4(Float4 v) {
  return (v[0] + v[1]) + (v[2] + v[3]);
}

}  // namespace overland::kernel
