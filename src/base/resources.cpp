#include "base/resources.h"

#include <malloc.h>
#include <sched.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <fstream>
#include <limits>
#include <memory>
#include <sstream>
#include <string_view>
#include <thread>
#include <vector>

namespace overland {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kUnified = "cgroup2";

// A line of proc/self/mountinfo.
struct Mount {
  std::string root;     // the group that is mounted at the mount point
  std::string point;    // absolute
  std::string kind;     // of file system
  std::string options;  // in version 1 they include the controllers
};

bool has_item(const std::string& list, std::string_view item) {
  std::istringstream items(list);
  for (std::string found; std::getline(items, found, ',');)
    if (found == item) return true;
  return false;
}

std::vector<Mount> group_mounts(const fs::path& root) {
  std::vector<Mount> mounts;
  std::ifstream in(root / "proc/self/mountinfo");
  for (std::string line; std::getline(in, line);) {
    const auto separator = line.find(" - ");
    if (separator == std::string::npos) continue;
    Mount mount;
    std::string skipped;
    std::istringstream(line) >> skipped >> skipped >> skipped >> mount.root >> mount.point;
    std::istringstream(line.substr(separator + 3)) >> mount.kind >> skipped >> mount.options;
    if (mount.kind == kUnified || mount.kind == "cgroup") mounts.push_back(std::move(mount));
  }
  return mounts;
}

// This process's group for a controller, as named in proc/self/cgroup; the group of version 2 for
// an empty controller name.
std::optional<std::string> own_group(const fs::path& root, std::string_view controller) {
  std::ifstream in(root / "proc/self/cgroup");
  for (std::string line; std::getline(in, line);) {
    const auto first = line.find(':');
    const auto second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    if (controller.empty() ? controllers.empty() : has_item(controllers, controller))
      return line.substr(second + 1);
  }
  return std::nullopt;
}

// The folders from the mount point's group down to `group`. If `group` does not lie below it, as in
// some containers, the mount point alone.
std::vector<fs::path> folders(const fs::path& root, const Mount& mount, const std::string& group) {
  std::vector<fs::path> found{root / fs::path(mount.point).relative_path()};
  const fs::path inside = fs::path(group).lexically_relative(mount.root);
  for (const fs::path& part : inside) {
    if (part == "..") return {found.front()};
    if (part != ".") found.push_back(found.back() / part);
  }
  return found;
}

// The folders with a controller's files, and whether they belong to cgroup version 2.
struct Folders {
  std::vector<fs::path> paths;
  bool is_unified = false;
};

std::vector<Folders> group_folders(const fs::path& root, std::string_view controller) {
  std::vector<Folders> found;
  for (const Mount& mount : group_mounts(root)) {
    const bool is_unified = mount.kind == kUnified;
    if (!is_unified && !has_item(mount.options, controller)) continue;
    const auto group = own_group(root, is_unified ? std::string_view() : controller);
    if (group) found.push_back({folders(root, mount, *group), is_unified});
  }
  return found;
}

// The number in `text`; empty for "max", -1 or an empty text.
std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [rest, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  return problem == std::errc() ? std::optional(value) : std::nullopt;
}

std::string word(const fs::path& file, int place = 0) {
  std::ifstream in(file);
  std::string text;
  for (int i = 0; i <= place; ++i)
    if (!(in >> text)) return {};
  return text;
}

std::optional<int> processors(const fs::path& folder, bool is_unified) {
  const auto quota =
      number(is_unified ? word(folder / "cpu.max") : word(folder / "cpu.cfs_quota_us"));
  const auto period =
      number(is_unified ? word(folder / "cpu.max", 1) : word(folder / "cpu.cfs_period_us"));
  if (!quota || !period || *period == 0) return std::nullopt;
  const std::uint64_t whole = *quota / *period + (*quota % *period == 0 ? 0 : 1);
  constexpr std::uint64_t kMost = std::numeric_limits<int>::max();
  return static_cast<int>(std::clamp<std::uint64_t>(whole, 1, kMost));
}

std::uint64_t file_pages(const fs::path& folder, bool is_unified) {
  const std::string prefix = is_unified ? "" : "total_";
  std::uint64_t sum = 0;
  std::ifstream in(folder / "memory.stat");
  std::string name;
  for (std::uint64_t bytes = 0; in >> name >> bytes;)
    if (name == prefix + "inactive_file" || name == prefix + "active_file") sum += bytes;
  return sum;
}

std::optional<std::uint64_t> free_memory(const fs::path& folder, bool is_unified) {
  const auto limit = number(word(folder / (is_unified ? "memory.max" : "memory.limit_in_bytes")));
  const auto used =
      number(word(folder / (is_unified ? "memory.current" : "memory.usage_in_bytes")));
  if (!limit || !used) return std::nullopt;
  const std::uint64_t held = *used - std::min(*used, file_pages(folder, is_unified));
  return *limit - std::min(*limit, held);
}

template <class T>
void take_least(std::optional<T>& least, const std::optional<T>& value) {
  if (value && (!least || *value < *least)) least = value;
}

// Number of processors in the affinity mask of this process.
int allowed_processors() {
  constexpr std::size_t kMost = std::size_t{1} << 16;
  for (std::size_t size = CPU_SETSIZE; size <= kMost; size *= 2) {
    const std::unique_ptr<cpu_set_t, void (*)(cpu_set_t*)> set(
        CPU_ALLOC(size), [](cpu_set_t* held) { CPU_FREE(held); });
    const std::size_t bytes = CPU_ALLOC_SIZE(size);
    if (set && ::sched_getaffinity(0, bytes, set.get()) == 0)
      return std::max(1, CPU_COUNT_S(bytes, set.get()));
  }
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

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

GroupLimits group_limits(const fs::path& root) {
  GroupLimits limits;
  for (const Folders& found : group_folders(root, "cpu"))
    for (const fs::path& folder : found.paths)
      take_least(limits.processors, processors(folder, found.is_unified));
  for (const Folders& found : group_folders(root, "memory"))
    for (const fs::path& folder : found.paths)
      take_least(limits.free_memory, free_memory(folder, found.is_unified));
  return limits;
}

int available_threads() {
  const int allowed = allowed_processors();
  return std::min(allowed, group_limits().processors.value_or(allowed));
}

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
