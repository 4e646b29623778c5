// SPDX-License-Identifier: Apache-2.0
// Keeps the selection inside the model and the prompt at hand.
#include "ui/state/selection_keeper.h"

#include <algorithm>

namespace sinkscope::ui {

namespace {

bool isInside(HeadRef head, const HeadGrid &grid)
{
    return head.layer.value >= 0 && head.layer.value < grid.layerCount && head.head.value >= 0
        && head.head.value < grid.headCount;
}

/// A layer a little above the middle, where heads of small models differ most in their attention to key 0.
HeadRef middleHead(const HeadGrid &grid)
{
    return {LayerIndex(grid.layerCount * 4 / 7), HeadIndex(std::min(2, grid.headCount - 1))};
}

/// The most read key other than the initial token, in the last row.
int strongestKey(const LayerRecord &record, HeadIndex head)
{
    const auto row = record.lastRow.row(head.asSize());
    if (row.size() < 2)
        return 0;
    return static_cast<int>(std::max_element(row.begin() + 1, row.end()) - row.begin());
}

} // namespace

SelectionKeeper::SelectionKeeper(AppState &state, Selection &selection, QObject *parent)
    : QObject(parent)
    , m_state(state)
    , m_selection(selection)
{
    connect(&state, &AppState::modelChanged, this, [this] {
        fitHead();
        m_needsCell = true;
    });
    connect(&state, &AppState::promptChanged, this, [this] { m_needsCell = true; });
    connect(&state, &AppState::snapshotsChanged, this, &SelectionKeeper::fitCell);
    connect(&selection, &Selection::cellsRestored, this, [this] {
        m_needsCell = true;
        if (!m_state.isOfFormerPrompt())
            fitCell();
    });
}

void SelectionKeeper::fitHead()
{
    const HeadGrid grid = m_state.grid();
    if (m_wanted && isInside(*m_wanted, grid))
        m_selection.setHead(*m_wanted);
    else if (m_wanted || !isInside(m_selection.head(), grid) || m_selection.head() == HeadRef {})
        m_selection.setHead(middleHead(grid));
    else
        m_selection.setHead(m_selection.head()); // the others may not exist in this model
    m_wanted.reset();
    m_state.setShownLayer(m_selection.head().layer);
}

void SelectionKeeper::fitCell()
{
    if (!m_needsCell || !m_state.baseline())
        return;
    m_needsCell = false;
    const HeadRef head = m_selection.head();
    const auto &layers = m_state.baseline()->pass->layers;
    const int last = static_cast<int>(m_state.baseline()->prompt->ids.size()) - 1;
    m_selection.setHovered({});
    const std::optional<PinnedCells> restored = m_selection.takeRestoredCells();
    const auto isOfPrompt = [last](CellRef cell) { return cell.query <= last && cell.key <= cell.query; };
    if (restored && isOfPrompt(restored->pinned)
        && std::all_of(restored->kept.begin(), restored->kept.end(), isOfPrompt)) {
        m_selection.setKept(restored->kept);
        m_selection.setPinned(restored->pinned);
        return;
    }
    m_selection.setKept({});
    m_selection.setPinned({last, strongestKey(*layers[head.layer.asSize()], head.head)});
}

} // namespace sinkscope::ui
