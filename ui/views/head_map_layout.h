// SPDX-License-Identifier: Apache-2.0
// Geometry of the large map of one head and of the parts around it.
#pragma once

#include "ui/views/head_map_axis.h"
#include "ui/views/head_map_data.h"

#include <QPoint>
#include <QPointF>
#include <QRect>
#include <QSize>

#include <optional>

namespace sinkscope::ui {

/// What the layout depends on. Widths and heights in px of the axis font.
struct HeadMapLayoutInput {
    int tokens = 0;
    QSize area; ///< of the viewport
    int axisHeightPx = 15; ///< line height
    int digitPx = 7; ///< width of a digit
    int labelPx = 60; ///< widest token text, before it is cut
    int readOutPx = 300; ///< wanted width of the read-out
    QSize leastReadOut {220, 120}; ///< of the closest read-out with all its lines; the map gives way to it
    double scale = 1.0; ///< of the text
    HeadMapZoom zoom; ///< no smaller than the one that fits
    QPoint scroll; ///< px of the content left of and above the view; brought into its range
};

/// Where the parts of the head map stand, in viewport px. Validity: a value; pure geometry without painting.
class HeadMapLayout {
public:
    HeadMapLayout() = default;
    explicit HeadMapLayout(const HeadMapLayoutInput &input);

    int tokenCount() const { return m_in.tokens; }
    bool isEmpty() const { return m_in.tokens <= 0; }
    /// More than one token per px.
    bool isPooled() const { return m_cell == 0; }
    int cellPx() const { return m_cell; } ///< 0 when pooled
    const HeadMapAxis &rows() const { return m_rows; } ///< queries, from the top of mapRect()
    const HeadMapAxis &columns() const { return m_columns; } ///< keys 1..T-1, from the left of mapRect()
    int rowPixels() const { return m_map.height(); } ///< px rows in view
    int columnPixels() const { return m_map.width(); } ///< px columns of keys 1..T-1 in view
    bool isZoomed() const { return m_isZoomed; } ///< larger than what fits
    double pxPerToken() const { return m_rows.pxPerToken(); }
    double fitPxPerToken() const { return m_fitPxPerToken; }
    QPoint scroll() const { return {m_columns.offset, m_rows.offset}; }
    /// Where `point` is in tokens: x from key 1 on, y from query 0 on, with fractions.
    QPointF tokensAt(QPoint point) const;
    /// The scroll that brings `tokens` (of tokensAt) to `point`; not yet brought into its range.
    QPoint scrollFor(QPointF tokens, QPoint point) const;
    /// The scroll nearest to the present one that has all of `cell` in view.
    QPoint scrollToShow(HeadMapCell cell) const;
    bool isRowInView(int query) const;
    bool isColumnInView(int key) const; ///< key 0 always is

    QRect sinkColumnRect() const { return m_sink; } ///< key 0
    QRect mapRect() const { return m_map; } ///< keys 1..T-1; empty for one token
    /// At least 1 x 1 px; outside of the map's parts where it is scrolled out.
    QRect cellRect(HeadMapCell cell) const;
    /// The cell under a point, masked ones too; a gap belongs to none.
    std::optional<HeadMapCell> cellAt(QPoint point) const;
    TokenSpan rowSpan(int pixelRow) const { return m_rows.spanAt(pixelRow); } ///< 0 .. rowPixels() - 1
    /// 0 .. columnPixels() - 1; keys from 1
    TokenSpan columnSpan(int pixelColumn) const { return m_columns.spanAt(pixelColumn); }

    int labelStep() const { return m_labelStep; } ///< every how many tokens a label stands
    int labelPitch() const { return m_in.axisHeightPx; } ///< px a label needs
    QRect rowLabelRect(int query) const; ///< index and text, left of the map
    QRect columnLabelRect(int key) const; ///< above the map; the text is turned
    int indexPx() const { return m_indexPx; } ///< width of the index in a label
    QRect axisNamesRect() const; ///< "key (is read)", "query (reads)"

    bool hasProfiles() const { return !m_sinkProfile.isEmpty(); }
    QRect sinkProfileRect() const { return m_sinkProfile; } ///< the plot, rows in line with the map
    QRect entropyProfileRect() const { return m_entropyProfile; }
    bool hasWeights() const { return !m_weights.isEmpty(); }
    QRect weightsRect() const { return m_weights; } ///< columns in line with the map
    QRect sinkBarRect() const { return m_sinkBar; } ///< whole block: title, bar, numbers
    QRect mapBarRect() const { return m_mapBar; }
    QRect legendRect() const { return m_legend; } ///< "masked (later key)"
    /// Room for a read-out of `lines` lines of `lineHeight`: in the masked half, else right of the map,
    /// beside or below the colour bars; empty: none.
    QRect readOutRect(int lines, int lineHeight) const;
    /// The same for a read-out `width` wide: a narrow one reaches further down along the diagonal.
    QRect readOutRect(int lines, int lineHeight, int width) const;

private:
    struct Columns {
        int labels = 0;
        int right = 0; ///< width kept right of the map, gaps included
    };
    Columns columnsBeside() const;
    bool isLow() const; ///< so small that the row weights give way
    void placeAll(int largestCell);
    void placeMap(const Columns &columns, int largestCell);
    struct Room {
        int x = 0;
        int y = 0;
    };
    void fitMap(const Room &room, int largestCell);
    void zoomMap(const Room &room);
    QRect insideRect(const QSize &size) const; ///< in the masked half
    QRect outsideRect(const QSize &size) const; ///< right of the map
    void placeProfiles();
    void placeBars();
    int scaled(int px) const;

    HeadMapLayoutInput m_in;
    bool m_isWide = false; ///< profiles at the right
    int m_sideGap = 0; ///< map to the parts at its right
    int m_profileMin = 0;
    bool m_barsAtRight = false;
    bool m_readOutOutside = false;
    int m_cell = 0;
    bool m_isZoomed = false;
    double m_fitPxPerToken = 0.0;
    HeadMapAxis m_rows;
    HeadMapAxis m_columns;
    int m_labelStep = 1;
    int m_labelWidth = 0; ///< of a row label
    int m_headerHeight = 0;
    int m_indexPx = 0;
    QRect m_sink;
    QRect m_map;
    QRect m_sinkProfile;
    QRect m_entropyProfile;
    QRect m_weights;
    QRect m_sinkBar;
    QRect m_mapBar;
    QRect m_legend;
    QRect m_readOutSide;
};

} // namespace sinkscope::ui
