// SPDX-License-Identifier: Apache-2.0
// Cuts products into tasks for the pool; each task goes to OpenBLAS or to the packed kernel.
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

int blasInt(std::size_t value)
{
    return static_cast<int>(value);
}

} // namespace

Gemm::Gemm(ThreadPool &pool)
    : m_pool(pool)
    , m_scratch(static_cast<std::size_t>(pool.threadCount()))
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
    std::atomic<bool> cancelled {false};
    m_pool.parallelFor(m_tasks.size(), [&](std::size_t index, int worker) {
        if (stop.stop_requested())
            cancelled = true;
        else
            runTask(x, targets[m_tasks[index].target], m_tasks[index], worker);
    });
    return cancelled ? WorkStatus::Cancelled : WorkStatus::Completed;
}

void Gemm::listTasks(std::size_t rows, std::span<const GemmTarget> targets)
{
    m_tasks.clear();
    for (std::size_t target = 0; target < targets.size(); ++target) {
        const WeightMatrix &weights = *targets[target].weights;
        const std::size_t outputStep = weights.layout == WeightLayout::Rows ? kBlasOutputs : kPanelWidth;
        const std::size_t rowStep = weights.layout == WeightLayout::Panels ? kPackedRows : rows;
        for (std::size_t output = 0; output < weights.outputs; output += outputStep)
            for (std::size_t row = 0; row < rows; row += rowStep)
                m_tasks.push_back({target, output, std::min(outputStep, weights.outputs - output), row,
                    std::min(rowStep, rows - row)});
    }
}

void Gemm::runTask(MatrixView x, const GemmTarget &target, const Task &task, int worker)
{
    const WeightMatrix &weights = *target.weights;
    assert(x.columns == weights.inputs && target.out.columns == weights.outputs && target.out.rows == x.rows);
    float *out = target.out.data + task.firstRow * target.out.stride + task.firstOutput;
    if (weights.layout == WeightLayout::Rows) {
        const float *rows = weights.prepared.data() + task.firstOutput * weights.inputs;
        multiplyTransposed(
            1.0F, x, {rows, task.outputs, weights.inputs}, {out, x.rows, task.outputs, target.out.stride});
        return;
    }
    multiplyPanel({.x = x.data + task.firstRow * x.stride,
        .xStride = x.stride,
        .rows = task.rows,
        .inputs = weights.inputs,
        .panel = weights.layout == WeightLayout::Panels
            ? weights.prepared.data() + task.firstOutput * weights.inputs
            : expandedPanel(weights, task, worker),
        .out = out,
        .outStride = target.out.stride,
        .width = task.outputs});
}

const float *Gemm::expandedPanel(const WeightMatrix &weights, const Task &task, int worker)
{
    Scratch &scratch = m_scratch[static_cast<std::size_t>(worker)];
    if (scratch.inputs < weights.inputs) {
        scratch.rows.resize(kPanelWidth * weights.inputs);
        scratch.panel = AlignedFloats(kPanelWidth * weights.inputs);
        scratch.inputs = weights.inputs;
    }
    weights.rowsToFloat(task.firstOutput, task.outputs, scratch.rows);
    packPanel({scratch.rows.data(), task.outputs, weights.inputs}, scratch.panel.data());
    return scratch.panel.data();
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
