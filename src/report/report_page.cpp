#include "report/report_page.h"

#include <nlohmann/json.hpp>
#include <optional>

#include "base/atomic_file.h"

namespace overland {

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
  std::optional<ChromatogramFile> chromatograms;
  const std::filesystem::path file = options.results / "xic.parquet";
  if (std::filesystem::exists(file)) {
    auto opened = ChromatogramFile::open(file);
    if (!opened) return std::unexpected(opened.error());
    chromatograms.emplace(std::move(*opened));
  }
  return PageSite(html_page(*data), std::move(chromatograms),
                  (*data)["names"].get<std::vector<std::string>>());
}

}  // namespace overland
