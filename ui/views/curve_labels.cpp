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

constexpr double kSpaceOff = 5; ///< between a label and its dot or line
constexpr double kFurthest = 24; ///< from a dot to the nearer end of its words, px
constexpr double kOutOfPlotCost = 3;
constexpr double kTaken = 1000; ///< from this cost on a place is none
constexpr double kLineCost = 200; ///< dearer than a label across a whole curve
constexpr double kLineSpace = 6; ///< beside the accent line: its rings are 5 px wide at each side
constexpr double kInkStep = 3; ///< px between the points of a line that labels keep clear of
constexpr double kMostInk = 4; ///< points of a line under a label: more hides its course
constexpr double kNearOwn = 12; ///< a name further than this from its line names none, px
constexpr double kNearerThanOthers = 4; ///< at least so much nearer to its own line, px

using Ink = std::vector<QPointF>;

/// Points of each line in px, close enough for a label not to slip between.
std::vector<Ink> inkOf(
    const CurveSeries &series, const CurveLayout &layout, int panel, const CurveRange &range)
{
    std::vector<Ink> ink;
    const QRectF &plot = layout.panels[std::size_t(panel)].plot;
    for (const CurveLine &line : series.lines) {
        ink.emplace_back();
        for (double x = plot.left(); x <= plot.right(); x += kInkStep) {
            const double factor = layout.axis.factorAt(x, SnapAtOne::Released);
            if (const std::optional<double> value = valueAt(line, factor)) {
                ink.back().push_back({x, layout.yOf(panel, *value, range)});
            }
        }
    }
    return ink;
}

/// px between `rect` and the nearest point of `ink`.
double distanceTo(const QRectF &rect, const Ink &ink)
{
    double nearest = 1e9;
    for (const QPointF &point : ink) {
        const double x = std::max({rect.left() - point.x(), 0.0, point.x() - rect.right()});
        const double y = std::max({rect.top() - point.y(), 0.0, point.y() - rect.bottom()});
        nearest = std::min(nearest, std::hypot(x, y));
    }
    return nearest;
}

struct Placer {
    const QRectF &plot;
    std::vector<Ink> ink; ///< [lines]
    double lineX; ///< of the accent line
    std::vector<QRectF> taken;

    bool isOnLine(const QRectF &rect) const
    {
        return rect.left() - kLineSpace < lineX && lineX < rect.right() + kLineSpace;
    }

    double cost(const QRectF &rect) const
    {
        double hidden = 0;
        for (const Ink &line : ink) {
            for (const QPointF &point : line) {
                hidden += rect.adjusted(0, -1, 0, 1).contains(point) ? 1 : 0;
            }
        }
        double sum = hidden > kMostInk ? kTaken : hidden;
        for (const QRectF &other : taken) {
            sum += rect.intersects(other) ? kTaken : 0;
        }
        sum += isOnLine(rect) ? kLineCost : 0;
        sum += kOutOfPlotCost * std::max(0.0, plot.top() - 2 - rect.top());
        sum += rect.bottom() > plot.bottom() + 2 ? kTaken : 0; // the next panel's, or cut off
        return sum;
    }

    /// The cheapest candidate below `limit`, or none; earlier ones win ties.
    std::optional<QRectF> place(const std::vector<QRectF> &candidates, double limit)
    {
        std::optional<QRectF> best;
        double bestCost = limit;
        for (const QRectF &candidate : candidates) {
            const double now = cost(candidate);
            if (now < bestCost) {
                best = candidate;
                bestCost = now;
            }
        }
        if (best) {
            taken.push_back(*best);
        }
        return best;
    }

    /// Whether a name at `rect` is read as that of line `own` and of no other.
    bool isNearest(const QRectF &rect, std::size_t own) const
    {
        const double distance = distanceTo(rect, ink[own]);
        for (std::size_t other = 0; other < ink.size(); ++other) {
            if (other != own && distanceTo(rect, ink[other]) < distance + kNearerThanOthers) {
                return false;
            }
        }
        return distance <= kNearOwn;
    }
};

/// Above and below `anchor` within the plot, never far from it, also right beside the accent line at `lineX`.
std::vector<QRectF> around(const QPointF &anchor, const QSizeF &size, const QRectF &plot, double lineX)
{
    const double furthest = std::max(plot.left(), plot.right() - size.width());
    std::vector<double> lefts;
    for (const double share : {0.5, 0.05, 0.95, -0.15, 1.15}) {
        lefts.push_back(std::clamp(anchor.x() - share * size.width(), plot.left() + 4, furthest));
    }
    lefts.push_back(lineX - kLineSpace - size.width());
    lefts.push_back(lineX + kLineSpace);
    std::vector<QRectF> candidates;
    for (const double left : lefts) {
        const bool isNear = left <= anchor.x() + kFurthest && left + size.width() >= anchor.x() - kFurthest;
        if (!isNear || left < plot.left() || left > furthest) {
            continue;
        }
        for (const double away : {kSpaceOff, kSpaceOff + size.height() / 2, kSpaceOff / 2, 0.0}) {
            candidates.push_back({QPointF(left, anchor.y() - away - size.height()), size});
            candidates.push_back({QPointF(left, anchor.y() + away), size});
        }
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

/// How texts of a panel are measured and values become heights.
struct Writing {
    const CurveRange &range;
    const QFontMetricsF &metrics;

    QSizeF sizeOf(const QString &text) const
    {
        return {std::ceil(metrics.horizontalAdvance(text)), std::ceil(metrics.height()) - 2};
    }
};

/// The lines with names first that reach highest: where room is short, these keep theirs.
std::vector<std::size_t> greatestFirst(const CurveSeries &series)
{
    std::vector<double> greatest;
    std::vector<std::size_t> lines;
    for (const CurveLine &line : series.lines) {
        double value = -1e300;
        for (const PlottedPoint &point : line.points) {
            value = std::max(value, point.value.value_or(value));
        }
        lines.push_back(greatest.size());
        greatest.push_back(value);
    }
    std::stable_sort(lines.begin(), lines.end(),
        [&](std::size_t first, std::size_t second) { return greatest[first] > greatest[second]; });
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
    if (extreme.place == CurveExtremePoint::Place::Inside && extreme.isBeatenByOff) {
        return which == CurveExtreme::Lowest ? Texts::tr("lowest but off, at %1").arg(factor)
                                             : Texts::tr("highest but off, at %1").arg(factor);
    }
    if (extreme.place == CurveExtremePoint::Place::Inside) {
        return which == CurveExtreme::Lowest ? Texts::tr("lowest, at %1").arg(factor)
                                             : Texts::tr("highest, at %1").arg(factor);
    }
    const QString end = formatTick(extreme.factor);
    return which == CurveExtreme::Lowest ? Texts::tr("still falling at %1").arg(end)
                                         : Texts::tr("still rising at %1").arg(end);
}

namespace {

/// The note at the extreme of the first line; none without room near its dot, which the tooltip explains.
void placeExtreme(std::vector<CurveLabel> &labels, Placer &placer, const CurvePanelPlace &place,
    const CurveSeries &series, const Writing &writing)
{
    const auto extreme =
        series.lines.empty() ? std::nullopt : findExtreme(series.lines.front(), series.extreme);
    if (!extreme) {
        return;
    }
    const QString text = extremeInWords(*extreme, series.extreme);
    const QPointF anchor = place.layout.point(place.panel, extreme->factor, extreme->value, writing.range);
    placer.taken.push_back(QRectF(anchor.x() - 4, anchor.y() - 4, 8, 8));
    const auto rect =
        placer.place(around(anchor, writing.sizeOf(text), placer.plot, placer.lineX), kLineCost);
    if (rect) {
        const bool isInside = extreme->place == CurveExtremePoint::Place::Inside;
        labels.push_back({isInside ? CurveLabel::Kind::Extreme : CurveLabel::Kind::Border, text, *rect});
    }
}

/// Names at their lines where no other line is as near, else in the row of the title, from the right.
void placeNames(std::vector<CurveLabel> &labels, Placer &placer, const CurvePanelPlace &place,
    const CurveSeries &series, const Writing &writing)
{
    const QRectF titleRow = place.layout.panels[std::size_t(place.panel)].title;
    for (const std::size_t index : greatestFirst(series)) {
        const CurveLine &line = series.lines[index];
        if (line.label.isEmpty() || placer.ink[index].empty()) {
            continue;
        }
        const QSizeF size = writing.sizeOf(line.label) + QSizeF(kLineSampleWidth, 0);
        std::vector<QRectF> candidates;
        for (const QRectF &rect : along(line, place.layout, place.panel, writing.range, size)) {
            if (placer.isNearest(rect, index)) {
                candidates.push_back(rect);
            }
        }
        std::optional<QRectF> rect = placer.place(candidates, kTaken);
        for (double right = titleRow.right(); !rect && right - size.width() > titleRow.left(); right -= 4) {
            rect = placer.place({QRectF(QPointF(right - size.width(), titleRow.top()), size)}, kTaken);
        }
        if (rect) { // a name without room is left out; the tooltip has it
            labels.push_back({CurveLabel::Kind::Line, line.label, *rect, int(index)});
        }
    }
}

} // namespace

std::vector<CurveLabel> placeLabels(const CurvePanelPlace &place, const CurveSeries &series,
    const CurveRange &range, double lineX, const QFontMetricsF &metrics)
{
    const auto &[layout, panel, progress] = place;
    std::vector<CurveLabel> labels;
    Placer placer {layout.panels[std::size_t(panel)].plot, inkOf(series, layout, panel, range), lineX, {}};
    const QString title = curveTitle(series, range) + progress;
    const QRectF titleRoom = layout.panels[std::size_t(panel)].title;
    placer.taken.push_back(
        QRectF(titleRoom.topLeft(), QSizeF(metrics.horizontalAdvance(title) + 6, titleRoom.height())));
    placeExtreme(labels, placer, place, series, {range, metrics});
    placeNames(labels, placer, place, series, {range, metrics});
    return labels;
}

} // namespace sinkscope::ui
