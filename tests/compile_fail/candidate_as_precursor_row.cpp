// A candidate's place in its window is not compared with a row of the library.
// expect: no match for .operator==|invalid operands
#include "base/ids.h"

bool is_row(overland::CandidateId candidate, overland::PrecursorId precursor) {
#ifdef MUST_NOT_COMPILE
  return candidate == precursor;
#else
  return candidate.index() == precursor.index();
#endif
}
