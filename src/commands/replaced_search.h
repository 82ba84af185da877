// A search into a folder that holds another one: what would be replaced, and how it is replaced.
#pragma once

#include <string>
#include <vector>

#include "stages/search_plan.h"
#include "stages/stage_store.h"

namespace overland::commands {

// In what a search differs from the one of the folder's config.json so that results would be lost:
// a run is left out or is another file, another library, FASTA or predictor, another parameter.
// Empty where the folder has no tables yet, or where the search only adds runs. Threads, memory,
// --strict and the library cache do not count, nor does the place of an input with the same
// content, nor a run that failed.
[[nodiscard]] std::vector<std::string> differences_from_folder(const stages::SearchPlan& plan,
                                                               stages::StageStore& store);

// Error OVL-USE-012, which lists the differences, unless the plan's options say `overwrite`.
[[nodiscard]] Result<void> check_replaced(const stages::SearchPlan& plan,
                                          stages::StageStore& store);

// With `overwrite` and differences: removes the tables, the report page and the plots of the
// earlier search, which the new one writes again. Results of stages stay. Errors OVL-USE-012,
// OVL-IO-002.
[[nodiscard]] Result<void> replace_search(const stages::SearchPlan& plan,
                                          stages::StageStore& store);

}  // namespace overland::commands
