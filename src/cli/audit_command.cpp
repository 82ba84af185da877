#include <memory>

#include "audit/audit.h"
#include "cli/commands.h"

namespace overland::cli {
namespace {

struct AuditArguments {
  audit::AuditOptions options;
  bool wants_json = false;
};

Result<void> run_audit(const AuditArguments& arguments) {
  const auto audit = audit::audit_results(arguments.options);
  if (!audit) return std::unexpected(audit.error());
  if (auto done = audit::write_audit(*audit, arguments.options.results); !done) return done;
  return print(arguments.wants_json ? audit::audit_json(*audit) : audit::audit_text(*audit));
}

}  // namespace

void add_audit_command(Program& program) {
  const auto arguments = std::make_shared<AuditArguments>();
  Command command = program.add("audit", "Checks the q-values of a search by its entrapments",
                                [arguments] { return run_audit(*arguments); });
  audit::AuditOptions& options = arguments->options;
  command.positional("DIR", options.results, "Results folder of a search").required();
  command.flag("--json", arguments->wants_json, "Print JSON instead of text");
  constexpr int kMost = 100000;
  command.option("--resamples", options.resamples, "N", "Number of bootstrap resamples")
      .range(0, kMost);
  command.option("--seed", options.seed, "N", "Seed of the bootstrap");
  add_machine(program, command, options.machine);
}

}  // namespace overland::cli
