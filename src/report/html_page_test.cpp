#include "report/html_page.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "report/chromatogram_file.h"
#include "report/conditions.h"
#include "report/report_rows.h"

namespace overland::report {
namespace {

TEST(HtmlPage, no_value_of_the_data_can_end_the_script) {
  const std::string evil = "</script><script>alert(1)</script><!-- \xff \u2028 {{css}}";
  const PageJson data{{"names", {evil}}};
  const std::string json = script_safe_json(data);
  EXPECT_EQ(json.find('<'), std::string::npos);
  const PageJson back = PageJson::parse(json);
  EXPECT_EQ(back["names"][0], "</script><script>alert(1)</script><!-- \uFFFD \u2028 {{css}}");
  const std::string page = html_page(data);
  std::size_t ends = 0;
  for (std::size_t at = page.find("</script>"); at != std::string::npos;
       at = page.find("</script>", at + 1))
    ++ends;
  EXPECT_EQ(ends, 2U) << "the data and the program";
  EXPECT_NE(page.find(json), std::string::npos) << "data that look like a mark stay as they are";
  EXPECT_EQ(page.find("https://"), std::string::npos) << "nothing is fetched";
}

TEST(HtmlPage, numbers_are_short_and_right_to_their_digits) {
  EXPECT_EQ(rounded(0.6866666674613953).dump(), "0.6867");
  EXPECT_EQ(rounded(123456.7).dump(), "123500");
  EXPECT_EQ(rounded(-0.0).dump(), "0");
  EXPECT_EQ(rounded(1e-12).dump(), "1e-12");
  EXPECT_TRUE(rounded(std::numeric_limits<double>::quiet_NaN()).is_null());
  EXPECT_TRUE(rounded(std::numeric_limits<double>::infinity()).is_null());
}

TEST(HtmlPage, base64_pads_as_the_standard_has_it) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64(std::string_view("\xff\xfe\x00\x01", 4)), "//4AAQ==");
}

TEST(Conditions, are_the_run_names_without_their_last_number) {
  const Conditions c = conditions_by_name({"HeLa_A_01", "HeLa_A_02", "HeLa_B-rep1", "blank"});
  EXPECT_EQ(c.names, (std::vector<std::string>{"HeLa_A", "HeLa_B", "blank"}));
  EXPECT_EQ(c.of_run, (std::vector<int>{0, 0, 1, 2}));
  const Conditions none = conditions_by_name({"alpha", "beta"});
  EXPECT_TRUE(none.names.empty());
  EXPECT_EQ(none.of_run, (std::vector<int>{-1, -1}));
  EXPECT_EQ(conditions_by_name({"1", "2"}).names.size(), 0U) << "a number alone is a name";
}

TEST(ReportRows, species_are_told_by_entry_names_and_long_prefixes_only) {
  EXPECT_EQ(species_of("ALBU_HUMAN;ALBU_MOUSE"), "HUMAN");
  EXPECT_EQ(species_of("YEAST00034"), "YEAST");
  EXPECT_EQ(species_of("P12345"), "");
  EXPECT_EQ(species_of("Cont_P00761"), "contaminant");
  EXPECT_EQ(species_of(""), "");
}

TEST(ReportRows, samples_are_bounded_over_all_runs) {
  EXPECT_EQ(sample_sizes(1, 100).share, 1);
  const SampleSizes large = sample_sizes(1000, 50'000'000);
  EXPECT_LE(large.rows_per_run * 1000, 2'000'000U);
  EXPECT_NEAR(large.share * 50e6, 4e6, 1);
}

}  // namespace
}  // namespace overland::report
