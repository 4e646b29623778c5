// SPDX-License-Identifier: Apache-2.0
// Scores and mixing by matrix products, rows one by one in between.
#include "core/ops/attention.h"

#include "core/ops/row_kernels.h"
#include "core/tensor/gemm.h"
#include "core/tensor/packed_kernel.h"

#include <algorithm>

namespace sinkscope {

namespace {

void scaleOutputs(const HeadAttentionBlock &block, const HeadRowEdits &edits)
{
    for (const HeadRowEdits::OutputFactor &edit : edits.outputFactors)
        for (std::size_t rowIndex = 0; rowIndex < block.out.rows; ++rowIndex) {
            if (!edit.rows.contains(block.firstQuery + rowIndex))
                continue;
            for (float &value : block.out.row(rowIndex))
                value =
                    edit.factor == 0.0 ? 0.0F : static_cast<float>(static_cast<double>(value) * edit.factor);
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
