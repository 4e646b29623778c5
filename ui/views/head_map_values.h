// SPDX-License-Identifier: Apache-2.0
// Values and scales of the head map.
#pragma once

#include "ui/views/colour_scale.h"
#include "ui/views/head_map_data.h"

#include <optional>
#include <span>
#include <vector>

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
/// The shown quantity on one side; NaN when not known.
float quantityOf(const HeadSide &side, HeadMapQuantity quantity, HeadMapCell cell);
/// The shown quantity of the shown side or, in Difference mode, edited minus baseline; NaN when not known.
float shownValue(const HeadMapData &data, HeadMapCell cell);
/// values[i] = shownValue of row `query` and key firstKey + i. Precondition: hasShownPattern(data), no key
/// later than `query`.
void readShownRow(const HeadMapData &data, int query, int firstKey, std::span<float> values);
/// The attention that a filter looks at: of the shown side, in Difference mode the greater one of both.
float filteredWeight(const HeadMapData &data, HeadMapCell cell);
/// [T] the least attention that passes the filter in each row; empty: all passes.
std::vector<float> filterThresholds(const HeadMapData &data);
/// True when the cells of keys >= 1 are known for the mode.
bool hasShownPattern(const HeadMapData &data);
/// True in Difference mode of the weights when none of the head changed (by 1e-7 or more).
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

} // namespace sinkscope::ui
