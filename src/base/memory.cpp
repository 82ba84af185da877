#include "base/memory.h"

#include <malloc.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <fstream>
#include <string_view>

#include "base/control_groups.h"

namespace overland {
namespace {

constexpr std::string_view kUnits = "KMGT";

// The number of kilobytes after `key` in a file of /proc.
std::uint64_t proc_bytes(const char* file, const std::string& key) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with(key)) continue;
    const auto digit = line.find_first_of("0123456789");
    if (digit == std::string::npos) return 0;
    std::uint64_t kilobytes = 0;
    std::from_chars(line.data() + digit, line.data() + line.size(), kilobytes);
    return kilobytes * 1024;
  }
  return 0;
}

}  // namespace

std::uint64_t available_memory() {
  const std::uint64_t of_machine = proc_bytes("/proc/meminfo", "MemAvailable:");
  const auto of_groups = group_limits().free_memory;
  return of_machine == 0 ? of_groups.value_or(0)
                         : std::min(of_machine, of_groups.value_or(of_machine));
}

std::uint64_t own_memory() {
  return proc_bytes("/proc/self/status", "RssAnon:");
}

void give_back_arrays_from([[maybe_unused]] int megabytes) {
#ifdef __GLIBC__
  // Setting either threshold switches off its automatic growth. Up to M_TRIM_THRESHOLD bytes stay
  // at the end of the heap, so that arrays of usual size need no system call each time.
  ::mallopt(M_MMAP_THRESHOLD, megabytes << 20);
  ::mallopt(M_TRIM_THRESHOLD, 4 * megabytes << 20);
#endif
}

Result<std::uint64_t> parse_memory_size(const std::string& text) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, problem] = std::from_chars(text.data(), end, number);
  std::string_view unit(rest, static_cast<std::size_t>(end - rest));
  double scale = 1;
  const auto power = unit.empty() ? std::string_view::npos
                                  : kUnits.find(static_cast<char>(std::toupper(unit.front())));
  if (power != std::string_view::npos) {
    const double base = unit.substr(1) == "iB" ? 1024 : 1000;
    for (std::size_t i = 0; i <= power; ++i) scale *= base;
    unit.remove_prefix(unit.ends_with("iB") ? 3 : 1);
  }
  const bool is_unit = unit.empty() || unit == "B" || unit == "b";
  const double bytes = number * scale;
  if (problem != std::errc() || !is_unit || !(bytes >= 1) || bytes > 1e18) {
    return fail("OVL-USE-016", "'" + text + "' is not a memory size", "",
                "Write a number with K, M, G or T: 8G, 500M.");
  }
  return static_cast<std::uint64_t>(bytes);
}

}  // namespace overland
