// SPDX-License-Identifier: Apache-2.0
// What the window looks at.
#include "ui/state/selection.h"

namespace sinkscope::ui {

Selection::Selection(QObject *parent)
    : QObject(parent)
{
}

void Selection::setHead(HeadRef head)
{
    if (m_head == head)
        return;
    m_head = head;
    Q_EMIT headChanged(head);
}

void Selection::setPinned(CellRef cell)
{
    if (m_pinned == cell)
        return;
    m_pinned = cell;
    Q_EMIT pinnedChanged(cell);
}

void Selection::setHovered(CellRef cell)
{
    if (m_hovered == cell)
        return;
    m_hovered = cell;
    Q_EMIT hoveredChanged(cell);
}

void Selection::setSide(Side side)
{
    if (m_side == side)
        return;
    m_side = side;
    Q_EMIT sideChanged(side);
}

void Selection::toggleSide()
{
    setSide(m_side == Side::Baseline ? Side::Edited : Side::Baseline);
}

void Selection::setMeasure(HeadMeasure measure)
{
    if (m_measure == measure)
        return;
    m_measure = measure;
    Q_EMIT measureChanged(measure);
}

void Selection::setRange(PatternRange range)
{
    if (m_range == range)
        return;
    m_range = range;
    Q_EMIT patternLookChanged();
}

void Selection::setScale(PatternScale scale)
{
    if (m_scale == scale)
        return;
    m_scale = scale;
    Q_EMIT patternLookChanged();
}

void Selection::setKeyZero(KeyZeroScale keyZero)
{
    if (m_keyZero == keyZero)
        return;
    m_keyZero = keyZero;
    Q_EMIT patternLookChanged();
}

void Selection::setScope(FactorScope scope)
{
    if (m_scope == scope)
        return;
    m_scope = scope;
    Q_EMIT scopeChanged(scope);
}

} // namespace sinkscope::ui
