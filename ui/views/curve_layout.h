// SPDX-License-Identifier: Apache-2.0
// Where the panels of curves lie: one under the other, all on the slider's axis.
#pragma once

#include "ui/theme/view_states.h"
#include "ui/views/curve_data.h"
#include "ui/views/factor_axis.h"

#include <QPointF>
#include <QRectF>
#include <QSize>

#include <vector>

namespace sinkscope::ui {

/// One panel, in px of the view.
struct CurvePanelRects {
    QRectF title;
    QRectF legend; ///< rows of names below the title; empty: there are none, or they stand beside the title
    QRectF plot; ///< left edge = factor 0.01, right edge = factor 100
    QRectF axisLabels; ///< column of the value labels, left of the off stop
};

/// Geometry of all panels.
struct CurveLayout {
    CurveLayout() = default;
    /// A panel for each of `legendRows`, its rows of names below the title; 6 at most. Where they do not fit
    /// into `size` they reach below it and the view scrolls.
    CurveLayout(
        const QSize &size, const FactorAxis &axis, const std::vector<int> &legendRows, double textScale);

    double yOf(int panel, double value, const CurveRange &range) const;
    QPointF point(int panel, double factor, double value, const CurveRange &range) const;

    FactorAxis axis;
    std::vector<CurvePanelRects> panels;
    double plotHeight = 0; ///< 76, down to 52 where room is short
    double bottom = 0; ///< end of the last plot: where the accent line stops
    int height = 0; ///< of all panels with their margins
};

/// Height of a panel for each of `legendRows` with plots of 76 (or 52) px.
int curvesHeight(const std::vector<int> &legendRows, Density density, double textScale);

/// Height of one row of names, px at text scale 1.
inline constexpr int kLegendRow = 15;

} // namespace sinkscope::ui
