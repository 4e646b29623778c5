// SPDX-License-Identifier: Apache-2.0
// The text editor that the token strip turns into.
#include "ui/panels/prompt_editor.h"

#include <QtGui/QFocusEvent>
#include <QtGui/QKeyEvent>

namespace sinkscope::ui {

PromptEditor::PromptEditor(QWidget *parent)
    : QPlainTextEdit(parent)
{
    setFrameShape(QFrame::StyledPanel); // seen to be open
    setCursorWidth(2);
    setTabChangesFocus(true);
    setViewportMargins(12, 0, 12, 0); // with the document's own 4: in line with the titles
    m_pause.setSingleShot(true);
    m_pause.setInterval(kPauseMs);
    connect(&m_pause, &QTimer::timeout, this, &PromptEditor::committed);
}

void PromptEditor::keyPressEvent(QKeyEvent *event)
{
    const bool isReturn = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (isReturn && !(event->modifiers() & Qt::ShiftModifier)) {
        m_pause.stop();
        Q_EMIT committed();
        Q_EMIT finished();
        return;
    }
    if (event->key() == Qt::Key_Escape) {
        m_pause.stop();
        Q_EMIT cancelled();
        Q_EMIT finished();
        return;
    }
    if (isReturn) { // a plain newline, not the Unicode line separator that the widget would insert
        insertPlainText(QStringLiteral("\n"));
    } else {
        QPlainTextEdit::keyPressEvent(event);
    }
    m_pause.start();
}

void PromptEditor::focusOutEvent(QFocusEvent *event)
{
    QPlainTextEdit::focusOutEvent(event);
    if (event->reason() == Qt::PopupFocusReason || event->reason() == Qt::ActiveWindowFocusReason)
        return;
    m_pause.stop();
    if (isVisible()) {
        Q_EMIT committed();
        Q_EMIT finished();
    }
}

} // namespace sinkscope::ui
