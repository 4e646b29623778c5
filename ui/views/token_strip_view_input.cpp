// SPDX-License-Identifier: Apache-2.0
// Mouse and keys of the token strip.
#include "ui/views/token_strip_view.h"

#include <QKeyEvent>
#include <QMouseEvent>

#include <algorithm>

namespace sinkscope::ui {

void TokenStripView::mousePressEvent(QMouseEvent *event)
{
    const int token = m_layout.tokenAt(event->pos() + scrolled());
    if (event->button() != Qt::LeftButton || token < 0) {
        event->ignore();
        return;
    }
    Q_EMIT queryChosen(token);
}

void TokenStripView::mouseMoveEvent(QMouseEvent *event)
{
    setHovered(m_layout.tokenAt(event->pos() + scrolled()));
}

void TokenStripView::keyPressEvent(QKeyEvent *event)
{
    const int last = m_layout.tokenCount() - 1;
    const int from = m_data.query >= 0 ? m_data.query : last;
    const bool isPlain = !(event->modifiers() & (Qt::AltModifier | Qt::ControlModifier));
    const int key = isPlain && last >= 0 ? event->key() : 0;
    int next = -1;
    if (key == Qt::Key_Left)
        next = std::max(0, from - 1);
    else if (key == Qt::Key_Right)
        next = std::min(last, from + 1);
    else if (key == Qt::Key_Home)
        next = 0;
    else if (key == Qt::Key_End)
        next = last;
    if (next < 0) {
        event->ignore();
        return;
    }
    m_focus.keyUsed();
    viewport()->update();
    if (next != m_data.query)
        Q_EMIT queryChosen(next);
}

void TokenStripView::focusInEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusInEvent(event);
    m_focus.focusIn(*event);
    viewport()->update();
}

void TokenStripView::focusOutEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusOutEvent(event);
    m_focus.focusOut();
    viewport()->update();
}

} // namespace sinkscope::ui
