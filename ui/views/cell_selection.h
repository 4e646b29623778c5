// SPDX-License-Identifier: Apache-2.0
// Heads chosen by a click, a box, Shift and Ctrl.
#pragma once

#include "ui/views/heatmap_layout.h"

#include <vector>

namespace sinkscope::ui {

/// The chosen cells, of which the first leads: its map is on screen and arrow keys move it.
/// Owner: a view. Threads: GUI thread.
class CellSelection {
public:
    const std::vector<HeatmapCell> &cells() const { return m_cells; }
    HeatmapCell lead() const { return m_cells.front(); }
    HeatmapCell anchor() const { return m_anchor; } ///< where a box begins
    HeatmapCell corner() const { return m_corner; } ///< its other corner
    bool contains(HeatmapCell cell) const;

    /// Chosen elsewhere. Precondition: not empty. A box goes on where they are what it made.
    void set(std::vector<HeatmapCell> cells);
    /// One alone; true when that changes anything.
    bool choose(HeatmapCell cell);
    /// The cells of the box from the anchor to `corner`; true when that changes anything.
    bool extend(HeatmapCell corner, const std::vector<HeatmapCell> &box);
    /// Adds the cell, which leads, or takes it away unless it is the last.
    void toggle(HeatmapCell cell);

private:
    std::vector<HeatmapCell> m_cells {HeatmapCell()};
    HeatmapCell m_anchor;
    HeatmapCell m_corner;
};

} // namespace sinkscope::ui
