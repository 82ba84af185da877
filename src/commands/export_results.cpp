#include "commands/export_results.h"

#include "base/files/output_guard.h"
#include "base/progress.h"
#include "exchange/results/exports.h"

namespace overland::commands {
namespace {

bool is_folder_format(const std::string& format) {
  return format == "skyline" || format == "pioneer";
}

Result<void> check_output(const ResultsExport& options) {
  if (!is_folder_format(options.format))
    return check_output_file(options.out, {options.results}, options.overwrite);
  if (auto done = check_output_folder(options.out, {options.results}); !done) return done;
  std::error_code ignored;
  if (options.overwrite || std::filesystem::is_empty(options.out, ignored) ||
      !std::filesystem::exists(options.out))
    return {};
  return fail("OVL-USE-012", "the output exists already", options.out.string(),
              "Give --overwrite to replace it, or another place with --out.");
}

Result<void> write(const ResultsExport& options, const exchange::SearchResults& results) {
  if (options.format == "msstats")
    return exchange::export_msstats(results, {.by_fragment = options.by_fragment}, options.out);
  if (options.format == "mztab") return exchange::export_mztab(results, options.out);
  if (options.format == "skyline") return exchange::export_skyline(results, options.out);
  if (options.format == "pioneer") return exchange::export_pioneer(results, options.out);
  return exchange::export_diann_report(results, options.out);
}

}  // namespace

const std::vector<std::string>& export_format_names() {
  static const std::vector<std::string> kNames{"msstats", "mztab", "skyline", "pioneer",
                                               "diann-tsv"};
  return kNames;
}

Result<void> export_results(const ResultsExport& options) {
  if (auto done = check_output(options); !done) return done;
  const auto results = exchange::open_search_results(options.results, options.conditions);
  if (!results) return std::unexpected(results.error());
  const bool wants_conditions = options.format == "msstats" || options.format == "mztab";
  if (wants_conditions && results->conditions.names.empty())
    options.machine.warning(
        "run names do not tell which runs are repeats: each run counts as a separate condition; "
        "give --conditions");
  if (auto done = write(options, *results); !done) return done;
  options.machine.info("{} rows of {} runs as {}: {}", grouped(results->row_count()),
                       grouped(results->runs.size()), options.format, options.out.string());
  return {};
}

}  // namespace overland::commands
