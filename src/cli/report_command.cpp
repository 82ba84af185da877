#include <fmt/format.h>

#include <memory>

#include "cli/commands.h"
#include "report/report_page.h"

namespace overland::cli {
namespace {

struct ReportArguments {
  report::PageOptions page;
  Machine machine = {};
  bool serves = false;
  int port = 0;
};

Result<void> report(const ReportArguments& arguments) {
  if (!arguments.serves) {
    auto done = report::write_report_page(arguments.page);
    if (done)
      arguments.machine.info("report: {}", (arguments.page.results / "report.html").string());
    return done;
  }
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
  command.positional("DIR", arguments->page.results, "Results folder of a search").required();
  command.option("--conditions", arguments->page.conditions, "FILE",
                 "Table with the columns Run and Condition; default: conditions by run names");
  command.flag("--serve", arguments->serves,
               "Serve the page with all chromatograms to browsers on this machine");
  constexpr int kHighestPort = 65535;
  command.option("--port", arguments->port, "N", "Port of --serve; 0 selects a free port")
      .range(0, kHighestPort);
}

}  // namespace overland::cli
