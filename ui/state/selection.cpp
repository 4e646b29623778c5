// SPDX-License-Identifier: Apache-2.0
// What the window looks at.
#include "ui/state/selection.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace sinkscope::ui {

namespace {

bool comesBefore(HeadRef left, HeadRef right)
{
    return std::tuple(left.layer.value, left.head.value) < std::tuple(right.layer.value, right.head.value);
}

} // namespace

Selection::Selection(QObject *parent)
    : QObject(parent)
{
}

void Selection::setHead(HeadRef head)
{
    setHeads({head});
}

void Selection::setHeads(std::vector<HeadRef> heads)
{
    std::sort(heads.begin() + 1, heads.end(), comesBefore);
    if (m_heads == heads)
        return;
    const HeadRef before = head();
    m_heads = std::move(heads);
    Q_EMIT headsChanged();
    if (!(head() == before))
        Q_EMIT headChanged(head());
}

void Selection::setPinned(CellRef cell)
{
    if (m_pinned == cell)
        return;
    m_pinned = cell;
    Q_EMIT pinnedChanged(cell);
}

void Selection::setKept(std::vector<CellRef> cells)
{
    if (m_kept == cells)
        return;
    m_kept = std::move(cells);
    Q_EMIT keptChanged();
}

void Selection::toggleKept(CellRef cell)
{
    std::vector<CellRef> cells = m_kept;
    const auto there = std::find(cells.begin(), cells.end(), cell);
    if (there == cells.end())
        cells.push_back(cell);
    else
        cells.erase(there);
    setKept(std::move(cells));
}

void Selection::restoreCells(PinnedCells cells)
{
    m_restored = std::move(cells);
    Q_EMIT cellsRestored();
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

void Selection::setQuantity(PatternQuantity quantity)
{
    if (m_quantity == quantity)
        return;
    m_quantity = quantity;
    Q_EMIT patternLookChanged();
}

void Selection::setColumnFigure(ColumnFigure figure)
{
    if (m_columnFigure == figure)
        return;
    m_columnFigure = figure;
    Q_EMIT patternLookChanged();
}

void Selection::setPatternOf(PatternOf of)
{
    if (m_patternOf == of)
        return;
    m_patternOf = of;
    Q_EMIT patternLookChanged();
}

void Selection::setPatternTokens(PatternTokens tokens)
{
    if (m_patternTokens == tokens)
        return;
    m_patternTokens = tokens;
    Q_EMIT patternLookChanged();
}

void Selection::setPicture(PatternPicture picture)
{
    if (m_picture == picture)
        return;
    m_picture = picture;
    Q_EMIT patternLookChanged();
}

void Selection::setFilter(const PatternFilter &filter)
{
    if (m_filter == filter)
        return;
    m_filter = filter;
    Q_EMIT patternLookChanged();
}

void Selection::setOutputRow(OutputRow row)
{
    if (m_outputRow == row)
        return;
    m_outputRow = row;
    Q_EMIT outputRowChanged(row);
}

void Selection::setScope(FactorScope scope)
{
    if (m_scope == scope)
        return;
    m_scope = scope;
    Q_EMIT scopeChanged(scope);
}

void Selection::setTarget(const EditTarget &target)
{
    if (m_target == target)
        return;
    m_target = target;
    Q_EMIT targetChanged();
}

void Selection::setGridLook(const GridLook &look)
{
    if (m_gridLook == look)
        return;
    m_gridLook = look;
    Q_EMIT gridLookChanged();
}

void Selection::setPerspective(const QString &name)
{
    if (m_perspective == name)
        return;
    m_perspective = name;
    Q_EMIT perspectiveChanged(name);
}

} // namespace sinkscope::ui
