// SPDX-License-Identifier: Apache-2.0
// Implements the placing of words beside curves.
#include "ui/views/curve_labels.h"

#include "ui/theme/number_format.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace sinkscope::ui {
namespace {

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(CurveView)
};

constexpr double kSpaceOff = 5; ///< between a label and its line
constexpr double kOutOfPlotCost = 3;
constexpr double kOverlapCost = 1000;
constexpr double kLineCost = 200; ///< dearer than a label across a whole curve
constexpr double kLineSpace = 6; ///< beside the accent line: its rings are 5 px wide at each side

/// Points of all lines in px, close enough for a label not to slip between.
std::vector<QPointF> inkOf(
    const CurveSeries &series, const CurveLayout &layout, int panel, const CurveRange &range)
{
    std::vector<QPointF> ink;
    const QRectF &plot = layout.panels[std::size_t(panel)].plot;
    for (const CurveLine &line : series.lines) {
        for (double x = plot.left(); x <= plot.right(); x += 3) {
            const double factor = layout.axis.factorAt(x, SnapAtOne::Released);
            if (const std::optional<double> value = valueAt(line, factor)) {
                ink.push_back({x, layout.yOf(panel, *value, range)});
            }
        }
    }
    return ink;
}

struct Placer {
    const QRectF &plot;
    std::vector<QPointF> ink;
    double lineX; ///< of the accent line
    std::vector<QRectF> taken;

    bool isOnLine(const QRectF &rect) const
    {
        return rect.left() - kLineSpace < lineX && lineX < rect.right() + kLineSpace;
    }

    double cost(const QRectF &rect) const
    {
        double sum = 0;
        for (const QPointF &point : ink) {
            sum += rect.adjusted(0, -1, 0, 1).contains(point) ? 1 : 0;
        }
        for (const QRectF &other : taken) {
            sum += rect.intersects(other) ? kOverlapCost : 0;
        }
        sum += isOnLine(rect) ? kLineCost : 0;
        sum += kOutOfPlotCost * std::max(0.0, plot.top() - 2 - rect.top());
        sum += kOutOfPlotCost * std::max(0.0, rect.bottom() - plot.bottom() - 2);
        return sum;
    }

    bool hasRoom(const std::vector<QRectF> &candidates) const
    {
        return std::any_of(candidates.begin(), candidates.end(),
            [this](const QRectF &candidate) { return cost(candidate) < kOverlapCost; });
    }

    /// The cheapest candidate; earlier ones win ties.
    QRectF place(std::vector<QRectF> candidates)
    {
        for (std::size_t given = 0, count = candidates.size(); given < count; ++given) {
            if (isOnLine(candidates[given])) { // right beside the line, where the plot goes on there
                QRectF before = candidates[given];
                QRectF after = candidates[given];
                before.moveRight(lineX - kLineSpace);
                after.moveLeft(lineX + kLineSpace);
                if (before.left() >= plot.left()) {
                    candidates.push_back(before);
                }
                if (after.right() <= plot.right()) {
                    candidates.push_back(after);
                }
            }
        }
        QRectF best;
        double bestCost = 0;
        for (const QRectF &candidate : candidates) {
            const double now = cost(candidate);
            if (best.isNull() || now < bestCost) {
                best = candidate;
                bestCost = now;
            }
        }
        taken.push_back(best);
        return best;
    }
};

/// Above and below `anchor`, starting at several x within the plot.
std::vector<QRectF> around(const QPointF &anchor, const QSizeF &size, const QRectF &plot)
{
    std::vector<QRectF> candidates;
    const double furthest = std::max(plot.left(), plot.right() - size.width());
    for (const double share : {0.5, 0.05, 0.95, -0.15, 1.15}) {
        const double left = std::clamp(anchor.x() - share * size.width(), plot.left() + 4, furthest);
        candidates.push_back({QPointF(left, anchor.y() - kSpaceOff - size.height()), size});
        candidates.push_back({QPointF(left, anchor.y() + kSpaceOff), size});
    }
    return candidates;
}

/// Right of the last computed point of a line that is still being filled, else left of its first.
std::vector<QRectF> besidePiece(
    const CurveLine &line, const CurveLayout &layout, int panel, const CurveRange &range, const QSizeF &size)
{
    std::vector<QPointF> known;
    for (const PlottedPoint &point : line.points) {
        if (point.factor > 0 && point.value) {
            known.push_back(layout.point(panel, point.factor, *point.value, range));
        }
    }
    if (known.empty()) {
        return {};
    }
    const QRectF &plot = layout.panels[std::size_t(panel)].plot;
    const double right = std::min(known.back().x() + kSpaceOff, plot.right() - size.width());
    const double left = std::max(known.front().x() - kSpaceOff - size.width(), plot.left());
    return {QRectF(QPointF(right, known.back().y() - size.height() / 2), size),
        QRectF(QPointF(left, known.front().y() - size.height() / 2), size)};
}

/// The lines with names first that reach highest: where room is short, these keep theirs.
std::vector<const CurveLine *> greatestFirst(const CurveSeries &series)
{
    const auto greatest = [](const CurveLine *line) {
        double value = -1e300;
        for (const PlottedPoint &point : line->points) {
            value = std::max(value, point.value.value_or(value));
        }
        return value;
    };
    std::vector<const CurveLine *> lines;
    for (const CurveLine &line : series.lines) {
        lines.push_back(&line);
    }
    std::stable_sort(lines.begin(), lines.end(),
        [&](const CurveLine *first, const CurveLine *second) { return greatest(first) > greatest(second); });
    return lines;
}

/// Along the line, from its right end to its left, above and below it.
std::vector<QRectF> along(
    const CurveLine &line, const CurveLayout &layout, int panel, const CurveRange &range, const QSizeF &size)
{
    const QRectF &plot = layout.panels[std::size_t(panel)].plot;
    const std::optional<double> last = valueAt(line, kHighestFactor);
    const std::optional<double> first = valueAt(line, kLowestFactor);
    if (!last || !first) {
        return besidePiece(line, layout, panel, range, size);
    }
    std::vector<QRectF> candidates;
    for (const double share : {1.0, 0.0, 0.8, 0.2, 0.6}) {
        const double left = plot.left() + (share == 0.0 ? 4 : 0) + share * (plot.width() - size.width());
        const double middle = layout.axis.factorAt(left + size.width() / 2, SnapAtOne::Released);
        const double y =
            layout.yOf(panel, share == 1.0 ? *last : valueAt(line, middle).value_or(*last), range);
        candidates.push_back({QPointF(left, y - 3 - size.height()), size});
        candidates.push_back({QPointF(left, y + 3), size});
    }
    return candidates;
}

} // namespace

QString extremeInWords(const CurveExtremePoint &extreme, CurveExtreme which)
{
    const QString factor = formatFactor(extreme.factor);
    if (extreme.place == CurveExtremePoint::Place::Inside) {
        return which == CurveExtreme::Lowest ? Texts::tr("lowest, at %1").arg(factor)
                                             : Texts::tr("highest, at %1").arg(factor);
    }
    const QString end = formatTick(extreme.factor);
    return which == CurveExtreme::Lowest ? Texts::tr("still falling at %1").arg(end)
                                         : Texts::tr("still rising at %1").arg(end);
}

std::vector<CurveLabel> placeLabels(const CurvePanelPlace &place, const CurveSeries &series,
    const CurveRange &range, double lineX, const QFontMetricsF &metrics)
{
    const auto &[layout, panel] = place;
    std::vector<CurveLabel> labels;
    Placer placer {layout.panels[std::size_t(panel)].plot, inkOf(series, layout, panel, range), lineX, {}};
    const auto sizeOf = [&](const QString &text) {
        return QSizeF(std::ceil(metrics.horizontalAdvance(text)), std::ceil(metrics.height()) - 2);
    };
    const QString title =
        series.unit.isEmpty() ? series.title : series.title + QStringLiteral(", ") + series.unit;
    const QRectF titleRoom = layout.panels[std::size_t(panel)].title;
    placer.taken.push_back(
        QRectF(titleRoom.topLeft(), QSizeF(metrics.horizontalAdvance(title), titleRoom.height())));
    if (!series.lines.empty()) {
        if (const auto extreme = findExtreme(series.lines.front(), series.extreme)) {
            const bool isInside = extreme->place == CurveExtremePoint::Place::Inside;
            const QString text = extremeInWords(*extreme, series.extreme);
            const QPointF anchor = layout.point(panel, extreme->factor, extreme->value, range);
            placer.taken.push_back(QRectF(anchor.x() - 4, anchor.y() - 4, 8, 8));
            labels.push_back({isInside ? CurveLabel::Kind::Extreme : CurveLabel::Kind::Border, text,
                placer.place(around(anchor, sizeOf(text), placer.plot))});
        }
    }
    for (const CurveLine *lineOfName : greatestFirst(series)) {
        const CurveLine &line = *lineOfName;
        const std::vector<QRectF> candidates = line.label.isEmpty()
            ? std::vector<QRectF> {}
            : along(line, layout, panel, range, sizeOf(line.label));
        // A name without room is left out; the tooltip has it.
        if (!candidates.empty() && placer.hasRoom(candidates)) {
            labels.push_back({CurveLabel::Kind::Line, line.label, placer.place(candidates)});
        }
    }
    return labels;
}

} // namespace sinkscope::ui
