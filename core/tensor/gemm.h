// SPDX-License-Identifier: Apache-2.0
// The one front of all matrix products with weights.
#pragma once

#include "core/base/cancellation.h"
#include "core/base/thread_pool.h"
#include "core/tensor/matrix_view.h"
#include "core/tensor/weight_matrix.h"

#include <vector>

namespace sinkscope {

/// Products of activations with weights, in fp32 on OpenBLAS, parallel over panels of output columns.
/// Owner: the Engine or command that computes, together with the pool. Threads: one at a time.
/// The panels do not depend on the number of threads, so neither do the results.
class Gemm {
public:
    explicit Gemm(ThreadPool &pool);

    ThreadPool &pool() { return m_pool; }

    /// out [rows, outputs] = x [rows, inputs] * weights^T. Checks `stop` between panels; the content of
    /// `out` is undefined when cancelled.
    WorkStatus multiply(
        MatrixView x, const WeightMatrix &weights, MutableMatrixView out, const StopToken &stop);

private:
    ThreadPool &m_pool;
    std::vector<std::vector<float>> m_panels; // one scratch panel a worker, for weights expanded on the fly
};

/// One product of a head on the calling thread, fp32 on OpenBLAS: out = alpha * a * b^T (a [m,k], b [n,k]).
void multiplyTransposed(float alpha, MatrixView a, MatrixView b, MutableMatrixView out);
/// out = a * b (a [m,k], b [k,n]), on the calling thread.
void multiplyPlain(MatrixView a, MatrixView b, MutableMatrixView out);

} // namespace sinkscope
