// Simulates the scans of one run. The work is divided into blocks of scans of one window, and each
// scan has a separate random stream, so that the result does not depend on threads or blocks.
#pragma once

#include <memory>
#include <vector>

#include "base/machine.h"
#include "run/raw_run.h"
#include "simulate/instrument/acquisition.h"
#include "simulate/instrument/ion_sources.h"
#include "simulate/world/ladder.h"

namespace overland::simulate {

struct RenderedRun {
  run::RawRun run;
  // Injection time of each scan divided by the longest injection time (AGC), 0..1.
  std::vector<float> fill;
};

struct RenderInput {
  const SimulationConfig& config;
  const World& world;
  const Schedule& schedule;
  const RunModel& model;
  const std::vector<IonSource>& sources;
  const ResidueIsotopes& isotopes;
};

[[nodiscard]] RenderedRun render_run(const RenderInput& input, const Machine& machine);

}  // namespace overland::simulate
