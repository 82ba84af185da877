#include "base/resources.h"

#include <gtest/gtest.h>

#include <fstream>
#include <vector>

namespace overland {
namespace {

namespace fs = std::filesystem;

// Files of a made-up machine.
class ControlGroups : public testing::Test {
 protected:
  ControlGroups()
      : root_(fs::path(testing::TempDir()) /
              (std::string("overland_groups_") +
               testing::UnitTest::GetInstance()->current_test_info()->name())) {
    fs::remove_all(root_);
  }
  ~ControlGroups() override { fs::remove_all(root_); }

  void put(const std::string& file, const std::string& text) {
    fs::create_directories((root_ / file).parent_path());
    std::ofstream out(root_ / file, std::ios::binary);
    out << text;
    ASSERT_TRUE(out.flush());
  }
  void put_unified_mount(const std::string& group, const std::string& root_of_mount = "/") {
    put("proc/self/cgroup", "0::" + group + "\n");
    put("proc/self/mountinfo",
        "22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw\n"
        "31 22 0:27 " +
            root_of_mount + " /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n");
  }

  fs::path root_;
};

TEST_F(ControlGroups, nothing_is_limited_where_there_are_none) {
  EXPECT_FALSE(group_limits(root_).processors);
  EXPECT_FALSE(group_limits(root_).free_memory);
  put_unified_mount("/user");
  put("sys/fs/cgroup/user/cpu.max", "max 100000\n");
  put("sys/fs/cgroup/user/memory.max", "max\n");
  put("sys/fs/cgroup/user/memory.current", "1000\n");
  EXPECT_FALSE(group_limits(root_).processors);
  EXPECT_FALSE(group_limits(root_).free_memory);
}

TEST_F(ControlGroups, the_least_of_nested_groups_counts) {
  put_unified_mount("/slurm/job_7/step_0");
  put("sys/fs/cgroup/slurm/cpu.max", "800000 100000\n");
  put("sys/fs/cgroup/slurm/job_7/cpu.max", "250000 100000\n");
  put("sys/fs/cgroup/slurm/job_7/step_0/cpu.max", "max 100000\n");
  put("sys/fs/cgroup/slurm/memory.max", "9000000000\n");
  put("sys/fs/cgroup/slurm/memory.current", "8500000000\n");
  put("sys/fs/cgroup/slurm/job_7/memory.max", "4000000000\n");
  put("sys/fs/cgroup/slurm/job_7/memory.current", "1000000000\n");
  put("sys/fs/cgroup/other/cpu.max", "100000 100000\n");
  const GroupLimits limits = group_limits(root_);
  EXPECT_EQ(limits.processors, 3);
  EXPECT_EQ(limits.free_memory, 500'000'000U);
}

TEST_F(ControlGroups, file_pages_count_as_free) {
  put_unified_mount("/");
  put("sys/fs/cgroup/memory.max", "1000\n");
  put("sys/fs/cgroup/memory.current", "900\n");
  put("sys/fs/cgroup/memory.stat", "anon 500\nfile 400\ninactive_file 300\nactive_file 50\n");
  EXPECT_EQ(group_limits(root_).free_memory, 450U);
  put("sys/fs/cgroup/memory.max", "400\n");
  EXPECT_EQ(group_limits(root_).free_memory, 0U);
}

TEST_F(ControlGroups, containers_see_their_group_at_the_mount_point) {
  for (const auto& [group, root_of_mount] :
       {std::pair{"/docker/abc/inner", "/docker/abc"}, std::pair{"/../../elsewhere", "/"}}) {
    put_unified_mount(group, root_of_mount);
    put("sys/fs/cgroup/cpu.max", "150000 100000\n");
    EXPECT_EQ(group_limits(root_).processors, 2) << group;
  }
  put_unified_mount("/docker/abc/inner", "/docker/abc");
  put("sys/fs/cgroup/inner/cpu.max", "50000 100000\n");
  EXPECT_EQ(group_limits(root_).processors, 1);
}

TEST_F(ControlGroups, version_1_has_a_tree_for_each_controller) {
  put("proc/self/cgroup", "5:memory:/job\n3:cpu,cpuacct:/job/step\n0::/ignored\n");
  put("proc/self/mountinfo",
      "40 30 0:30 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
      "41 30 0:31 / /sys/fs/cgroup/memory rw shared:3 - cgroup cgroup rw,memory\n"
      "42 30 0:32 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n"
      "43 30 0:33 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n");
  put("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n");
  put("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
  put("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", "400000\n");
  put("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us", "100000\n");
  put("sys/fs/cgroup/cpu,cpuacct/job/step/cpu.cfs_quota_us", "-1\n");
  put("sys/fs/cgroup/cpu,cpuacct/job/step/cpu.cfs_period_us", "100000\n");
  put("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  put("sys/fs/cgroup/memory/memory.usage_in_bytes", "7000\n");
  put("sys/fs/cgroup/memory/job/memory.limit_in_bytes", "6000\n");
  put("sys/fs/cgroup/memory/job/memory.usage_in_bytes", "5000\n");
  put("sys/fs/cgroup/memory/job/memory.stat", "inactive_file 1\ntotal_inactive_file 2000\n");
  const GroupLimits limits = group_limits(root_);
  EXPECT_EQ(limits.processors, 4);
  EXPECT_EQ(limits.free_memory, 3000U);
}

TEST_F(ControlGroups, a_share_of_a_processor_is_one) {
  put_unified_mount("/");
  put("sys/fs/cgroup/cpu.max", "1000 100000\n");
  EXPECT_EQ(group_limits(root_).processors, 1);
  put("sys/fs/cgroup/cpu.max", "5 0\n");
  EXPECT_FALSE(group_limits(root_).processors);
}

TEST(MemorySize, reads_numbers_with_units) {
  EXPECT_EQ(*parse_memory_size("4096"), 4096U);
  EXPECT_EQ(*parse_memory_size("8G"), 8000000000U);
  EXPECT_EQ(*parse_memory_size("500m"), 500000000U);
  EXPECT_EQ(*parse_memory_size("1.5KiB"), 1536U);
  EXPECT_EQ(*parse_memory_size("2TB"), 2000000000000U);
}

TEST(MemorySize, refuses_what_is_no_size) {
  for (const char* text : {"", "G", "-1G", "0", "8X", "8GG", "1e30", "nan", "inf", "8 G", "8iB"}) {
    const auto size = parse_memory_size(text);
    ASSERT_FALSE(size) << text;
    EXPECT_EQ(size.error().code, "OVL-USE-016");
  }
}

TEST(Memory, the_process_holds_less_than_the_machine_has) {
  EXPECT_GT(own_memory(), 100000U);
  EXPECT_GT(available_memory(), own_memory() / 100);
}

// Without it the second array stays with the process, the first having raised glibc's threshold.
TEST(Memory, large_arrays_are_given_back_each_time) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "ASan keeps freed memory";
#endif
  give_back_arrays_from(1);
  const std::uint64_t before = own_memory();
  for (const std::size_t bytes : {30'000'000U, 20'000'000U, 10'000'000U}) {
    const std::vector<char> array(bytes, 'x');
    EXPECT_GE(own_memory(), before + bytes * 9 / 10) << array.back();
  }
  EXPECT_LT(own_memory(), before + 2'000'000);
}

}  // namespace
}  // namespace overland
