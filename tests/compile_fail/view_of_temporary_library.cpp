// A view must not outlive the library it looks into.
// expect: use of deleted function|call to deleted member function
#include "library/library.h"

overland::library::Library make();

std::uint32_t count() {
#ifdef MUST_NOT_COMPILE
  return make().view().precursor_count();
#else
  const overland::library::Library library = make();
  return library.view().precursor_count();
#endif
}
