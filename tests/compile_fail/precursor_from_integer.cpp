// An integer is the number of nothing until it is said of what.
// expect: could not convert|no viable conversion|no matching function
#include "base/ids.h"

bool takes(overland::PrecursorId precursor);

bool call(std::uint32_t row) {
#ifdef MUST_NOT_COMPILE
  return takes(row);
#else
  return takes(overland::PrecursorId(row));
#endif
}
