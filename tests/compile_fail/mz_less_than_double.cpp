// A bare number has no unit: it must be named before it is compared.
// expect: no match for .operator<|invalid operands
#include "base/units.h"

bool is_below(overland::Mz mz, double limit) {
#ifdef MUST_NOT_COMPILE
  return mz < limit;
#else
  return mz < overland::Mz{limit};
#endif
}
