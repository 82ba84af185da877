#include "report/svg_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace overland::report {
namespace {

constexpr double kWidth = 480, kHeight = 360;  // size of a panel
constexpr double kLeft = 66, kRight = 14, kTop = 50, kBottom = 48;
constexpr double kHead = 44;  // height of the page's title
constexpr std::array<const char*, 5> kColors{"#b3261e", "#1a73a8", "#2e7d32", "#8e5a00", "#6a3d9a"};

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else if (static_cast<unsigned char>(c) >= 0x20)
      out += c;
  }
  return out;
}

struct Range {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();
  void add(double v) {
    if (!std::isfinite(v)) return;
    low = std::min(low, v);
    high = std::max(high, v);
  }
  [[nodiscard]] bool is_empty() const { return !(low <= high); }
  void pad() {
    const double room = high > low ? 0.04 * (high - low) : std::max(1e-6, 0.05 * std::abs(high));
    low -= room;
    high += room;
  }
};

// Distance of ticks: 1, 2 or 5 times a power of ten, with about six ticks at most.
double tick_step(const Range& range) {
  const double rough = (range.high - range.low) / 6;
  double step = 1;
  while (step > rough) step /= 10;
  while (step * 10 <= rough) step *= 10;
  for (const double factor : {1.0, 2.0, 5.0})
    if (step * factor >= rough) return step * factor;
  return step * 10;
}

class PanelPainter {
 public:
  PanelPainter(const PlotPanel& panel, double left, double top)
      : panel_(panel), left_(left), top_(top) {
    for (const auto& [x, y] : panel.points) {
      if (!std::isfinite(x) || !std::isfinite(y)) continue;
      x_.add(x);
      y_.add(y);
    }
    for (const PlotLine& line : panel.lines) {
      for (const double v : line.x) x_.add(v);
      for (const double v : line.y) y_.add(v);
    }
    for (const PlotBand& band : panel.bands) {
      for (const double v : band.low) y_.add(v);
      for (const double v : band.high) y_.add(v);
    }
  }

  std::string paint() {
    text(left_ + kLeft, top_ + 18, "start", "title", panel_.title);
    text(left_ + kLeft, top_ + 36, "start", "note", panel_.note);
    if (x_.is_empty() || y_.is_empty()) return out_;
    x_.pad();
    y_.pad();
    axes();
    for (const PlotBand& band : panel_.bands) paint_band(band);
    paint_points();
    std::size_t color = 0;
    for (const PlotLine& line : panel_.lines) paint_line(line, kColors[color++ % kColors.size()]);
    legend();
    return out_;
  }

 private:
  [[nodiscard]] double px(double x) const {
    return left_ + kLeft + (x - x_.low) / (x_.high - x_.low) * (kWidth - kLeft - kRight);
  }
  [[nodiscard]] double py(double y) const {
    return top_ + kHeight - kBottom -
           (y - y_.low) / (y_.high - y_.low) * (kHeight - kTop - kBottom);
  }

  void text(double x, double y, const char* anchor, const char* kind, const std::string& words) {
    if (words.empty()) return;
    out_ += fmt::format(R"(<text x="{:.1f}" y="{:.1f}" text-anchor="{}" class="{}">{}</text>)"
                        "\n",
                        x, y, anchor, kind, escaped(words));
  }

  void axes() {
    const double right = left_ + kWidth - kRight;
    const double bottom = top_ + kHeight - kBottom;
    const double step_x = tick_step(x_);
    for (double v = std::ceil(x_.low / step_x) * step_x; v <= x_.high; v += step_x) {
      out_ += fmt::format(R"(<path class="grid" d="M{:.1f} {:.1f}V{:.1f}"/>)", px(v), top_ + kTop,
                          bottom);
      text(px(v), bottom + 16, "middle", "tick", tick(v, step_x));
    }
    const double step_y = tick_step(y_);
    for (double v = std::ceil(y_.low / step_y) * step_y; v <= y_.high; v += step_y) {
      out_ += fmt::format(R"(<path class="grid" d="M{:.1f} {:.1f}H{:.1f}"/>)", left_ + kLeft, py(v),
                          right);
      text(left_ + kLeft - 6, py(v) + 4, "end", "tick", tick(v, step_y));
    }
    out_ += fmt::format(R"(<path class="axis" d="M{:.1f} {:.1f}V{:.1f}H{:.1f}"/>)"
                        "\n",
                        left_ + kLeft, top_ + kTop, bottom, right);
    text(0.5 * (left_ + kLeft + right), bottom + 36, "middle", "label", panel_.x_label);
    const double x = left_ + 16;
    const double y = 0.5 * (top_ + kTop + bottom);
    out_ += fmt::format(
        "<text transform=\"translate({:.1f} {:.1f}) rotate(-90)\" text-anchor=\"middle\" "
        "class=\"label\">{}</text>\n",
        x, y, escaped(panel_.y_label));
  }

  static std::string tick(double value, double step) {
    const int digits = std::clamp(static_cast<int>(std::ceil(-std::log10(step) - 1e-9)), 0, 9);
    if (std::abs(value) < 1e-9 * step) value = 0;
    return fmt::format("{:.{}f}", std::abs(value) < step * 1e-6 ? 0.0 : value, digits);
  }

  void paint_points() {
    std::string path;
    for (const auto& [x, y] : panel_.points) {
      if (std::isfinite(x) && std::isfinite(y))
        path += fmt::format("M{:.1f} {:.1f}h0", px(x), py(y));
    }
    if (!path.empty()) out_ += fmt::format("<path class=\"points\" d=\"{}\"/>\n", path);
  }

  void paint_line(const PlotLine& line, const char* color) {
    std::string path;
    for (std::size_t i = 0; i < line.x.size(); ++i) {
      if (!std::isfinite(line.x[i]) || !std::isfinite(line.y[i])) continue;
      path +=
          fmt::format("{}{:.1f} {:.1f}", path.empty() ? "M" : "L", px(line.x[i]), py(line.y[i]));
    }
    out_ += fmt::format("<path class=\"line\" stroke=\"{}\" d=\"{}\"/>\n", color, path);
  }

  void paint_band(const PlotBand& band) {
    std::string upper, lower;
    for (std::size_t i = 0; i < band.x.size(); ++i) {
      if (!std::isfinite(band.x[i]) || !std::isfinite(band.low[i]) || !std::isfinite(band.high[i]))
        continue;
      upper += fmt::format("{}{:.1f} {:.1f}", upper.empty() ? "M" : "L", px(band.x[i]),
                           py(band.high[i]));
      lower.insert(0, fmt::format("L{:.1f} {:.1f}", px(band.x[i]), py(band.low[i])));
    }
    if (!upper.empty()) out_ += fmt::format("<path class=\"band\" d=\"{}{}Z\"/>\n", upper, lower);
  }

  // The legend is in the line of the panel's title, from right to left, so that it never covers
  // data.
  void legend() {
    double x = left_ + kWidth - kRight;
    const double y = top_ + 18;
    const auto entry = [&](const std::string& label, const std::string& mark) {
      if (label.empty()) return;
      text(x, y, "end", "note", label);
      x -= 6.2 * static_cast<double>(label.size()) + 4;
      out_ += fmt::format("<path d=\"M{:.1f} {:.1f}h-16\" {}/>\n", x, y - 4, mark);
      x -= 28;
    };
    for (const PlotBand& band : panel_.bands)
      entry(band.label, R"(stroke="#f6c6a0" stroke-width="9")");
    std::size_t color = panel_.lines.size();
    for (auto line = panel_.lines.rbegin(); line != panel_.lines.rend(); ++line)
      entry(line->label,
            fmt::format(R"(stroke="{}" stroke-width="2")", kColors[--color % kColors.size()]));
  }

  const PlotPanel& panel_;
  double left_, top_;
  Range x_, y_;
  std::string out_;
};

}  // namespace

std::string svg_page(const std::string& title, const std::vector<PlotPanel>& panels,
                     std::size_t columns) {
  columns = std::max<std::size_t>(columns, 1);
  const std::size_t rows = (panels.size() + columns - 1) / columns;
  const double width = kWidth * static_cast<double>(columns);
  const double height = kHead + kHeight * static_cast<double>(rows);
  std::string out = fmt::format(
      R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0:.0f} {1:.0f}" width="{0:.0f}" height="{1:.0f}">
<style>
text {{ font-family: "DejaVu Sans", Helvetica, Arial, sans-serif; fill: #222 }}
.page {{ font-size: 18px; font-weight: bold }}
.title {{ font-size: 14px; font-weight: bold }}
.label {{ font-size: 12px }}
.tick, .note {{ font-size: 11px; fill: #555 }}
.grid {{ stroke: #e6e6e6; fill: none }}
.axis {{ stroke: #444; fill: none }}
.points {{ stroke: #1f3b63; stroke-opacity: 0.35; stroke-width: 2.6; stroke-linecap: round; fill: none }}
.line {{ stroke-width: 2; fill: none; stroke-linejoin: round }}
.band {{ fill: #f6c6a0; fill-opacity: 0.5 }}
</style>
<rect width="100%" height="100%" fill="#ffffff"/>
<text x="16" y="28" class="page">{2}</text>
)",
      width, height, escaped(title));
  for (std::size_t i = 0; i < panels.size(); ++i) {
    out += PanelPainter(panels[i], kWidth * static_cast<double>(i % columns),
                        kHead + kHeight * static_cast<double>(i / columns))
               .paint();
  }
  return out + "</svg>\n";
}

}  // namespace overland::report
