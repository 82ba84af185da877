#include "base/resources.h"
#include "cli/build_facts.h"
#include "cli/commands.h"
#include "cli/stop_signals.h"
#include "io/store/object_store.h"
#include "io/table/arrow_threads.h"

#ifdef OVERLAND_COUNT_ALLOCATIONS
#include "base/allocation_counter.h"
#include "base/allocation_probe.h"
#endif

int main(int argc, char** argv) {
  using namespace overland::cli;
  overland::give_back_arrays_from(overland::kUsualArraysMb);
#ifdef OVERLAND_COUNT_ALLOCATIONS
  overland::set_allocation_probe({overland::allocation_count, overland::live_allocated_bytes,
                                  overland::peak_allocated_bytes,
                                  overland::reset_peak_allocated_bytes});
#endif
  const overland::io::StoreSession stores;
  overland::Reporter reporter;
  overland::Cancellation cancellation;
  const StopSignals signals(cancellation);
  overland::Machine machine(overland::available_threads());
  machine.reporter = &reporter;
  machine.cancellation = &cancellation;
  overland::io::limit_arrow_threads(machine);
  Program program(machine, build_facts());
  add_search_command(program);
  add_plan_command(program);
  add_stage_command(program);
  add_stages_command(program);
  add_clean_command(program);
  add_report_command(program);
  add_audit_command(program);
  add_explain_command(program);
  add_export_command(program);
  add_build_library_command(program);
  add_import_library_command(program);
  add_export_library_command(program);
  add_train_predictor_command(program);
  add_convert_command(program);
  add_check_raw_command(program);
  add_lfq_command(program);
  add_simulate_command(program);
  add_config_command(program);
  return program.run(argc, argv);
}
