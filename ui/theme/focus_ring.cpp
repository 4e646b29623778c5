// SPDX-License-Identifier: Apache-2.0
// Keeps the focus ring with the keyboard.
#include "ui/theme/focus_ring.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractSpinBox>
#include <QApplication>
#include <QComboBox>
#include <QLineEdit>
#include <QTableView>

namespace sinkscope::ui {

namespace {

// The widget a person sees as one control: the box around an inner line edit.
QWidget *visibleControl(QWidget *widget)
{
    QWidget *parent = widget->parentWidget();
    if (qobject_cast<QComboBox *>(parent) || qobject_cast<QAbstractSpinBox *>(parent))
        return parent;
    return widget;
}

bool takesRing(const QWidget *widget)
{
    if (widget->property(kOwnFocusRing).toBool() || widget->isWindow())
        return false;
    return qobject_cast<const QAbstractButton *>(widget) || qobject_cast<const QComboBox *>(widget)
        || qobject_cast<const QLineEdit *>(widget) || qobject_cast<const QAbstractSpinBox *>(widget)
        || qobject_cast<const QTableView *>(widget);
}

} // namespace

void KeyboardFocus::focusIn(const QFocusEvent &event)
{
    m_hasFocus = true;
    switch (event.reason()) {
    case Qt::TabFocusReason:
    case Qt::BacktabFocusReason:
    case Qt::ShortcutFocusReason:
        m_byKeyboard = true;
        break;
    case Qt::MouseFocusReason:
        m_byKeyboard = false;
        break;
    default: // the window or a menu came and went: as before
        break;
    }
}

FocusRing::FocusRing(QApplication &application)
    : QObject(&application)
{
    connect(&application, &QApplication::focusChanged, this, &FocusRing::follow);
}

FocusRing::~FocusRing()
{
    delete m_frame;
}

void FocusRing::follow(QWidget *, QWidget *now)
{
    QWidget *control = now ? visibleControl(now) : nullptr;
    const bool byKeyboard = control && control->window()->testAttribute(Qt::WA_KeyboardFocusChange);
    if (!byKeyboard || !takesRing(control)) {
        if (m_frame)
            m_frame->setWidget(nullptr);
        return;
    }
    if (!m_frame)
        m_frame = new QFocusFrame;
    m_frame->setWidget(control);
}

} // namespace sinkscope::ui
