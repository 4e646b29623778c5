// SPDX-License-Identifier: Apache-2.0
// Implements the accessible interface of the factor slider.
#include "ui/views/factor_slider_accessible.h"

#include "ui/views/factor_slider.h"

#include <QAccessible>
#include <QAccessibleWidget>

namespace sinkscope::ui {
namespace {

/// A slider whose value is the factor. Owner: QAccessible's cache.
class AccessibleFactorSlider : public QAccessibleWidget, public QAccessibleValueInterface {
public:
    explicit AccessibleFactorSlider(FactorSlider *slider)
        : QAccessibleWidget(slider, QAccessible::Slider)
    {
    }

    void *interface_cast(QAccessible::InterfaceType type) override
    {
        if (type == QAccessible::ValueInterface) {
            return static_cast<QAccessibleValueInterface *>(this);
        }
        return QAccessibleWidget::interface_cast(type);
    }
    QString text(QAccessible::Text kind) const override
    {
        return kind == QAccessible::Value ? slider()->accessibleDescription() : QAccessibleWidget::text(kind);
    }
    QVariant currentValue() const override { return slider()->factor(); }
    void setCurrentValue(const QVariant &value) override
    {
        bool isNumber = false;
        const double factor = value.toDouble(&isNumber);
        if (isNumber && (factor == kFactorOff || (factor >= kLowestFactor && factor <= kHighestFactor))) {
            slider()->turnTo(factor);
        }
    }
    QVariant maximumValue() const override { return kHighestFactor; }
    QVariant minimumValue() const override { return kFactorOff; }
    QVariant minimumStepSize() const override
    {
        return steppedFactor(slider()->factor(), 1, StepSize::Fine) - slider()->factor();
    }

private:
    FactorSlider *slider() const { return static_cast<FactorSlider *>(widget()); }
};

QAccessibleInterface *makeInterface(const QString &, QObject *object)
{
    auto *slider = qobject_cast<FactorSlider *>(object);
    return slider ? new AccessibleFactorSlider(slider) : nullptr;
}

} // namespace

void installSliderAccessibility()
{
    QAccessible::installFactory(makeInterface); // an installed factory is not installed twice
}

void FactorSlider::describe()
{
    const QString name = m_subject.isEmpty() ? tr("Factor on the initial token")
                                             : tr("Factor on the initial token, %1").arg(m_subject);
    setAccessibleName(name);
    QString value = m_state.span
        ? tr("mixed, %1 to %2, geometric mean %3")
              .arg(valueText(m_state.span->lowest, m_state.scale),
                  valueText(m_state.span->highest, m_state.scale), valueText(m_state.factor, m_state.scale))
        : valueText(m_state.factor, m_state.scale);
    if (m_activity == SliderActivity::SwitchedOff) {
        value = tr("%1, switched off").arg(value);
    }
    setAccessibleDescription(value);
    QAccessibleValueChangeEvent event(this, value);
    QAccessible::updateAccessibility(&event);
}

} // namespace sinkscope::ui
