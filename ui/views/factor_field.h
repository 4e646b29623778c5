// SPDX-License-Identifier: Apache-2.0
// The number field beside the slider: takes "2.5", "off", "ln 0.9", "/2", "*2".
#pragma once

#include "ui/theme/theme.h"
#include "ui/views/factor_axis.h"

#include <QAbstractSpinBox>

namespace sinkscope::ui {

/// Enter applies what is typed; what is not a factor is marked with a message and never applied; Esc and
/// leaving the field bring back the factor shown. Owner: its parent. Threads: GUI thread.
class FactorField : public QAbstractSpinBox {
    Q_OBJECT
public:
    explicit FactorField(QWidget *parent = nullptr);

    void setTheme(const Theme &theme);
    /// Shows a factor (0 = off); a text being typed stays. Emits nothing.
    void setFactor(double factor);
    /// What is written and typed; the signals keep to places of the axis (factors).
    void setScale(AxisScale scale);
    /// Several factors that differ: shows "mixed"; "/2" and "*2" then give a ratio. `mean`: see
    /// FactorSlider::setMixed.
    void setMixed(double mean);
    double factor() const { return m_factor; }
    bool isMixed() const { return m_mixed; }
    /// Why the typed text was not applied; empty when nothing is wrong.
    QString message() const { return m_message; }

    void stepBy(int steps) override;
    QValidator::State validate(QString &input, int &position) const override;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void factorEntered(double gamma); ///< one undo step
    void ratioEntered(double ratio); ///< mixed range only: every factor times `ratio`
    void messageChanged(const QString &message);

protected:
    bool event(QEvent *event) override;
    StepEnabled stepEnabled() const override;
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;

private:
    void applyTyped();
    void setMessage(const QString &message);
    void showFactor();

    Theme m_theme;
    AxisScale m_scale = AxisScale::Factor;
    double m_factor = 1.0;
    bool m_mixed = false;
    bool m_typing = false;
    QString m_message;
};

} // namespace sinkscope::ui
