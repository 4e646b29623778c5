// SPDX-License-Identifier: Apache-2.0
// Matrix products around the softmax rows of a block.
#include "core/ops/attention_gradient.h"

#include "core/ops/gradients.h"
#include "core/tensor/gemm.h"

#include <algorithm>

namespace sinkscope {

double attendBlockGradient(const HeadGradientBlock &block, RowGradientFn rowGradient)
{
    multiplyTransposed(1.0F, block.gradOut, block.values, block.scratch); // by the weights
    const MatrixView &softmaxWeights = block.softmaxWeights.data ? block.softmaxWeights : block.weights;
    double byBias = 0.0;
    for (std::size_t rowIndex = 0; rowIndex < block.scratch.rows; ++rowIndex) {
        const std::size_t query = block.firstQuery + rowIndex;
        const std::span<float> row = block.scratch.row(rowIndex);
        const std::span<float> visible = row.first(query + 1);
        if (block.weightGradient)
            block.weightGradient(query, visible);
        softmaxGradient(softmaxWeights.row(rowIndex).first(query + 1), visible);
        const double own = rowGradient ? rowGradient(query, visible) : static_cast<double>(visible[0]);
        if (query > 0) // a row of key 0 alone does not change
            byBias += own;
        std::ranges::fill(row.subspan(query + 1), 0.0F);
        for (float &value : visible)
            value *= block.scale;
    }
    if (block.gradQueries.data) {
        multiplyPlain(block.scratch, block.keys, block.gradQueries);
        addTransposedProduct(block.scratch, block.queries, block.gradKeys);
        addTransposedProduct(block.weights, block.gradOut, block.gradValues);
    }
    return byBias;
}

} // namespace sinkscope
