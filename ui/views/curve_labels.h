// SPDX-License-Identifier: Apache-2.0
// Where the words of a curve panel stand: its title, the names of its lines and the note at an extreme.
#pragma once

#include "ui/views/curve_data.h"
#include "ui/views/curve_layout.h"
#include "ui/views/curve_legend.h"

#include <QFontMetricsF>
#include <QString>

#include <optional>
#include <vector>

namespace sinkscope::ui {

/// Which panel of a layout, and what it shows.
struct CurvePanelPlace {
    const CurveLayout &layout;
    int panel = 0;
    const CurveSeries &series;
    const CurveLegend &legend;
    const CurveRange &range;
    QString progress = {}; ///< written after the title; empty: none
};

/// A text and its place, px of the view.
struct CurveLabel {
    enum class Kind {
        Title,
        Progress,
        Line, ///< name of a line; `rect` begins with a sample of it, kLineSampleWidth wide
        Extreme, ///< "lowest, at 0.016"
        Border, ///< "still falling at 100"
    };
    Kind kind = Kind::Line;
    QString text;
    QRectF rect;
    int line = -1; ///< which line has this name
};

/// Title, progress, names, note. The note stands near its dot, clear of the lines, and steps aside only where
/// the accent line at `lineX` (px of the view) would run through it; where the plot has no room it stands in
/// the row of the title, and where that has none either, only the tool tip has it.
std::vector<CurveLabel> placeLabels(const CurvePanelPlace &place, double lineX, const QFontMetricsF &metrics);

/// The words for an extreme: "lowest, at 0.016" or "still falling at 100".
QString extremeInWords(
    const CurveExtremePoint &extreme, CurveExtreme which, AxisScale scale = AxisScale::Factor);
/// The words for all of them: "lowest of 2 minima, at 0.016"; empty without any.
QString extremesInWords(const CurveLine &line, CurveExtreme which, AxisScale scale = AxisScale::Factor);
/// The same with where the others are and what the mark at an end of the axis means, for the read-out.
QString extremesInFull(const CurveLine &line, CurveExtreme which, AxisScale scale = AxisScale::Factor);

} // namespace sinkscope::ui
