// The place of a scan in its window's list is no scan of the run: the list gives that.
// expect: could not convert|no viable conversion|no matching function
#include <vector>

#include "base/ids.h"

float rt_of(overland::RunScan scan);

float call(const std::vector<overland::RunScan>& scans, overland::WindowScan scan) {
#ifdef MUST_NOT_COMPILE
  (void)scans;
  return rt_of(scan);
#else
  return rt_of(scans[scan.index()]);
#endif
}
