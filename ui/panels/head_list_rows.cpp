// SPDX-License-Identifier: Apache-2.0
// From the edits to the rows of their list.
#include "ui/panels/head_list.h"

#include <algorithm>
#include <limits>

namespace sinkscope::ui {

namespace {

QVector<QPointF> entropyCurve(const FactorCurve *curveOrNull)
{
    QVector<QPointF> points;
    if (!curveOrNull)
        return points;
    for (std::size_t index = 0; index < curveOrNull->gammas.size(); ++index) {
        const auto &point = curveOrNull->points[index];
        points.append({curveOrNull->gammas[index],
            point ? point->outputEntropyNats : std::numeric_limits<double>::quiet_NaN()});
    }
    return points;
}

} // namespace

EditRow HeadList::layerRow(HeadRef head) const
{
    EditRow row;
    row.head = head;
    row.gamma = m_bench.state.edits().effectiveFactor(head);
    return row;
}

void HeadList::addCurve(EditRow &row, const std::vector<HeadRef> &heads) const
{
    const CurveFeed &curves = m_bench.curves;
    row.curve = entropyCurve(curves.editCurve(heads));
    const bool isWanted = std::find(m_withCurve.begin(), m_withCurve.end(), heads) != m_withCurve.end();
    if (row.curve.isEmpty())
        row.curveState = isWanted && !m_bench.state.isRefused() ? RowCurve::Computing : RowCurve::Absent;
    else
        row.curveState = curves.isOldEditCurve(heads) ? RowCurve::Old : RowCurve::Present;
}

void HeadList::addGroup(std::vector<EditRow> &rows, const EditGroup &group, int depth) const
{
    const EditList &edits = m_bench.state.edits();
    EditRow row;
    row.head = group.heads.front();
    row.others.assign(group.heads.begin() + 1, group.heads.end());
    row.extent = group.extent;
    row.depth = depth;
    row.gamma = edits.listedFactor(row.head);
    std::size_t on = 0;
    for (const HeadRef head : group.heads) {
        const EditEntry *entry = edits.findOrNull(head);
        on += entry && entry->isEnabled ? 1 : 0;
        row.isMixed = row.isMixed || edits.listedFactor(head) != row.gamma;
    }
    row.isEnabled = on > 0;
    row.isPartlyOff = on > 0 && on < group.heads.size();
    if (!group.parts.empty())
        row.isExpanded = m_grouping.isUnfolded(row.head, depth);
    if (depth == 0 && !row.isMixed && !row.isPartlyOff)
        addCurve(row, group.heads);
    const bool isExpanded = row.isExpanded.value_or(false);
    rows.push_back(std::move(row));
    if (!isExpanded)
        return;
    for (const EditGroup &part : group.parts)
        addGroup(rows, part, depth + 1);
}

std::vector<EditRow> HeadList::rows() const
{
    std::vector<EditRow> rows;
    if (m_content == Content::Edits) {
        for (const EditGroup &group : m_grouping.groups())
            addGroup(rows, group, 0);
        for (const OtherEdit &other : m_bench.state.edits().others()) {
            EditRow row;
            row.head = other.edit.head;
            row.edit = other.edit;
            row.isEnabled = other.isEnabled;
            rows.push_back(std::move(row));
        }
        return rows;
    }
    const LayerIndex layer = m_bench.selection.head().layer;
    for (HeadIndex head; head.value < m_bench.state.grid().headCount; ++head)
        rows.push_back(layerRow({layer, head}));
    return rows;
}

} // namespace sinkscope::ui
