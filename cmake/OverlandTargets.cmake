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
# -Wno-restrict, -Wno-stringop-overflow: g++ 12 reports impossible overlaps and lengths in std::string (GCC bug 105651).
# -ffp-contract=off: no fused multiply-add behind our back, so that each machine rounds alike (design: bit-identical).
target_compile_options(overland_settings INTERFACE
  -Wall -Wextra -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Woverloaded-virtual
  -ffp-contract=off -fno-math-errno -fno-trapping-math
  "$<$<CXX_COMPILER_ID:GNU>:-Wno-restrict;-Wno-stringop-overflow>" $<$<BOOL:${OVERLAND_WERROR}>:-Werror>)
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
  target_compile_options(overland_settings INTERFACE -march=x86-64-v2)
else()
  target_compile_options(overland_settings INTERFACE -fsigned-char) # as on x86-64; unsigned is the rule on ARM
endif()
target_include_directories(overland_settings INTERFACE "${PROJECT_SOURCE_DIR}/src")
# A program that is given away names its sources by their place in the project, not on the machine that built it.
target_compile_options(overland_settings INTERFACE $<$<CONFIG:Release>:-ffile-prefix-map=${PROJECT_SOURCE_DIR}/=>)
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

# What makes a build from nothing quick. Each of the two stands on its own in the sources: clang builds file by file and
# without precompiled headers (presets `tidy` and `fuzz`), so that every file has to name what it includes.
# - The headers that nearly all files include are compiled once: overland_headers_plain, and with GoogleTest _test.
# - Files of one target are compiled eight at a time: their common headers are read, and their common templates made, once.
set(OVERLAND_PLAIN_HEADERS <algorithm> <array> <bit> <charconv> <cmath> <cstdint> <cstring> <expected> <filesystem>
  <fstream> <functional> <limits> <map> <memory> <numeric> <optional> <set> <span> <string> <string_view> <tuple>
  <unordered_map> <utility> <variant> <vector> <fmt/format.h>)
function(overland_compile_together target headers)
  if(NOT TARGET overland_headers_${headers})
    file(CONFIGURE OUTPUT "${PROJECT_BINARY_DIR}/no_source.cpp" CONTENT "")
    add_library(overland_headers_${headers} OBJECT EXCLUDE_FROM_ALL "${PROJECT_BINARY_DIR}/no_source.cpp")
    target_link_libraries(overland_headers_${headers} PRIVATE overland_settings fmt::fmt spdlog::spdlog)
    target_precompile_headers(overland_headers_${headers} PRIVATE ${OVERLAND_PLAIN_HEADERS})
    if(headers STREQUAL "test")
      target_link_libraries(overland_headers_test PRIVATE GTest::gtest)
      target_precompile_headers(overland_headers_test PRIVATE <gtest/gtest.h>)
    endif()
  endif()
  target_precompile_headers(${target} REUSE_FROM overland_headers_${headers})
  set_target_properties(${target} PROPERTIES UNITY_BUILD ${OVERLAND_UNITY} UNITY_BUILD_BATCH_SIZE 8)
  if(OVERLAND_UNITY)
    # The warning is about types of a header; g++ takes the files of a batch for headers.
    target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
  endif()
endfunction()

# How much the compiler optimises, by room: -O3 where the time of a search goes, -O1 where none goes, -O2 elsewhere. No
# result depends on it: no option here lets the compiler reorder floating-point sums.
set(OVERLAND_HOT kernel predict calibrate scoring quant search identify)
set(OVERLAND_COLD report exchange_libraries exchange_results koina simulate simulate_world simulate_instrument
  simulate_truth)
function(overland_optimise target level)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O${level}>)
endfunction()

# Replaces the global operator new by one that counts: for tests and benchmarks, never for the program.
add_library(overland_allocation_counter OBJECT EXCLUDE_FROM_ALL "${PROJECT_SOURCE_DIR}/src/base/allocation_counter.cpp")
target_link_libraries(overland_allocation_counter PUBLIC overland_settings)

# overland_library(ROOM DEPS ...): src/ROOM/*.cpp -> overland_ROOM; src/ROOM/*_test.cpp -> test_ROOM, where each /
# of ROOM is a _ in these names.
function(overland_library room)
  cmake_parse_arguments(ARG "" "" "DEPS" ${ARGN})
  set(folder "${PROJECT_SOURCE_DIR}/src/${room}")
  string(REPLACE "/" "_" name "${room}")
  file(GLOB sources CONFIGURE_DEPENDS "${folder}/*.cpp")
  list(FILTER sources EXCLUDE REGEX "/allocation_counter\\.cpp$")
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  if(sources)
    add_library(overland_${name} STATIC ${sources})
    target_link_libraries(overland_${name} PUBLIC overland_settings ${ARG_DEPS})
    overland_compile_together(overland_${name} plain)
    if(name IN_LIST OVERLAND_COLD)
      overland_optimise(overland_${name} 1)
    elseif(NOT name IN_LIST OVERLAND_HOT)
      overland_optimise(overland_${name} 2)
    endif()
  else()
    add_library(overland_${name} INTERFACE)
    target_link_libraries(overland_${name} INTERFACE overland_settings ${ARG_DEPS})
  endif()
  if(OVERLAND_TESTS AND tests)
    add_executable(test_${name} ${tests})
    target_include_directories(test_${name} PRIVATE "${PROJECT_SOURCE_DIR}/tests")
    target_link_libraries(test_${name} PRIVATE overland_${name} GTest::gtest_main)
    overland_optimise(test_${name} 1)
    overland_compile_together(test_${name} test)
    overland_discover_tests(test_${name} ${tests})
  endif()
endfunction()
