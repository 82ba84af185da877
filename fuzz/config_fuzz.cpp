// Configuration files of any content: refused with a code or applied, and what was applied can be
// written and read again.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/config_schema.h"

namespace {

struct Values {
  double ppm = 20;
  std::int64_t top = 12;
  bool use_ms1 = false;
  std::string model = "auto";
};

overland::ConfigSchema schema_of(Values& values) {
  overland::ConfigSchema schema;
  schema.field("a.ppm", values.ppm, {.unit = "ppm", .min = 1, .max = 200});
  schema.field("a.b.top", values.top, {.min = 3, .max = 255});
  schema.field("use_ms1", values.use_ms1, {});
  schema.field("model", values.model, {});
  return schema;
}

void require(bool is_true) {
  if (!is_true) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Values values;
  overland::ConfigSchema schema = schema_of(values);
  if (const auto done = schema.apply_json(text, "fuzz"); !done)
    require(done.error().code.starts_with("OVL-CFG-") && values.top == 12);
  (void)schema.apply_assignment(text);
  require(values.ppm >= 1 && values.ppm <= 200 && values.top >= 3 && values.top <= 255);
  Values again;
  overland::ConfigSchema second = schema_of(again);
  require(second.apply_json(schema.to_commented_json(), "written").has_value());
  require(again.ppm == values.ppm && again.top == values.top && again.use_ms1 == values.use_ms1);
  return 0;
}
