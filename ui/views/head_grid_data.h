// SPDX-License-Identifier: Apache-2.0
// What the grid of thumbnails shows: which heads, in which order, and where their attention is read from.
#pragma once

#include "ui/views/head_map_data.h"
#include "ui/views/heatmap_layout.h"

#include <functional>
#include <vector>

namespace sinkscope::ui {

/// How thumbnails stand.
enum class HeadGridForm {
    Layers, ///< a row a layer, a column a head, KV groups apart
    Flow, ///< one after the other, each with its name
};

/// Both sides of a head; a side without pattern was not captured.
struct HeadGridReading {
    HeadSide baseline;
    HeadSide edited;
};

/// What the grid shows. Arrays are [layers * heads], layer-major, whichever heads are shown.
struct HeadGridData {
    int layers = 0;
    int heads = 0; ///< query heads
    int groupSize = 1; ///< query heads per key/value head
    int tokens = 0;
    HeadGridForm form = HeadGridForm::Layers;
    std::vector<HeatmapCell> shown; ///< in the order in which they stand; all of them where form is Layers
    int thumbnailPx = 0; ///< of the map without key 0, before the text's scale; 0: all heads of a layer fit

    HeadMapMode mode = HeadMapMode::Edited;
    HeadMapScaleForm scale = HeadMapScaleForm::Log;
    HeadMapRange range = HeadMapRange::AllHeads;
    KeyZeroPlace keyZero = KeyZeroPlace::Apart;
    double sharedMaximum = 1.0; ///< as HeadMapData; for AllHeads
    double sharedKeyZeroChange = 0.0; ///< greatest change of key 0 of all heads; for AllHeads in Difference
    bool holdsRanges = false; ///< while a slider moves, a head's own range stays as it was

    /// Reads the attention of a head; asked only for thumbnails that are made now.
    std::function<HeadGridReading(HeatmapCell)> read;
    std::vector<unsigned> versions; ///< another number: `read` gives something else than before
    std::vector<float> lastSinkMass; ///< of the last row, on the shown side; a change in Difference
    std::vector<float> baselineSinkMass; ///< empty without edits
    std::vector<float> gammas; ///< empty or a factor per head
    std::vector<QString> notes; ///< empty, or what a head is ordered by; in Flow
    std::vector<bool> captured; ///< patterns are there on the sides that are shown
    QString notCapturedReason;
    QString emptyReason; ///< why no head is shown
    int firstStaleLayer = -1; ///< this and later layers are older than the slider; -1: none

    int cellCount() const { return layers * heads; }
    std::size_t at(HeatmapCell cell) const
    {
        return std::size_t(cell.layer) * std::size_t(heads) + std::size_t(cell.head);
    }
    bool hasValues() const { return read && versions.size() >= std::size_t(cellCount()) && tokens > 0; }
    double gamma(HeatmapCell cell) const { return gammas.empty() ? 1.0 : double(gammas[at(cell)]); }
    bool isStale(HeatmapCell cell) const { return firstStaleLayer >= 0 && cell.layer >= firstStaleLayer; }
};

} // namespace sinkscope::ui
