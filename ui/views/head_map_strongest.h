// SPDX-License-Identifier: Apache-2.0
// Cells of the head map as rows of a table: the strongest ones, or given ones.
#pragma once

#include "ui/views/head_map_data.h"

#include <span>
#include <vector>

namespace sinkscope::ui {

/// One cell with the shown quantity on both sides; NaN where it is not known.
struct HeadMapCellRow {
    HeadMapCell cell;
    float shown = 0.0F; ///< of the side that is shown; edited in Difference mode
    float baseline = 0.0F;
    float change = 0.0F; ///< edited minus baseline
};

/// The `count` cells with the greatest shown value, in Difference mode with the largest change, greatest
/// first. Key 0 is left out where it stands apart, and rows of few keys as in the colour range
/// (firstRangeRow). Empty when the map has no values.
std::vector<HeadMapCellRow> strongestCells(const HeadMapData &data, int count);
/// The given cells in their order; those outside of the prompt are left out.
std::vector<HeadMapCellRow> cellRows(const HeadMapData &data, std::span<const HeadMapCell> cells);

} // namespace sinkscope::ui
