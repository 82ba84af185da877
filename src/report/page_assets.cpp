#include "report/page_assets.h"

// NOLINTNEXTLINE(cppcoreguidelines-macro-usage): the assembler needs the file name as a literal.
#define OVERLAND_EMBED(symbol, file)                                                        \
  __asm__(                                                                                  \
      ".section .rodata\n"                                                                  \
      ".global overland_" #symbol                                                           \
      "_begin\n"                                                                            \
      "overland_" #symbol                                                                   \
      "_begin:\n"                                                                           \
      ".incbin \"" OVERLAND_PAGE_FOLDER "/" file                                            \
      "\"\n"                                                                                \
      ".global overland_" #symbol                                                           \
      "_end\n"                                                                              \
      "overland_" #symbol                                                                   \
      "_end:\n"                                                                             \
      ".previous\n");                                                                       \
  extern "C" {                                                                              \
  extern const char overland_##symbol##_begin[];                                            \
  extern const char overland_##symbol##_end[];                                              \
  }                                                                                         \
  namespace {                                                                               \
  std::string_view symbol() {                                                               \
    return {overland_##symbol##_begin,                                                      \
            static_cast<std::size_t>(overland_##symbol##_end - overland_##symbol##_begin)}; \
  }                                                                                         \
  }

OVERLAND_EMBED(page_html, "page.html")
OVERLAND_EMBED(page_css, "page.css")
OVERLAND_EMBED(charts_js, "charts.js")
OVERLAND_EMBED(xic_js, "xic.js")
OVERLAND_EMBED(page_js, "page.js")
OVERLAND_EMBED(certificate_js, "certificate.js")
OVERLAND_EMBED(explain_js, "explain.js")
OVERLAND_EMBED(start_js, "start.js")

namespace overland::report {

std::string_view page_template() {
  return page_html();
}

std::string_view page_style() {
  return page_css();
}

std::string page_script() {
  std::string all;
  for (const std::string_view part :
       {charts_js(), xic_js(), page_js(), certificate_js(), explain_js(), start_js()})
    all += part;
  return all;
}

}  // namespace overland::report
