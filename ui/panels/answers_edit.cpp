// SPDX-License-Identifier: Apache-2.0
// The line of answers, whose spaces can be seen.
#include "ui/panels/answers_edit.h"

#include "ui/theme/number_format.h"

#include <QtGui/QKeyEvent>
#include <QtGui/QPainter>
#include <QtWidgets/QStyleOptionFrame>

namespace sinkscope::ui {

namespace {
constexpr int kTextMargin = 2; ///< as QLineEdit itself has it, so that the text does not move on focus
} // namespace

QString AnswersEdit::shownWhileNotEdited() const
{
    return visibleText(text());
}

bool AnswersEdit::event(QEvent *event)
{
    if (event->type() == QEvent::ShortcutOverride && !isModified()) {
        const auto *key = static_cast<QKeyEvent *>(event);
        if (key->matches(QKeySequence::Undo) || key->matches(QKeySequence::Redo)) {
            event->ignore(); // nothing is being typed: these are the window's
            return false;
        }
    }
    return QLineEdit::event(event);
}

void AnswersEdit::paintEvent(QPaintEvent *event)
{
    if (hasFocus() || text().isEmpty()) {
        QLineEdit::paintEvent(event);
        return;
    }
    QPainter painter(this);
    QStyleOptionFrame option;
    initStyleOption(&option);
    style()->drawPrimitive(QStyle::PE_PanelLineEdit, &option, &painter, this);
    const QRect content = style()
                              ->subElementRect(QStyle::SE_LineEditContents, &option, this)
                              .adjusted(kTextMargin, 0, -kTextMargin, 0);
    painter.setPen(palette().color(QPalette::Text));
    painter.drawText(content, Qt::AlignLeft | Qt::AlignVCenter,
        fontMetrics().elidedText(shownWhileNotEdited(), Qt::ElideRight, content.width()));
}

} // namespace sinkscope::ui
