// Template, style and scripts of the HTML pages (data/report/), embedded in the program.
#pragma once

#include <string>
#include <string_view>

namespace overland::report {

[[nodiscard]] std::string_view page_template();  // with {{css}}, {{data}} and {{script}}
[[nodiscard]] std::string_view page_style();
[[nodiscard]] std::string page_script();  // all scripts, in the order of their dependencies

}  // namespace overland::report
