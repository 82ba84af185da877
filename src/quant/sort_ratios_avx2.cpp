// Compiled with -mavx2 (CMakeLists.txt).
#include <utility>

#include "quant/ratio_units.h"

#if defined(__x86_64__)
#include <immintrin.h>

namespace overland::quant {
namespace avx2 {
namespace {

constexpr std::size_t kPackDoubles = 4;
using Pack = __m256d;
using Counts = __m256i;

Pack load(const double* from) {
  return _mm256_loadu_pd(from);
}
void store(double* to, Pack pack) {
  _mm256_storeu_pd(to, pack);
}
Pack difference(double value, Pack pack) {
  return _mm256_set1_pd(value) - pack;
}
Pack smaller(Pack a, Pack b) {
  return _mm256_min_pd(a, b);
}
Pack larger(Pack a, Pack b) {
  return _mm256_max_pd(b, a);
}
void add_finite(Counts& counts, Pack pack) {
  const __m256d missing = _mm256_set1_pd(__builtin_inf());
  const __m256d is_finite = _mm256_cmp_pd(pack, missing, _CMP_LT_OQ);
  counts = _mm256_sub_epi64(counts, _mm256_castpd_si256(is_finite));  // true is -1
}
void store_counts(std::uint32_t* to, Counts counts) {
  const __m256i low_halves =
      _mm256_permutevar8x32_epi32(counts, _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm256_castsi256_si128(low_halves));
}

#include "quant/sort_ratios.inc"

}  // namespace
}  // namespace avx2

void sort_ratios_avx2(const RatioTask& task, std::size_t other, std::uint32_t* counts) {
  avx2::sort(task, other, counts);
}

}  // namespace overland::quant
#endif
