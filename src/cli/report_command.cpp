#include <fmt/format.h>

#include <memory>

#include "cli/commands.h"
#include "commands/remote_search.h"
#include "io/store/staging.h"
#include "io/store/store_uri.h"
#include "report/report_page.h"

namespace overland::cli {
namespace {

struct ReportArguments {
  report::PageOptions page;
  Machine machine = {};
  bool serves = false;
  int port = 0;
  std::filesystem::path staging;
};

Result<void> write_page(const ReportArguments& arguments, const io::Staging& staging,
                        const std::string& place) {
  const std::filesystem::path page = arguments.page.results / "report.html";
  if (auto done = report::write_report_page(arguments.page); !done) return done;
  if (!io::is_uri(place)) {
    arguments.machine.info("report: {}", page.string());
    return {};
  }
  const std::string uri = io::uri_below(place, "report.html");
  if (auto done = staging.upload_file(page, uri); !done) return done;
  arguments.machine.info("report: {}", io::without_secrets(uri));
  return {};
}

Result<void> report(ReportArguments& arguments) {
  const io::Staging staging(arguments.staging, arguments.machine);
  const std::string place = arguments.page.results.native();
  if (io::is_uri(place)) {
    if (auto done = commands::check_uploaded_results(place, arguments.machine); !done) return done;
  }
  for (auto* input : {&arguments.page.results, &arguments.page.conditions})
    if (auto done = staging.replace(*input); !done) return done;
  if (!arguments.serves) return write_page(arguments, staging, place);
  const auto site = report::open_report_site(arguments.page);
  if (!site) return std::unexpected(site.error());
  const auto server = report::LoopbackServer::open(static_cast<std::uint16_t>(arguments.port));
  if (!server) return std::unexpected(server.error());
  if (auto done = print(fmt::format("http://127.0.0.1:{}/\n", server->port())); !done) return done;
  arguments.machine.info("serving {} until interrupted (Ctrl-C)", arguments.page.results.string());
  server->serve(*site, arguments.machine);
}

}  // namespace

void add_report_command(Program& program) {
  const auto arguments = std::make_shared<ReportArguments>();
  arguments->machine = program.machine();
  Command command = program.add("report", "Writes or serves report.html of a results folder",
                                [arguments] { return report(*arguments); });
  command.positional("DIR", arguments->page.results, "Results folder of a search")
      .required()
      .or_uri();
  command
      .option("--conditions", arguments->page.conditions, "FILE",
              "Table with the columns Run and Condition; default: conditions by run names")
      .or_uri();
  add_staging(command, arguments->staging);
  command.flag("--serve", arguments->serves,
               "Serve the page with all chromatograms to browsers on this machine");
  constexpr int kHighestPort = 65535;
  command.option("--port", arguments->port, "N", "Port of --serve; 0 selects a free port")
      .range(0, kHighestPort);
}

}  // namespace overland::cli
