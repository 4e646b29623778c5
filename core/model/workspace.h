// SPDX-License-Identifier: Apache-2.0
// The activations of one pass, reused from pass to pass.
#pragma once

#include "core/model/attention_step.h"
#include "core/model/layer_edits.h"
#include "core/tensor/matrix_view.h"

#include <vector>

namespace sinkscope {

/// Buffers for up to `rows` tokens. Owner: Transformer. Threads: one pass at a time.
/// Validity: the content is of the current layer only.
struct Workspace {
    Matrix residual; ///< [rows, hidden] the stream that layers add to
    Matrix normed; ///< [rows, hidden] after a norm
    Matrix queries; ///< [rows, heads * headSize]
    Matrix keys; ///< [rows, kvHeads * headSize] of the new tokens
    Matrix values; ///< [rows, kvHeads * headSize] of the new tokens
    Matrix headOutputs; ///< [rows, heads * headSize] attention-weighted values
    Matrix projected; ///< [rows, hidden] what a block adds to the stream
    Matrix gate; ///< [rows, feedForward]
    Matrix up; ///< [rows, feedForward]
    AttentionScratch attention;
    LayerEdits edits; ///< of the layer and sequence being run

    void resize(const ModelConfig &config, std::size_t rows)
    {
        const auto keyValueSize = static_cast<std::size_t>(config.keyValueSize());
        keys.reshape(rows, keyValueSize);
        values.reshape(rows, keyValueSize);
        resizeStream(config, rows);
    }
    /// All but the keys and values.
    void resizeStream(const ModelConfig &config, std::size_t rows)
    {
        const auto hidden = static_cast<std::size_t>(config.hiddenSize);
        const auto querySize = static_cast<std::size_t>(config.headCount * config.headSize);
        const auto feedForward = static_cast<std::size_t>(config.feedForwardSize);
        residual.reshape(rows, hidden);
        normed.reshape(rows, hidden);
        queries.reshape(rows, querySize);
        headOutputs.reshape(rows, querySize);
        projected.reshape(rows, hidden);
        gate.reshape(rows, feedForward);
        up.reshape(rows, feedForward);
    }

    static std::size_t bytes(const ModelConfig &config, std::size_t rows)
    {
        const auto perRow = 3 * config.hiddenSize + 2 * config.headCount * config.headSize
            + 2 * config.keyValueSize() + 2 * config.feedForwardSize;
        return rows * static_cast<std::size_t>(perRow) * sizeof(float);
    }
};

} // namespace sinkscope
