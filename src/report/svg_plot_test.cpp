#include "report/svg_plot.h"

#include <gtest/gtest.h>

#include <limits>
#include <sstream>

namespace overland {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

TEST(SvgPlot, draws_points_lines_and_bands_inside_the_page) {
  PlotPanel panel;
  panel.title = "a < b & \"c\"";
  panel.x_label = "time / min";
  panel.points = {{1, 2}, {3, 4}, {kInfinite, 1}, {2, std::numeric_limits<double>::quiet_NaN()}};
  panel.lines = {{{1, 3}, {2, 4}, "fit"}};
  panel.bands = {{{1, 3}, {1, 3}, {3, 5}, "tolerance"}};
  const std::string svg = svg_page("run", {panel, panel, panel, panel}, 3);
  EXPECT_EQ(count(svg, "h0"), 8U) << "two finite points of each panel";
  EXPECT_EQ(count(svg, "class=\"line\""), 4U);
  EXPECT_EQ(count(svg, "class=\"band\""), 4U);
  EXPECT_EQ(count(svg, "a &lt; b &amp; &quot;c&quot;"), 4U);
  EXPECT_EQ(count(svg, "nan"), 0U);
  EXPECT_EQ(count(svg, "inf"), 0U);
  EXPECT_TRUE(svg.starts_with("<svg xmlns="));
  EXPECT_TRUE(svg.ends_with("</svg>\n"));
  // Two rows of three.
  EXPECT_NE(svg.find("viewBox=\"0 0 1440 764\""), std::string::npos);
  // Every point of a path: M or L, x, a blank, y.
  std::size_t points = 0;
  for (std::size_t at = svg.find_first_of("ML"); at != std::string::npos;
       at = svg.find_first_of("ML", at + 1)) {
    std::istringstream place(svg.substr(at + 1, 40));
    double x = 0;
    double y = 0;
    if (!(place >> x >> y)) continue;
    ++points;
    EXPECT_GE(x, 0);
    EXPECT_LE(x, 1440);
    EXPECT_GE(y, 0);
    EXPECT_LE(y, 764);
  }
  EXPECT_GT(points, 10U);
}

TEST(SvgPlot, nothing_to_draw_or_one_value_is_no_harm) {
  EXPECT_EQ(count(svg_page("empty", {}, 3), "<path"), 0U);
  PlotPanel empty;
  empty.note = "no fit: too few data";
  EXPECT_NE(svg_page("x", {empty}, 0).find("too few data"), std::string::npos);
  PlotPanel one;
  one.points = {{0, 0}};
  const std::string svg = svg_page("x", {one}, 1);
  EXPECT_EQ(count(svg, "nan"), 0U);
  EXPECT_EQ(count(svg, "h0"), 1U);
}

}  // namespace
}  // namespace overland
