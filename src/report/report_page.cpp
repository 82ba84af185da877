#include "report/report_page.h"

#include <nlohmann/json.hpp>

#include "base/files/atomic_file.h"

namespace overland::report {

Result<void> write_report_page(const PageOptions& options) {
  const auto data = report_page_data(options);
  if (!data) return std::unexpected(data.error());
  return write_text_atomically(options.results / "report.html", html_page(*data));
}

Result<PageSite> open_report_site(const PageOptions& options) {
  PageOptions served = options;
  served.is_served = true;
  const auto data = report_page_data(served);
  if (!data) return std::unexpected(data.error());
  PageSite site(html_page(*data), (*data)["names"].get<std::vector<std::string>>());
  const std::filesystem::path file = options.results / "xic.parquet";
  if (!std::filesystem::exists(file)) return site;
  if (auto opened = site.open_chromatograms(file); !opened) return std::unexpected(opened.error());
  return site;
}

}  // namespace overland::report
