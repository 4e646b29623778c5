// SPDX-License-Identifier: Apache-2.0
// The slider of a factor on the initial token: log axis, off stop, snap at 1.
#pragma once

#include "ui/theme/theme.h"
#include "ui/views/factor_slider_layout.h"

#include <QElapsedTimer>
#include <QTimer>
#include <QWidget>

namespace sinkscope::ui {

/// Paints a factor and reports what the person turns it to. Between dragStarted() and dragFinished() lies one
/// act (a mouse drag, a run of wheel notches, a key held down): one undo step. Owner: its parent. Threads:
/// GUI thread.
class FactorSlider : public QWidget {
    Q_OBJECT
public:
    explicit FactorSlider(SliderSize size, QWidget *parent = nullptr);

    void setTheme(const Theme &theme);
    /// Shows one factor (0 = off). Emits nothing.
    void setFactor(double factor);
    /// Shows several factors that differ: `mean` is the geometric mean of those that are not off. Emits
    /// nothing.
    void setMixed(const FactorSpan &span, double mean);
    /// What is written of the places; the signals keep to places (factors).
    void setScale(AxisScale scale);
    double factor() const { return m_state.factor; }
    bool isMixed() const { return m_state.span.has_value(); }
    void setCurve(const SliderCurve &curve);
    /// Active, or switched off in the list: without effect, still movable. A disabled widget shows Disabled.
    void setActivity(SliderActivity activity);
    /// The accent line from the handle to the lower edge, for curves right below.
    void showLineBelow();
    /// What is turned ("L17 H2"), for the accessible name.
    void setSubject(const QString &subject);

    bool isDragging() const { return m_act != Act::None; }
    /// Whether the act that ended last was a press of a key or a step, not a drag or the wheel.
    bool wasTurnedByKey() const { return m_lastAct == Act::Key; }
    /// The axis in px of this widget; the curves take the same one.
    const FactorAxis &axis() const { return m_layout.axis; }
    const FactorSliderLayout &layoutForTest() const { return m_layout; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

public Q_SLOTS:
    /// As by the keys "[" and "]": one act of its own.
    void step(int steps, sinkscope::ui::StepSize size);
    /// As by double-click and "0" (1) or "O" (0): one act of its own.
    void turnTo(double factor);
    /// A drag of the accent line in the curves: the same act as a drag of the handle. Emits the three
    /// signals.
    void beginExternalDrag();
    void dragExternally(double factor);
    void endExternalDrag();

Q_SIGNALS:
    void dragStarted();
    /// The factor to set (0 = off) for every head in the scope.
    void valueChanged(double gamma);
    /// Mixed range: what every factor is multiplied by, counted from its value at dragStarted().
    void ratioChanged(double ratio);
    void dragFinished();

protected:
    bool event(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void keyReleaseEvent(QKeyEvent *event) override;
    void enterEvent(QEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    enum class Act { None, Mouse, Wheel, Key };
    void beginAct(Act act);
    void endAct();
    /// What a mixed slider does where its mean comes to 1.
    enum class AtOne { Level, KeepRatios };
    void moveTo(double factor, AtOne atOne);
    void turnTo(double factor, AtOne atOne);
    void relayout();
    void describe();
    bool wheelCounts() const;

    Theme m_theme;
    FactorSliderLayout m_layout;
    FactorSliderState m_state;
    SliderSize m_size;
    QString m_subject;
    SliderActivity m_activity = SliderActivity::Active; ///< while the widget is enabled
    bool m_ringShown = false; ///< the focus came by keyboard
    Act m_act = Act::None;
    Act m_lastAct = Act::None;
    double m_meanAtStart = 1.0; ///< mixed range: the mean when the act began
    double m_grabOffset = 0; ///< px between the pointer and the middle of the handle
    int m_wheelRest = 0; ///< eighths of a degree not yet turned into steps
    QElapsedTimer m_resting; ///< since the pointer last moved or entered
    QTimer m_wheelEnd; ///< a run of notches ends when this fires
};

} // namespace sinkscope::ui
