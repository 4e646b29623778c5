// SPDX-License-Identifier: Apache-2.0
// Scores and mixing by matrix products, rows one by one in between.
#include "core/ops/attention.h"

#include "core/ops/row_kernels.h"
#include "core/tensor/gemm.h"
#include "core/tensor/packed_kernel.h"

#include <algorithm>

namespace sinkscope {

namespace {

/// What `edits` multiply the head's output of `query` with; 0 wins over any others.
double outputFactor(std::size_t query, const HeadRowEdits &edits)
{
    double product = 1.0;
    bool isZero = false;
    for (const HeadRowEdits::OutputFactor &edit : edits.outputFactors)
        if (edit.rows.contains(query)) {
            product *= edit.factor;
            isZero = isZero || edit.factor == 0.0;
        }
    return isZero ? 0.0 : product;
}

void scaleOutputs(const HeadAttentionBlock &block, const HeadRowEdits &edits)
{
    if (edits.outputFactors.empty())
        return;
    for (std::size_t rowIndex = 0; rowIndex < block.out.rows; ++rowIndex) {
        const double factor = outputFactor(block.firstQuery + rowIndex, edits);
        if (factor != 1.0)
            for (float &value : block.out.row(rowIndex))
                value = factor == 0.0 ? 0.0F : static_cast<float>(static_cast<double>(value) * factor);
    }
}

/// scratch = queries keys^T, not yet scaled on the packed kernel.
void multiplyScores(const HeadAttentionBlock &block)
{
    if (!block.products.keyPanels) {
        multiplyTransposed(block.scale, block.queries, block.keys, block.scratch);
        return;
    }
    const std::size_t headSize = block.queries.columns;
    for (std::size_t key = 0; key < block.keys.rows; key += kPanelWidth)
        multiplyPanel({.x = block.queries.data,
            .xStride = block.queries.stride,
            .rows = block.queries.rows,
            .inputs = headSize,
            .panel = block.products.keyPanels + key * headSize,
            .out = block.scratch.data + key,
            .outStride = block.scratch.stride});
}

/// out = scratch values. Keys that a row does not see weigh exactly 0, so a row's sum is the same in any
/// block.
void mixValues(const HeadAttentionBlock &block)
{
    if (!block.products.valuePanels) {
        multiplyPlain(block.scratch, block.values, block.out);
        return;
    }
    for (std::size_t first = 0; first < block.out.columns; first += kPanelWidth)
        multiplyPanel({.x = block.scratch.data,
            .xStride = block.scratch.stride,
            .rows = block.scratch.rows,
            .inputs = block.scratch.columns,
            .panel = block.products.valuePanels + first / kPanelWidth * block.products.valuePanelStep,
            .panelStride = block.products.valuePanelStride,
            .out = block.out.data + first,
            .outStride = block.out.stride,
            .width = std::min(kPanelWidth, block.out.columns - first)});
}

} // namespace

void attendBlock(const HeadAttentionBlock &block, const HeadRowEdits *edits, RowCaptureFn capture)
{
    multiplyScores(block);
    for (std::size_t rowIndex = 0; rowIndex < block.queries.rows; ++rowIndex) {
        const std::size_t query = block.firstQuery + rowIndex;
        const std::span<float> row = block.scratch.row(rowIndex);
        const std::span<float> visible = row.first(query + 1);
        if (block.products.keyPanels)
            scaleBy(visible, block.scale);
        const RowSummary summary = edits ? editedSoftmax(visible, query, *edits) : sinkSplitSoftmax(visible);
        std::fill(row.begin() + static_cast<std::ptrdiff_t>(query) + 1, row.end(), 0.0F);
        if (capture)
            capture(query, visible, summary);
    }
    mixValues(block);
    if (edits)
        scaleOutputs(block, *edits);
}

} // namespace sinkscope
