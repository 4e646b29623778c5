// SPDX-License-Identifier: Apache-2.0
// Data and geometry of the layer x head map: whole-px cells, KV groups apart, labels thinned out.
#pragma once

#include "ui/views/shared_floats.h"

#include <QPoint>
#include <QRect>
#include <QSize>
#include <QString>

#include <optional>
#include <vector>

namespace sinkscope::ui {

/// A cell of the layer x head map.
struct HeatmapCell {
    int layer = 0;
    int head = 0;
    bool operator==(const HeatmapCell &) const = default;
};

/// How the values become colours.
enum class HeatmapScale {
    SinkRamp, ///< attention to key 0, always 0..1
    Sequential, ///< minimum..maximum on the attention map
    Diverging, ///< values around 0, limits -maximum..maximum (differences)
    Factor, ///< values are gamma; coloured by ln gamma around 1, limits 0.01..100
};

/// What the map shows. Arrays are [layers * heads], layer-major.
struct HeatmapData {
    int layers = 0;
    int heads = 0; ///< query heads
    int groupSize = 1; ///< query heads per key/value head
    SharedFloats values; ///< NaN: no value (hatched)
    std::vector<float> gammas; ///< empty or a factor per head; other than 1 gives a mark
    std::vector<char>
        otherEdits; ///< empty or per head whether it has an edit that is no factor; gives a mark
    HeatmapScale scale = HeatmapScale::SinkRamp;
    double minimum = 0.0; ///< Sequential only
    double maximum = 1.0; ///< Sequential and Diverging
    QString title; ///< above the colour bar: "attention to key 0 from the last row"
    QString shortMeasure; ///< in words for a cell: "sink mass"
    QString unit; ///< "nats" or empty
    QString missingReason; ///< shown over the map while `values` is empty
    int firstStaleLayer = -1; ///< this and later layers are older than the slider; -1: none

    int cellCount() const { return layers * heads; }
    std::size_t at(HeatmapCell cell) const
    {
        return std::size_t(cell.layer) * std::size_t(heads) + std::size_t(cell.head);
    }
    bool hasValues() const { return values.size() >= std::size_t(cellCount()); }
    bool hasOtherEdit(HeatmapCell cell) const { return !otherEdits.empty() && otherEdits[at(cell)] != 0; }
    double gamma(HeatmapCell cell) const { return gammas.empty() ? 1.0 : double(gammas[at(cell)]); }
};

inline constexpr int kTitleLines = 2; ///< of the colour bar that the view makes room for

/// What the layout depends on.
struct HeatmapLayoutInput {
    int layers = 0;
    int heads = 0;
    int groupSize = 1;
    QSize area; ///< px of the viewport
    int digitPx = 7; ///< width of a digit of the axis font
    int axisHeightPx = 14; ///< line height of the axis font
    double scale = 1.0; ///< of the text
    int titleLines = 1; ///< of the colour bar
    int legendPx = 0; ///< width of the words below it in one line; 0: 28 digits
};

/// Where each cell and label stands, in content coordinates (before scrolling).
/// Validity: a value; pure geometry without painting.
class HeatmapLayout {
public:
    HeatmapLayout() = default;
    explicit HeatmapLayout(const HeatmapLayoutInput &input);

    QRect cellRect(HeatmapCell cell) const; ///< painted part, without the 1 px gap
    std::optional<HeatmapCell> cellAt(
        QPoint content) const; ///< gaps between cells belong to the cell before; KV gaps to none
    QRect rowLabelRect(int layer) const;
    QRect columnLabelRect(int head) const;
    QRect groupTitleRect(int group) const;
    bool showsRowLabel(int layer) const { return layer % m_rowStep == 0; }
    bool showsColumnLabel(int head) const { return head % m_columnStep == 0; }
    bool showsGroupTitles() const { return m_groupTitles; }
    QRect mapRect() const; ///< all cells
    int visibleWidth() const; ///< px right of the row labels
    QRect barRect() const; ///< title, colour bar and numbers
    QRect legendRect() const; ///< triangles and "layer 0 at the top"
    /// Bar and legend stand at the lower edge of the area, where the layers above them scroll.
    bool isLegendPinned() const { return m_isPinned; }
    /// px of height with which a few layers, bar and legend are in sight.
    int leastHeight() const;
    QSize contentSize() const { return m_content; }
    QSize cellPitch() const { return {m_pitchX, m_pitchY}; }
    int groupCount() const;
    int rowStep() const { return m_rowStep; }
    int columnStep() const { return m_columnStep; }

private:
    int columnX(int head) const;
    int legendWidth() const; ///< in one line
    int legendLines() const;
    int heightBelow() const; ///< of bar and legend with the gaps around them

    HeatmapLayoutInput m_in;
    int m_pitchX = 0;
    int m_pitchY = 0;
    int m_left = 0; ///< of the first cell
    int m_top = 0;
    int m_gap = 0; ///< between KV groups
    int m_rowStep = 1;
    int m_columnStep = 1;
    bool m_groupTitles = false;
    bool m_isPinned = false;
    QSize m_content;
};

/// The head next to `from` in the direction of the keys; stays inside. PgUp/PgDn are 4 layers.
HeatmapCell stepCell(const HeatmapData &data, HeatmapCell from, int layerStep, int headStep);

} // namespace sinkscope::ui
