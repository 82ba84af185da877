#include "report/html_page.h"

#include <array>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "report/page_assets.h"

namespace overland::report {

std::string script_safe_json(const PageJson& data) {
  const std::string plain = data.dump(-1, ' ', false, PageJson::error_handler_t::replace);
  std::string safe;
  safe.reserve(plain.size() + plain.size() / 64);
  for (const char c : plain) {
    if (c == '<')
      safe += "\\u003c";
    else
      safe += c;
  }
  return safe;
}

std::string html_page(const PageJson& data) {
  const std::string_view text = page_template();
  const std::string json = script_safe_json(data);
  const std::string script = page_script();
  std::string page;
  page.reserve(text.size() + page_style().size() + json.size() + script.size());
  std::size_t from = 0;
  while (from < text.size()) {
    const std::size_t mark = text.find("{{", from);
    page += text.substr(from, mark - from);
    if (mark == std::string_view::npos) break;
    const std::size_t end = text.find("}}", mark);
    const std::string_view name = text.substr(mark + 2, end - mark - 2);
    page += name == "css" ? page_style() : name == "data" ? std::string_view(json) : script;
    from = end + 2;
  }
  return page;
}

PageJson rounded(double value, int digits) {
  if (!std::isfinite(value)) return nullptr;
  std::array<char, 40> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value,
                                 std::chars_format::scientific, digits - 1);
  double back = 0;
  std::from_chars(text.data(), end.ptr, back);
  if (back == std::floor(back) && std::abs(back) < 1e15) return static_cast<std::int64_t>(back);
  return back;
}

}  // namespace overland::report
