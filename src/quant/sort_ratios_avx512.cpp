// Compiled with -mavx512f (CMakeLists.txt).
#include <utility>

#include "quant/ratio_units.h"

#if defined(__x86_64__)
#include <immintrin.h>

namespace overland::quant {
namespace avx512 {
namespace {

constexpr std::size_t kPackDoubles = 8;
using Pack = __m512d;
using Counts = __m512i;

Pack load(const double* from) {
  return _mm512_loadu_pd(from);
}
void store(double* to, Pack pack) {
  _mm512_storeu_pd(to, pack);
}
Pack difference(double value, Pack pack) {
  return _mm512_set1_pd(value) - pack;
}
Pack smaller(Pack a, Pack b) {
  return _mm512_min_pd(a, b);
}
Pack larger(Pack a, Pack b) {
  return _mm512_max_pd(b, a);
}
void add_finite(Counts& counts, Pack pack) {
  const __m512d missing = _mm512_set1_pd(__builtin_inf());
  const __mmask8 is_finite = _mm512_cmp_pd_mask(pack, missing, _CMP_LT_OQ);
  counts = _mm512_mask_add_epi64(counts, is_finite, counts, _mm512_set1_epi64(1));
}
void store_counts(std::uint32_t* to, Counts counts) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), _mm512_cvtepi64_epi32(counts));
}

#include "quant/sort_ratios.inc"

}  // namespace
}  // namespace avx512

void sort_ratios_avx512(const RatioTask& task, std::size_t other, std::uint32_t* counts) {
  avx512::sort(task, other, counts);
}

}  // namespace overland::quant
#endif
