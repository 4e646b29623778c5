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
    SharedFloats scores; ///< [T (T + 1) / 2] before the softmax; only for HeadMapQuantity::Score
    /// [T] by which the weights of each key are multiplied; only for ValueWeighted and Contribution
    SharedFloats keyNorms;

    bool hasPattern() const { return !pattern.isEmpty(); }
};

enum class HeadMapMode { Baseline, Edited, Difference };
/// What a cell stands for. a: attention of query q to key k.
enum class HeadMapQuantity {
    Weight, ///< a
    Score, ///< q . k / sqrt(head size), before the softmax and before the edits of this layer
    ValueWeighted, ///< a ||v_k||
    Contribution, ///< ||a W_O v_k||: what the key adds to the residual stream through this head
};
enum class HeadMapScaleForm { Linear, Log };
enum class HeadMapRange {
    ThisHead,
    AllHeads,
    BothSides, ///< this head in two maps, on the range that heldMaximum says
};
enum class KeyZeroPlace {
    Apart, ///< column 0 on its own ramp and out of the scale of the others
    InScale, ///< column 0 on the scale of all keys
};

/// One label of both axes: a token, or a group of them.
struct HeadMapToken {
    QString text; ///< as shown: visibleToken()
    int id = -1; ///< -1: unknown, or a group
    int firstToken = -1; ///< of a group
    int lastToken = -1;
};

/// What a row and a column of the map stand for.
enum class HeadMapUnit { Tokens, Words, Lines };

/// Cells that are shown in full; the others are paler. By attention, whatever the map shows.
struct HeadMapFilter {
    double leastWeight = 0.0; ///< of attention; 0: every cell passes
    int strongestInRow = 0; ///< keys of each row (key 0 left out where it stands apart); 0: all
    bool isOff() const { return leastWeight <= 0.0 && strongestInRow <= 0; }
    bool operator==(const HeadMapFilter &) const = default;
};

struct HeadMapData {
    std::vector<HeadMapToken> tokens; ///< [T], of groups as many as there are; the first is the initial token
    HeadMapUnit unit = HeadMapUnit::Tokens;
    /// What the cells are of where that is not one head: "mean of 12 heads".
    QString pictured;
    bool hasEntropies = true; ///< false: rows do not sum to 1, so they have no entropy
    HeadSide edited; ///< without an edit the same as the baseline
    HeadSide baseline;
    bool hasEdit = false; ///< some factor differs from 1: bars and ticks, before and after
    HeadMapMode mode = HeadMapMode::Edited;
    HeadMapQuantity quantity = HeadMapQuantity::Weight;
    HeadMapFilter filter;
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

/// What stands below the map, for each key.
enum class HeadMapColumnFigure {
    RowWeights, ///< the weights of one row
    Received, ///< attention received: the mean over the rows in view that see the key
};

/// A cell of the map: `query` reads `key`.
struct HeadMapCell {
    int query = 0;
    int key = 0;
    bool operator==(const HeadMapCell &) const = default;
};

} // namespace sinkscope::ui
