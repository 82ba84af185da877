# Compile settings shared by all targets, and the rule "one room = one library, tests beside the source".
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  # ccache must be told that a precompiled header does not depend on macros of the file that includes it.
  set(CMAKE_CXX_COMPILER_LAUNCHER env CCACHE_SLOPPINESS=pch_defines,time_macros "${CCACHE_PROGRAM}")
endif()

add_library(overland_settings INTERFACE)
target_compile_features(overland_settings INTERFACE cxx_std_23)
# -fno-math-errno, -fno-trapping-math: square roots may run side by side; no value changes.
# -Wno-restrict: g++ 12 reports impossible overlaps in std::string (GCC bug 105651).
# -ffp-contract=off: no fused multiply-add behind our back, so that each machine rounds alike (design: bit-identical).
target_compile_options(overland_settings INTERFACE
  -Wall -Wextra -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Woverloaded-virtual
  -ffp-contract=off -fno-math-errno -fno-trapping-math $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict> $<$<BOOL:${OVERLAND_WERROR}>:-Werror>)
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
  target_compile_options(overland_settings INTERFACE -march=x86-64-v2)
endif()
target_include_directories(overland_settings INTERFACE "${PROJECT_SOURCE_DIR}/src")
target_compile_definitions(overland_settings INTERFACE OVERLAND_VERSION="${PROJECT_VERSION}")
if(OVERLAND_SANITIZE)
  target_compile_options(overland_settings INTERFACE -fsanitize=${OVERLAND_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all)
  target_link_options(overland_settings INTERFACE -fsanitize=${OVERLAND_SANITIZE})
endif()

if(OVERLAND_TESTS)
  find_package(GTest REQUIRED)
  include(GoogleTest)
  enable_testing()
endif()

# Tests whose name says "thread" carry the label `threads`, and `thread_tests` builds the programs that
# hold some: this is what runs under ThreadSanitizer.
add_custom_target(thread_tests)
function(overland_discover_tests program)
  set(options DISCOVERY_TIMEOUT 60 WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
  set(environment "")
  if(OVERLAND_SANITIZE MATCHES "thread")
    set(environment ENVIRONMENT "TSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/cmake/tsan.supp")
  elseif(OVERLAND_SANITIZE MATCHES "address")
    set(environment ENVIRONMENT "LSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/cmake/lsan.supp:print_suppressions=0")
  endif()
  gtest_discover_tests(${program} ${options} TEST_FILTER "-*hread*:Parallel*" PROPERTIES TIMEOUT 600 ${environment})
  foreach(source ${ARGN})
    file(STRINGS "${source}" threaded REGEX "^TEST.*(hread|Parallel)")
    if(threaded)
      gtest_discover_tests(${program} ${options} TEST_FILTER "*hread*:Parallel*" TEST_LIST ${program}_threaded
        PROPERTIES LABELS threads TIMEOUT 600 ${environment})
      add_dependencies(thread_tests ${program})
      return()
    endif()
  endforeach()
endfunction()

# Most of what the compiler reads are headers of others, and most of those the same in each file. overland_headers_NAME
# compiles a set of them once for all targets: `plain`, and with more in them `arrow` for io and `test` for the tests.
# Every source names its includes all the same: clang builds without precompiled headers (presets `tidy` and `fuzz`).
set(OVERLAND_PLAIN_HEADERS <algorithm> <array> <bit> <charconv> <cmath> <cstdint> <cstring> <expected> <filesystem>
  <fstream> <functional> <limits> <map> <memory> <numeric> <optional> <set> <span> <string> <string_view> <tuple>
  <unordered_map> <utility> <variant> <vector> <fmt/format.h> <nlohmann/json.hpp>)
set(OVERLAND_PLAIN_DEPS fmt::fmt spdlog::spdlog nlohmann_json::nlohmann_json)
set(OVERLAND_ARROW_HEADERS <arrow/api.h> <arrow/io/file.h> <arrow/ipc/reader.h> <arrow/ipc/writer.h>
  <parquet/arrow/reader.h> <parquet/arrow/writer.h> <parquet/exception.h>)
set(OVERLAND_ARROW_DEPS arrow_parquet)
set(OVERLAND_TEST_HEADERS <gtest/gtest.h>)
set(OVERLAND_TEST_DEPS GTest::gtest)
function(overland_use_headers target name)
  if(NOT TARGET overland_headers_${name})
    string(TOUPPER "${name}" set)
    set(source "${PROJECT_BINARY_DIR}/no_source.cpp")
    file(CONFIGURE OUTPUT "${source}" CONTENT "")
    add_library(overland_headers_${name} OBJECT EXCLUDE_FROM_ALL "${source}")
    set(headers ${OVERLAND_PLAIN_HEADERS} ${OVERLAND_${set}_HEADERS})
    list(REMOVE_DUPLICATES headers)
    target_precompile_headers(overland_headers_${name} PRIVATE ${headers})
    target_link_libraries(overland_headers_${name} PRIVATE overland_settings ${OVERLAND_PLAIN_DEPS} ${OVERLAND_${set}_DEPS})
  endif()
  target_precompile_headers(${target} REUSE_FROM overland_headers_${name})
endfunction()

# Folders without hot loops: optimised less, and compiled in half of the time. No result depends on this: nothing here
# lets the compiler reorder floating-point sums.
set(OVERLAND_COLD report exchange_libraries exchange_results koina simulate simulate_world simulate_instrument
  simulate_truth)

# Replaces the global operator new by one that counts: for tests and benchmarks, never for the program.
add_library(overland_allocation_counter OBJECT EXCLUDE_FROM_ALL "${PROJECT_SOURCE_DIR}/src/base/allocation_counter.cpp")
target_link_libraries(overland_allocation_counter PUBLIC overland_settings)

# overland_library(ROOM DEPS ...): src/ROOM/*.cpp -> overland_ROOM; src/ROOM/*_test.cpp -> test_ROOM, where each /
# of ROOM is a _ in these names.
function(overland_library room)
  cmake_parse_arguments(ARG "" "" "DEPS" ${ARGN})
  set(folder "${PROJECT_SOURCE_DIR}/src/${room}")
  string(REPLACE "/" "_" name "${room}")
  set(headers plain)
  if("arrow_parquet" IN_LIST ARG_DEPS)
    set(headers arrow)
  endif()
  file(GLOB sources CONFIGURE_DEPENDS "${folder}/*.cpp")
  list(FILTER sources EXCLUDE REGEX "/allocation_counter\\.cpp$")
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  if(sources)
    add_library(overland_${name} STATIC ${sources})
    target_link_libraries(overland_${name} PUBLIC overland_settings ${ARG_DEPS})
    overland_use_headers(overland_${name} ${headers})
    if(name IN_LIST OVERLAND_COLD)
      target_compile_options(overland_${name} PRIVATE -O1)
    endif()
  else()
    add_library(overland_${name} INTERFACE)
    target_link_libraries(overland_${name} INTERFACE overland_settings ${ARG_DEPS})
  endif()
  if(OVERLAND_TESTS AND tests)
    add_executable(test_${name} ${tests})
    target_include_directories(test_${name} PRIVATE "${PROJECT_SOURCE_DIR}/tests")
    target_include_directories(test_${name} PRIVATE "${PROJECT_SOURCE_DIR}/tests")
    target_link_libraries(test_${name} PRIVATE overland_${name} GTest::gtest_main)
    target_compile_options(test_${name} PRIVATE -O1)
    overland_use_headers(test_${name} test)
    overland_discover_tests(test_${name} ${tests})
  endif()
endfunction()
