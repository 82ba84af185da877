// mzML, plain or gzip, from any bytes: no crash, no leak, and the promises of a RawRun hold.
#include "fuzz/run_promises.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  if (size >= 6 && std::memcmp(data, "ARROW1", 6) == 0) return 0;  // has its own target
  overland::fuzz::check(overland::run::open_run(bytes, "fuzz", 1));
  return 0;
}
