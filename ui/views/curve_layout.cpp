// SPDX-License-Identifier: Apache-2.0
// Implements the geometry of the curves.
#include "ui/views/curve_layout.h"

#include <algorithm>
#include <cmath>

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

int curvesHeight(int panels, Density density, double textScale)
{
    const int title = int(std::lround(kTitleHeight * textScale));
    const int plot = density == Density::Compact ? kCompactPlot : kRegularPlot;
    return panels <= 0 ? 0 : kTop + panels * (title + plot) + (panels - 1) * kGap + kBottom;
}

CurveLayout::CurveLayout(const QSize &size, const FactorAxis &givenAxis, int seriesCount, double textScale)
    : axis(givenAxis)
{
    const int count = std::min(seriesCount, kMost);
    if (count <= 0) {
        return;
    }
    // Plots share the room: never lower than 52, never higher than 76.
    const int room = size.height() - curvesHeight(count, Density::Compact, textScale);
    plotHeight = std::clamp(kCompactPlot + room / count, kCompactPlot, kRegularPlot);
    const double title = std::round(kTitleHeight * textScale);
    double top = kTop;
    for (int panel = 0; panel < count; ++panel) {
        CurvePanelRects rects;
        rects.title = QRectF(axis.lowX, top, axis.highX - axis.lowX, title);
        rects.plot = QRectF(axis.lowX, top + title, axis.highX - axis.lowX, plotHeight);
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
