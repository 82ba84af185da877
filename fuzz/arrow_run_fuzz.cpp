// Arrow runs from any bytes: no crash, no leak, and the promises of a RawRun hold.
#include "fuzz/run_promises.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 6 || std::memcmp(data, "ARROW1", 6) != 0) return -1;  // not into the corpus
  // Arrow maps files at page boundaries; a copy has that alignment, fuzzer input does not.
  std::vector<std::uint64_t> aligned((size + 7) / 8);
  std::memcpy(aligned.data(), data, size);
  overland::fuzz::check(
      overland::run::open_run(std::as_bytes(std::span(aligned)).first(size), "fuzz", 1));
  return 0;
}
