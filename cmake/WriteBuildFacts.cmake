# cmake -DSOURCE=DIR -DOUTPUT=FILE -DKIND=TEXT -P WriteBuildFacts.cmake: what src/cli/build_facts.h declares.
set(commit "unknown")
find_program(GIT_PROGRAM git)
if(GIT_PROGRAM)
  execute_process(COMMAND "${GIT_PROGRAM}" -C "${SOURCE}" rev-parse --short=12 HEAD
    OUTPUT_VARIABLE found ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE failed)
  if(NOT failed)
    execute_process(COMMAND "${GIT_PROGRAM}" -C "${SOURCE}" status --porcelain --untracked-files=no
      OUTPUT_VARIABLE changes ERROR_QUIET)
    set(commit "${found}")
    if(changes)
      string(APPEND commit " with changes")
    endif()
  endif()
endif()
file(CONFIGURE OUTPUT "${OUTPUT}" @ONLY CONTENT [[
// Written by cmake/WriteBuildFacts.cmake.
#include "cli/build_facts.h"

const char* overland::cli::build_facts() {
  return "commit @commit@; @KIND@";
}
]])
