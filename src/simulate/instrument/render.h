// Makes the scans of one run. Work is cut into (window, stretch of scans) by the data alone; each
// scan has its own random stream, so threads and cuts cannot change a byte.
#pragma once

#include <memory>
#include <vector>

#include "run/raw_run.h"
#include "simulate/instrument/acquisition.h"
#include "simulate/instrument/ion_sources.h"
#include "simulate/world/ladder.h"

namespace overland::simulate {

struct RenderedRun {
  run::RawRun run;
  // Share of the longest injection time that each scan used (AGC), 0..1.
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

[[nodiscard]] RenderedRun render_run(const RenderInput& input, int threads);

}  // namespace overland::simulate
