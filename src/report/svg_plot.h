// Plots as a self-contained SVG page on a light background: panels with points, lines and bands.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace overland::report {

struct PlotLine {
  std::vector<double> x, y;
  std::string label;  // label in the legend; empty: not in the legend
};

struct PlotBand {  // area between two lines
  std::vector<double> x, low, high;
  std::string label;
};

struct PlotPanel {
  std::string title = {}, x_label = {}, y_label = {};
  std::vector<std::pair<double, double>> points = {};
  std::vector<PlotBand> bands = {};
  std::vector<PlotLine> lines = {};
  std::string note = {};  // text under the title, or the only content of a panel without data
};

// Panels are arranged in rows of `columns` panels. Values that are not finite are left out.
[[nodiscard]] std::string svg_page(const std::string& title, const std::vector<PlotPanel>& panels,
                                   std::size_t columns);

}  // namespace overland::report
