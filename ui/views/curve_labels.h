// SPDX-License-Identifier: Apache-2.0
// Where the words of a curve panel stand: names of lines and the note at an extreme, clear of the lines.
#pragma once

#include "ui/views/curve_data.h"
#include "ui/views/curve_layout.h"

#include <QFontMetricsF>
#include <QString>

#include <vector>

namespace sinkscope::ui {

/// Which panel of a layout.
struct CurvePanelPlace {
    const CurveLayout &layout;
    int panel = 0;
    QString progress = {}; ///< written after the title; empty: none
};

/// A text of a panel and its place.
struct CurveLabel {
    enum class Kind {
        Line, ///< name of a line
        Extreme, ///< "lowest, at 0.016"
        Border, ///< "still falling at 100"
    };
    Kind kind = Kind::Line;
    QString text;
    QRectF rect; ///< px of the view; that of a line begins with a sample of it, kLineSampleWidth wide
    int line = -1; ///< which line has this name
};

/// The sample of a line in front of its name and the space after it, px.
inline constexpr double kLineSampleWidth = 24;

/// Labels of one panel. A note stands near its dot and a name nearest to its own line, else the note is left
/// out and the name goes to the row of the title. They depend on the curves and step aside only where the
/// accent line at `lineX` (px of the view) would run through them.
std::vector<CurveLabel> placeLabels(const CurvePanelPlace &place, const CurveSeries &series,
    const CurveRange &range, double lineX, const QFontMetricsF &metrics);

/// The words for an extreme: "lowest, at 0.016" or "still falling at 100".
QString extremeInWords(const CurveExtremePoint &extreme, CurveExtreme which);

} // namespace sinkscope::ui
