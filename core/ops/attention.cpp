// SPDX-License-Identifier: Apache-2.0
// Scores and mixing by matrix products, rows one by one in between.
#include "core/ops/attention.h"

#include "core/ops/row_kernels.h"
#include "core/tensor/gemm.h"
#include "core/tensor/packed_kernel.h"

#include <algorithm>
#include <cmath>

namespace sinkscope {

void RowEdits::clear()
{
    scoreFactors.clear();
    scoreShifts.clear();
    sinkGamma = 1.0;
}

namespace {

void editScores(std::span<float> row, const RowEdits &edits)
{
    for (const RowEdits::KeyFactor &edit : edits.scoreFactors)
        if (edit.key < row.size())
            row[edit.key] *= edit.factor;
    for (const RowEdits::KeyShift &edit : edits.scoreShifts)
        if (edit.key < row.size())
            row[edit.key] = std::isinf(edit.logGamma)
                ? kRemovedScore
                : static_cast<float>(static_cast<double>(row[edit.key]) + edit.logGamma);
}

// gamma 0 on key 0 (after the softmax) together with every other key removed leaves nothing to renormalise.
bool losesAllKeys(std::span<const float> row, double sinkGamma)
{
    const bool sinkGone = sinkGamma == 0.0 || row[0] <= kRemovedScore;
    return sinkGone
        && std::all_of(row.begin() + 1, row.end(), [](float score) { return score <= kRemovedScore; });
}

} // namespace

RowSummary editedSoftmax(std::span<float> row, const RowEdits &edits)
{
    if (row.size() == 1 || edits.empty())
        return sinkSplitSoftmax(row);
    if (edits.scoreFactors.empty() && edits.scoreShifts.empty())
        return sinkSplitSoftmax(row, edits.sinkGamma);
    const std::vector<float> original(row.begin(), row.end());
    editScores(row, edits);
    if (losesAllKeys(row, edits.sinkGamma)) {
        std::copy(original.begin(), original.end(), row.begin());
        return sinkSplitSoftmax(row);
    }
    return sinkSplitSoftmax(row, edits.sinkGamma);
}

namespace {

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

void attendBlock(const HeadAttentionBlock &block, const RowEditsFn &rowEdits, RowCaptureFn capture)
{
    multiplyScores(block);
    RowEdits edits;
    for (std::size_t rowIndex = 0; rowIndex < block.queries.rows; ++rowIndex) {
        const std::size_t query = block.firstQuery + rowIndex;
        const std::span<float> row = block.scratch.row(rowIndex);
        const std::span<float> visible = row.first(query + 1);
        if (block.products.keyPanels)
            scaleBy(visible, block.scale);
        if (rowEdits) {
            edits.clear();
            rowEdits(query, edits);
        }
        const RowSummary summary = editedSoftmax(visible, edits);
        std::fill(row.begin() + static_cast<std::ptrdiff_t>(query) + 1, row.end(), 0.0F);
        if (capture)
            capture(query, visible, summary);
    }
    mixValues(block);
}

} // namespace sinkscope
