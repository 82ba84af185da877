// Thermo RAW files from any bytes: no crash, no leak, and the promises of a RawRun hold.
#include "fuzz/run_promises.h"
#include "io/thermo/thermo_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  if (!overland::io::is_thermo_raw(bytes)) return -1;  // not into the corpus
  overland::fuzz::check(overland::run::open_run(bytes, "fuzz", 1));
  return 0;
}
