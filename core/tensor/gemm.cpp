// SPDX-License-Identifier: Apache-2.0
// Products on OpenBLAS: our pool gives out the panels, OpenBLAS computes each on one thread.
#include "core/tensor/gemm.h"

#include <algorithm>
#include <atomic>
#include <cblas.h>

namespace sinkscope {

namespace {

// Output columns of one panel. Small enough that two threads share the smallest product (192 columns of a
// default-model key projection) and that a cancel is seen soon; large enough for OpenBLAS to reach its rate.
constexpr std::size_t kPanelOutputs = 96;

int blasInt(std::size_t value)
{
    return static_cast<int>(value);
}

} // namespace

Gemm::Gemm(ThreadPool &pool)
    : m_pool(pool)
    , m_panels(static_cast<std::size_t>(pool.threadCount()))
{
    // Two pools in one process starve each other; ours is the only one.
    openblas_set_num_threads(1);
}

WorkStatus Gemm::multiply(
    MatrixView x, const WeightMatrix &weights, MutableMatrixView out, const StopToken &stop)
{
    assert(x.columns == weights.inputs && out.columns == weights.outputs && out.rows == x.rows);
    const std::size_t panelCount = (weights.outputs + kPanelOutputs - 1) / kPanelOutputs;
    std::atomic<bool> cancelled {false};
    m_pool.parallelFor(panelCount, [&](std::size_t panel, int worker) {
        if (stop.stop_requested()) {
            cancelled = true;
            return;
        }
        const std::size_t first = panel * kPanelOutputs;
        const std::size_t count = std::min(kPanelOutputs, weights.outputs - first);
        const float *rows = nullptr; // [count, inputs]
        if (weights.expanded.empty()) {
            std::vector<float> &scratch = m_panels[static_cast<std::size_t>(worker)];
            if (scratch.size() < kPanelOutputs * weights.inputs)
                scratch.resize(kPanelOutputs * weights.inputs);
            weights.rowsToFloat(first, count, scratch);
            rows = scratch.data();
        } else {
            rows = weights.expanded.data() + first * weights.inputs;
        }
        multiplyTransposed(
            1.0F, x, {rows, count, weights.inputs}, {out.data + first, x.rows, count, out.stride});
    });
    return cancelled ? WorkStatus::Cancelled : WorkStatus::Completed;
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
