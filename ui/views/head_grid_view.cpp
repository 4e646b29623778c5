// SPDX-License-Identifier: Apache-2.0
// Data, words and scrolling of the grid of thumbnails; painting is in head_grid_view_paint.cpp, mouse and
// keys in head_grid_view_input.cpp.
#include "ui/views/head_grid_view.h"

#include "ui/theme/number_format.h"
#include "ui/theme/tool_tip.h"

#include <QtGui/QFontMetrics>
#include <QtGui/QHelpEvent>
#include <QtWidgets/QScrollBar>
#include <QtWidgets/QToolTip>

#include <algorithm>
#include <utility>

namespace sinkscope::ui {

namespace {

constexpr int kSinkPx = 8;
constexpr int kLeastFitting = 56; ///< px of a map that is as large as it fits
constexpr int kScrolling = 64; ///< where it would have to be smaller
constexpr int kGreatestFitting = 96;
constexpr int kSinkGap = 3;
constexpr int kRingRoom = 6; ///< px around a thumbnail that is scrolled into view

} // namespace

HeadGridView::HeadGridView(QWidget *parent)
    : QAbstractScrollArea(parent)
{
    setObjectName(QStringLiteral("headGrid"));
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setProperty(kOwnFocusRing, true);
    viewport()->setMouseTracking(true);
    setToolTip(inShortLines(
        tr("Click a head to select it, drag a box or hold Shift or Ctrl for several, double-click to "
           "open one. Arrow keys move by head and layer, + and - change the size.")));
    m_idle.setSingleShot(true);
    connect(&m_idle, &QTimer::timeout, this, &HeadGridView::makePictures);
    describeCurrent();
}

void HeadGridView::setTheme(const Theme &theme)
{
    m_theme = theme;
    m_pictures.setTheme(theme);
    relayout();
}

void HeadGridView::setData(HeadGridData data)
{
    const auto shape = [](const HeadGridData &of) {
        return std::tuple(of.layers, of.heads, of.groupSize, of.form, of.thumbnailPx);
    };
    const bool isSameShape = shape(data) == shape(m_data) && data.shown == m_data.shown;
    m_data = std::move(data);
    m_pictures.takeData();
    if (!isSameShape)
        relayout();
    const auto clamped = [this](HeatmapCell cell) {
        return HeatmapCell {std::clamp(cell.layer, 0, std::max(0, m_data.layers - 1)),
            std::clamp(cell.head, 0, std::max(0, m_data.heads - 1))};
    };
    std::vector<HeatmapCell> cells = selection();
    std::transform(cells.begin(), cells.end(), cells.begin(), clamped);
    m_selection.set(std::move(cells));
    if (m_hovered && indexOf(*m_hovered) < 0)
        m_hovered.reset();
    if (!isSameShape)
        showCell(selected());
    describeCurrent();
    viewport()->update();
}

void HeadGridView::setSelection(std::vector<HeatmapCell> cells)
{
    const bool isOther = cells.front() != selected();
    m_selection.set(std::move(cells));
    if (isOther)
        showCell(selected());
    describeCurrent();
    viewport()->update();
}

HeatmapCell HeadGridView::headOf(int index) const
{
    return m_data.form == HeadGridForm::Layers ? HeatmapCell {index / m_data.heads, index % m_data.heads}
                                               : m_data.shown[std::size_t(index)];
}

int HeadGridView::indexOf(HeatmapCell cell) const
{
    if (cell.layer >= m_data.layers || cell.head >= m_data.heads)
        return -1;
    return m_indices[m_data.at(cell)];
}

void HeadGridView::relayout()
{
    const QFontMetrics metrics(m_theme.type().axis);
    HeadGridLayoutInput input;
    input.form = m_data.form;
    input.layers = m_data.layers;
    input.heads = m_data.heads;
    input.groupSize = m_data.groupSize;
    input.count = int(m_data.shown.size());
    input.area = viewport()->size();
    input.lineHeight = metrics.height();
    input.labelWidth = metrics.horizontalAdvance(tr("L%1").arg(std::max(10, m_data.layers - 1)));
    input.textScale = m_theme.type().scale;
    input.thumbnail = {m_theme.type().scaled(m_data.thumbnailPx), m_theme.type().scaled(kSinkPx), kSinkGap};
    // With the scroll bar, whether it is there or not: else the one could call the other in turn.
    const int room = width() - verticalScrollBar()->sizeHint().width();
    if (m_data.thumbnailPx == 0) {
        const int fitting = HeadGridLayout::fittingMap(input, room);
        input.thumbnail.map = fitting < m_theme.type().scaled(kLeastFitting)
            ? m_theme.type().scaled(kScrolling)
            : std::min(fitting, m_theme.type().scaled(kGreatestFitting));
    }
    m_pictures.setSize(input.thumbnail);
    m_layout = HeadGridLayout(input);
    m_indices.assign(std::size_t(m_data.cellCount()), -1);
    for (int index = 0; index < m_layout.count(); ++index)
        m_indices[m_data.at(headOf(index))] = index;
    const QSize over = m_layout.contentSize() - viewport()->size();
    verticalScrollBar()->setPageStep(std::max(1, window().height()));
    verticalScrollBar()->setSingleStep(m_layout.pitch().height() / 4 + 1);
    verticalScrollBar()->setRange(0, std::max(0, over.height()));
    horizontalScrollBar()->setPageStep(std::max(1, window().width()));
    horizontalScrollBar()->setSingleStep(m_layout.pitch().width() / 4 + 1);
    horizontalScrollBar()->setRange(0, std::max(0, over.width()));
    viewport()->update();
    Q_EMIT viewChanged();
}

QPoint HeadGridView::scrolled() const
{
    return {horizontalScrollBar()->value(), verticalScrollBar()->value()};
}

QRect HeadGridView::window() const
{
    const bool isFlow = m_data.form == HeadGridForm::Flow;
    const int left = isFlow ? 0 : m_layout.labelsWidth() - kRingRoom;
    const int top = isFlow ? 0 : m_layout.headerHeight() - kRingRoom;
    return {left, top, viewport()->width() - left, viewport()->height() - top};
}

std::vector<HeatmapCell> HeadGridView::headsIn(const QRect &content) const
{
    std::vector<HeatmapCell> heads;
    for (const int index : m_layout.indicesIn(content))
        heads.push_back(headOf(index));
    return heads;
}

std::vector<HeatmapCell> HeadGridView::visibleHeads() const
{
    return headsIn(window().translated(scrolled()));
}

bool HeadGridView::isComplete()
{
    const std::vector<HeatmapCell> heads = visibleHeads();
    return m_data.hasValues() && std::all_of(heads.begin(), heads.end(), [this](HeatmapCell head) {
        return m_pictures.isCurrent(head);
    });
}

void HeadGridView::makePictures()
{
    if (!m_data.hasValues() || !isVisible())
        return;
    if (!isComplete()) {
        viewport()->update(); // the frame makes them
        return;
    }
    const QRect inView = window().translated(scrolled());
    const QRect around = inView.adjusted(0, -inView.height(), 0, inView.height());
    const std::vector<HeatmapCell> heads = headsIn(around);
    const QSize size = m_pictures.size().whole();
    const std::size_t needed = heads.size() * std::size_t(size.width()) * std::size_t(size.height()) * 4;
    if (needed <= m_pictures.budget() && !m_pictures.makeSome(heads, kFrameTime))
        m_idle.start(0);
}

void HeadGridView::showCell(HeatmapCell cell)
{
    const int index = indexOf(cell);
    if (index < 0)
        return;
    const QRect rect = m_layout.cellRect(index).translated(-scrolled());
    const QRect inside = window();
    const auto shift = [](int from, int to, int low, int high) {
        return from < low ? from - low : to > high ? to - high : 0;
    };
    auto *across = horizontalScrollBar();
    auto *down = verticalScrollBar();
    across->setValue(across->value() + shift(rect.left(), rect.right(), inside.left(), inside.right()));
    const int by = shift(rect.top(), rect.bottom(), inside.top(), inside.bottom());
    const int pitch = m_layout.pitch().height();
    const int wanted = down->value() + by;
    if (by != 0) // whole rows from the top: none is cut there
        down->setValue(by > 0 ? (wanted + pitch - 1) / pitch * pitch : wanted);
}

QRect HeadGridView::thumbnailRect(HeatmapCell cell) const
{
    const int index = indexOf(cell);
    return index < 0 ? QRect() : m_layout.thumbnailRect(index).translated(-scrolled());
}

QPoint HeadGridView::viewportPoint(HeatmapCell cell) const
{
    return thumbnailRect(cell).center();
}

QString HeadGridView::cellInWords(HeatmapCell cell) const
{
    if (m_data.cellCount() == 0)
        return tr("No model");
    QString words = tr("Layer %1 head %2").arg(cell.layer).arg(cell.head);
    if (m_data.groupSize > 1)
        words += tr(" (KV %1)").arg(cell.head / m_data.groupSize);
    if (!m_data.hasValues())
        return words;
    const std::size_t at = m_data.at(cell);
    const double mass = double(m_data.lastSinkMass[at]);
    if (m_data.mode == HeadMapMode::Difference)
        words += tr(", change of the last row's attention to key 0 %1").arg(formatChange(mass, 4));
    else
        words += tr(", attention of the last row to key 0 %1").arg(formatFixed(mass, 4));
    if (m_data.mode == HeadMapMode::Edited && !m_data.baselineSinkMass.empty())
        words += tr(" (baseline %1)").arg(formatFixed(double(m_data.baselineSinkMass[at]), 4));
    if (m_data.gamma(cell) != 1.0)
        words += tr(", factor %1").arg(formatFactor(m_data.gamma(cell)));
    if (!m_data.captured[at])
        words += tr(". Not captured: %1").arg(m_data.notCapturedReason);
    return words;
}

QString HeadGridView::currentInWords() const
{
    if (m_hovered || selection().size() == 1)
        return cellInWords(m_hovered.value_or(selected()));
    const auto [first, last] = std::minmax_element(selection().begin(), selection().end(),
        [](HeatmapCell one, HeatmapCell other) { return one.layer < other.layer; });
    const QString layers = first->layer == last->layer
        ? tr("layer %1").arg(first->layer)
        : tr("layers %1 to %2").arg(first->layer).arg(last->layer);
    return tr("%1 heads selected, %2. Shift or Ctrl adds, Esc leaves one.")
        .arg(selection().size())
        .arg(layers);
}

void HeadGridView::describeCurrent()
{
    const QString lead = cellInWords(selected());
    setAccessibleName(selection().size() == 1 ? tr("Heads side by side: %1").arg(lead)
                                              : tr("%1 heads, first: %2").arg(selection().size()).arg(lead));
}

void HeadGridView::setHovered(std::optional<HeatmapCell> cell)
{
    if (cell == m_hovered)
        return;
    m_hovered = cell;
    viewport()->update();
    Q_EMIT hoveredChanged();
}

bool HeadGridView::viewportEvent(QEvent *event)
{
    if (event->type() == QEvent::Leave)
        setHovered(std::nullopt);
    if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        if (const auto index = indexAtViewport(help->pos()))
            QToolTip::showText(help->globalPos(), inShortLines(cellInWords(headOf(*index))), viewport(),
                m_layout.cellRect(*index).translated(-scrolled()));
        else
            QToolTip::hideText();
        return true;
    }
    return QAbstractScrollArea::viewportEvent(event);
}

void HeadGridView::resizeEvent(QResizeEvent *)
{
    relayout();
    showCell(selected());
}

void HeadGridView::scrollContentsBy(int, int)
{
    viewport()->update(); // labels stand still while thumbnails move
    Q_EMIT viewChanged();
}

} // namespace sinkscope::ui
