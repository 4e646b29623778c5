// SPDX-License-Identifier: Apache-2.0
// The activations of one pass, reused from pass to pass.
#pragma once

#include "core/model/model_config.h"
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
    std::vector<std::vector<float>> scores; ///< per worker: a block of score rows

    void resize(const ModelConfig &config, std::size_t rows)
    {
        if (residual.rows() == rows)
            return;
        const auto hidden = static_cast<std::size_t>(config.hiddenSize);
        const auto querySize = static_cast<std::size_t>(config.headCount * config.headSize);
        const auto keyValueSize = static_cast<std::size_t>(config.keyValueSize());
        const auto feedForward = static_cast<std::size_t>(config.feedForwardSize);
        const auto shape = [rows](Matrix &matrix, std::size_t columns) {
            if (matrix.columns() != columns)
                matrix = Matrix(rows, columns);
            else
                matrix.resizeRows(rows);
        };
        shape(residual, hidden);
        shape(normed, hidden);
        shape(queries, querySize);
        shape(keys, keyValueSize);
        shape(values, keyValueSize);
        shape(headOutputs, querySize);
        shape(projected, hidden);
        shape(gate, feedForward);
        shape(up, feedForward);
    }

    static std::size_t bytes(const ModelConfig &config, std::size_t rows)
    {
        const auto perRow = 3 * config.hiddenSize + 2 * config.headCount * config.headSize
            + 2 * config.keyValueSize() + 2 * config.feedForwardSize;
        return rows * static_cast<std::size_t>(perRow) * sizeof(float);
    }
};

} // namespace sinkscope
