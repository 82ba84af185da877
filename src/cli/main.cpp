#include "cli/commands.h"

int main(int argc, char** argv) {
  using namespace overland::cli;
  Program program;
  add_search_command(program);
  add_report_command(program);
  add_audit_command(program);
  add_explain_command(program);
  add_export_command(program);
  add_build_library_command(program);
  add_import_library_command(program);
  add_export_library_command(program);
  add_train_predictor_command(program);
  add_convert_command(program);
  add_lfq_command(program);
  add_simulate_command(program);
  add_config_command(program);
  return program.run(argc, argv);
}
