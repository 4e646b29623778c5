// SPDX-License-Identifier: Apache-2.0
// Flat combo boxes, scroll bars, headers and progress bars, and the metrics of all controls.
#include "ui/theme/proxy_style.h"

#include <QAbstractSpinBox>
#include <QPainter>
#include <QStyleOption>
#include <QToolButton>

#include <algorithm>

namespace sinkscope::ui {

namespace {

constexpr int kControlHeight = 24;
constexpr int kScrollBarExtent = 12;

} // namespace

void SinkscopeStyle::drawControl(
    ControlElement element, const QStyleOption *option, QPainter *painter, const QWidget *widget) const
{
    switch (element) {
    case CE_FocusFrame:
        drawFocusRing(*painter, QRectF(option->rect).adjusted(4, 4, -4, -4), m_colours);
        return;
    case CE_Splitter:
        painter->fillRect(option->rect, m_colours.line);
        return;
    case CE_ToolBar:
    case CE_MenuBarEmptyArea:
        painter->fillRect(option->rect, m_colours.window);
        if (element == CE_ToolBar)
            painter->fillRect(
                option->rect.x(), option->rect.bottom(), option->rect.width(), 1, m_colours.line);
        return;
    case CE_ProgressBarGroove:
        painter->fillRect(option->rect, m_colours.line);
        return;
    case CE_ProgressBarContents: {
        const auto *bar = qstyleoption_cast<const QStyleOptionProgressBar *>(option);
        if (!bar)
            return;
        const int span = bar->maximum - bar->minimum;
        const double share = span > 0 ? double(bar->progress - bar->minimum) / span : 1.0;
        QRect filled = option->rect;
        filled.setWidth(int(filled.width() * std::clamp(share, 0.0, 1.0)));
        painter->fillRect(filled, m_colours.accent);
        return;
    }
    case CE_HeaderSection:
        painter->fillRect(option->rect, option->palette.base());
        painter->fillRect(option->rect.x(), option->rect.bottom(), option->rect.width(), 1, m_colours.line);
        return;
    case CE_ToolButtonLabel:
        if (const auto *button = qstyleoption_cast<const QStyleOptionToolButton *>(option);
            button && (button->state & State_On)) {
            QStyleOptionToolButton copy(*button);
            copy.palette.setColor(QPalette::ButtonText, m_colours.accent);
            QProxyStyle::drawControl(element, &copy, painter, widget);
            return;
        }
        break;
    case CE_ComboBoxLabel:
        if (const auto *box = qstyleoption_cast<const QStyleOptionComboBox *>(option)) {
            QStyleOptionComboBox cut = *box; // its text would end in the middle of a letter
            const int room = subControlRect(CC_ComboBox, box, SC_ComboBoxEditField, widget).width() - 2;
            cut.currentText = box->fontMetrics.elidedText(box->currentText, Qt::ElideRight, room);
            QProxyStyle::drawControl(element, &cut, painter, widget);
            return;
        }
        break;
    default:
        break;
    }
    QProxyStyle::drawControl(element, option, painter, widget);
}

void SinkscopeStyle::drawComplexControl(
    ComplexControl control, const QStyleOptionComplex *option, QPainter *painter, const QWidget *widget) const
{
    switch (control) {
    case CC_ComboBox:
        drawComboBox(*option, *painter);
        return;
    case CC_ScrollBar:
        drawScrollBar(*option, *painter, widget);
        return;
    case CC_SpinBox:
        if (const auto *box = qstyleoption_cast<const QStyleOptionSpinBox *>(option);
            box && box->buttonSymbols == QAbstractSpinBox::NoButtons) {
            if (box->frame)
                drawField(option->rect, option->state, *painter);
            return;
        }
        break;
    default:
        break;
    }
    QProxyStyle::drawComplexControl(control, option, painter, widget);
}

void SinkscopeStyle::drawComboBox(const QStyleOptionComplex &option, QPainter &painter) const
{
    const auto *box = qstyleoption_cast<const QStyleOptionComboBox *>(&option);
    if (!box)
        return;
    if (box->frame)
        drawField(option.rect, option.state, painter);
    QRect arrow = option.rect;
    arrow.setLeft(arrow.right() - 19);
    drawChevron(arrow, option.state, painter);
}

void SinkscopeStyle::drawScrollBar(
    const QStyleOptionComplex &option, QPainter &painter, const QWidget *widget) const
{
    const auto *bar = qstyleoption_cast<const QStyleOptionSlider *>(&option);
    if (!bar)
        return;
    painter.save();
    painter.fillRect(option.rect, option.palette.window());
    QRect handle = subControlRect(CC_ScrollBar, &option, SC_ScrollBarSlider, widget);
    handle = bar->orientation == Qt::Vertical ? handle.adjusted(3, 1, -3, -1) : handle.adjusted(1, 3, -1, -3);
    const bool isHot = option.state & (State_MouseOver | State_Sunken);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(isHot ? m_colours.track : m_colours.controlBorder);
    if (bar->maximum > bar->minimum)
        painter.drawRoundedRect(handle, 2, 2);
    painter.restore();
}

QRect SinkscopeStyle::subControlRect(ComplexControl control, const QStyleOptionComplex *option,
    SubControl subControl, const QWidget *widget) const
{
    if (control == CC_ComboBox && subControl == SC_ComboBoxEditField)
        return option->rect.adjusted(6, 2, -20, -2);
    if (control == CC_ScrollBar) {
        const auto *bar = qstyleoption_cast<const QStyleOptionSlider *>(option);
        if (bar && (subControl == SC_ScrollBarAddLine || subControl == SC_ScrollBarSubLine))
            return {};
        if (bar && subControl == SC_ScrollBarGroove)
            return option->rect;
        if (bar && subControl == SC_ScrollBarSlider) {
            const bool isVertical = bar->orientation == Qt::Vertical;
            const int room = isVertical ? option->rect.height() : option->rect.width();
            const int span = bar->maximum - bar->minimum;
            const int length = span > 0
                ? std::clamp(
                    int(double(room) * bar->pageStep / (span + bar->pageStep)), std::min(24, room), room)
                : room;
            const int at = sliderPositionFromValue(
                bar->minimum, bar->maximum, bar->sliderPosition, room - length, bar->upsideDown);
            return isVertical ? QRect(option->rect.x(), option->rect.y() + at, option->rect.width(), length)
                              : QRect(option->rect.x() + at, option->rect.y(), length, option->rect.height());
        }
    }
    return QProxyStyle::subControlRect(control, option, subControl, widget);
}

QSize SinkscopeStyle::sizeFromContents(
    ContentsType type, const QStyleOption *option, const QSize &size, const QWidget *widget) const
{
    QSize result = QProxyStyle::sizeFromContents(type, option, size, widget);
    switch (type) {
    case CT_PushButton:
    case CT_ComboBox:
    case CT_LineEdit:
        result.setHeight(std::max(kControlHeight, size.height() + 6));
        break;
    case CT_SpinBox:
        result.setHeight(std::max(kControlHeight, size.height()));
        break;
    case CT_ToolButton:
        if (const auto *tool = qobject_cast<const QToolButton *>(widget); tool && !tool->autoRaise())
            result = QSize(size.width() + 20, std::max(kControlHeight, size.height() + 6));
        break;
    default:
        break;
    }
    return result;
}

int SinkscopeStyle::pixelMetric(PixelMetric metric, const QStyleOption *option, const QWidget *widget) const
{
    switch (metric) {
    case PM_SplitterWidth:
    case PM_DockWidgetSeparatorExtent:
    case PM_DefaultFrameWidth:
    case PM_SpinBoxFrameWidth:
        return 1;
    case PM_FocusFrameHMargin:
    case PM_FocusFrameVMargin:
        return 4;
    case PM_ScrollBarExtent:
        return kScrollBarExtent;
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical:
    case PM_ToolBarFrameWidth:
    case PM_DockWidgetFrameWidth:
        return 0;
    case PM_IndicatorWidth:
    case PM_IndicatorHeight:
        return 14;
    case PM_LayoutHorizontalSpacing:
    case PM_LayoutVerticalSpacing:
        return 8;
    default:
        return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int SinkscopeStyle::styleHint(
    StyleHint hint, const QStyleOption *option, const QWidget *widget, QStyleHintReturn *returnData) const
{
    switch (hint) {
    case SH_EtchDisabledText:
    case SH_DitherDisabledText:
    case SH_ComboBox_Popup:
    case SH_Widget_Animate:
    case SH_Widget_Animation_Duration:
    case SH_DialogButtonBox_ButtonsHaveIcons: // their dark lines would vanish in a dark window; words stand
                                              // there
        return 0;
    case SH_FocusFrame_AboveWidget: // else a tight parent, as that of joined segments, would cut the ring
        return 1;
    case SH_ToolTip_WakeUpDelay:
        return 400;
    default:
        return QProxyStyle::styleHint(hint, option, widget, returnData);
    }
}

} // namespace sinkscope::ui
