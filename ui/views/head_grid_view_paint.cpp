// SPDX-License-Identifier: Apache-2.0
// Painting of the grid of thumbnails.
#include "ui/theme/number_format.h"
#include "ui/views/head_grid_view.h"

#include <QtGui/QPainter>
#include <QtGui/QPaintEvent>
#include <QtWidgets/QScrollBar>

#include <algorithm>
#include <cmath>

namespace sinkscope::ui {

namespace {

constexpr std::chrono::microseconds kNoLimit {std::chrono::hours {1}};

constexpr double kLeastShownChange = 0.005; ///< below: 0.00; the tool tip has all digits

/// A ring of `px` outside of `rect`.
void paintRing(QPainter &painter, const QRect &rect, int px, const QColor &colour)
{
    const QRect outer = rect.adjusted(-px, -px, px, px);
    painter.fillRect(outer.left(), outer.top(), outer.width(), px, colour);
    painter.fillRect(outer.left(), rect.bottom() + 1, outer.width(), px, colour);
    painter.fillRect(outer.left(), rect.top(), px, rect.height(), colour);
    painter.fillRect(rect.right() + 1, rect.top(), px, rect.height(), colour);
}

} // namespace

void HeadGridView::paintEvent(QPaintEvent *event)
{
    QPainter painter(viewport());
    painter.fillRect(event->rect(), m_theme.colours().canvas);
    if (m_layout.count() == 0) {
        paintEmpty(painter);
        return;
    }
    const QRect inView = window().translated(scrolled());
    const std::vector<int> indices = m_layout.indicesIn(inView);
    if (m_data.hasValues()) {
        m_pictures.makeSome(visibleHeads(), m_paintsAll ? kNoLimit : kFrameTime);
        m_idle.start(0); // the rest, and a page more
    }
    painter.save();
    painter.setClipRect(window());
    painter.translate(-scrolled());
    for (const int index : indices) {
        paintThumbnail(painter, index);
        paintWords(painter, index);
        paintRings(painter, index);
    }
    const int anchor = indexOf(m_selection.anchor());
    const int corner = indexOf(m_selection.corner());
    if (m_isBoxing && selection().size() > 1 && anchor >= 0 && corner >= 0) {
        painter.setPen(QPen(m_theme.colours().accent, 1, Qt::DashLine));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(m_layout.boxRect(anchor, corner).adjusted(-2, -2, 1, 1));
    }
    painter.restore();
    if (m_data.form == HeadGridForm::Layers)
        paintLabels(painter);
}

void HeadGridView::paintEmpty(QPainter &painter) const
{
    painter.setFont(m_theme.type().text);
    painter.setPen(m_theme.colours().secondaryText);
    const QRect room = viewport()->rect().adjusted(16, 16, -16, -16);
    painter.drawText(room, Qt::AlignHCenter | Qt::AlignTop | Qt::TextWordWrap, m_data.emptyReason);
}

void HeadGridView::paintThumbnail(QPainter &painter, int index)
{
    const HeatmapCell cell = headOf(index);
    const ThemeColours &colours = m_theme.colours();
    const QRect rect = m_layout.thumbnailRect(index);
    if (m_selection.contains(cell) && selection().size() > 1)
        painter.fillRect(m_layout.cellRect(index), colours.selection);
    const QImage *image = m_data.hasValues() ? m_pictures.find(cell) : nullptr;
    if (!image) { // being made: flat, since hatched means that it never will be
        painter.fillRect(m_pictures.size().mapRect().translated(rect.topLeft()), colours.masked);
        return;
    }
    painter.setOpacity(m_data.isStale(cell) ? kStaleShare : 1.0);
    painter.drawImage(rect.topLeft(), *image);
    painter.setOpacity(1.0);
}

// "a₀ 0.34" and, where it is not 1, the factor.
void HeadGridView::paintWords(QPainter &painter, int index) const
{
    const HeatmapCell cell = headOf(index);
    const ThemeColours &colours = m_theme.colours();
    const bool isLead = cell == selected();
    const std::size_t at = m_data.at(cell);
    if (m_data.form == HeadGridForm::Flow) {
        const QRect name = m_layout.nameRect(index);
        painter.setFont(isLead ? m_theme.type().axisBold : m_theme.type().axis);
        painter.setPen(isLead ? colours.text : colours.secondaryText);
        painter.drawText(name, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextDontClip,
            tr("L%1 H%2").arg(cell.layer).arg(cell.head));
        painter.setFont(m_theme.type().axis);
        if (!m_data.notes.empty())
            painter.drawText(name, Qt::AlignRight | Qt::AlignVCenter | Qt::TextDontClip, m_data.notes[at]);
    }
    if (!m_data.hasValues())
        return;
    const QRect caption = m_layout.captionRect(index);
    const double mass = double(m_data.lastSinkMass[at]);
    const bool isChange = m_data.mode == HeadMapMode::Difference && std::abs(mass) >= kLeastShownChange;
    const QString number = isChange ? formatChange(mass, 2) : formatFixed(mass, 2);
    const double gamma = m_data.gamma(cell);
    const QString factor = gamma == 1.0 ? QString() : tr("γ %1").arg(formatFactor(gamma));
    painter.setFont(m_theme.type().axis);
    const QFontMetrics metrics = painter.fontMetrics();
    const QString named = tr("a₀ %1").arg(number);
    const bool fits = metrics.horizontalAdvance(named + QLatin1Char(' ') + factor) <= caption.width();
    painter.setPen(m_data.isStale(cell) ? colours.dimmedText : colours.secondaryText);
    painter.drawText(caption, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextDontClip, fits ? named : number);
    painter.setPen(colours.text);
    painter.drawText(caption, Qt::AlignRight | Qt::AlignVCenter | Qt::TextDontClip, factor);
}

void HeadGridView::paintRings(QPainter &painter, int index) const
{
    const HeatmapCell cell = headOf(index);
    const ThemeColours &colours = m_theme.colours();
    const QRect rect = m_layout.thumbnailRect(index);
    if (cell == selected()) { // as in the map of heads
        paintRing(
            painter, rect.adjusted(-1, -1, 1, 1), 2, m_focus.isVisible() ? colours.accent : colours.text);
        return;
    }
    if (m_selection.contains(cell))
        paintRing(painter, rect.adjusted(-1, -1, 1, 1), 2, colours.accent);
    else if (m_hovered == cell)
        paintRing(painter, rect.adjusted(-1, -1, 1, 1), 1, colours.secondaryText);
}

void HeadGridView::paintLabels(QPainter &painter) const
{
    const ThemeColours &colours = m_theme.colours();
    const HeatmapCell own = selected();
    const auto paintLabel = [&](const QRect &rect, int flags, const QString &text, bool isOwn) {
        painter.setFont(isOwn ? m_theme.type().axisBold : m_theme.type().axis);
        painter.setPen(isOwn ? colours.text : colours.secondaryText);
        painter.drawText(rect, flags | Qt::TextDontClip, text);
    };
    const QRect inside = window();
    painter.save();
    painter.setClipRect(QRect(0, inside.top(), inside.left(), inside.height()));
    for (int row = 0; row < m_layout.rows(); ++row)
        paintLabel(m_layout.rowLabelRect(row).translated(0, -scrolled().y()),
            Qt::AlignLeft | Qt::AlignVCenter, tr("L%1").arg(row), row == own.layer);
    // Those of columns where they are whole, those of groups over what is in sight of them.
    painter.setClipRect(QRect(inside.left(), 0, inside.width(), inside.top()));
    const auto paintWhole = [&](const QRect &rect, const QString &text, bool isOwn) {
        const int half = QFontMetrics(m_theme.type().axisBold).horizontalAdvance(text) / 2;
        const int centre = rect.center().x();
        if (centre - half >= inside.left() && centre + half <= inside.right())
            paintLabel(rect, Qt::AlignCenter, text, isOwn);
    };
    for (int column = 0; column < m_layout.columns(); ++column)
        paintWhole(m_layout.columnLabelRect(column).translated(-scrolled().x(), 0), tr("H%1").arg(column),
            column == own.head);
    for (int group = 0; m_layout.showsGroupTitles() && group < m_layout.groupCount(); ++group) {
        QRect rect = m_layout.groupTitleRect(group).translated(-scrolled().x(), 0);
        rect.setLeft(std::max(rect.left(), inside.left()));
        rect.setRight(std::min(rect.right(), inside.right()));
        if (rect.width() > 0)
            paintWhole(rect, tr("KV %1").arg(group), false);
    }
    painter.restore();
}

} // namespace sinkscope::ui
