// A unit is always written out.
// expect: could not convert|no viable conversion|no matching function
#include "base/units.h"

bool takes(overland::Mz mz);

bool call() {
#ifdef MUST_NOT_COMPILE
  return takes(500.0);
#else
  return takes(overland::Mz{500.0});
#endif
}
