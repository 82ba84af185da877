// Plots as one self-contained SVG page on a light background: panels with points, lines and bands.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace overland::report {

struct PlotLine {
  std::vector<double> x, y;
  std::string label;  // for the legend; empty: not listed
};

struct PlotBand {  // filled between two lines
  std::vector<double> x, low, high;
  std::string label;
};

struct PlotPanel {
  std::string title = {}, x_label = {}, y_label = {};
  std::vector<std::pair<double, double>> points = {};
  std::vector<PlotBand> bands = {};
  std::vector<PlotLine> lines = {};
  std::string note = {};  // under the title; alone in the panel when there is nothing else to show
};

// Panels from left to right, then the next row. Values that are not finite are left out.
[[nodiscard]] std::string svg_page(const std::string& title, const std::vector<PlotPanel>& panels,
                                   std::size_t columns);

}  // namespace overland::report
