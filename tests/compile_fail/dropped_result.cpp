// An error cannot be overlooked.
// expect: unused-result
#include "library/library.h"

void open_it() {
#ifdef MUST_NOT_COMPILE
  overland::library::Library::open("a.lib");
#else
  const auto library = overland::library::Library::open("a.lib");
  (void)library;
#endif
}
