// A self-contained page: template, style, scripts and data in one text that needs no network.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace overland::report {

using PageJson = nlohmann::ordered_json;

// JSON that may stand inside <script>: every '<' is written as \u003c, so that no value of the data
// can end the element or open a comment. Bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string script_safe_json(const PageJson& data);

[[nodiscard]] std::string html_page(const PageJson& data);

// `value` to four significant digits; null for what is not finite. Half a page is numbers.
[[nodiscard]] PageJson rounded(double value, int digits = 4);

}  // namespace overland::report
