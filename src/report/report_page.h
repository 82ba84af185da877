// Makes report.html of a results folder.
#pragma once

#include "report/page_data.h"
#include "report/page_server.h"

namespace overland::report {

// Writes report.html into the folder. Errors of report_page_data, OVL-IO-002.
[[nodiscard]] Result<void> write_report_page(const PageOptions& options);

// The site of --serve: the page and all chromatograms. Errors of report_page_data.
[[nodiscard]] Result<PageSite> open_report_site(const PageOptions& options);

}  // namespace overland::report
