// SPDX-License-Identifier: Apache-2.0
// Room for a panel in a window that is too small for it.
#include "ui/panels/panel_scroll.h"

#include <QtCore/QEvent>
#include <QtWidgets/QScrollBar>

namespace sinkscope::ui {

PanelScroll::PanelScroll(ui::Panel *panel, QWidget *parent)
    : QScrollArea(parent)
{
    setFrameShape(NoFrame);
    setFocusPolicy(Qt::NoFocus);
    setWidget(panel);
}

void PanelScroll::setGreatestLeast(const QSize &size)
{
    if (size == m_greatestLeast)
        return;
    m_greatestLeast = size;
    updateGeometry();
}

QSize PanelScroll::sizeHint() const
{
    return widget()->sizeHint();
}

QSize PanelScroll::minimumSizeHint() const
{
    QSize least = widget()->minimumSizeHint();
    if (least.height() > m_greatestLeast.height()) // room for the bar, so that it hides nothing
        least.rwidth() += verticalScrollBar()->sizeHint().width();
    return least.boundedTo(m_greatestLeast);
}

bool PanelScroll::viewportEvent(QEvent *event)
{
    if (event->type() == QEvent::LayoutRequest) { // the panel's least size changed, and with it ours
        updateGeometry();
        fitPanel();
    }
    return QScrollArea::viewportEvent(event);
}

void PanelScroll::resizeEvent(QResizeEvent *event)
{
    fitPanel();
    QScrollArea::resizeEvent(event);
}

void PanelScroll::fitPanel()
{
    // A resizable widget would be as high as its wrapped texts wish; the panel needs its least size only.
    widget()->resize(viewport()->size().expandedTo(widget()->minimumSizeHint()));
}

} // namespace sinkscope::ui
