// What the reading of a run left out, corrected, assumed or doubts, as warnings.
#pragma once

#include "base/machine.h"
#include "run/raw_run.h"

namespace overland::stages {

void log_reading(const run::RawRun& run, const Machine& machine);

}  // namespace overland::stages
