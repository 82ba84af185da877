// Importance of each feature in rescoring: feature_importance.parquet of the results.
#pragma once

#include <filesystem>

#include "base/error.h"
#include "scoring/rescore.h"

namespace overland::identify {

inline constexpr const char* kImportanceFile = "importance.parquet";

// One row per feature in descending order of gain; no rows if no trees were trained. Error
// OVL-IO-002.
[[nodiscard]] Result<void> write_importance(const scoring::Rescorer& rescorer,
                                            const std::filesystem::path& file);

}  // namespace overland::identify
