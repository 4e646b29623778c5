// SPDX-License-Identifier: Apache-2.0
// The flat controls.
#include "ui/theme/proxy_style.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QPainter>
#include <QStyleFactory>
#include <QStyleOption>
#include <QToolButton>

#include <algorithm>

namespace sinkscope::ui {

namespace {

constexpr double kRadius = 2.0;
constexpr char kSegmentProperty[] = "segment";

SegmentPlace segmentPlace(const QWidget *widget)
{
    return widget ? SegmentPlace(widget->property(kSegmentProperty).toInt()) : SegmentPlace::Alone;
}

// A rectangle whose 1 px pen lies inside `rect`.
QRectF penRect(const QRect &rect)
{
    return QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5);
}

bool isSegmentOn(const QWidget *segment)
{
    const auto *button = qobject_cast<const QAbstractButton *>(segment);
    return button && (button->isChecked() || button->isDown());
}

// The segment that ends where this one begins.
const QWidget *leftNeighbour(const QWidget &segment)
{
    if (!segment.parentWidget())
        return nullptr;
    const QRect own = segment.geometry();
    for (const QAbstractButton *button :
        segment.parentWidget()->findChildren<QAbstractButton *>(QString(), Qt::FindDirectChildrenOnly)) {
        if (button->geometry().right() + 1 == own.left() && button->y() == own.y())
            return button;
    }
    return nullptr;
}

// Neighbours share one border: an unchecked segment leaves its right one to the next, and its left one to a
// checked neighbour.
QRect segmentRect(const QRect &rect, const QWidget *widget, bool isOn)
{
    const SegmentPlace place = segmentPlace(widget);
    if (isOn || place == SegmentPlace::Alone)
        return rect;
    const bool reachesRight = place != SegmentPlace::Last;
    const bool reachesLeft = place != SegmentPlace::First && isSegmentOn(leftNeighbour(*widget));
    return rect.adjusted(reachesLeft ? -1 : 0, 0, reachesRight ? 1 : 0, 0);
}

} // namespace

SinkscopeStyle::SinkscopeStyle()
    : QProxyStyle(QStyleFactory::create(QStringLiteral("Fusion")))
    , m_colours(themeColours(ThemeMode::Light))
{
}

void SinkscopeStyle::drawPrimitive(
    PrimitiveElement element, const QStyleOption *option, QPainter *painter, const QWidget *widget) const
{
    switch (element) {
    case PE_PanelButtonCommand:
    case PE_PanelButtonTool:
        drawButton(*option, *painter, widget);
        return;
    case PE_PanelScrollAreaCorner:
        painter->fillRect(option->rect, option->palette.window());
        return;
    case PE_FrameDefaultButton:
    case PE_FrameStatusBarItem:
    case PE_FrameButtonTool:
        return;
    case PE_FrameFocusRect:
        // Controls have the ring outside (FocusRing); only the current row of a list is framed inside.
        if (qobject_cast<const QAbstractItemView *>(widget)) {
            painter->setPen(QPen(m_colours.accent, 1));
            painter->setBrush(Qt::NoBrush);
            painter->drawRect(penRect(option->rect));
        }
        return;
    case PE_PanelLineEdit: {
        const auto *frame = qstyleoption_cast<const QStyleOptionFrame *>(option);
        if (frame && frame->lineWidth > 0)
            drawField(option->rect, option->state, *painter);
        else
            painter->fillRect(option->rect, option->palette.base());
        return;
    }
    case PE_FrameLineEdit:
        drawField(option->rect, option->state, *painter);
        return;
    case PE_IndicatorCheckBox:
    case PE_IndicatorItemViewItemCheck:
        drawCheckBox(*option, *painter);
        return;
    case PE_Frame:
    case PE_FrameMenu:
    case PE_FrameTabWidget:
    case PE_FrameDockWidget:
        painter->setPen(m_colours.line);
        painter->setBrush(Qt::NoBrush);
        painter->drawRect(penRect(option->rect));
        return;
    case PE_PanelTipLabel:
        painter->setPen(m_colours.controlBorder);
        painter->setBrush(option->palette.toolTipBase());
        painter->drawRect(penRect(option->rect));
        return;
    case PE_IndicatorDockWidgetResizeHandle:
        painter->fillRect(option->rect, m_colours.line);
        return;
    default:
        QProxyStyle::drawPrimitive(element, option, painter, widget);
    }
}

void SinkscopeStyle::drawButton(const QStyleOption &option, QPainter &painter, const QWidget *widget) const
{
    const bool isOn = option.state & (State_On | State_Sunken);
    const bool isHot = (option.state & State_MouseOver) && (option.state & State_Enabled);
    const auto *tool = qobject_cast<const QToolButton *>(widget);
    const bool isFlat = (tool && tool->autoRaise());
    if (isFlat && !isOn && !isHot)
        return;
    QColor fill = isOn ? m_colours.selection : blended(m_colours.base, m_colours.window, 0.75);
    if (isHot && !isOn)
        fill = blended(m_colours.selection, fill, 0.5);
    QColor border = isOn ? m_colours.accent : m_colours.controlBorder;
    if (!(option.state & State_Enabled))
        border = m_colours.line;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(isFlat && !isOn ? QPen(Qt::NoPen) : QPen(border, 1));
    painter.setBrush(fill);
    painter.drawRoundedRect(penRect(segmentRect(option.rect, widget, isOn)), kRadius, kRadius);
    painter.restore();
}

void SinkscopeStyle::drawField(const QRect &rect, QStyle::State state, QPainter &painter) const
{
    const bool isEnabled = state & State_Enabled;
    const bool hasFocus = (state & State_HasFocus) && isEnabled;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(hasFocus ? m_colours.accent
            : isEnabled          ? m_colours.controlBorder
                                 : m_colours.line,
        1));
    painter.setBrush(isEnabled ? m_colours.base : m_colours.window);
    painter.drawRoundedRect(penRect(rect), kRadius, kRadius);
    painter.restore();
}

void SinkscopeStyle::drawCheckBox(const QStyleOption &option, QPainter &painter) const
{
    const bool isEnabled = option.state & State_Enabled;
    const bool isMarked = option.state & (State_On | State_NoChange);
    const QColor mark = isEnabled ? m_colours.accent : m_colours.disabledText;
    const int side = std::min({option.rect.width(), option.rect.height(), 14});
    QRect box(0, 0, side, side);
    box.moveCenter(option.rect.center());
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(isMarked ? mark : m_colours.controlBorder, 1));
    painter.setBrush(isMarked ? mark : m_colours.base);
    painter.drawRoundedRect(penRect(box), kRadius, kRadius);
    painter.setPen(QPen(m_colours.textOnAccent, 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    const QPointF origin = box.topLeft();
    const double unit = side / 14.0;
    if (option.state & State_On) {
        painter.setBrush(Qt::NoBrush);
        painter.drawPolyline(QPolygonF(QVector<QPointF> {origin + QPointF(3.5, 7.2) * unit,
            origin + QPointF(6, 9.8) * unit, origin + QPointF(10.6, 4.4) * unit}));
    } else if (option.state & State_NoChange) {
        painter.drawLine(origin + QPointF(4, 7) * unit, origin + QPointF(10, 7) * unit);
    }
    painter.restore();
}

void SinkscopeStyle::drawChevron(const QRect &rect, QStyle::State state, QPainter &painter) const
{
    const QPointF centre = QRectF(rect).center();
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(state & State_Enabled ? m_colours.secondaryText : m_colours.disabledText, 1.5,
        Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPolyline(QPolygonF(
        QVector<QPointF> {centre + QPointF(-4, -2), centre + QPointF(0, 2), centre + QPointF(4, -2)}));
    painter.restore();
}

void joinSegments(const QList<QWidget *> &row)
{
    for (int position = 0; position < row.size(); ++position) {
        SegmentPlace place = SegmentPlace::Middle;
        if (row.size() == 1)
            place = SegmentPlace::Alone;
        else if (position == 0)
            place = SegmentPlace::First;
        else if (position == row.size() - 1)
            place = SegmentPlace::Last;
        QWidget *segment = row[position];
        segment->setProperty(kSegmentProperty, int(place));
        if (auto *button = qobject_cast<QAbstractButton *>(segment); button && position + 1 < row.size()) {
            QWidget *next = row[position + 1];
            QObject::connect(button, &QAbstractButton::toggled, next, [next] { next->update(); });
        }
    }
}

void drawFocusRing(QPainter &painter, const QRectF &target, const ThemeColours &colours)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(colours.accent, 2));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(target.adjusted(-3, -3, 3, 3), kRadius + 2, kRadius + 2);
    painter.restore();
}

} // namespace sinkscope::ui
