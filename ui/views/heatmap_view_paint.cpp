// SPDX-License-Identifier: Apache-2.0
// Painting of the layer x head map.
#include "ui/theme/number_format.h"
#include "ui/views/colour_bar.h"
#include "ui/views/heatmap_view.h"

#include <QPainter>
#include <QPaintEvent>

#include <algorithm>
#include <cmath>

namespace sinkscope::ui {

namespace {

constexpr int kSide = 8; ///< px of a triangle in the legend
constexpr int kMarkGap = 4; ///< to its words
constexpr int kEntryGap = 12; ///< to the next one
constexpr int kReasonMargin = 20; ///< px between the map's edge and the words over it

enum class Mark { Up, Down, Other };

// The corners of a triangle, or of a rhombus.
QPolygonF cornersOf(const QRectF &box, Mark mark)
{
    const QPointF centre = box.center();
    if (mark == Mark::Other)
        return QVector<QPointF> {{centre.x(), box.top()}, {box.right(), centre.y()},
            {centre.x(), box.bottom()}, {box.left(), centre.y()}};
    const double tip = mark == Mark::Up ? box.top() : box.bottom();
    const double foot = mark == Mark::Up ? box.bottom() : box.top();
    return QVector<QPointF> {{centre.x(), tip}, {box.right(), foot}, {box.left(), foot}};
}

// A mark inside `box` with a rim in `rim`, so that it stands out on every cell.
void paintMark(QPainter &painter, const QRectF &box, Mark mark, const QColor &fill, const QColor &rim)
{
    const QPolygonF corners = cornersOf(box, mark);
    painter.setRenderHint(QPainter::Antialiasing, true);
    painter.setPen(QPen(rim, 2, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
    painter.setBrush(rim);
    painter.drawConvexPolygon(corners);
    painter.setPen(Qt::NoPen);
    painter.setBrush(fill);
    painter.drawConvexPolygon(corners);
    painter.setRenderHint(QPainter::Antialiasing, false);
}

// A ring of `px` outside of `rect`, whole px.
void paintRing(QPainter &painter, const QRect &rect, int px, const QColor &colour)
{
    const QRect outer = rect.adjusted(-px, -px, px, px);
    painter.fillRect(outer.left(), outer.top(), outer.width(), px, colour);
    painter.fillRect(outer.left(), outer.bottom() - px + 1, outer.width(), px, colour);
    painter.fillRect(outer.left(), rect.top(), px, rect.height(), colour);
    painter.fillRect(outer.right() - px + 1, rect.top(), px, rect.height(), colour);
}

} // namespace

void HeatmapView::paintEvent(QPaintEvent *event)
{
    QPainter painter(viewport());
    painter.fillRect(event->rect(), m_theme.colours().window);
    if (m_data.cellCount() == 0)
        return;
    painter.save();
    painter.setClipRect(mapWindow());
    painter.translate(-scrolled());
    paintCells(painter, event->rect().translated(scrolled()));
    paintMarks(painter);
    paintSelection(painter);
    painter.restore();
    paintMissing(painter);
    paintLabels(painter);
    painter.translate(0, legendShift());
    paintBar(painter);
    paintLegend(painter);
}

void HeatmapView::paintCells(QPainter &painter, const QRect &dirty) const
{
    if (!m_data.hasValues()) {
        // Nothing computed yet: flat, since hatched means that it never will be.
        painter.fillRect(m_layout.mapRect(), m_theme.colours().masked);
        return;
    }
    for (int layer = 0; layer < m_data.layers; ++layer) {
        for (int head = 0; head < m_data.heads; ++head) {
            const HeatmapCell cell {layer, head};
            const QRect rect = m_layout.cellRect(cell);
            if (!rect.intersects(dirty))
                continue;
            if (std::isnan(m_data.values[m_data.at(cell)]))
                paintHatched(painter, rect, m_theme);
            else
                painter.fillRect(rect, cellColour(cell));
        }
    }
}

void HeatmapView::paintMissing(QPainter &painter) const
{
    if (m_data.hasValues() || m_data.missingReason.isEmpty())
        return;
    const ThemeColours &colours = m_theme.colours();
    const QRect visible = m_layout.mapRect().translated(-scrolled()) & viewport()->rect();
    const QRect room = visible.adjusted(kReasonMargin, kReasonMargin, -kReasonMargin, -kReasonMargin);
    painter.setFont(m_theme.type().text);
    painter.setPen(colours.text);
    const int flags = Qt::AlignCenter | Qt::TextWordWrap;
    const QRect text = painter.boundingRect(room, flags, m_data.missingReason);
    painter.fillRect(text.adjusted(-8, -8, 8, 8), colours.window);
    painter.drawText(room, flags, m_data.missingReason);
}

void HeatmapView::paintMarks(QPainter &painter) const
{
    const ThemeColours &colours = m_theme.colours();
    for (std::size_t position = 0; position < m_data.gammas.size(); ++position) {
        const HeatmapCell cell {int(position) / m_data.heads, int(position) % m_data.heads};
        const double gamma = m_data.gammas[position];
        const bool hasOther = m_data.hasOtherEdit(cell);
        if (gamma == 1.0 && !hasOther)
            continue;
        const QRect rect = m_layout.cellRect(cell);
        const int side = std::clamp(rect.height() - 5, 5, 8);
        const bool isAlone = rect.width() < 2 * side;
        const int top = rect.top() + (rect.height() - side) / 2;
        const QRectF atRight(
            isAlone ? rect.left() + (rect.width() - side) / 2.0 : rect.right() - side - 2.0, top, side, side);
        const QRectF atLeft(isAlone ? atRight.left() : rect.left() + 2.0, top, side, side);
        if (hasOther && !(isAlone && gamma != 1.0)) // a factor is told first where there is room for one
            paintMark(painter, atLeft, Mark::Other, colours.text, colours.window);
        if (gamma != 1.0)
            paintMark(painter, atRight, gamma > 1.0 ? Mark::Up : Mark::Down,
                gamma > 1.0 ? colours.more : colours.less, colours.window);
    }
}

void HeatmapView::paintSelection(QPainter &painter) const
{
    const ThemeColours &colours = m_theme.colours();
    if (m_hovered && !(*m_hovered == selected()))
        paintRing(painter, m_layout.cellRect(*m_hovered), 1, colours.text);
    for (const HeatmapCell other : selection()) {
        if (other == selected())
            continue;
        paintRing(painter, m_layout.cellRect(other).adjusted(1, 1, -1, -1), 1, colours.canvas);
        paintRing(painter, m_layout.cellRect(other), 2, colours.accent);
    }
    const QRect cell = m_layout.cellRect(selected());
    paintRing(painter, cell.adjusted(1, 1, -1, -1), 1, colours.canvas);
    paintRing(painter, cell, 2, m_focus.isVisible() ? colours.accent : colours.text);
    paintRing(painter, cell.adjusted(-2, -2, 2, 2), 1, colours.canvas);
}

void HeatmapView::paintLabels(QPainter &painter) const
{
    const ThemeColours &colours = m_theme.colours();
    // Those of the selected head and of the one under the pointer, which both are looked for.
    const HeatmapCell own = selected();
    const HeatmapCell current = m_hovered.value_or(own);
    const auto paintLabel = [&](const QRect &rect, int flags, int number, bool isCurrent) {
        painter.setFont(isCurrent ? m_theme.type().axisBold : m_theme.type().axis);
        painter.setPen(isCurrent ? colours.text : colours.secondaryText);
        painter.drawText(rect, flags | Qt::TextDontClip, QString::number(number));
    };
    const QRect map = mapWindow();
    painter.save();
    painter.setClipRect(QRect(0, map.top(), map.left(), map.height()));
    const QRect ownRow = m_layout.rowLabelRect(current.layer);
    for (int layer = 0; layer < m_data.layers; ++layer) {
        const QRect rect = m_layout.rowLabelRect(layer);
        const bool isCurrent = layer == current.layer || layer == own.layer;
        if (isCurrent
            || (m_layout.showsRowLabel(layer) && std::abs(rect.top() - ownRow.top()) >= rect.height() - 2
                && std::abs(rect.top() - m_layout.rowLabelRect(own.layer).top()) >= rect.height() - 2))
            paintLabel(
                rect.translated(0, -scrolled().y()), Qt::AlignRight | Qt::AlignVCenter, layer, isCurrent);
    }
    painter.setClipRect(QRect(map.left(), 0, map.width(), map.top()));
    const QRect ownColumn = m_layout.columnLabelRect(current.head);
    const int needed = painter.fontMetrics().horizontalAdvance(QStringLiteral("00")) + 3;
    for (int head = 0; head < m_data.heads; ++head) {
        const QRect rect = m_layout.columnLabelRect(head);
        const bool isCurrent = head == current.head || head == own.head;
        const bool isFree = std::abs(rect.center().x() - ownColumn.center().x()) >= needed
            && std::abs(rect.center().x() - m_layout.columnLabelRect(own.head).center().x()) >= needed;
        const QRect shown = rect.translated(-scrolled().x(), 0);
        const bool isWhole = shown.center().x() - needed / 2 >= map.left(); // not half scrolled away
        if (isWhole && (isCurrent || (m_layout.showsColumnLabel(head) && isFree)))
            paintLabel(shown, Qt::AlignCenter, head, isCurrent);
    }
    painter.setFont(m_theme.type().axis);
    painter.setPen(colours.secondaryText);
    for (int group = 0; m_layout.showsGroupTitles() && group < m_layout.groupCount(); ++group) {
        const QRect rect = m_layout.groupTitleRect(group).translated(-scrolled().x(), 0);
        const QString full = tr("KV %1").arg(group);
        const bool fits = painter.fontMetrics().horizontalAdvance(full) <= rect.width();
        painter.drawText(rect, Qt::AlignCenter | Qt::TextDontClip, fits ? full : QString::number(group));
    }
    painter.restore();
}

void HeatmapView::paintBar(QPainter &painter) const
{
    ColourBar bar {barTitle(), &map(), {}};
    switch (m_data.scale) {
    case HeatmapScale::SinkRamp:
        bar.ticks = ColourScale::unit().ticks();
        break;
    case HeatmapScale::Sequential:
        bar.ticks = ColourScale::linear(m_data.minimum, m_data.maximum).ticks();
        break;
    case HeatmapScale::Diverging:
        bar.ticks = ColourScale::symmetric(m_data.maximum).ticks();
        break;
    case HeatmapScale::Factor:
        for (const double decade : {-2.0, 2.0, 0.0, -1.0, 1.0})
            bar.ticks.push_back({0.5 + decade / 4.0, formatTick(std::pow(10.0, decade))});
        break;
    }
    if (!m_data.hasValues() && !m_data.missingReason.isEmpty()) // a range would be made up
        bar.ticks.clear();
    const int unused = kTitleLines - 1 - int(bar.title.count(QLatin1Char('\n')));
    painter.setFont(m_theme.type().axis);
    paintColourBar(
        painter, m_layout.barRect().adjusted(0, unused * painter.fontMetrics().height(), 0, 0), bar, m_theme);
}

int HeatmapView::legendWidth(const QFontMetrics &metrics)
{
    int width = 0;
    for (const QString &factor : {tr("γ > 1"), tr("γ < 1")})
        width += kSide + kMarkGap + metrics.horizontalAdvance(factor) + kEntryGap;
    return width + metrics.horizontalAdvance(tr("layer 0 at the top"));
}

void HeatmapView::paintLegend(QPainter &painter) const
{
    const ThemeColours &colours = m_theme.colours();
    const QRect rect = m_layout.legendRect();
    painter.setFont(m_theme.type().axis);
    const QFontMetrics metrics = painter.fontMetrics();
    const int markTop = rect.top() + (metrics.height() - kSide) / 2;
    int x = rect.left();
    const auto paintEntry = [&](Mark mark, const QColor &colour, const QString &text) {
        paintMark(painter, QRectF(x, markTop, kSide, kSide), mark, colour, colours.window);
        painter.setPen(colours.secondaryText);
        painter.drawText(QRect(x + kSide + kMarkGap, rect.top(), rect.width(), metrics.height()),
            Qt::AlignLeft | Qt::AlignVCenter, text);
        x += kSide + kMarkGap + metrics.horizontalAdvance(text) + kEntryGap;
    };
    paintEntry(Mark::Up, colours.more, tr("γ > 1"));
    paintEntry(Mark::Down, colours.less, tr("γ < 1"));
    if (std::count(m_data.otherEdits.begin(), m_data.otherEdits.end(), 1) > 0)
        paintEntry(Mark::Other, colours.text, tr("other edit"));
    const int side = rect.height() >= 2 * metrics.height() ? Qt::AlignLeft | Qt::AlignBottom
                                                           : Qt::AlignRight | Qt::AlignVCenter;
    QString order = tr("layer 0 at the top");
    const bool isBelow = (side & Qt::AlignBottom) != 0;
    if (!isBelow && x + metrics.horizontalAdvance(order) > rect.right())
        order = tr("0 at the top");
    if (isBelow || x + metrics.horizontalAdvance(order) <= rect.right()) // the numbers of layers say it too
        painter.drawText(rect, side | Qt::TextDontClip, order);
}

} // namespace sinkscope::ui
