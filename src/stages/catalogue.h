// The stages of a search, on one page: what each is for, what it reads and writes, and which
// parameters it sees.
#pragma once

#include <vector>

#include "stages/stage.h"

namespace overland::stages {

// In an order in which they can be done: each reads what stages before it wrote. Which stages there
// are depends on the plan: a search from FASTA builds a library, one that refines has two rounds.
[[nodiscard]] std::vector<Stage> search_stages(const SearchPlan& plan);

// Full names of the stages whose outputs a stage reads.
[[nodiscard]] std::vector<std::string> makers_of(const Stage& stage);

// What the last round searches with, and the scores that count: with transfers where runs are
// matched.
[[nodiscard]] const params::Artefact& final_library(const SearchPlan& plan);
[[nodiscard]] const params::Artefact& final_scores(const SearchPlan& plan);

// The graph for workflow engines: stages with their scope, purpose, inputs, outputs and parameters.
[[nodiscard]] std::string stages_json(const std::vector<Stage>& stages);
// The same as a drawing, in the language of Graphviz.
[[nodiscard]] std::string stages_dot(const std::vector<Stage>& stages);

}  // namespace overland::stages
