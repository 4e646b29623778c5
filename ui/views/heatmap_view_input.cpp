// SPDX-License-Identifier: Apache-2.0
// Mouse and keys of the layer x head map.
#include "ui/views/heatmap_view.h"

#include <QtGui/QKeyEvent>
#include <QtGui/QMouseEvent>

#include <algorithm>

namespace sinkscope::ui {

namespace {

constexpr int kLayersPerPage = 4;

} // namespace

void HeatmapView::select(HeatmapCell cell)
{
    const bool isNew = m_selection.choose(cell);
    showSelection();
    if (isNew)
        Q_EMIT headSelected(cell.layer, cell.head);
}

void HeatmapView::extendTo(HeatmapCell corner)
{
    const HeatmapCell anchor = m_selection.anchor();
    std::vector<HeatmapCell> box;
    const auto [top, bottom] = std::minmax(anchor.layer, corner.layer);
    const auto [left, right] = std::minmax(anchor.head, corner.head);
    for (int layer = top; layer <= bottom; ++layer)
        for (int head = left; head <= right; ++head)
            box.push_back({layer, head});
    if (!m_selection.extend(corner, box))
        return;
    showSelection();
    Q_EMIT selectionChanged();
}

void HeatmapView::toggle(HeatmapCell cell)
{
    m_selection.toggle(cell);
    showSelection();
    Q_EMIT selectionChanged();
}

void HeatmapView::mousePressEvent(QMouseEvent *event)
{
    const auto cell = cellAtViewport(event->pos());
    if (event->button() != Qt::LeftButton || !cell)
        return;
    if (event->modifiers() & Qt::ControlModifier) {
        toggle(*cell);
        return;
    }
    m_isBoxing = true;
    if (event->modifiers() & Qt::ShiftModifier)
        extendTo(*cell);
    else
        select(*cell);
}

void HeatmapView::mouseMoveEvent(QMouseEvent *event)
{
    const auto cell = cellAtViewport(event->pos());
    setHovered(cell);
    if (m_isBoxing && (event->buttons() & Qt::LeftButton) && cell)
        extendTo(*cell);
}

void HeatmapView::mouseReleaseEvent(QMouseEvent *)
{
    m_isBoxing = false;
}

void HeatmapView::mouseDoubleClickEvent(QMouseEvent *event)
{
    const auto cell = cellAtViewport(event->pos());
    if (event->button() == Qt::LeftButton && cell)
        Q_EMIT headActivated(cell->layer, cell->head);
}

std::optional<HeatmapCell> HeatmapView::cellAfterKey(int key, HeatmapCell from) const
{
    switch (key) {
    case Qt::Key_Left:
        return stepCell(m_data, from, 0, -1);
    case Qt::Key_Right:
        return stepCell(m_data, from, 0, 1);
    case Qt::Key_Up:
        return stepCell(m_data, from, -1, 0);
    case Qt::Key_Down:
        return stepCell(m_data, from, 1, 0);
    case Qt::Key_PageUp:
        return stepCell(m_data, from, -kLayersPerPage, 0);
    case Qt::Key_PageDown:
        return stepCell(m_data, from, kLayersPerPage, 0);
    case Qt::Key_Home:
        return HeatmapCell {0, 0};
    case Qt::Key_End:
        return HeatmapCell {m_data.layers - 1, m_data.heads - 1};
    default:
        return std::nullopt;
    }
}

void HeatmapView::keyPressEvent(QKeyEvent *event)
{
    const bool hasModifier = event->modifiers() & (Qt::AltModifier | Qt::ControlModifier);
    const bool extends = event->modifiers() & Qt::ShiftModifier;
    if (m_data.cellCount() == 0 || hasModifier) {
        event->ignore();
        return;
    }
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
        Q_EMIT headActivated(selected().layer, selected().head);
        return;
    }
    if (event->key() == Qt::Key_Escape && selection().size() > 1) {
        select(selected());
        return;
    }
    const auto next = cellAfterKey(event->key(), extends ? m_selection.corner() : selected());
    if (!next) {
        event->ignore();
        return;
    }
    m_focus.keyUsed();
    viewport()->update();
    if (extends) {
        extendTo(*next);
        showCell(*next);
    } else {
        select(*next);
    }
}

} // namespace sinkscope::ui
