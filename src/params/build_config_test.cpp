#include "params/build_config.h"

#include <gtest/gtest.h>

namespace overland::params {
namespace {

Result<BuildConfig> settings(const std::string& json) {
  library::LibraryProvenance provenance;
  provenance.settings = json;
  return build_settings(provenance);
}

TEST(BuildSettings, come_back_from_the_library) {
  BuildConfig made;
  made.fragments.max_count = 9;
  made.fragments.min_mz = 200.5;
  made.prediction.nce = 31;
  const auto read = settings(build_schema(made).to_json());
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(read->fragments.max_count, 9);
  EXPECT_EQ(read->fragments.min_mz, 200.5);
  EXPECT_EQ(read->prediction.nce, 31);
}

TEST(BuildSettings, of_a_library_that_keeps_none_are_the_defaults) {
  for (const char* text : {"", "{}", "[1]", R"({"digestion": {"unknown": 1}})"}) {
    const auto read = settings(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(read->fragments.max_count, BuildConfig().fragments.max_count);
    EXPECT_EQ(read->prediction.nce, BuildConfig().prediction.nce);
  }
}

TEST(BuildSettings, that_are_damaged_give_coded_errors) {
  for (const char* text :
       {R"({"prediction": {"nce": "high"}})", R"({"prediction": {"nce": null}})",
        R"({"prediction": 27})", R"({"fragments": []})", R"({"fragments": {"max_count": {}}})",
        R"({"fragments": {"max_count": 1e300}})", R"({"fragments": {"max_count": -4}})"}) {
    const auto read = settings(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, "OVL-LIB-003") << text;
  }
}

}  // namespace
}  // namespace overland::params
