// SPDX-License-Identifier: Apache-2.0
// What the edits of one head do to its rows of attention, and the softmax of a row under them.
#pragma once

#include "core/base/index_types.h"
#include "core/ops/softmax.h"

#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace sinkscope {

/// Positions [begin, end): of keys or of query rows.
struct PositionRange {
    std::size_t begin = 0;
    std::size_t end = std::numeric_limits<std::size_t>::max();

    bool contains(std::size_t position) const { return position >= begin && position < end; }
};

/// All edits of one head, made once for a pass and read by every row. In one row they act in the order of the
/// fields; several of one list in the order of the list. A row of one key, and a row that would lose all its
/// keys, keep their weights. Spans point to data that outlives the pass.
struct HeadRowEdits {
    struct ScoreFactor {
        PositionRange rows;
        PositionRange keys;
        double factor = 1.0; ///< the raw score is multiplied
    };
    struct ScoreShift {
        PositionRange rows;
        PositionRange keys;
        double shift = 0.0; ///< added to the score; -infinity removes the key
    };
    struct RowShift {
        PositionRange keys;
        std::span<const double> shifts; ///< of each row; rows beyond take the last
    };
    struct SinkFactor {
        PositionRange rows;
        double gamma = 1.0; ///< on key 0 after the softmax, the row then renormalised
    };
    struct Redistribution {
        std::span<const TokenPos> keys; ///< ascending
        double keep = 1.0; ///< beta: their weights are multiplied, the others get the loss in proportion
    };
    struct OutputFactor {
        PositionRange rows;
        double factor = 1.0; ///< on the head's output, row 0 included; 0 makes it zero
    };
    std::vector<ScoreFactor> scoreFactors;
    std::vector<ScoreShift> scoreShifts;
    std::vector<RowShift> rowShifts;
    std::vector<SinkFactor> sinkFactors;
    std::vector<Redistribution> redistributions;
    std::vector<OutputFactor> outputFactors;

    bool empty() const;
    void clear(); ///< keeps the memory
};

/// Softmax of the scores of `query` (row: its visible keys) under `edits`, in place. The summary's log odds
/// are those before the edits that act on weights. Does not allocate.
RowSummary editedSoftmax(std::span<float> row, std::size_t query, const HeadRowEdits &edits);

/// ACT's step on finished weights (method 7.1; arXiv 2406.15765): with s the sum over `keys`, A_k *= keep for
/// k in keys and A_j += (1 - keep) s A_j / (sum over the others) for the others. The sum of the row stays. A
/// row whose other weights are all 0 stays as it is. Brings `summary` up to date.
void redistribute(
    std::span<float> row, const HeadRowEdits::Redistribution &redistribution, RowSummary &summary);

/// The way back: `grad` holds the derivatives g by the weights after redistribute and becomes those by
/// `weights`, those before it. With s and o the sums over the keys and over the others: keep g_k + (1 - keep)
/// / o sum_others(A_j g_j) for k in keys, and (1 + (1 - keep) s / o) g_j - (1 - keep) s / o^2 sum_others(A_i
/// g_i).
void redistributeGradient(std::span<const float> weights, const HeadRowEdits::Redistribution &redistribution,
    std::span<float> grad);

} // namespace sinkscope
