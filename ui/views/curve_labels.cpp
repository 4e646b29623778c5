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

/// How texts of a panel are measured.
QSizeF sizeOf(const QString &text, const QFontMetricsF &metrics)
{
    return {std::ceil(metrics.horizontalAdvance(text)), std::ceil(metrics.height()) - 2};
}

} // namespace

namespace {

QString shortBorderWords(CurveExtreme which)
{
    return which == CurveExtreme::Lowest ? Texts::tr("still falling") : Texts::tr("still rising");
}

/// The mark at an end of the axis, as it is painted.
QString borderMark(const CurveExtremePoint &extreme)
{
    return extreme.place == CurveExtremePoint::Place::AtLowest ? QStringLiteral("◁") : QStringLiteral("▷");
}

} // namespace

QString extremeInWords(const CurveExtremePoint &extreme, CurveExtreme which, AxisScale scale)
{
    const QString factor = valueText(extreme.factor, scale);
    if (extreme.place == CurveExtremePoint::Place::Inside && extreme.isBeatenByOff) {
        return which == CurveExtreme::Lowest ? Texts::tr("lowest but off, at %1").arg(factor)
                                             : Texts::tr("highest but off, at %1").arg(factor);
    }
    if (extreme.place == CurveExtremePoint::Place::Inside) {
        return which == CurveExtreme::Lowest ? Texts::tr("lowest, at %1").arg(factor)
                                             : Texts::tr("highest, at %1").arg(factor);
    }
    const QString end = tickText(extreme.factor, scale);
    return which == CurveExtreme::Lowest ? Texts::tr("still falling at %1").arg(end)
                                         : Texts::tr("still rising at %1").arg(end);
}

namespace {

/// `where`: the factors of all basins, or nothing.
QString countInWords(std::size_t count, CurveExtreme which, const QString &where)
{
    const QString what =
        which == CurveExtreme::Lowest ? Texts::tr("%1 minima").arg(count) : Texts::tr("%1 maxima").arg(count);
    return where.isEmpty() ? Texts::tr(" (%1)").arg(what) : Texts::tr(" (%1: at %2)").arg(what, where);
}

} // namespace

QString extremesInWords(const CurveLine &line, CurveExtreme which, AxisScale scale)
{
    const auto extreme = findExtreme(line, which);
    if (!extreme) {
        return {};
    }
    const std::size_t count = findExtremes(line, which).size();
    return extremeInWords(*extreme, which, scale) + (count > 1 ? countInWords(count, which, {}) : QString());
}

QString extremesInFull(const CurveLine &line, CurveExtreme which, AxisScale scale)
{
    const auto extreme = findExtreme(line, which);
    if (!extreme) {
        return {};
    }
    const std::vector<CurveExtremePoint> extremes = findExtremes(line, which);
    QString words = extremeInWords(*extreme, which, scale);
    if (extremes.size() > 1) {
        QStringList factors;
        for (const CurveExtremePoint &one : extremes) {
            factors += valueText(one.factor, scale);
        }
        words += countInWords(extremes.size(), which, factors.join(QStringLiteral(", ")));
    }
    for (const CurveExtremePoint &one : extremes) {
        if (one.place == CurveExtremePoint::Place::Inside) {
            continue;
        }
        const QString what = which == CurveExtreme::Lowest
            ? Texts::tr("; %1 at the end of the axis: still falling there, the minimum may lie beyond %2")
            : Texts::tr("; %1 at the end of the axis: still rising there, the maximum may lie beyond %2");
        words += what.arg(borderMark(one), tickText(one.factor, scale));
    }
    return words;
}

namespace {

/// The note at the extreme of the first line.
std::optional<CurveLabel> placeExtreme(
    Placer &placer, const CurvePanelPlace &place, double titleLeft, const QFontMetricsF &metrics)
{
    const CurveSeries &series = place.series;
    const auto extreme =
        series.lines.empty() ? std::nullopt : findExtreme(series.lines.front(), series.extreme);
    if (!extreme) {
        return std::nullopt;
    }
    const bool isInside = extreme->place == CurveExtremePoint::Place::Inside;
    const auto kind = isInside ? CurveLabel::Kind::Extreme : CurveLabel::Kind::Border;
    const QString text = extremesInWords(series.lines.front(), series.extreme, series.scale);
    for (const CurveExtremePoint &other : findExtremes(series.lines.front(), series.extreme)) {
        const QPointF dot = place.layout.point(place.panel, other.factor, other.value, place.range);
        placer.taken.push_back(QRectF(dot.x() - 4, dot.y() - 4, 8, 8));
    }
    const QPointF anchor = place.layout.point(place.panel, extreme->factor, extreme->value, place.range);
    QStringList forms {text};
    if (!isInside) { // the mark at the end of the axis never stands alone as long as two words have room
        forms += shortBorderWords(series.extreme);
    }
    for (const QString &form : forms) {
        const QSizeF size = sizeOf(form, metrics);
        if (const auto rect = placer.place(around(anchor, size, placer.plot, placer.lineX), kLineCost)) {
            return CurveLabel {kind, form, *rect};
        }
    }
    placer.lineX = -1e6; // what only the accent line hides comes back when it has passed
    if (placer.place(around(anchor, sizeOf(text, metrics), placer.plot, placer.lineX), kTaken)) {
        return std::nullopt;
    }
    const QRectF row = place.layout.panels[std::size_t(place.panel)].title;
    const bool isFree = place.legend.rows > 0 || place.legend.names.empty();
    const QString marked = isInside ? text : borderMark(*extreme) + QLatin1Char(' ') + text;
    const QSizeF markedSize = sizeOf(marked, metrics);
    const double left = row.right() - markedSize.width();
    if (!isFree || left < titleLeft) {
        return std::nullopt;
    }
    return CurveLabel {kind, marked, QRectF(QPointF(left, row.top()), markedSize)};
}

} // namespace

std::vector<CurveLabel> placeLabels(const CurvePanelPlace &place, double lineX, const QFontMetricsF &metrics)
{
    constexpr double kApart = 8;
    const CurvePanelRects &rects = place.layout.panels[std::size_t(place.panel)];
    const bool isBesideTitle = place.legend.rows == 0 && !place.legend.names.empty();
    const double progress = metrics.horizontalAdvance(place.progress);
    const double room =
        (isBesideTitle ? place.legend.left() - kApart : rects.title.right()) - rects.title.left();
    const QString title = fittedTitle(place.series, place.range, metrics, room - progress);
    const QSizeF titleSize(std::ceil(metrics.horizontalAdvance(title)), metrics.height());
    std::vector<CurveLabel> labels {{CurveLabel::Kind::Title, title, {rects.title.topLeft(), titleSize}}};
    double right = labels.front().rect.right();
    if (!place.progress.isEmpty()) {
        labels.push_back({CurveLabel::Kind::Progress, place.progress,
            QRectF(right, rects.title.top(), progress, metrics.height())});
        right += progress;
    }
    constexpr double kCloser = 2; // to the title than to the plot
    const double top = place.legend.rows == 0 ? rects.title.top() : rects.legend.top() - kCloser;
    for (const CurveName &name : place.legend.names) {
        QRectF rect = name.rect.translated(0, top);
        rect.setHeight(std::min(rect.height(), metrics.height()));
        labels.push_back({CurveLabel::Kind::Line, name.text, rect, name.line});
    }
    Placer placer {rects.plot, inkOf(place.series, place.layout, place.panel, place.range), lineX, {}};
    for (const CurveLabel &label : labels) {
        placer.taken.push_back(label.rect);
    }
    if (auto note = placeExtreme(placer, place, right + kApart, metrics)) {
        labels.push_back(*note);
    }
    return labels;
}

} // namespace sinkscope::ui
