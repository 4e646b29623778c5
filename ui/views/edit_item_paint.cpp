// SPDX-License-Identifier: Apache-2.0
// Paints the rows of the list of edits.
#include "ui/views/edit_item_delegate.h"

#include "ui/theme/number_format.h"

#include <QAbstractItemView>
#include <QApplication>
#include <QPainter>
#include <QPolygonF>

#include <algorithm>

namespace sinkscope::ui {

void EditItemDelegate::paintFold(QPainter &painter, const QRect &rect, const QModelIndex &index) const
{
    const QVariant isExpanded = index.data(m_roles.isExpanded);
    if (!isExpanded.isValid()) {
        return;
    }
    const QPointF middle = QRectF(rect).center() + QPointF(0, 1);
    const QPolygonF down({middle + QPointF(-4, -2), middle + QPointF(4, -2), middle + QPointF(0, 3)});
    const QPolygonF right({middle + QPointF(-2, -4), middle + QPointF(3, 0), middle + QPointF(-2, 4)});
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(m_theme.colours().secondaryText);
    painter.drawPolygon(isExpanded.toBool() ? down : right);
}

void EditItemDelegate::paintNames(
    QPainter &painter, const EditRowLayout &layout, const QModelIndex &index) const
{
    const QString detail = index.data(m_roles.detail).toString();
    const auto draw = [&](const QRect &rect, int align, const QString &text) {
        painter.drawText(rect, Qt::AlignLeft | align,
            painter.fontMetrics().elidedText(text, Qt::ElideRight, rect.width()));
    };
    const QString title = index.data(m_roles.title).toString();
    if (detail.isEmpty()) {
        draw(layout.name, Qt::AlignVCenter, title);
        return;
    }
    const int middle = layout.name.center().y() + 2;
    draw(QRect(layout.name.topLeft(), QPoint(layout.name.right(), middle)), Qt::AlignBottom, title);
    painter.setFont(m_theme.type().axis);
    painter.setPen(m_theme.colours().secondaryText);
    draw(QRect(QPoint(layout.name.left(), middle - 1), layout.name.bottomRight()), Qt::AlignTop, detail);
}

void EditItemDelegate::paint(
    QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const ThemeColours &colours = m_theme.colours();
    const bool isSelected = option.state & QStyle::State_Selected;
    const QVariant check = index.data(Qt::CheckStateRole);
    const bool isOn = !check.isValid() || check.toInt() != Qt::Unchecked;
    const bool isPartlyOn = check.isValid() && check.toInt() == Qt::PartiallyChecked;
    const EditRowLayout layout = rowLayout(option.rect, index);
    painter->save();
    painter->fillRect(option.rect, isSelected ? colours.selection : colours.window);
    if (check.isValid()) {
        QStyleOptionViewItem box(option);
        box.rect = layout.check;
        box.state = QStyle::State_Enabled
            | (isPartlyOn  ? QStyle::State_NoChange
                    : isOn ? QStyle::State_On
                           : QStyle::State_Off);
        const QStyle *style = option.widget ? option.widget->style() : QApplication::style();
        style->drawPrimitive(QStyle::PE_IndicatorItemViewItemCheck, &box, painter, option.widget);
    }
    const QVariant caption = index.data(m_roles.caption);
    if (caption.isValid()) {
        paintCaption(*painter, layout, index, isOn ? colours.text : colours.disabledText);
        painter->restore();
        return;
    }
    const double factor = index.data(m_roles.factor).toDouble();
    const bool isMixed = index.data(m_roles.isMixed).toBool();
    painter->setFont(isSelected ? m_theme.type().title : m_theme.type().text);
    painter->setPen(isOn ? colours.text : colours.disabledText);
    painter->drawText(
        layout.value, Qt::AlignRight | Qt::AlignVCenter, isMixed ? tr("mixed") : formatFactor(factor));
    painter->setPen(isOn ? colours.text : colours.secondaryText);
    paintNames(*painter, layout, index);
    paintFold(*painter, layout.fold, index);

    FactorSliderState state;
    state.factor = factor;
    state.activity = isOn ? SliderActivity::Active : SliderActivity::SwitchedOff;
    if (m_form == RowForm::Rows) {
        state.curve = index.data(m_roles.curve).value<SliderCurve>();
        state.curveState = RowCurve(index.data(m_roles.curveState).toInt());
    }
    state.hasFocus =
        (option.state & QStyle::State_HasFocus) && (option.state & QStyle::State_KeyboardFocusChange);
    paintFactorSlider(*painter, layout.sliderLayout(), state, m_theme);
    painter->restore();
}

/// An edit of another kind: words where others have their slider.
void EditItemDelegate::paintCaption(
    QPainter &painter, const EditRowLayout &layout, const QModelIndex &index, const QColor &ink) const
{
    painter.setFont(m_theme.type().text);
    painter.setPen(ink);
    const QString value = index.data(m_roles.valueWord).toString();
    QRect place = layout.value;
    place.setLeft(std::min(place.left(), place.right() - painter.fontMetrics().horizontalAdvance(value)));
    painter.drawText(place, Qt::AlignRight | Qt::AlignVCenter, value);
    paintNames(painter, layout, index);
    painter.setFont(m_theme.type().axis);
    painter.setPen(m_theme.colours().secondaryText);
    QRect room = layout.slider.toRect().adjusted(2, 0, -4, 0);
    room.setRight(std::min(room.right(), place.left() - 4)); // the caption is cut, never the value
    const QString words = index.data(m_roles.caption).toString();
    if (painter.fontMetrics().horizontalAdvance(words) <= room.width() || m_density == Density::Compact)
        painter.drawText(room, Qt::AlignLeft | Qt::AlignVCenter,
            painter.fontMetrics().elidedText(words, Qt::ElideRight, room.width()));
    else
        painter.drawText(room, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextWordWrap, words);
}

bool EditItemDelegate::hasSlider(const QModelIndex &index) const
{
    return !index.data(m_roles.caption).isValid();
}

} // namespace sinkscope::ui
