// SPDX-License-Identifier: Apache-2.0
// Mouse and keys of the grid of thumbnails.
#include "ui/views/head_grid_view.h"

#include <QtGui/QKeyEvent>
#include <QtGui/QMouseEvent>
#include <QtGui/QWheelEvent>
#include <QtWidgets/QScrollBar>

#include <algorithm>

namespace sinkscope::ui {

namespace {

constexpr int kRowsPerPage = 4;

} // namespace

std::optional<int> HeadGridView::indexAtViewport(QPoint point) const
{
    return window().contains(point) ? m_layout.indexAt(point + scrolled()) : std::nullopt;
}

void HeadGridView::select(HeatmapCell cell)
{
    const bool isNew = m_selection.choose(cell);
    showCell(cell);
    describeCurrent();
    viewport()->update();
    if (isNew)
        Q_EMIT headSelected(cell.layer, cell.head);
}

void HeadGridView::extendTo(int corner)
{
    const int anchor = indexOf(m_selection.anchor());
    if (anchor < 0) { // it is not among those that are shown
        select(headOf(corner));
        return;
    }
    std::vector<HeatmapCell> box;
    for (const int index : m_layout.box(anchor, corner))
        box.push_back(headOf(index));
    const bool isNew = m_selection.extend(headOf(corner), box);
    describeCurrent();
    viewport()->update();
    if (isNew)
        Q_EMIT selectionChanged();
}

void HeadGridView::mousePressEvent(QMouseEvent *event)
{
    const auto index = indexAtViewport(event->pos());
    if (event->button() != Qt::LeftButton || !index)
        return;
    if (event->modifiers() & Qt::ControlModifier) {
        m_selection.toggle(headOf(*index));
        describeCurrent();
        viewport()->update();
        Q_EMIT selectionChanged();
        return;
    }
    m_isBoxing = true;
    if (event->modifiers() & Qt::ShiftModifier)
        extendTo(*index);
    else
        select(headOf(*index));
}

void HeadGridView::scrollTowards(QPoint point)
{
    const QRect inside = window();
    const auto beyond = [](int at, int low, int high) {
        return at < low ? at - low : at > high ? at - high : 0;
    };
    auto *across = horizontalScrollBar();
    auto *down = verticalScrollBar();
    across->setValue(across->value() + beyond(point.x(), inside.left(), inside.right()));
    down->setValue(down->value() + beyond(point.y(), inside.top(), inside.bottom()));
}

void HeadGridView::mouseMoveEvent(QMouseEvent *event)
{
    const bool isDrawing = m_isBoxing && (event->buttons() & Qt::LeftButton);
    if (isDrawing)
        scrollTowards(event->pos());
    const auto index = indexAtViewport(event->pos());
    setHovered(index ? std::optional(headOf(*index)) : std::nullopt);
    if (isDrawing && index)
        extendTo(*index);
}

void HeadGridView::mouseReleaseEvent(QMouseEvent *)
{
    m_isBoxing = false;
    viewport()->update(); // the outline of the box goes
}

void HeadGridView::mouseDoubleClickEvent(QMouseEvent *event)
{
    const auto index = indexAtViewport(event->pos());
    if (event->button() != Qt::LeftButton || !index)
        return;
    m_isBoxing = false;
    const HeatmapCell cell = headOf(*index);
    Q_EMIT headActivated(cell.layer, cell.head);
}

void HeadGridView::wheelEvent(QWheelEvent *event)
{
    if (!(event->modifiers() & Qt::ControlModifier)) {
        QAbstractScrollArea::wheelEvent(event);
        return;
    }
    if (const int turned = event->angleDelta().y(); turned != 0)
        Q_EMIT sizeStepped(turned > 0 ? 1 : -1);
    event->accept();
}

std::optional<int> HeadGridView::indexAfterKey(int key, int from) const
{
    switch (key) {
    case Qt::Key_Left:
        return m_layout.step(from, 0, -1);
    case Qt::Key_Right:
        return m_layout.step(from, 0, 1);
    case Qt::Key_Up:
        return m_layout.step(from, -1, 0);
    case Qt::Key_Down:
        return m_layout.step(from, 1, 0);
    case Qt::Key_PageUp:
        return m_layout.step(from, -kRowsPerPage, 0);
    case Qt::Key_PageDown:
        return m_layout.step(from, kRowsPerPage, 0);
    case Qt::Key_Home:
        return 0;
    case Qt::Key_End:
        return m_layout.count() - 1;
    default:
        return std::nullopt;
    }
}

void HeadGridView::keyPressEvent(QKeyEvent *event)
{
    const bool hasModifier = event->modifiers() & (Qt::AltModifier | Qt::ControlModifier);
    const bool extends = event->modifiers() & Qt::ShiftModifier;
    if (m_layout.count() == 0 || hasModifier) {
        event->ignore();
        return;
    }
    if (event->key() == Qt::Key_Plus || event->key() == Qt::Key_Minus) {
        Q_EMIT sizeStepped(event->key() == Qt::Key_Plus ? 1 : -1);
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
    const int from = indexOf(extends ? m_selection.corner() : selected());
    const auto next = from < 0 ? std::optional(0) : indexAfterKey(event->key(), from);
    if (!next || (from < 0 && !indexAfterKey(event->key(), 0))) {
        event->ignore();
        return;
    }
    m_focus.keyUsed();
    if (extends) {
        extendTo(*next);
        showCell(headOf(*next));
    } else {
        select(headOf(*next));
    }
}

void HeadGridView::focusInEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusInEvent(event);
    m_focus.focusIn(*event);
    viewport()->update();
}

void HeadGridView::focusOutEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusOutEvent(event);
    m_focus.focusOut();
    viewport()->update();
}

} // namespace sinkscope::ui
