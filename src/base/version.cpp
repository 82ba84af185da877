#include "base/version.h"

namespace overland {

const std::string& program_version() {
  static const std::string version = OVERLAND_VERSION;
  return version;
}

const std::string& program_name() {
  static const std::string name = "overland " + program_version();
  return name;
}

}  // namespace overland
