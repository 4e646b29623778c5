// SPDX-License-Identifier: Apache-2.0
// Heads chosen by a click, a box, Shift and Ctrl.
#include "ui/views/cell_selection.h"

#include <algorithm>
#include <utility>

namespace sinkscope::ui {

bool CellSelection::contains(HeatmapCell cell) const
{
    return std::find(m_cells.begin(), m_cells.end(), cell) != m_cells.end();
}

void CellSelection::set(std::vector<HeatmapCell> cells)
{
    if (cells == m_cells)
        return;
    m_anchor = m_corner = cells.front();
    m_cells = std::move(cells);
}

bool CellSelection::choose(HeatmapCell cell)
{
    const bool isNew = m_cells.size() > 1 || !(cell == lead());
    m_cells = {cell};
    m_anchor = m_corner = cell;
    return isNew;
}

bool CellSelection::extend(HeatmapCell corner, const std::vector<HeatmapCell> &box)
{
    m_corner = corner;
    std::vector<HeatmapCell> cells {m_anchor};
    std::copy_if(box.begin(), box.end(), std::back_inserter(cells),
        [this](HeatmapCell cell) { return !(cell == m_anchor); });
    return std::exchange(m_cells, cells) != cells;
}

void CellSelection::toggle(HeatmapCell cell)
{
    const auto found = std::find(m_cells.begin(), m_cells.end(), cell);
    if (found == m_cells.end())
        m_cells.insert(m_cells.begin(), cell);
    else if (m_cells.size() > 1)
        m_cells.erase(found);
    m_anchor = m_corner = m_cells.front();
}

} // namespace sinkscope::ui
