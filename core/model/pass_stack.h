// SPDX-License-Identifier: Apache-2.0
// What a Transformer moves through the layers: the sequences of a pass or of a batch, side by side.
#pragma once

#include "core/model/transformer.h"

#include <vector>

namespace sinkscope {

/// One prompt, or one variant of it, in the stack of rows: n new rows after `past` cached ones.
struct Transformer::Sequence {
    std::size_t firstRow = 0; // in the workspace
    std::size_t rows = 0; // n
    std::size_t past = 0;
    TokenPos promptLast;
    const Intervention *intervention = nullptr; // nullptr: no edit
    MutableMatrixView keys; // [past + n, kvHeads * headSize] of the layer being run
    MutableMatrixView values; // the same shape
    LayerRecord *record = nullptr; // nullptr: nothing is captured
    RowSummary *focus = nullptr; // nullptr: no head's last row is summarised
    HeadIndex focusHead = {};
};

/// What runs through the layers side by side. In the last layer, where nothing above reads them, rows that
/// are not the last of their sequence can be left out.
struct Transformer::Stack {
    enum class Rows {
        All,
        LastAfterAttention, // the attention of every row is captured, the stream goes on with the last
        LastFromQueries, // keys and values of every row, everything else of the last
    };
    std::vector<Sequence> sequences;
    Rows rows = Rows::All; // of the layer being run
};

} // namespace sinkscope
