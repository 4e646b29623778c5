// SPDX-License-Identifier: Apache-2.0
// Implements the geometry of the curves.
#include "ui/views/curve_layout.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>

namespace sinkscope::ui {
namespace {

constexpr int kRegularPlot = 76;
constexpr int kCompactPlot = 52;
constexpr int kTitleHeight = 18;
constexpr int kGap = 14;
constexpr int kTop = 8; ///< between the slider's labels and the first title
constexpr int kBottom = 8;
constexpr int kMost = 6;
constexpr int kLabelGap = 10; ///< between the value labels and the off stop

} // namespace

int curvesHeight(const std::vector<int> &legendRows, Density density, double textScale)
{
    const int title = int(std::lround(kTitleHeight * textScale));
    const int row = int(std::lround(kLegendRow * textScale));
    const int plot = density == Density::Compact ? kCompactPlot : kRegularPlot;
    const int panels = int(legendRows.size());
    const int rows = std::accumulate(legendRows.begin(), legendRows.end(), 0);
    return panels <= 0 ? 0 : kTop + panels * (title + plot) + rows * row + (panels - 1) * kGap + kBottom;
}

CurveLayout::CurveLayout(
    const QSize &size, const FactorAxis &givenAxis, const std::vector<int> &legendRows, double textScale)
    : axis(givenAxis)
{
    const std::vector<int> shown(
        legendRows.begin(), legendRows.begin() + std::min<std::ptrdiff_t>(kMost, std::ssize(legendRows)));
    if (shown.empty()) {
        return;
    }
    // Plots share the room: never lower than 52, never higher than 76.
    const int room = size.height() - curvesHeight(shown, Density::Compact, textScale);
    plotHeight = std::clamp(kCompactPlot + room / int(shown.size()), kCompactPlot, kRegularPlot);
    const double title = std::round(kTitleHeight * textScale);
    const double row = std::round(kLegendRow * textScale);
    const double width = axis.highX - axis.lowX;
    double top = kTop;
    for (const int rows : shown) {
        CurvePanelRects rects;
        rects.title = QRectF(axis.lowX, top, width, title);
        rects.legend = QRectF(axis.lowX, rects.title.bottom(), width, rows * row);
        rects.plot = QRectF(axis.lowX, rects.legend.bottom(), width, plotHeight);
        rects.axisLabels = QRectF(0, rects.plot.top(), axis.offX - kLabelGap, plotHeight);
        panels.push_back(rects);
        bottom = rects.plot.bottom();
        top = bottom + kGap;
    }
    height = int(std::ceil(bottom)) + kBottom;
}

double CurveLayout::yOf(int panel, double value, const CurveRange &range) const
{
    const QRectF &plot = panels[std::size_t(panel)].plot;
    const double share = range.high > range.low ? (value - range.low) / (range.high - range.low) : 0.5;
    return plot.bottom() - share * plot.height();
}

QPointF CurveLayout::point(int panel, double factor, double value, const CurveRange &range) const
{
    return {axis.xOf(factor), yOf(panel, value, range)};
}

} // namespace sinkscope::ui
