// SPDX-License-Identifier: Apache-2.0
// Products with weights the other way round, for derivatives by their inputs: each layout is read as it lies.
#include "core/tensor/gemm.h"
#include "core/tensor/packed_kernel.h"

#include <algorithm>
#include <atomic>
#include <cblas.h>

namespace sinkscope {

namespace {

// Inputs of one task: few enough to share the smallest product among threads and to see a cancel soon.
constexpr std::size_t kTaskInputs = 96;
// Rows of one task of the packed kernel: their gradients by one group of panels stay in the cache.
constexpr std::size_t kTaskRows = 48;
constexpr std::size_t kGroupOutputs = kPanelsOfASum * kPanelWidth;

int blasInt(std::size_t value)
{
    return static_cast<int>(value);
}

struct Span {
    std::size_t first = 0;
    std::size_t count = 0;
};

Span part(std::size_t index, std::size_t size, std::size_t total)
{
    return {index * size, std::min(size, total - index * size)};
}

std::size_t partCount(std::size_t size, std::size_t total)
{
    return (total + size - 1) / size;
}

/// A block of gradIn that one task writes.
struct Block {
    Span rows;
    Span inputs;
};

Block blockOf(std::size_t task, MatrixView gradIn)
{
    const std::size_t rowParts = partCount(kTaskRows, gradIn.rows);
    return {
        part(task % rowParts, kTaskRows, gradIn.rows), part(task / rowParts, kTaskInputs, gradIn.columns)};
}

std::size_t blockCount(MatrixView gradIn)
{
    return partCount(kTaskRows, gradIn.rows) * partCount(kTaskInputs, gradIn.columns);
}

/// Adds the outputs `group` of the product to a block; `panels` begins at the group's first panel.
void addGroup(
    const GemmSource &source, Span group, const float *panels, const Block &block, MutableMatrixView gradIn)
{
    const MatrixView &gradOut = source.gradOut;
    addPanelsTransposed({.gradOut = gradOut.data + block.rows.first * gradOut.stride + group.first,
        .gradOutStride = gradOut.stride,
        .rows = block.rows.count,
        .outputs = group.count,
        .panels = panels + block.inputs.first * kPanelWidth,
        .panelStride = source.weights->inputs * kPanelWidth,
        .gradIn = gradIn.data + block.rows.first * gradIn.stride + block.inputs.first,
        .gradInStride = gradIn.stride,
        .inputs = block.inputs.count});
}

} // namespace

WorkStatus Gemm::multiplyBackward(
    std::span<const GemmSource> sources, MutableMatrixView gradIn, const StopToken &stop)
{
    for (std::size_t row = 0; row < gradIn.rows; ++row)
        std::ranges::fill(gradIn.row(row), 0.0F);
    for (const GemmSource &source : sources)
        if (addBackward(source, gradIn, stop) == WorkStatus::Cancelled)
            return WorkStatus::Cancelled;
    return WorkStatus::Completed;
}

WorkStatus Gemm::addBackward(const GemmSource &source, MutableMatrixView gradIn, const StopToken &stop)
{
    assert(source.gradOut.columns == source.weights->outputs && gradIn.columns == source.weights->inputs
        && source.gradOut.rows == gradIn.rows);
    switch (source.weights->layout) {
    case WeightLayout::Rows:
        return addBackwardRows(source, gradIn, stop);
    case WeightLayout::Panels:
        return addBackwardPanels(source, gradIn, stop);
    case WeightLayout::Stored:
    case WeightLayout::HalfPanels:
    case WeightLayout::Tiles: // transposed tiles would be a second copy of the weights
        break;
    }
    return addBackwardStored(source, gradIn, stop);
}

WorkStatus Gemm::addBackwardRows(const GemmSource &source, MutableMatrixView gradIn, const StopToken &stop)
{
    const WeightMatrix &weights = *source.weights;
    std::atomic<bool> cancelled {false};
    m_pool.parallelFor(partCount(kTaskInputs, weights.inputs), [&](std::size_t task, int) {
        if (stop.stop_requested()) {
            cancelled = true;
            return;
        }
        const Span inputs = part(task, kTaskInputs, weights.inputs);
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, blasInt(gradIn.rows), blasInt(inputs.count),
            blasInt(weights.outputs), 1.0F, source.gradOut.data, blasInt(source.gradOut.stride),
            weights.prepared.data() + inputs.first, blasInt(weights.inputs), 1.0F, gradIn.data + inputs.first,
            blasInt(gradIn.stride));
    });
    return cancelled ? WorkStatus::Cancelled : WorkStatus::Completed;
}

WorkStatus Gemm::addBackwardPanels(const GemmSource &source, MutableMatrixView gradIn, const StopToken &stop)
{
    const WeightMatrix &weights = *source.weights;
    std::atomic<bool> cancelled {false};
    m_pool.parallelFor(blockCount(gradIn), [&](std::size_t task, int) {
        if (stop.stop_requested()) {
            cancelled = true;
            return;
        }
        const Block block = blockOf(task, gradIn);
        for (std::size_t group = 0; group < partCount(kGroupOutputs, weights.outputs); ++group) {
            const Span outputs = part(group, kGroupOutputs, weights.outputs);
            addGroup(
                source, outputs, weights.prepared.data() + outputs.first * weights.inputs, block, gradIn);
        }
    });
    return cancelled ? WorkStatus::Cancelled : WorkStatus::Completed;
}

WorkStatus Gemm::addBackwardStored(const GemmSource &source, MutableMatrixView gradIn, const StopToken &stop)
{
    const WeightMatrix &weights = *source.weights;
    AlignedFloats panels(std::min(partCount(kPanelWidth, weights.outputs), kPanelsOfASum) * kPanelWidth
        * weights.inputs); // of one group
    std::vector<std::vector<float>> rows(static_cast<std::size_t>(m_pool.threadCount()));
    for (std::size_t group = 0; group < partCount(kGroupOutputs, weights.outputs); ++group) {
        if (stop.stop_requested())
            return WorkStatus::Cancelled;
        const Span outputs = part(group, kGroupOutputs, weights.outputs);
        m_pool.parallelFor(partCount(kPanelWidth, outputs.count), [&](std::size_t panel, int worker) {
            const Span own = part(panel, kPanelWidth, outputs.count);
            expandPanel(weights, outputs.first + own.first, own.count, rows[static_cast<std::size_t>(worker)],
                panels.data() + own.first * weights.inputs);
        });
        m_pool.parallelFor(blockCount(gradIn), [&](std::size_t task, int) {
            addGroup(source, outputs, panels.data(), blockOf(task, gradIn), gradIn);
        });
    }
    return WorkStatus::Completed;
}

void addTransposedProduct(MatrixView a, MatrixView b, MutableMatrixView out)
{
    assert(a.rows == b.rows && out.rows == a.columns && out.columns == b.columns);
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, blasInt(a.columns), blasInt(b.columns),
        blasInt(a.rows), 1.0F, a.data, blasInt(a.stride), b.data, blasInt(b.stride), 1.0F, out.data,
        blasInt(out.stride));
}

} // namespace sinkscope
