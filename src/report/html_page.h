// Self-contained HTML page: template, style, scripts and data in one text that needs no network.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace overland::report {

using PageJson = nlohmann::ordered_json;

// JSON that is safe inside <script>: every '<' is written as \u003c, so that no value can end the
// element or open a comment. Bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string script_safe_json(const PageJson& data);

[[nodiscard]] std::string html_page(const PageJson& data);

// `value` rounded to `digits` significant digits, to reduce the size of the page; null if it is not
// finite.
[[nodiscard]] PageJson rounded(double value, int digits = 4);

}  // namespace overland::report
