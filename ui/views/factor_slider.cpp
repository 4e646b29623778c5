// SPDX-License-Identifier: Apache-2.0
// Implements the factor slider.
#include "ui/views/factor_slider.h"

#include "ui/theme/focus_ring.h"
#include "ui/theme/number_format.h"
#include "ui/theme/tool_tip.h"
#include "ui/views/factor_keys.h"
#include "ui/views/factor_slider_accessible.h"

#include <QAccessible>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <QWheelEvent>

#include <algorithm>
#include <utility>

namespace sinkscope::ui {
namespace {

constexpr int kRestMs = 300; ///< the pointer rests this long before the wheel turns anything
constexpr int kWheelEndMs = 400; ///< a run of notches ends after this pause
constexpr int kWheelNotch = 120; ///< eighths of a degree

} // namespace

FactorSlider::FactorSlider(SliderSize size, QWidget *parent)
    : QWidget(parent)
    , m_size(size)
{
    setObjectName(QStringLiteral("factorSlider"));
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setProperty(kOwnFocusRing, true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setToolTip(inShortLines(
        tr("Drag, or [ and ]; Shift steps finely, PgUp and PgDn coarsely, Alt releases the snap at 1; "
           "double-click sets 1, O and Home are off, End is 100")));
    m_wheelEnd.setSingleShot(true);
    m_wheelEnd.setInterval(kWheelEndMs);
    connect(&m_wheelEnd, &QTimer::timeout, this, [this] {
        if (m_act == Act::Wheel) {
            endAct();
        }
    });
    installSliderAccessibility();
    describe();
}

void FactorSlider::setTheme(const Theme &theme)
{
    m_theme = theme;
    updateGeometry();
    relayout();
}

void FactorSlider::setFactor(double factor)
{
    if (m_state.factor == factor && !m_state.span) {
        return;
    }
    m_state.factor = factor;
    m_state.span.reset();
    describe();
    update();
}

void FactorSlider::setMixed(const FactorSpan &span, double mean)
{
    m_state.span = span;
    m_state.factor = mean;
    describe();
    update();
}

void FactorSlider::setScale(AxisScale scale)
{
    if (m_state.scale == scale) {
        return;
    }
    m_state.scale = scale;
    describe();
    update();
}

void FactorSlider::setCurve(const SliderCurve &curve)
{
    m_state.curve = curve;
    update();
}

void FactorSlider::setActivity(SliderActivity activity)
{
    m_state.activity = isEnabled() ? activity : SliderActivity::Disabled;
    m_activity = activity;
    describe();
    update();
}

void FactorSlider::showLineBelow()
{
    m_state.lineBelow = true;
    update();
}

void FactorSlider::setSubject(const QString &subject)
{
    m_subject = subject;
    describe();
}

QSize FactorSlider::sizeHint() const
{
    const int width = m_size == SliderSize::Large ? 448 : 146;
    return {width, minimumSizeHint().height()};
}

QSize FactorSlider::minimumSizeHint() const
{
    if (m_size == SliderSize::Large) {
        return {240, 32 + m_theme.type().scaled(16)};
    }
    return {96, 32};
}

void FactorSlider::step(int steps, StepSize size)
{
    turnTo(steppedFactor(m_state.factor, steps, size), AtOne::KeepRatios);
}

void FactorSlider::turnTo(double factor)
{
    turnTo(factor, AtOne::Level);
}

void FactorSlider::turnTo(double factor, AtOne atOne)
{
    if (m_act != Act::None) {
        endAct();
    }
    beginAct(Act::Key);
    moveTo(factor, atOne);
    endAct();
}

void FactorSlider::beginExternalDrag()
{
    beginAct(Act::Mouse);
}

void FactorSlider::dragExternally(double factor)
{
    if (m_act == Act::Mouse) {
        moveTo(factor, AtOne::KeepRatios);
    }
}

void FactorSlider::endExternalDrag()
{
    if (m_act == Act::Mouse) {
        endAct();
    }
}

void FactorSlider::beginAct(Act act)
{
    if (m_act == act) {
        return;
    }
    if (m_act != Act::None) {
        endAct();
    }
    m_act = act;
    m_meanAtStart = m_state.factor;
    Q_EMIT dragStarted();
}

void FactorSlider::endAct()
{
    m_wheelEnd.stop();
    m_lastAct = std::exchange(m_act, Act::None);
    Q_EMIT dragFinished();
}

void FactorSlider::moveTo(double factor, AtOne atOne)
{
    if (m_state.scale == AxisScale::Additive && factor <= 0)
        factor = kLowestFactor; // nothing is off
    const bool levels = factor == 0 || (factor == 1.0 && atOne == AtOne::Level);
    if (m_state.span && !levels && m_meanAtStart > 0) {
        if (factor == m_state.factor) {
            return;
        }
        const double ratio = factor / m_meanAtStart;
        const double moved = factor / m_state.factor;
        m_state.span = FactorSpan {m_state.span->lowest * moved, m_state.span->highest * moved};
        m_state.factor = factor;
        describe();
        update();
        Q_EMIT ratioChanged(ratio);
        return;
    }
    if (m_state.factor == factor && !m_state.span) {
        return;
    }
    setFactor(factor);
    Q_EMIT valueChanged(factor);
}

bool FactorSlider::event(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        auto *help = static_cast<QHelpEvent *>(event);
        const QString value = m_state.factor > 0 ? formatPrecise(m_state.factor) : formatFactor(0);
        const QString words = m_state.scale == AxisScale::Additive
            ? valueText(m_state.factor, m_state.scale)
            : tr("γ %1, ln γ %2").arg(value, formatLnFactor(m_state.factor));
        QToolTip::showText(help->globalPos(), words + QLatin1Char('\n') + toolTip(), this);
        return true;
    }
    return QWidget::event(event);
}

void FactorSlider::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    FactorSliderState state = m_state;
    state.hasFocus = hasFocus() && m_ringShown;
    paintFactorSlider(painter, m_layout, state, m_theme);
}

void FactorSlider::resizeEvent(QResizeEvent *)
{
    relayout();
}

void FactorSlider::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton || !m_layout.hitsTrack(event->localPos())) {
        event->ignore();
        return;
    }
    const QRectF handle = m_layout.handleRect(m_state.factor).adjusted(-2, 0, 2, 0);
    const bool grabs = handle.contains(event->localPos());
    m_grabOffset = grabs ? event->localPos().x() - axis().xOf(m_state.factor) : 0;
    beginAct(Act::Mouse);
    if (!grabs) {
        mouseMoveEvent(event);
    }
}

void FactorSlider::mouseMoveEvent(QMouseEvent *event)
{
    m_resting.restart();
    if (m_act != Act::Mouse || !(event->buttons() & Qt::LeftButton)) {
        setCursor(m_layout.hitsTrack(event->localPos()) ? Qt::PointingHandCursor : Qt::ArrowCursor);
        return;
    }
    const SnapAtOne snap =
        event->modifiers() & Qt::AltModifier || m_state.span ? SnapAtOne::Released : SnapAtOne::On;
    moveTo(axis().factorAt(event->localPos().x() - m_grabOffset, snap), AtOne::KeepRatios);
}

void FactorSlider::mouseReleaseEvent(QMouseEvent *event)
{
    if (event->button() == Qt::LeftButton && m_act == Act::Mouse) {
        endAct();
    }
}

void FactorSlider::mouseDoubleClickEvent(QMouseEvent *event)
{
    if (event->button() == Qt::LeftButton && m_layout.hitsTrack(event->localPos())) {
        turnTo(1.0);
    }
}

bool FactorSlider::wheelCounts() const
{
    return hasFocus() || (m_resting.isValid() && m_resting.elapsed() >= kRestMs) || m_act == Act::Wheel;
}

void FactorSlider::wheelEvent(QWheelEvent *event)
{
    if (!wheelCounts()) {
        m_resting.restart();
        event->ignore(); // what lies around scrolls, the factor stays
        return;
    }
    const QPoint delta = event->angleDelta();
    m_wheelRest += delta.y() != 0 ? delta.y() : delta.x();
    const int steps = m_wheelRest / kWheelNotch;
    m_wheelRest -= steps * kWheelNotch;
    event->accept();
    if (steps == 0) {
        return;
    }
    beginAct(Act::Wheel);
    const StepSize size = event->modifiers() & Qt::ShiftModifier ? StepSize::Fine : StepSize::Normal;
    moveTo(steppedFactor(m_state.factor, steps, size), AtOne::KeepRatios);
    m_wheelEnd.start();
}

void FactorSlider::keyPressEvent(QKeyEvent *event)
{
    std::optional<double> factor = factorAfterKey(*event, m_state.factor);
    if (!factor) {
        factor = factorAfterPageKey(*event, m_state.factor);
    }
    if (!factor) {
        QWidget::keyPressEvent(event);
        return;
    }
    m_ringShown = true;
    beginAct(Act::Key);
    moveTo(*factor, event->key() == Qt::Key_0 ? AtOne::Level : AtOne::KeepRatios);
    event->accept();
}

void FactorSlider::keyReleaseEvent(QKeyEvent *event)
{
    if (m_act == Act::Key && !event->isAutoRepeat()) {
        endAct();
        event->accept();
        return;
    }
    QWidget::keyReleaseEvent(event);
}

void FactorSlider::enterEvent(QEvent *)
{
    m_resting.start();
}

void FactorSlider::leaveEvent(QEvent *)
{
    m_resting.invalidate();
    if (m_act == Act::Wheel) {
        endAct();
    }
}

void FactorSlider::focusInEvent(QFocusEvent *event)
{
    m_ringShown = event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason
        || event->reason() == Qt::ShortcutFocusReason;
    update();
}

void FactorSlider::focusOutEvent(QFocusEvent *)
{
    if (m_act == Act::Key) {
        endAct(); // the release of the key goes elsewhere
    }
    update();
}

void FactorSlider::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::EnabledChange) {
        if (m_act != Act::None) {
            endAct();
        }
        setActivity(m_activity);
    } else if (event->type() == QEvent::FontChange) {
        relayout();
    }
    QWidget::changeEvent(event);
}

void FactorSlider::relayout()
{
    const FactorAxis axis = m_size == SliderSize::Large ? FactorAxis::forPanel(width(), m_theme.type().scale)
                                                        : FactorAxis::forSmall(width());
    m_layout = FactorSliderLayout(rect(), m_size, axis, m_theme.type().scale);
    update();
}

} // namespace sinkscope::ui
