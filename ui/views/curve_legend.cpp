// SPDX-License-Identifier: Apache-2.0
// Spreads the names of lines.
#include "ui/views/curve_legend.h"

#include "ui/views/factor_axis.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace sinkscope::ui {
namespace {

constexpr double kBetween = 10; ///< px between two names
constexpr double kAfterTitle = 14;

/// One row from `left` on.
void addRow(CurveLegend &legend, const LegendRoom &room, std::size_t first, std::size_t end, double left)
{
    for (std::size_t place = first; place < end; ++place) {
        CurveName &name = legend.names[place];
        name.rect.moveLeft(left);
        left = name.rect.right() + kBetween;
        name.rect.setHeight(room.rowHeight);
    }
}

double widthOf(const CurveLegend &legend, std::size_t first, std::size_t end)
{
    double width = 0;
    for (std::size_t place = first; place < end; ++place) {
        width += legend.names[place].rect.width() + (place > first ? kBetween : 0);
    }
    return width;
}

} // namespace

double CurveLegend::left() const
{
    double left = std::numeric_limits<double>::infinity();
    for (const CurveName &name : names) {
        left = std::min(left, name.rect.left());
    }
    return left;
}

CurveLegend spreadLegend(const CurveSeries &series, const LegendRoom &room)
{
    CurveLegend legend;
    for (std::size_t line = 0; line < series.lines.size(); ++line) {
        const QString &text = series.lines[line].label;
        if (!text.isEmpty()) {
            const double width = kLineSampleWidth + std::ceil(room.metrics.horizontalAdvance(text));
            legend.names.push_back({int(line), text, QRectF(0, 0, width, 0)});
        }
    }
    const std::size_t count = legend.names.size();
    if (count == 0) {
        return legend;
    }
    const FactorAxis &axis = room.axis;
    const double whole = widthOf(legend, 0, count);
    const QString title = curveTitle(series, {0.0, 1.0});
    if (room.metrics.horizontalAdvance(title) + kAfterTitle + whole <= axis.highX - axis.lowX) {
        addRow(legend, room, 0, count, axis.highX - whole);
        return legend;
    }
    if (whole <= axis.highX - axis.offX) {
        legend.rows = 1;
        addRow(legend, room, 0, count, std::min(axis.lowX, axis.highX - whole));
        return legend;
    }
    legend.rows = count > 1 ? 2 : 1;
    const std::size_t columns = (count + std::size_t(legend.rows) - 1) / std::size_t(legend.rows);
    const double most = (axis.highX - axis.lowX + kBetween) / double(columns) - kBetween;
    for (std::size_t place = 0; place < count; ++place) {
        CurveName &name = legend.names[place];
        name.text = room.metrics.elidedText(name.text, Qt::ElideMiddle, most - kLineSampleWidth);
        const double column = double(place % columns);
        const std::size_t row = place / columns;
        const double width = std::min(name.rect.width(), most);
        name.rect = QRectF(
            axis.lowX + column * (most + kBetween), double(row) * room.rowHeight, width, room.rowHeight);
    }
    return legend;
}

} // namespace sinkscope::ui
