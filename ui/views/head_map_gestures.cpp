// SPDX-License-Identifier: Apache-2.0
// Mouse, wheel and keys of the head map: cells, zoom and scrolling.
#include "ui/views/head_map_parts.h"
#include "ui/views/head_map_view.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QWheelEvent>

#include <algorithm>
#include <cstdlib>

namespace sinkscope::ui {

namespace {

constexpr int kWheelStep = 120; ///< eighths of a degree of one notch
constexpr int kScrollPx = 60; ///< of one notch
constexpr int kKeyScrollPx = 60; ///< of Ctrl and an arrow key

} // namespace

QString HeadMapView::zoomInWords() const
{
    const double px = m_layout.pxPerToken();
    if (px <= 0.0)
        return {};
    const QString size = px >= 1.0 ? tr("%1 px per token").arg(px, 0, 'g', 3)
                                   : tr("%1 tokens per px").arg(1.0 / px, 0, 'g', 2);
    return m_layout.isZoomed() ? size : tr("fit, %1").arg(size);
}

void HeadMapView::zoomIn()
{
    zoomAbout(zoomedIn(m_layout.pxPerToken()), zoomCentre());
}

void HeadMapView::zoomOut()
{
    zoomAbout(zoomedOut(m_layout.pxPerToken(), m_layout.fitPxPerToken()), zoomCentre());
}

void HeadMapView::zoomToFit()
{
    zoomAbout(HeadMapZoom(), zoomCentre());
}

QPoint HeadMapView::zoomCentre() const
{
    const auto cell = currentCell();
    if (cell && m_layout.isRowInView(cell->query) && m_layout.isColumnInView(cell->key))
        return m_layout.cellRect(*cell).center();
    return m_layout.mapRect().center();
}

void HeadMapView::zoomAbout(HeadMapZoom zoom, QPoint point)
{
    if (m_layout.isEmpty() || (zoom.isFit() && !m_layout.isZoomed()))
        return;
    const QPointF tokens = m_layout.tokensAt(point);
    m_zoom = zoom;
    placeMap(zoom, m_scroll); // says how large a token is then
    placeMap(zoom, m_layout.scrollFor(tokens, point));
    viewport()->update();
    Q_EMIT zoomChanged();
}

void HeadMapView::scrollTo(QPoint scroll)
{
    const QPoint before = m_scroll;
    placeMap(m_zoom, scroll);
    if (m_scroll != before)
        viewport()->update();
}

void HeadMapView::showCell(HeadMapCell cell)
{
    if (m_layout.isZoomed() && isCell(cell))
        scrollTo(m_layout.scrollToShow(cell));
}

void HeadMapView::hoverAt(QPoint point)
{
    pointAt(m_layout.cellAt(point));
}

void HeadMapView::pointAt(std::optional<HeadMapCell> cell)
{
    const auto masked = cell && !isCell(cell) ? cell : std::nullopt;
    const bool isOther = masked != m_masked;
    m_masked = masked;
    setHovered(isCell(cell) ? cell : std::nullopt);
    if (isOther)
        Q_EMIT maskedPointedAt();
}

void HeadMapView::wheelEvent(QWheelEvent *event)
{
    const QPoint angle = event->angleDelta();
    const QPoint at = event->position().toPoint();
    if (event->modifiers() & Qt::ControlModifier) {
        m_wheelAngle += angle.y();
        for (; std::abs(m_wheelAngle) >= kWheelStep;
             m_wheelAngle -= m_wheelAngle > 0 ? kWheelStep : -kWheelStep)
            zoomAbout(m_wheelAngle > 0 ? zoomedIn(m_layout.pxPerToken())
                                       : zoomedOut(m_layout.pxPerToken(), m_layout.fitPxPerToken()),
                at);
    } else if (m_layout.isZoomed()) {
        const bool isAcross = event->modifiers() & Qt::ShiftModifier;
        const QPoint turned = isAcross && angle.x() == 0 ? QPoint(angle.y(), 0) : angle;
        const QPoint px = event->pixelDelta();
        const QPoint step = px.isNull() ? turned * kScrollPx / kWheelStep
            : isAcross && px.x() == 0   ? QPoint(px.y(), 0)
                                        : px;
        scrollTo(m_scroll - step);
    } else {
        event->ignore();
        return;
    }
    hoverAt(at);
    event->accept();
}

void HeadMapView::mousePressEvent(QMouseEvent *event)
{
    const bool isPan =
        event->button() == Qt::MiddleButton || (event->button() == Qt::LeftButton && m_space != SpaceKey::Up);
    if (isPan) {
        if (m_space == SpaceKey::Down)
            m_space = SpaceKey::UsedForPan;
        if (m_layout.isZoomed()) {
            m_pan = Pan {event->pos(), m_scroll};
            viewport()->setCursor(Qt::ClosedHandCursor);
        }
        return;
    }
    const auto cell = m_layout.cellAt(event->pos());
    if (event->button() != Qt::LeftButton || !isCell(cell))
        return;
    if (event->modifiers() & Qt::ControlModifier) {
        Q_EMIT cellKept(cell->query, cell->key);
        return;
    }
    if (m_pinned == cell) {
        setPinned(std::nullopt);
        Q_EMIT pinReleased();
        return;
    }
    setPinned(cell);
    Q_EMIT cellPinned(cell->query, cell->key);
}

void HeadMapView::mouseMoveEvent(QMouseEvent *event)
{
    if (m_pan) {
        scrollTo(m_pan->scroll - (event->pos() - m_pan->from));
        return;
    }
    hoverAt(event->pos());
    // A map too small for its read-out says it at once beside the cell.
    if (m_hovered && !showsReadOut(scene()))
        showToolTip(event->pos());
}

void HeadMapView::mouseReleaseEvent(QMouseEvent *event)
{
    if (!m_pan)
        return;
    endPan();
    hoverAt(event->pos());
}

void HeadMapView::endPan()
{
    m_pan.reset();
    viewport()->setCursor(
        m_space == SpaceKey::Up || !m_layout.isZoomed() ? Qt::ArrowCursor : Qt::OpenHandCursor);
}

void HeadMapView::moveCell(int queryStep, int keyStep)
{
    if (m_data.tokenCount() == 0)
        return;
    HeadMapCell cell = currentCell().value_or(HeadMapCell {shownQuery(), shownQuery()});
    cell.query = std::clamp(cell.query + queryStep, 0, m_data.tokenCount() - 1);
    cell.key = std::clamp(cell.key + keyStep, 0, cell.query);
    m_hovered.reset();
    m_focus.keyUsed();
    setPinned(cell);
    showCell(cell);
    Q_EMIT cellPinned(cell.query, cell.key);
}

bool HeadMapView::actOnZoomKey(const QKeyEvent &event)
{
    const bool hasControl = event.modifiers() & Qt::ControlModifier;
    switch (event.key()) {
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        zoomIn();
        return true;
    case Qt::Key_Minus:
        zoomOut();
        return true;
    case Qt::Key_Z:
        if (!hasControl)
            zoomToFit();
        return !hasControl;
    case Qt::Key_0:
        if (hasControl)
            zoomToFit();
        return hasControl;
    default:
        return false;
    }
}

// Alt and an arrow move the cell, Ctrl and an arrow the map.
bool HeadMapView::moveByKey(const QKeyEvent &event)
{
    const bool hasAlt = event.modifiers() & Qt::AltModifier;
    const bool hasControl = event.modifiers() & Qt::ControlModifier;
    QPoint step;
    switch (event.key()) {
    case Qt::Key_Left:
        step = {-1, 0};
        break;
    case Qt::Key_Right:
        step = {1, 0};
        break;
    case Qt::Key_Up:
        step = {0, -1};
        break;
    case Qt::Key_Down:
        step = {0, 1};
        break;
    default:
        return false;
    }
    if (hasAlt)
        moveCell(step.y(), step.x());
    else if (hasControl)
        scrollTo(m_scroll + step * kKeyScrollPx);
    return hasAlt || hasControl;
}

// First the pinned cell, then those kept beside it.
void HeadMapView::releaseByKey()
{
    if (!m_pinned) {
        Q_EMIT keptReleased();
        return;
    }
    setPinned(std::nullopt);
    Q_EMIT pinReleased();
}

bool HeadMapView::event(QEvent *event)
{
    // Before the window's shortcut: Space may be held to move the map.
    if (event->type() == QEvent::ShortcutOverride) {
        const auto &key = static_cast<QKeyEvent &>(*event);
        if (key.key() == Qt::Key_Space && key.modifiers() == Qt::NoModifier) {
            event->accept();
            return true;
        }
    }
    return QAbstractScrollArea::event(event);
}

void HeadMapView::keyPressEvent(QKeyEvent *event)
{
    const bool isPlain = !(event->modifiers() & ~(Qt::KeypadModifier | Qt::ShiftModifier));
    const int key = event->key();
    if (moveByKey(*event) || actOnZoomKey(*event))
        return;
    if (isPlain && key == Qt::Key_L)
        Q_EMIT logToggled();
    else if (isPlain && key == Qt::Key_B)
        Q_EMIT keyZeroToggled();
    else if (isPlain && key == Qt::Key_P && currentCell()) {
        if (event->modifiers() & Qt::ShiftModifier)
            Q_EMIT cellKept(currentCell()->query, currentCell()->key);
        else
            moveCell(0, 0);
    } else if (isPlain && key == Qt::Key_Space) {
        if (!event->isAutoRepeat() && m_space == SpaceKey::Up)
            m_space = SpaceKey::Down;
        if (m_layout.isZoomed() && !m_pan)
            viewport()->setCursor(Qt::OpenHandCursor);
    } else if (key == Qt::Key_Escape && (m_pinned || !m_kept.empty()))
        releaseByKey();
    else
        event->ignore();
}

void HeadMapView::keyReleaseEvent(QKeyEvent *event)
{
    if (event->key() != Qt::Key_Space || event->isAutoRepeat() || m_space == SpaceKey::Up) {
        event->ignore();
        return;
    }
    const bool wasPressed = m_space == SpaceKey::Down;
    m_space = SpaceKey::Up;
    if (!m_pan)
        endPan();
    if (wasPressed)
        Q_EMIT sideToggled();
}

} // namespace sinkscope::ui
