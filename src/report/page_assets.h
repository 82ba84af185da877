// The template, style and scripts of the HTML pages (data/report/), carried inside the program.
#pragma once

#include <string>
#include <string_view>

namespace overland::report {

[[nodiscard]] std::string_view page_template();  // with {{css}}, {{data}} and {{script}}
[[nodiscard]] std::string_view page_style();
[[nodiscard]] std::string page_script();  // all scripts, in the order in which they need each other

}  // namespace overland::report
