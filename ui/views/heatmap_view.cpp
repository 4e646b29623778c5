// SPDX-License-Identifier: Apache-2.0
// Data and words of the layer x head map; painting is in heatmap_view_paint.cpp, mouse and keys in
// heatmap_view_input.cpp.
#include "ui/views/heatmap_view.h"

#include "ui/theme/number_format.h"
#include "ui/theme/tool_tip.h"

#include <QFontMetrics>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QScrollBar>
#include <QToolTip>

#include <algorithm>
#include <cmath>
#include <utility>

namespace sinkscope::ui {

namespace {

constexpr int kRingRoom = 4; ///< px around the cells for the ring of the selected one
constexpr double kFactorDecades = 2.0; ///< the factor scale reaches from 10^-2 to 10^2

} // namespace

HeatmapView::HeatmapView(QWidget *parent)
    : QAbstractScrollArea(parent)
{
    setObjectName(QStringLiteral("heatmapView"));
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setProperty(kOwnFocusRing, true);
    viewport()->setMouseTracking(true);
    verticalScrollBar()->setSingleStep(14);
    horizontalScrollBar()->setSingleStep(14);
    setToolTip(inShortLines(
        tr("Click a head to select it. Arrow keys move by head and layer, Page Up and Page Down by "
           "four layers.")));
    describeCurrent();
}

void HeatmapView::setTheme(const Theme &theme)
{
    m_theme = theme;
    relayout();
}

void HeatmapView::setData(const HeatmapData &data)
{
    const bool hasSameShape = data.title == m_data.title && data.layers == m_data.layers
        && data.heads == m_data.heads && data.groupSize == m_data.groupSize;
    m_data = data;
    std::vector<HeatmapCell> cells = selection();
    for (HeatmapCell &cell : cells)
        cell = stepCell(m_data, cell, 0, 0);
    m_selection.set(std::move(cells));
    if (m_hovered && (m_hovered->layer >= m_data.layers || m_hovered->head >= m_data.heads))
        m_hovered.reset();
    if (!hasSameShape)
        relayout();
    describeCurrent();
    viewport()->update();
}

void HeatmapView::setSelected(HeatmapCell cell)
{
    setSelection({cell});
}

void HeatmapView::setSelection(std::vector<HeatmapCell> cells)
{
    for (HeatmapCell &cell : cells)
        cell = stepCell(m_data, cell, 0, 0);
    m_selection.set(std::move(cells));
    showSelection();
}

void HeatmapView::showSelection()
{
    showCell(selected());
    describeCurrent();
    viewport()->update();
}

double HeatmapView::shareOf(HeatmapCell cell) const
{
    const double value = m_data.values[m_data.at(cell)];
    switch (m_data.scale) {
    case HeatmapScale::SinkRamp:
        return value;
    case HeatmapScale::Sequential:
        return m_data.maximum > m_data.minimum ? (value - m_data.minimum) / (m_data.maximum - m_data.minimum)
                                               : 0.0;
    case HeatmapScale::Diverging:
        return m_data.maximum > 0.0 ? 0.5 + 0.5 * value / m_data.maximum : 0.5;
    case HeatmapScale::Factor:
        return value > 0.0 ? 0.5 + 0.5 * std::log10(value) / kFactorDecades : 0.0;
    }
    return 0.0;
}

const ColourMap &HeatmapView::map() const
{
    switch (m_data.scale) {
    case HeatmapScale::SinkRamp:
        return m_theme.sink();
    case HeatmapScale::Sequential:
        return m_theme.attentionMap();
    case HeatmapScale::Diverging:
    case HeatmapScale::Factor:
        break;
    }
    return m_theme.diverging();
}

QColor HeatmapView::cellColour(HeatmapCell cell) const
{
    const QColor full = map().colour(shareOf(cell));
    const bool isStale = m_data.firstStaleLayer >= 0 && cell.layer >= m_data.firstStaleLayer;
    return isStale ? blended(full, m_theme.colours().window, kStaleShare) : full;
}

QString HeatmapView::valueInWords(HeatmapCell cell) const
{
    const double value = m_data.values.isEmpty() ? std::nan("") : double(m_data.values[m_data.at(cell)]);
    if (!m_data.hasValues() && !m_data.missingReason.isEmpty())
        return m_data.shortMeasure + QStringLiteral(": ") + m_data.missingReason;
    if (std::isnan(value))
        return tr("%1 not known").arg(m_data.shortMeasure);
    const int decimals = m_data.unit.isEmpty() ? 4 : 3;
    QString number = formatFixed(value, decimals);
    if (m_data.scale == HeatmapScale::Diverging)
        number = formatChange(value, decimals);
    if (m_data.scale == HeatmapScale::Factor)
        number = formatFactor(value);
    const QString words = m_data.shortMeasure + QLatin1Char(' ') + number;
    return m_data.unit.isEmpty() ? words : words + QLatin1Char(' ') + m_data.unit;
}

QString HeatmapView::cellInWords(HeatmapCell cell) const
{
    if (m_data.cellCount() == 0)
        return tr("No model");
    QString words = tr("Layer %1 head %2").arg(cell.layer).arg(cell.head);
    if (m_data.groupSize > 1)
        words += tr(" (KV %1)").arg(cell.head / m_data.groupSize);
    if (m_data.scale == HeatmapScale::Factor)
        return words + tr(", factor %1").arg(formatFactor(m_data.gamma(cell)));
    words += QStringLiteral(", ") + valueInWords(cell);
    if (m_data.gamma(cell) != 1.0)
        words += tr(", factor %1").arg(formatFactor(m_data.gamma(cell)));
    if (m_data.hasOtherEdit(cell))
        words += tr(", with another edit");
    return words;
}

void HeatmapView::describeCurrent()
{
    const QString lead = cellInWords(selected());
    setAccessibleName(selection().size() == 1 ? tr("Heads: %1").arg(lead)
                                              : tr("%1 heads, first: %2").arg(selection().size()).arg(lead));
}

void HeatmapView::relayout()
{
    const QFontMetrics metrics(m_theme.type().axis);
    HeatmapLayoutInput input;
    input.layers = m_data.layers;
    input.heads = m_data.heads;
    input.groupSize = m_data.groupSize;
    input.area = viewport()->size();
    input.digitPx = metrics.horizontalAdvance(QLatin1Char('0'));
    input.axisHeightPx = metrics.height();
    input.legendPx = legendWidth(metrics);
    input.titleLines = kTitleLines; // also for a short one: the cells keep their place when another is chosen
    m_layout = HeatmapLayout(input);
    if (std::exchange(m_leastHeight, m_layout.leastHeight()) != m_layout.leastHeight())
        updateGeometry();
    const QSize over = m_layout.contentSize() - viewport()->size();
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setRange(0, std::max(0, over.height()));
    horizontalScrollBar()->setPageStep(viewport()->width());
    horizontalScrollBar()->setRange(0, std::max(0, over.width()));
    viewport()->update();
}

QString HeatmapView::barTitle() const
{
    const QFontMetrics metrics(m_theme.type().axis);
    const QString &title = m_data.title;
    if (metrics.horizontalAdvance(title) <= m_layout.visibleWidth())
        return title;
    int split = -1; // the last space before which the words fit
    for (int space = title.indexOf(QLatin1Char(' ')); space >= 0;
         space = title.indexOf(QLatin1Char(' '), space + 1)) {
        if (metrics.horizontalAdvance(title.left(space)) <= m_layout.visibleWidth())
            split = space;
    }
    if (split < 0)
        return title;
    return title.left(split) + QLatin1Char('\n')
        + metrics.elidedText(title.mid(split + 1), Qt::ElideRight, m_layout.visibleWidth());
}

QPoint HeatmapView::scrolled() const
{
    return {horizontalScrollBar()->value(), verticalScrollBar()->value()};
}

QRect HeatmapView::mapWindow() const
{
    const QPoint origin = m_layout.mapRect().topLeft();
    const int end = m_layout.isLegendPinned() ? m_layout.barRect().top() - kRingRoom : viewport()->height();
    return {origin.x() - kRingRoom, origin.y() - kRingRoom, viewport()->width() - origin.x() + kRingRoom,
        end - origin.y() + kRingRoom};
}

int HeatmapView::legendShift() const
{
    return m_layout.isLegendPinned() ? 0 : -scrolled().y();
}

QString HeatmapView::legendToolTip(QPoint point) const
{
    const QPoint content = point - QPoint(0, legendShift());
    if (m_data.cellCount() == 0)
        return QString();
    if (m_layout.barRect().contains(content))
        return tr("Colour of a head: %1").arg(m_data.title);
    if (m_layout.legendRect().contains(content))
        return tr(
            "A triangle up marks a head whose factor is above 1, a triangle down one below 1, a rhombus "
            "one with an edit of another kind. Layer 0 stands at the top.");
    return QString();
}

std::optional<HeatmapCell> HeatmapView::cellAtViewport(QPoint point) const
{
    if (!mapWindow().contains(point))
        return std::nullopt;
    return m_layout.cellAt(point + scrolled());
}

QPoint HeatmapView::viewportPoint(HeatmapCell cell) const
{
    return m_layout.cellRect(cell).center() - scrolled();
}

void HeatmapView::showCell(HeatmapCell cell)
{
    if (m_data.cellCount() == 0)
        return;
    const QRect rect = m_layout.cellRect(cell).adjusted(-4, -4, 4, 4).translated(-scrolled());
    const QRect window = mapWindow();
    const auto shift = [](int from, int to, int low, int high) {
        return from < low ? from - low : to > high ? to - high : 0;
    };
    auto *across = horizontalScrollBar();
    auto *down = verticalScrollBar();
    across->setValue(across->value() + shift(rect.left(), rect.right(), window.left(), window.right()));
    down->setValue(down->value() + shift(rect.top(), rect.bottom(), window.top(), window.bottom()));
}

void HeatmapView::setHovered(std::optional<HeatmapCell> cell)
{
    if (cell == m_hovered)
        return;
    m_hovered = cell;
    viewport()->update();
    Q_EMIT headHovered(cell ? cell->layer : -1, cell ? cell->head : -1);
}

bool HeatmapView::viewportEvent(QEvent *event)
{
    if (event->type() == QEvent::Leave)
        setHovered(std::nullopt);
    if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        const auto cell = cellAtViewport(help->pos());
        if (!cell) {
            const QString text = legendToolTip(help->pos());
            if (text.isEmpty())
                QToolTip::hideText();
            else
                QToolTip::showText(help->globalPos(), inShortLines(text), viewport());
            return true;
        }
        const QRect rect = m_layout.cellRect(*cell).translated(-scrolled());
        QToolTip::showText(viewport()->mapToGlobal(rect.bottomRight() + QPoint(2, 2)),
            inShortLines(cellInWords(*cell)), viewport(), rect);
        return true;
    }
    return QAbstractScrollArea::viewportEvent(event);
}

void HeatmapView::resizeEvent(QResizeEvent *)
{
    relayout();
    showCell(selected());
}

void HeatmapView::focusInEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusInEvent(event);
    m_focus.focusIn(*event);
    viewport()->update();
}

void HeatmapView::focusOutEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusOutEvent(event);
    m_focus.focusOut();
    viewport()->update();
}

void HeatmapView::changeEvent(QEvent *event)
{
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::EnabledChange || event->type() == QEvent::LanguageChange)
        viewport()->update();
}

QSize HeatmapView::sizeHint() const
{
    return {304, 620};
}

QSize HeatmapView::minimumSizeHint() const
{
    return {160, std::max(160, m_leastHeight)};
}

} // namespace sinkscope::ui
