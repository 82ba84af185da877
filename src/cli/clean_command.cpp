#include <fmt/format.h>

#include <memory>

#include "base/summary.h"
#include "cli/commands.h"
#include "commands/clean_results.h"

namespace overland::cli {
namespace {

Result<void> clean(const commands::CleanOptions& options) {
  const auto parts = commands::clean_results(options);
  if (!parts) return std::unexpected(parts.error());
  std::string text;
  std::uint64_t total = 0;
  for (const commands::CleanedPart& part : *parts) {
    text += fmt::format("{:>9}  {}\n", memory_text(part.bytes), part.path);
    total += part.bytes;
  }
  text += fmt::format("{:>9}  {}\n", memory_text(total),
                      options.only_lists ? "would be freed" : "freed");
  return print(text);
}

}  // namespace

void add_clean_command(Program& program) {
  auto options = std::make_shared<commands::CleanOptions>();
  options->machine = program.machine();
  Command command =
      program.add("clean", "Removes from a results folder what a search can make again",
                  [options] { return clean(*options); });
  command.positional("DIR", options->results, "Results folder of a search").required();
  command.flag("--dry-run", options->only_lists, "List what would be removed, and remove nothing");
  command.examples({"overland clean results --dry-run", "overland clean results"});
}

}  // namespace overland::cli
