#include "report/svg_plot.h"

#include <gtest/gtest.h>

#include <limits>
#include <sstream>

namespace overland::report {
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

TEST(SvgPlot, words_of_inputs_make_no_elements) {
  const std::string evil = "</text><script>alert('x')</script>\x01\x1b & \"q\"";
  PlotPanel panel;
  panel.title = panel.x_label = panel.y_label = panel.note = evil;
  panel.lines = {{{1, 2}, {1, 2}, evil}};
  panel.bands = {{{1, 2}, {1, 2}, {2, 3}, evil}};
  const std::string svg = svg_page(evil, {panel}, 1);
  EXPECT_EQ(count(svg, "<script"), 0U);
  EXPECT_EQ(count(svg, "&lt;script&gt;"), 7U);
  EXPECT_EQ(svg.find_first_of("\x01\x1b"), std::string::npos) << "not allowed in XML";
  EXPECT_EQ(count(svg, "<text"), count(svg, "</text>"));
}

TEST(SvgPlot, gaps_in_lines_and_bands_are_left_out) {
  PlotPanel panel;
  const double none = std::numeric_limits<double>::quiet_NaN();
  panel.lines = {{{1, none, 3}, {2, 3, kInfinite}, ""}};
  panel.bands = {{{1, 2, 3, 4}, {1, none, 1, 1}, {2, 2, kInfinite, 2}, ""}};
  panel.points = {{1, 1}, {4, 2}};
  const std::string svg = svg_page("x", {panel}, 1);
  EXPECT_EQ(count(svg, "nan"), 0U);
  EXPECT_EQ(count(svg, "inf"), 0U);
  const std::size_t band = svg.find("class=\"band\"");
  ASSERT_NE(band, std::string::npos);
  EXPECT_EQ(count(svg.substr(band, svg.find("/>", band) - band), "L"), 3U) << "two of four points";
}

TEST(SvgPlot, ticks_are_few_for_any_range) {
  for (const double span : {1e-9, 0.003, 1.0, 7.0, 99.0, 12345.0, 3e12}) {
    PlotPanel panel;
    panel.points = {{-span / 3, 5 * span}, {span, -2 * span}};
    const std::string svg = svg_page("x", {panel}, 1);
    const std::size_t ticks = count(svg, "class=\"tick\"");
    EXPECT_GE(ticks, 4U) << span;
    EXPECT_LE(ticks, 16U) << span;
  }
}

}  // namespace
}  // namespace overland::report
