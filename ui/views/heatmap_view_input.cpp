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
    const bool isNew = m_cells.size() > 1 || !(cell == selected());
    setSelected(cell);
    m_anchor = cell;
    m_corner = cell;
    if (isNew)
        Q_EMIT headSelected(cell.layer, cell.head);
}

void HeatmapView::choose(std::vector<HeatmapCell> cells)
{
    take(std::move(cells));
    Q_EMIT selectionChanged();
}

void HeatmapView::extendTo(HeatmapCell corner)
{
    m_corner = corner;
    std::vector<HeatmapCell> cells {m_anchor}; // it leads: its map stays on screen
    const auto [top, bottom] = std::minmax(m_anchor.layer, corner.layer);
    const auto [left, right] = std::minmax(m_anchor.head, corner.head);
    for (int layer = top; layer <= bottom; ++layer)
        for (int head = left; head <= right; ++head)
            if (const HeatmapCell cell {layer, head}; !(cell == m_anchor))
                cells.push_back(cell);
    if (cells != m_cells)
        choose(std::move(cells));
}

void HeatmapView::toggle(HeatmapCell cell)
{
    std::vector<HeatmapCell> cells = m_cells;
    const auto found = std::find(cells.begin(), cells.end(), cell);
    if (found == cells.end())
        cells.insert(cells.begin(), cell);
    else if (cells.size() > 1)
        cells.erase(found);
    m_anchor = cells.front();
    m_corner = m_anchor;
    choose(std::move(cells));
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
    if (event->key() == Qt::Key_Escape && m_cells.size() > 1) {
        select(selected());
        return;
    }
    const auto next = cellAfterKey(event->key(), extends ? m_corner : selected());
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
