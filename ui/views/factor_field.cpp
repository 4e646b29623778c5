// SPDX-License-Identifier: Apache-2.0
// Implements the number field of a factor.
#include "ui/views/factor_field.h"

#include "ui/theme/number_format.h"
#include "ui/theme/tool_tip.h"

#include <QKeyEvent>
#include <QLineEdit>
#include <QPainter>
#include <QWheelEvent>

namespace sinkscope::ui {

FactorField::FactorField(QWidget *parent)
    : QAbstractSpinBox(parent)
{
    setObjectName(QStringLiteral("factorField"));
    setButtonSymbols(NoButtons);
    setAlignment(Qt::AlignRight);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Factor"));
    setToolTip(inShortLines(
        tr("A factor from 0.01 to 100, off, ln 0.9, /2 or *2; Enter applies, Esc takes it back")));
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(lineEdit(), &QLineEdit::textEdited, this, [this] {
        m_typing = true;
        setMessage({});
    });
    showFactor();
}

void FactorField::setTheme(const Theme &theme)
{
    m_theme = theme;
    setFont(theme.type().text);
    updateGeometry();
    update();
}

void FactorField::setFactor(double factor)
{
    m_factor = factor;
    m_mixed = false;
    if (!m_typing) {
        showFactor();
    }
}

void FactorField::setScale(AxisScale scale)
{
    if (m_scale == scale) {
        return;
    }
    m_scale = scale;
    showFactor();
}

void FactorField::setMixed(double mean)
{
    m_factor = mean;
    m_mixed = true;
    if (!m_typing) {
        showFactor();
    }
}

void FactorField::showFactor()
{
    m_typing = false;
    setMessage({});
    const QString text = m_mixed ? tr("mixed") : valueText(m_factor, m_scale);
    if (lineEdit()->text() == text)
        return;
    // Selected as a whole it stays so: what is typed next replaces it.
    const bool wasSelected =
        !lineEdit()->text().isEmpty() && lineEdit()->selectedText() == lineEdit()->text();
    lineEdit()->setText(text);
    if (wasSelected && hasFocus())
        selectAll();
}

bool FactorField::event(QEvent *event)
{
    if (event->type() == QEvent::ShortcutOverride && !m_typing) {
        const auto *key = static_cast<QKeyEvent *>(event);
        if (key->matches(QKeySequence::Undo) || key->matches(QKeySequence::Redo)) {
            event->ignore(); // nothing is being typed: these take back and repeat factors
            return false;
        }
    }
    return QAbstractSpinBox::event(event);
}

void FactorField::setMessage(const QString &message)
{
    if (m_message == message) {
        return;
    }
    m_message = message;
    setAccessibleDescription(message);
    update();
    Q_EMIT messageChanged(message);
}

void FactorField::applyTyped()
{
    if (!m_typing) {
        selectAll(); // what stands here is rounded; it is not to become the factor
        return;
    }
    if (lineEdit()->text().trimmed().isEmpty()) { // nothing was asked for: the present value again
        showFactor();
        selectAll();
        return;
    }
    ParsedFactor parsed = parseOnScale(lineEdit()->text(), m_scale);
    const bool isRatio = parsed.entry && parsed.entry->kind == FactorEntry::Kind::Ratio;
    if (isRatio && m_mixed) {
        const double ratio = parsed.entry->number;
        showFactor();
        selectAll();
        Q_EMIT ratioEntered(ratio);
        return;
    }
    if (isRatio) {
        parsed = resolveFactor(*parsed.entry, m_factor);
    }
    if (!parsed.entry) {
        setMessage(parsed.message);
        return;
    }
    const double factor = parsed.entry->number;
    const bool changes = m_mixed || factor != m_factor;
    m_factor = factor;
    m_mixed = false;
    showFactor();
    selectAll();
    if (changes) {
        Q_EMIT factorEntered(factor);
    }
}

void FactorField::stepBy(int steps)
{
    if (m_mixed) {
        showFactor();
        Q_EMIT ratioEntered(steppedFactor(1.0, steps, StepSize::Normal));
        return;
    }
    double next = steppedFactor(m_factor, steps, StepSize::Normal);
    if (m_scale == AxisScale::Additive && next <= 0) {
        next = kLowestFactor; // nothing is off
    }
    const bool changes = next != m_factor;
    m_factor = next;
    showFactor();
    if (changes) {
        Q_EMIT factorEntered(next);
    }
}

QValidator::State FactorField::validate(QString &, int &) const
{
    return QValidator::Intermediate; // anything may be typed; Enter reads it and says what is wrong
}

QAbstractSpinBox::StepEnabled FactorField::stepEnabled() const
{
    return StepUpEnabled | StepDownEnabled;
}

QSize FactorField::sizeHint() const
{
    return {m_theme.type().scaled(72), m_theme.type().scaled(24)};
}

QSize FactorField::minimumSizeHint() const
{
    return {m_theme.type().scaled(56), m_theme.type().scaled(24)};
}

void FactorField::paintEvent(QPaintEvent *event)
{
    QAbstractSpinBox::paintEvent(event);
    if (m_message.isEmpty()) {
        return;
    }
    // A thicker frame besides the colour and the message: the mark does not rest on colour alone.
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(m_theme.colours().error, 2.0));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 2.0, 2.0);
}

void FactorField::keyPressEvent(QKeyEvent *event)
{
    switch (event->key()) {
    case Qt::Key_Return:
    case Qt::Key_Enter:
        applyTyped();
        event->accept();
        return;
    case Qt::Key_Escape:
        if (m_typing || !m_message.isEmpty()) {
            showFactor();
            selectAll();
            event->accept();
            return;
        }
        break;
    default:
        break;
    }
    QAbstractSpinBox::keyPressEvent(event);
}

void FactorField::focusOutEvent(QFocusEvent *event)
{
    QAbstractSpinBox::focusOutEvent(event);
    if (event->reason() != Qt::PopupFocusReason) {
        showFactor();
    }
}

void FactorField::wheelEvent(QWheelEvent *event)
{
    if (hasFocus()) {
        QAbstractSpinBox::wheelEvent(event);
    } else {
        event->ignore(); // scrolling past the field never edits
    }
}

} // namespace sinkscope::ui
