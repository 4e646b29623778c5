// SPDX-License-Identifier: Apache-2.0
// Where the names of a panel's lines stand: beside its title or in rows below it, each with a sample of its
// line.
#pragma once

#include "ui/views/curve_data.h"

#include <QFontMetricsF>
#include <QRectF>
#include <QString>

#include <vector>

namespace sinkscope::ui {

struct FactorAxis;

/// The sample of a line in front of its name with the space after it, px.
inline constexpr double kLineSampleWidth = 22;

/// The name of one line.
struct CurveName {
    int line = 0;
    QString text; ///< cut in its middle where room is short
    QRectF rect; ///< x in px of the view, y from the top of the title's row or of the rows below it
};

/// Names depend on what they say and on the width alone, never on values: they stay where they are while
/// curves are filled and turned.
struct CurveLegend {
    int rows = 0; ///< below the title; 0: the names, if there are any, stand at the right of its row
    std::vector<CurveName> names;

    double left() const; ///< of the first name; infinity when there are none
};

/// What a legend is spread into.
struct LegendRoom {
    const FactorAxis &axis;
    const QFontMetricsF &metrics;
    double rowHeight = 0; ///< px
};

/// Beside the title where all fits, else in a row below it, which may begin left of the axis, else in two
/// rows.
CurveLegend spreadLegend(const CurveSeries &series, const LegendRoom &room);

} // namespace sinkscope::ui
