// A configuration field has one of four types; a float would lose digits on its way through JSON.
// expect: constraints not satisfied
#include "base/config_schema.h"

void declare(overland::ConfigSchema& schema) {
#ifdef MUST_NOT_COMPILE
  static float target = 0;
#else
  static double target = 0;
#endif
  schema.field("section.key", target, {});
}
