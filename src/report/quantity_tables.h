// Tables of quantities over runs (protein groups, genes and peptides, in long and wide form), and
// of the normalisation.
#pragma once

#include <string>
#include <vector>

#include "io/table/table.h"
#include "quant/maxlfq.h"
#include "quant/normalise.h"

namespace overland::report {

// Quantities of one level: protein groups, genes or peptides.
struct LevelQuantities {
  std::string key;                             // name of the key column: "Protein.Group"
  std::vector<std::string> names;              // values of the key column, sorted
  std::vector<std::vector<std::string>> more;  // additional columns, in the order of more_keys
  std::vector<std::string> more_keys;
  std::string q_name;           // "Global.PG.Q.Value"
  std::vector<double> q_value;  // per name
  quant::LfqProfiles profiles;  // per name and run
};

// Removes names with a q-value above `q`.
void keep_confident_names(LevelQuantities& level, double q);

// Names of a level from `first` to before `last`.
struct NameRange {
  std::size_t first = 0, last = 0;
};
// One row per name and run. `quantity_column`: "PG.MaxLFQ".
[[nodiscard]] io::Table make_long_level(const LevelQuantities& level, const NameRange& range,
                                        const std::vector<std::string>& run_names,
                                        const std::string& quantity_column);
// One row per name, one column per run.
[[nodiscard]] io::Table make_wide_level(const LevelQuantities& level, const NameRange& range,
                                        const std::vector<std::string>& run_names);

// One row per run and point of its curve; a run without a correction has one row without a time.
[[nodiscard]] io::Table make_normalisation_table(
    const std::vector<quant::NormalisationCurve>& curves,
    const std::vector<std::string>& run_names);

// 2^x, the same on every machine.
[[nodiscard]] double linear_quantity(double log2);

}  // namespace overland::report
