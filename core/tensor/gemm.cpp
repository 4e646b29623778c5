// SPDX-License-Identifier: Apache-2.0
// Cuts products into tasks for the pool; each task goes to OpenBLAS, to the packed kernel or to the tile
// unit.
#include "core/tensor/gemm.h"

#include "core/tensor/packed_kernel.h"

#include <algorithm>
#include <atomic>
#include <cblas.h>

namespace sinkscope {

namespace {

// Outputs of one task on OpenBLAS. Small enough that two threads share the smallest product (192 outputs of a
// default-model key projection) and that a cancel is seen soon; large enough for OpenBLAS to reach its rate.
constexpr std::size_t kBlasOutputs = 96;
// Rows of one task of the packed kernel: their inputs stay in the second-level cache while a panel passes
// over them.
constexpr std::size_t kPackedRows = 48;
// The same with panels that each task expands from bf16: more rows share the expansion.
constexpr std::size_t kHalfPanelRows = 96;
// Rows of one task of the tile unit: their terms stay in the second-level cache while panels pass over them.
constexpr std::size_t kTileTaskRows = 128;

int blasInt(std::size_t value)
{
    return static_cast<int>(value);
}

std::size_t outputStepOf(WeightLayout layout)
{
    switch (layout) {
    case WeightLayout::Rows:
        return kBlasOutputs;
    case WeightLayout::Tiles:
        return kTilePanelWidth;
    case WeightLayout::Panels:
    case WeightLayout::HalfPanels:
    case WeightLayout::Stored:
        break;
    }
    return kPanelWidth;
}

std::size_t rowStepOf(WeightLayout layout, std::size_t rows)
{
    switch (layout) {
    case WeightLayout::Panels:
        return kPackedRows;
    case WeightLayout::HalfPanels:
        return kHalfPanelRows;
    case WeightLayout::Tiles:
        return kTileTaskRows;
    case WeightLayout::Rows:
    case WeightLayout::Stored:
        break;
    }
    return std::max<std::size_t>(rows, 1);
}

} // namespace

Gemm::Gemm(ThreadPool &pool, TileKernel tileKernel)
    : m_pool(pool)
    , m_tileKernel(tileKernel)
{
    // Two pools in one process starve each other; ours is the only one.
    openblas_set_num_threads(1);
}

WorkStatus Gemm::multiply(
    MatrixView x, const WeightMatrix &weights, MutableMatrixView out, const StopToken &stop)
{
    const GemmTarget target {&weights, out};
    return multiply(x, std::span(&target, 1), stop);
}

WorkStatus Gemm::multiply(MatrixView x, std::span<const GemmTarget> targets, const StopToken &stop)
{
    listTasks(x.rows, targets);
    if (m_scratch.size() < static_cast<std::size_t>(m_pool.threadCount()))
        m_scratch.resize(static_cast<std::size_t>(m_pool.threadCount()));
    splitActivations(x, targets);
    std::atomic<bool> cancelled {false};
    m_pool.parallelFor(m_tasks.size(), [&](std::size_t index, int worker) {
        if (stop.stop_requested())
            cancelled = true;
        else
            runTask(x, targets[m_tasks[index].target], m_tasks[index], worker);
    });
    return cancelled ? WorkStatus::Cancelled : WorkStatus::Completed;
}

WeightLayout Gemm::layoutHere(const WeightMatrix &weights) const
{
    return weights.layout == WeightLayout::Tiles && !m_tileKernel ? WeightLayout::Stored : weights.layout;
}

void Gemm::listTasks(std::size_t rows, std::span<const GemmTarget> targets)
{
    m_tasks.clear();
    for (std::size_t target = 0; target < targets.size(); ++target) {
        const std::size_t outputs = targets[target].weights->outputs;
        const WeightLayout layout = layoutHere(*targets[target].weights);
        const std::size_t outputStep = outputStepOf(layout);
        const std::size_t rowStep = rowStepOf(layout, rows);
        const std::size_t outputParts = (outputs + outputStep - 1) / outputStep;
        const std::size_t rowParts = (rows + rowStep - 1) / rowStep;
        for (std::size_t at = 0; at < outputParts * rowParts; ++at) {
            // A panel of fp32 weights stays in the cache while rows pass; terms of rows take more room than
            // a panel in tiles, there the panels pass.
            const bool panelsPass = layout == WeightLayout::Tiles;
            const std::size_t output = (panelsPass ? at % outputParts : at / rowParts) * outputStep;
            const std::size_t row = (panelsPass ? at / outputParts : at % rowParts) * rowStep;
            m_tasks.push_back(
                {target, output, std::min(outputStep, outputs - output), row, std::min(rowStep, rows - row)});
        }
    }
}

void Gemm::splitActivations(MatrixView x, std::span<const GemmTarget> targets)
{
    if (std::none_of(targets.begin(), targets.end(),
            [&](const GemmTarget &target) { return layoutHere(*target.weights) == WeightLayout::Tiles; }))
        return;
    const int terms = static_cast<int>(m_precision);
    const std::size_t rowTiles = (x.rows + kTileRows - 1) / kTileRows;
    const std::size_t tileRowSize = tileSteps(x.columns) * static_cast<std::size_t>(terms) * kTileElements;
    if (m_activations.size() < rowTiles * tileRowSize)
        m_activations = AlignedBuffer<std::uint16_t>(rowTiles * tileRowSize);
    m_pool.parallelFor(rowTiles, [&](std::size_t tile, int) {
        const std::size_t first = tile * kTileRows;
        splitIntoTiles({x.data + first * x.stride, std::min(kTileRows, x.rows - first), x.columns, x.stride},
            terms, m_activations.data() + tile * tileRowSize);
    });
}

void Gemm::runTileTask(const GemmTarget &target, const Task &task)
{
    const WeightMatrix &weights = *target.weights;
    const auto terms = static_cast<std::size_t>(m_precision);
    const std::size_t steps = tileSteps(weights.inputs);
    const std::size_t panelSize = tilePanelSize(weights.inputs, weights.tileTerms);
    const std::size_t panel = task.firstOutput / kTilePanelWidth;
    // The pool hands tasks out in order, so this thread's next one is about as many on as there are threads.
    const std::size_t next = panel + static_cast<std::size_t>(m_pool.threadCount());
    m_tileKernel(
        {.activations = m_activations.data() + task.firstRow / kTileRows * steps * terms * kTileElements,
            .activationTerms = static_cast<int>(terms),
            .panel = weights.bf16.data() + panel * panelSize,
            .weightTerms = weights.tileTerms,
            .steps = steps,
            .out = {target.out.data + task.firstRow * target.out.stride + task.firstOutput, task.rows,
                task.outputs, target.out.stride},
            .nextPanel =
                next * kTilePanelWidth < weights.outputs ? weights.bf16.data() + next * panelSize : nullptr});
}

void Gemm::runTask(MatrixView x, const GemmTarget &target, const Task &task, int worker)
{
    const WeightMatrix &weights = *target.weights;
    assert(x.columns == weights.inputs && target.out.columns == weights.outputs && target.out.rows == x.rows);
    const WeightLayout layout = layoutHere(weights);
    if (layout == WeightLayout::Tiles)
        return runTileTask(target, task);
    float *out = target.out.data + task.firstRow * target.out.stride + task.firstOutput;
    if (layout == WeightLayout::Rows) {
        const float *rows = weights.prepared.data() + task.firstOutput * weights.inputs;
        multiplyTransposed(
            1.0F, x, {rows, task.outputs, weights.inputs}, {out, x.rows, task.outputs, target.out.stride});
        return;
    }
    multiplyPanel({.x = x.data + task.firstRow * x.stride,
        .xStride = x.stride,
        .rows = task.rows,
        .inputs = weights.inputs,
        .panel = layout == WeightLayout::Panels ? weights.prepared.data() + task.firstOutput * weights.inputs
                                                : expandedPanel(weights, task, worker),
        .out = out,
        .outStride = target.out.stride,
        .width = task.outputs});
}

const float *Gemm::expandedPanel(const WeightMatrix &weights, const Task &task, int worker)
{
    Scratch &scratch = m_scratch[static_cast<std::size_t>(worker)];
    if (scratch.inputs < weights.inputs) {
        scratch.panel = AlignedFloats(kPanelWidth * weights.inputs);
        scratch.inputs = weights.inputs;
    }
    expandPanel(weights, task.firstOutput, task.outputs, scratch.rows, scratch.panel.data());
    return scratch.panel.data();
}

void Gemm::expandPanel(const WeightMatrix &weights, std::size_t firstOutput, std::size_t outputs,
    std::vector<float> &rows, float *panel)
{
    const std::size_t size = kPanelWidth * weights.inputs;
    if (weights.layout == WeightLayout::HalfPanels) {
        expandBf16({weights.bf16.data() + firstOutput * weights.inputs, size}, panel);
        return;
    }
    if (rows.size() < size)
        rows.resize(size);
    weights.rowsToFloat(firstOutput, outputs, rows);
    packPanel({rows.data(), outputs, weights.inputs}, panel);
}

void multiplyTransposed(float alpha, MatrixView a, MatrixView b, MutableMatrixView out)
{
    assert(a.columns == b.columns && out.rows == a.rows && out.columns == b.rows);
    if (a.rows == 1) {
        cblas_sgemv(CblasRowMajor, CblasNoTrans, blasInt(b.rows), blasInt(b.columns), alpha, b.data,
            blasInt(b.stride), a.data, 1, 0.0F, out.data, 1);
        return;
    }
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, blasInt(a.rows), blasInt(b.rows), blasInt(a.columns),
        alpha, a.data, blasInt(a.stride), b.data, blasInt(b.stride), 0.0F, out.data, blasInt(out.stride));
}

void multiplyPlain(MatrixView a, MatrixView b, MutableMatrixView out)
{
    assert(a.columns == b.rows && out.rows == a.rows && out.columns == b.columns);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, blasInt(a.rows), blasInt(b.columns),
        blasInt(a.columns), 1.0F, a.data, blasInt(a.stride), b.data, blasInt(b.stride), 0.0F, out.data,
        blasInt(out.stride));
}

} // namespace sinkscope
