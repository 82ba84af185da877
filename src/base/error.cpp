#include "base/error.h"

#include <array>

namespace overland {

std::string Error::message() const {
  std::string text = code + ": " + what;
  if (!where.empty()) text += " (" + where + ")";
  text += text.ends_with('.') ? " " : ". ";
  return text + advice;
}

int Error::exit_code() const {
  struct Kind {
    std::string_view prefix;
    int exit_code;
  };
  static constexpr std::array<Kind, 9> kKinds{{{"OVL-USE-", 2},
                                               {"OVL-CFG-", 3},
                                               {"OVL-IO-", 4},
                                               {"OVL-RUN-", 4},
                                               {"OVL-LIB-", 4},
                                               {"OVL-PRE-", 4},
                                               {"OVL-KOI-", 4},
                                               {"OVL-COH-", 5},
                                               {"OVL-RES-", 6}}};
  for (const Kind& kind : kKinds) {
    if (std::string_view(code).starts_with(kind.prefix)) return kind.exit_code;
  }
  return 1;
}

}  // namespace overland
