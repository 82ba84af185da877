#include "report/conditions.h"

#include <algorithm>

#include "io/table/table.h"

namespace overland::report {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string without_number(const std::string& run) {
  std::size_t end = run.size();
  while (end > 0 && is_digit(run[end - 1])) --end;
  if (end == run.size() || end == 0) return run;
  std::string_view base = std::string_view(run).substr(0, end);
  for (const std::string_view word : {"replicate", "Replicate", "rep", "Rep", "REP", "R", "r"}) {
    const bool stands_alone =
        base.size() > word.size() && base.ends_with(word) &&
        std::string_view("_-. ").contains(base[base.size() - word.size() - 1]);
    if (stands_alone) {
      base.remove_suffix(word.size());
      break;
    }
  }
  while (!base.empty() && std::string_view("_-. ").contains(base.back())) base.remove_suffix(1);
  return base.empty() ? run : std::string(base);
}

int index_of(std::vector<std::string>& names, const std::string& name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found != names.end()) return static_cast<int>(found - names.begin());
  names.push_back(name);
  return static_cast<int>(names.size() - 1);
}

}  // namespace

Conditions conditions_by_name(const std::vector<std::string>& runs) {
  Conditions conditions;
  conditions.origin = "by run names";
  for (const std::string& run : runs)
    conditions.of_run.push_back(index_of(conditions.names, without_number(run)));
  if (conditions.names.size() < runs.size()) return conditions;
  return {.names = {}, .of_run = std::vector<int>(runs.size(), -1), .origin = ""};
}

Result<Conditions> read_conditions(const std::filesystem::path& file,
                                   const std::vector<std::string>& runs) {
  const auto table = io::read_delimited(file);
  if (!table) return std::unexpected(table.error());
  const auto run = table->column<std::string>("Run");
  const auto condition = table->column<std::string>("Condition");
  if (!run || !condition)
    return fail("OVL-IO-091", std::string("the table has no column ") + (run ? "Condition" : "Run"),
                file.string(), "Give a table with the columns Run and Condition.");
  Conditions conditions;
  conditions.origin = "by " + file.filename().string();
  conditions.of_run.assign(runs.size(), -1);
  for (std::size_t i = 0; i < (*run)->size(); ++i) {
    const auto found = std::find(runs.begin(), runs.end(), (**run)[i]);
    if (found == runs.end())
      return fail("OVL-IO-092", "the search has no run '" + (**run)[i] + "'", file.string(),
                  "Use the names in the column Run of runs.parquet.");
    if (!(**condition)[i].empty())
      conditions.of_run[static_cast<std::size_t>(found - runs.begin())] =
          index_of(conditions.names, (**condition)[i]);
  }
  return conditions;
}

}  // namespace overland::report
