// SPDX-License-Identifier: Apache-2.0
// Colours and images of the head map, worked out once per change of data or theme.
#pragma once

#include "ui/theme/theme.h"
#include "ui/views/head_map_layout.h"
#include "ui/views/head_map_tiles.h"
#include "ui/views/head_map_values.h"

#include <QImage>

#include <cstdint>
#include <vector>

namespace sinkscope::ui {

/// The cells as images: tiles of one byte a cell, kept under a budget, and the part in view put together from
/// them. Where several cells share a px the greatest is seen, of changes the largest.
/// Owner: HeadMapView. Threads: GUI thread. Validity: until data or theme change; refers to the data.
class HeadMapPicture {
public:
    /// Tiles take at most `tileBudgetBytes`; one alone may exceed it.
    HeadMapPicture(
        const HeadMapData &data, const Theme &theme, std::size_t tileBudgetBytes = kUsualTileBudgetBytes);
    static constexpr std::size_t kUsualTileBudgetBytes = std::size_t {16} << 20;

    /// Makes the images of what `layout` has in view; cheap when that is the same as before.
    void show(const HeadMapLayout &layout);
    const HeadMapScales &scales() const { return m_scales; }
    const QImage &mapImage() const { return m_map; } ///< keys 1.. in view, one px a cell or px of the view
    const QRect &mapTarget() const { return m_mapTarget; } ///< where it stands; may reach beyond the map
    const QImage &sinkImage() const { return m_sink; } ///< key 0 of the same rows
    const QRect &sinkTarget() const { return m_sinkTarget; }
    /// As painted: dimmed when the data are stale.
    QRgb colourOf(HeadMapCell cell, float value) const;
    /// The same of a cell of the data: paler when the filter leaves it out.
    QRgb colourOf(HeadMapCell cell) const;
    const ColourMap &restMap() const
    {
        return m_scales.diverges ? m_theme.diverging() : m_theme.attentionMap();
    }
    const ColourMap &keyZeroMap() const;
    const TileCache &tiles() const { return m_tiles; }

private:
    struct Part {
        int firstRow = 0;
        int firstColumn = 0;
        QSize size;
    };
    enum class Standing { LeftOut, Shown }; ///< by the filter
    Standing standingOf(HeadMapCell cell) const;
    std::uint8_t indexOf(float value, Standing standing) const;
    QRgb keyZeroColour(float value, Standing standing) const;
    float stronger(float first, float second) const;
    const QImage &tile(const HeadMapAxis &rows, const HeadMapAxis &columns, const TileKey &key);
    QImage renderTile(const HeadMapAxis &rows, const HeadMapAxis &columns, const Part &part) const;
    void fillTile(QImage &image, const HeadMapAxis &rows, const HeadMapAxis &columns, const Part &part) const;
    void fillFilteredTile(
        QImage &image, const HeadMapAxis &rows, const HeadMapAxis &columns, const Part &part) const;
    void composeMap(const HeadMapAxis &rows, const HeadMapAxis &columns, const Part &part);
    void renderKeyZero(const HeadMapAxis &rows, const Part &part);

    const HeadMapData &m_data;
    Theme m_theme;
    HeadMapScales m_scales;
    ColourMap m_paintedRest; ///< restMap(), dimmed when stale
    ColourMap m_paintedKeyZero;
    ColourMap m_paleKeyZero; ///< of rows that the filter leaves out
    std::vector<float> m_thresholds; ///< [T] of the filter; empty: all pass
    QVector<QRgb> m_table; ///< of the tiles; the last entry is masked
    TileCache m_tiles;
    HeadMapAxis m_shownRows;
    HeadMapAxis m_shownColumns;
    QImage m_map;
    QImage m_sink;
    QRect m_mapTarget;
    QRect m_sinkTarget;
};

} // namespace sinkscope::ui
