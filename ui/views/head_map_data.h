// SPDX-License-Identifier: Apache-2.0
// What the large map of one head shows.
#pragma once

#include "ui/views/shared_floats.h"

#include <QString>

#include <optional>
#include <vector>

namespace sinkscope::ui {

/// One side (baseline or edited) of a head. T tokens.
struct HeadSide {
    SharedFloats
        pattern; ///< [T (T + 1) / 2] packed lower triangle: row q at q (q + 1) / 2; empty: not captured
    SharedFloats sinkMass; ///< [T] attention of each row to key 0; may be empty (then read off the pattern)
    SharedFloats entropy; ///< [T] nats; may be empty (then computed from the pattern)
    SharedFloats restEntropy; ///< [T] nats without key 0; may be empty (then computed from the pattern)

    bool hasPattern() const { return !pattern.isEmpty(); }
};

enum class HeadMapMode { Baseline, Edited, Difference };
enum class HeadMapScaleForm { Linear, Log };
enum class HeadMapRange { ThisHead, AllHeads };
enum class KeyZeroPlace {
    Apart, ///< column 0 on its own ramp and out of the scale of the others
    InScale, ///< column 0 on the scale of all keys
};

/// One label of both axes.
struct HeadMapToken {
    QString text; ///< as shown: visibleToken()
    int id = -1; ///< -1: unknown
};

struct HeadMapData {
    std::vector<HeadMapToken> tokens; ///< [T]
    HeadSide edited; ///< without an edit the same as the baseline
    HeadSide baseline;
    bool hasEdit = false; ///< some factor differs from 1: bars and ticks, before and after
    HeadMapMode mode = HeadMapMode::Edited;
    HeadMapScaleForm form = HeadMapScaleForm::Log;
    HeadMapRange range = HeadMapRange::ThisHead;
    double sharedMaximum =
        1.0; ///< greatest shown value (weight or size of change) of all heads, keys >= 1; for AllHeads
    double heldMaximum =
        0.0; ///< the end of the range of keys >= 1 while a slider moves; 0: it follows the values
    double heldKeyZeroMaximum = 0.0; ///< the same of the changes of key 0
    KeyZeroPlace keyZero = KeyZeroPlace::Apart;
    bool isStale = false; ///< older than the slider: dimmed to 64 %
    QString notCapturedReason; ///< shown over the hatching when the shown side has no pattern

    int tokenCount() const { return int(tokens.size()); }
};

/// A cell of the map: `query` reads `key`.
struct HeadMapCell {
    int query = 0;
    int key = 0;
    bool operator==(const HeadMapCell &) const = default;
};

} // namespace sinkscope::ui
