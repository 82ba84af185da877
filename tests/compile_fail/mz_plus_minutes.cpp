// Quantities of different kinds do not add up.
// expect: no match for .operator\+|invalid operands
#include "base/units.h"

double sum(overland::Mz mz, overland::Minutes rt) {
#ifdef MUST_NOT_COMPILE
  return mz + rt;
#else
  return mz.value + rt.value;
#endif
}
