// SPDX-License-Identifier: Apache-2.0
// The ring around the control that has the keyboard, drawn outside of it.
#pragma once

#include <QFocusFrame>
#include <QObject>
#include <QFocusEvent>
#include <QPointer>

class QApplication;

namespace sinkscope::ui {

/// Dynamic property of widgets that paint their own focus ring.
inline constexpr char kOwnFocusRing[] = "ownFocusRing";

/// Whether a painted view shows its ring: yes once the keyboard brought the focus or was used, no after a
/// click.
class KeyboardFocus {
public:
    void focusIn(const QFocusEvent &event);
    void focusOut() { m_hasFocus = false; }
    void keyUsed() { m_byKeyboard = true; }
    bool isVisible() const { return m_hasFocus && m_byKeyboard; }

private:
    bool m_hasFocus = false;
    bool m_byKeyboard = false;
};

/// Moves a QFocusFrame to the widget that got the focus by keyboard. Owner: the application. Threads: GUI
/// thread.
class FocusRing : public QObject {
    Q_OBJECT
public:
    explicit FocusRing(QApplication &application);
    ~FocusRing() override;

private:
    void follow(QWidget *former, QWidget *now);

    QPointer<QFocusFrame> m_frame;
};

} // namespace sinkscope::ui
