// SPDX-License-Identifier: Apache-2.0
// Implements the rows of the list of edits.
#include "ui/views/edit_item_delegate.h"

#include "ui/theme/number_format.h"
#include "ui/views/factor_keys.h"

#include <QApplication>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>

#include <cmath>

namespace sinkscope::ui {
namespace {

constexpr int kRowHeight = 40;
constexpr int kCompactRowHeight = 32;
constexpr int kRestMs = 300;
constexpr int kWheelEndMs = 400;
constexpr int kWheelNotch = 120;

/// Where a click ticks; empty where the row has no check box.
QRect checkTarget(const EditRowLayout &layout)
{
    return layout.check.isEmpty() ? QRect() : layout.check.adjusted(-4, -4, 4, 4);
}

} // namespace

EditItemDelegate::EditItemDelegate(const EditItemRoles &roles, QAbstractItemView *view)
    : QStyledItemDelegate(view)
    , m_view(view)
    , m_roles(roles)
{
    m_wheelEnd.setSingleShot(true);
    m_wheelEnd.setInterval(kWheelEndMs);
    connect(&m_wheelEnd, &QTimer::timeout, this, &EditItemDelegate::finish);
    view->viewport()->setMouseTracking(true);
    view->viewport()->installEventFilter(this);
    view->installEventFilter(this);
}

void EditItemDelegate::setTheme(const Theme &theme)
{
    m_theme = theme;
    Q_EMIT sizeHintChanged({});
    m_view->viewport()->update();
}

void EditItemDelegate::setDensity(Density density)
{
    if (m_density != density) {
        m_density = density;
        Q_EMIT sizeHintChanged({});
    }
}

void EditItemDelegate::setRowHeight(int px)
{
    if (m_rowHeight != px) {
        m_rowHeight = px;
        Q_EMIT sizeHintChanged({});
    }
}

void EditItemDelegate::setCellWidth(int px)
{
    m_form = RowForm::Cells;
    if (m_cellWidth != px) {
        m_cellWidth = px;
        Q_EMIT sizeHintChanged({});
    }
}

QSize EditItemDelegate::sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const
{
    const int height = m_rowHeight > 0  ? m_rowHeight
        : m_density == Density::Compact ? kCompactRowHeight
                                        : kRowHeight;
    const int width = m_form == RowForm::Cells ? m_cellWidth : m_theme.type().scaled(232);
    return {width, m_theme.type().scaled(height)};
}

EditRowLayout EditItemDelegate::rowLayout(const QModelIndex &index) const
{
    return rowLayout(m_view->visualRect(index), index);
}

EditRowLayout EditItemDelegate::rowLayout(const QRect &rowRect, const QModelIndex &index) const
{
    const bool hasCheck = index.data(Qt::CheckStateRole).isValid();
    return EditRowLayout(rowRect,
        {m_form, hasCheck ? RowCheck::Shown : RowCheck::Absent, index.data(m_roles.depth).toInt(),
            m_view->viewport()->width(), m_theme.type().scale});
}

bool EditItemDelegate::editorEvent(
    QEvent *event, QAbstractItemModel *model, const QStyleOptionViewItem &option, const QModelIndex &index)
{
    const QVariant check = index.data(Qt::CheckStateRole);
    if (event->type() == QEvent::MouseButtonRelease && check.isValid()) {
        const auto *mouse = static_cast<QMouseEvent *>(event);
        const QRect target = checkTarget(rowLayout(option.rect, index));
        if (mouse->button() == Qt::LeftButton && target.contains(mouse->pos())) {
            return model->setData(
                index, check.toInt() == Qt::Checked ? Qt::Unchecked : Qt::Checked, Qt::CheckStateRole);
        }
        return false;
    }
    if (event->type() == QEvent::MouseButtonDblClick) {
        return false; // not two ticks
    }
    return event->type() == QEvent::KeyPress && QStyledItemDelegate::editorEvent(event, model, option, index);
}

bool EditItemDelegate::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_view->viewport()) {
        return filterViewport(event);
    }
    if (watched == m_view) {
        return filterKeys(event);
    }
    return QStyledItemDelegate::eventFilter(watched, event);
}

bool EditItemDelegate::filterViewport(QEvent *event)
{
    auto *mouse = static_cast<QMouseEvent *>(event); // read only in the mouse cases
    switch (event->type()) {
    case QEvent::MouseButtonPress:
        if (mouse->button() != Qt::LeftButton) {
            return false;
        }
        m_isFolding = foldAt(mouse->pos());
        return m_isFolding || pressAt(mouse->pos(), mouse->modifiers());
    case QEvent::MouseMove:
        m_resting.restart();
        if (m_isFolding && mouse->buttons() & Qt::LeftButton) {
            return true;
        }
        if (!m_isActing || !(mouse->buttons() & Qt::LeftButton)) {
            return false;
        }
        dragTo(mouse->pos(), mouse->modifiers());
        return true;
    case QEvent::MouseButtonRelease:
        if (m_isFolding && mouse->button() == Qt::LeftButton) {
            m_isFolding = false;
            return true;
        }
        if (!m_isActing || mouse->button() != Qt::LeftButton) {
            return false;
        }
        finish();
        return true;
    case QEvent::MouseButtonDblClick: {
        const QModelIndex index = m_view->indexAt(mouse->pos());
        m_isFolding = foldAt(mouse->pos());
        if (!index.isValid() || m_isFolding) {
            return index.isValid();
        }
        if (checkTarget(rowLayout(index)).contains(mouse->pos())) {
            return false; // the second of two quick ticks
        }
        if (!hasSlider(index) || !rowLayout(index).sliderLayout().hitsTrack(mouse->localPos())) {
            return toggleFold(index);
        }
        turnOnce(index, 1.0);
        return true;
    }
    case QEvent::Wheel:
        return wheelAt(static_cast<QWheelEvent *>(event));
    case QEvent::Enter:
        m_resting.start();
        return false;
    case QEvent::Leave:
        m_resting.invalidate();
        return false;
    default:
        return false;
    }
}

bool EditItemDelegate::foldAt(const QPoint &position)
{
    const QModelIndex index = m_view->indexAt(position);
    return index.isValid() && m_form == RowForm::Rows && rowLayout(index).fold.contains(position)
        && toggleFold(index);
}

bool EditItemDelegate::toggleFold(const QModelIndex &index)
{
    const QVariant isExpanded = index.data(m_roles.isExpanded);
    return isExpanded.isValid() && m_view->model()->setData(index, !isExpanded.toBool(), m_roles.isExpanded);
}

bool EditItemDelegate::pressAt(const QPoint &position, Qt::KeyboardModifiers modifiers)
{
    const QModelIndex index = m_view->indexAt(position);
    if (!index.isValid() || !m_view->isEnabled() || !hasSlider(index)) {
        return false;
    }
    const FactorSliderLayout layout = rowLayout(index).sliderLayout();
    if (!layout.hitsTrack(position)) {
        return false;
    }
    const double factor = index.data(m_roles.factor).toDouble();
    const bool grabs = layout.handleRect(factor).adjusted(-3, 0, 3, 0).contains(position);
    m_grabOffset = grabs ? position.x() - layout.axis.xOf(factor) : 0;
    m_view->setFocus(Qt::MouseFocusReason);
    m_view->setCurrentIndex(index);
    begin(index);
    if (!grabs) {
        dragTo(position, modifiers);
    }
    return true;
}

void EditItemDelegate::dragTo(const QPoint &position, Qt::KeyboardModifiers modifiers)
{
    if (!m_dragged.isValid()) {
        return; // the row went away under the pointer
    }
    const FactorSliderLayout layout = rowLayout(m_dragged).sliderLayout();
    const SnapAtOne snap = modifiers & Qt::AltModifier ? SnapAtOne::Released : SnapAtOne::On;
    const double factor = layout.axis.factorAt(position.x() - m_grabOffset, snap);
    if (factor != m_dragged.data(m_roles.factor).toDouble()) {
        Q_EMIT valueChanged(m_dragged, factor);
    }
}

bool EditItemDelegate::wheelAt(QWheelEvent *event)
{
    const QPoint position = event->position().toPoint();
    const QModelIndex index = m_view->indexAt(position);
    const bool isOver =
        index.isValid() && hasSlider(index) && rowLayout(index).sliderLayout().hitsTrack(position);
    const bool isRunning = m_wheelEnd.isActive() && m_dragged == index;
    const bool hasRested = m_resting.isValid() && m_resting.elapsed() >= kRestMs;
    if (!isOver || !(isRunning || hasRested)) {
        m_resting.restart();
        return false; // the list scrolls, no factor changes
    }
    m_wheelRest += event->angleDelta().y();
    const int steps = m_wheelRest / kWheelNotch;
    m_wheelRest -= steps * kWheelNotch;
    if (steps != 0) {
        if (!isRunning) {
            begin(index);
        }
        const StepSize size = event->modifiers() & Qt::ShiftModifier ? StepSize::Fine : StepSize::Normal;
        Q_EMIT valueChanged(index, steppedFactor(index.data(m_roles.factor).toDouble(), steps, size));
        m_wheelEnd.start();
    }
    event->accept();
    return true;
}

bool EditItemDelegate::filterKeys(QEvent *event)
{
    const QModelIndex index = m_view->currentIndex();
    if (event->type() != QEvent::KeyPress || !m_view->selectionModel()->isSelected(index)) {
        return false; // a key acts on the highlighted row alone
    }
    const auto *key = static_cast<QKeyEvent *>(event);
    if ((key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) && toggleFold(index)) {
        event->accept();
        return true;
    }
    const std::optional<double> factor =
        hasSlider(index) ? factorAfterKey(*key, index.data(m_roles.factor).toDouble()) : std::nullopt;
    if (!factor) {
        return false;
    }
    turnOnce(index, *factor);
    event->accept();
    return true;
}

void EditItemDelegate::turnOnce(const QModelIndex &index, double factor)
{
    if (factor == index.data(m_roles.factor).toDouble()) {
        return;
    }
    begin(index);
    Q_EMIT valueChanged(index, factor);
    finish();
}

void EditItemDelegate::begin(const QModelIndex &index)
{
    finish();
    m_isActing = true;
    m_dragged = index;
    Q_EMIT dragStarted(index);
}

void EditItemDelegate::finish()
{
    m_wheelEnd.stop();
    if (!m_isActing) {
        return;
    }
    const QModelIndex index = m_dragged;
    m_isActing = false;
    m_dragged = QPersistentModelIndex();
    Q_EMIT dragFinished(index);
}

} // namespace sinkscope::ui
