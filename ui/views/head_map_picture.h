// SPDX-License-Identifier: Apache-2.0
// Values, scales and images of the head map, worked out once per change of data, theme or size.
#pragma once

#include "ui/theme/theme.h"
#include "ui/views/colour_scale.h"
#include "ui/views/head_map_data.h"
#include "ui/views/head_map_layout.h"

#include <QImage>

#include <optional>

namespace sinkscope::ui {

/// Scales of a head map: keys 1.. and key 0.
struct HeadMapScales {
    ColourScale rest;
    ColourScale keyZero;
    bool isClipped = false; ///< some weight of keys >= 1 lies beyond `rest`
    bool diverges = false; ///< changes: both scales are symmetric about 0
};

/// Range and form of the colours for this data: "this head" takes the greatest weight over keys >= 1 of both
/// sides in rows with four such keys or more, where there are any: one of two keys has half of a row. What
/// lies beyond is clipped. A held maximum stays; that of changes may grow.
HeadMapScales headMapScales(const HeadMapData &data);
/// The first row of a prompt whose weights set the range: earlier ones share theirs among few keys.
int firstRangeRow(int tokens);
/// Numbers below the bar of keys >= 1: a clipped end has "≥" or "≤" in front.
std::vector<ScaleTick> restTicks(const HeadMapScales &scales);
/// The upper end of the row weights' plot: a round number above all keys >= 1 of row `query` on both sides.
double rowWeightsTop(const HeadMapData &data, int query);

/// The weight of a cell: 0 when masked, NaN when not captured (key 0 is known from the sink masses too).
float weightOf(const HeadSide &side, HeadMapCell cell);
/// The shown side's weight or, in Difference mode, edited minus baseline.
float shownValue(const HeadMapData &data, HeadMapCell cell);
/// True when the cells of keys >= 1 are known for the mode.
bool hasShownPattern(const HeadMapData &data);
/// True in Difference mode when no weight of the head changed (by 1e-7 or more).
bool hasNoDifference(const HeadMapData &data);
/// The side that bars and weights show: baseline in Baseline mode, else edited.
const HeadSide &shownSide(const HeadMapData &data);

/// Row figures of one side, from the side's arrays or, where absent, from its pattern. Entropies in nats.
struct RowFigures {
    double sinkMass = 0.0;
    double entropy = 0.0;
    double restEntropy = 0.0;
};
std::optional<RowFigures> rowFigures(const HeadSide &side, int query);
/// 1 = the greatest weight of the row.
int rankInRow(const HeadSide &side, HeadMapCell cell);

/// Owner: HeadMapView. Threads: GUI thread. Validity: until data, theme or layout change.
class HeadMapPicture {
public:
    HeadMapPicture(const HeadMapData &data, const Theme &theme, const HeadMapLayout &layout);

    const HeadMapScales &scales() const { return m_scales; }
    const QImage &mapImage() const { return m_map; } ///< keys 1..T-1
    const QImage &sinkImage() const { return m_sink; } ///< key 0
    /// As painted: dimmed when the data are stale.
    QRgb colourOf(HeadMapCell cell, float value) const;
    const ColourMap &restMap() const
    {
        return m_scales.diverges ? m_theme.diverging() : m_theme.attentionMap();
    }
    const ColourMap &keyZeroMap() const;

private:
    void renderMap(const HeadMapData &data, const HeadMapLayout &layout);
    void renderKeyZero(const HeadMapData &data, const HeadMapLayout &layout);

    Theme m_theme;
    HeadMapScales m_scales;
    ColourMap m_paintedRest; ///< restMap(), dimmed when stale
    ColourMap m_paintedKeyZero;
    KeyZeroPlace m_keyZero = KeyZeroPlace::Apart;
    QImage m_map;
    QImage m_sink;
};

} // namespace sinkscope::ui
