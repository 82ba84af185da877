// One kind does not turn into another.
// expect: could not convert|no viable conversion
#include "base/units.h"

overland::Mz convert(overland::Minutes rt) {
#ifdef MUST_NOT_COMPILE
  return rt;
#else
  return overland::Mz{rt.value};
#endif
}
