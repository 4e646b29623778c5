// SPDX-License-Identifier: Apache-2.0
// The one front of all matrix products with weights.
#pragma once

#include "core/base/cancellation.h"
#include "core/base/thread_pool.h"
#include "core/tensor/amx_unit.h"
#include "core/tensor/matrix_view.h"
#include "core/tensor/weight_matrix.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sinkscope {

/// Who computes a product.
enum class GemmBackend {
    Blas, ///< OpenBLAS on fp32 rows: the portable way and the oracle
    Packed, ///< our fp32 kernel on packed panels (Highway: AVX-512, AVX2 or less, chosen at run time)
    Amx, ///< our kernel on the processor's tile unit, weights and activations as bf16 terms
};

std::string_view gemmBackendName(GemmBackend backend); ///< "blas", "packed", "amx"
std::optional<GemmBackend> gemmBackendByName(std::string_view name);
/// The backends that are part of this program, best first, whether or not this processor can run them.
std::vector<GemmBackend> builtGemmBackends();
/// The backends that give right results on this processor: each multiplies a few small matrices and is
/// compared with a plain loop (some OpenBLAS builds compute wrongly on some processors). Best first; computed
/// anew at each call.
std::vector<GemmBackend> usableGemmBackends();
/// The instruction set that the packed backend uses here, e.g. "AVX-512" or "AVX2".
std::string packedInstructionSet();

/// bf16 terms of the activations in products on the tile unit; the other backends are always exact.
enum class GemmPrecision {
    OneTerm = 1, ///< plain bf16: some 2^-9 of each product
    TwoTerms = 2, ///< some 2^-17 of each product: for pictures while something moves
    Exact = 3, ///< not above the error of an fp32 sum: for everything that is reported
};

std::string_view gemmPrecisionName(GemmPrecision precision); ///< "x1", "x2", "x3"

/// Whether no value is NaN or infinite.
bool allFinite(std::span<const float> values);
/// In what panels for Packed hold their values. Bf16 takes half the memory and gives the same bytes, some
/// slower, since each product expands its panels; for matrices stored as BF16 only.
enum class PanelValues { Fp32, Bf16 };
/// Prepares `weights` for `backend`: sets layout and prepared values. False when a value is NaN or infinite.
[[nodiscard]] bool prepareWeights(
    WeightMatrix &weights, GemmBackend backend, ThreadPool &pool, PanelValues panels = PanelValues::Fp32);
/// Bytes that prepareWeights takes; for Amx at most, since the number of terms follows from the values.
std::size_t preparedBytes(std::size_t outputs, std::size_t inputs, GemmBackend backend);
/// The same for Packed in panels of bf16.
std::size_t preparedHalfPanelBytes(std::size_t outputs, std::size_t inputs);
/// Bytes of a matrix for Amx with `terms` terms.
std::size_t preparedTileBytes(std::size_t outputs, std::size_t inputs, int terms);
/// bf16 terms that values stored as `dtype` take at most: BF16 1; F16 and Q4_0, of at most 16 bits, 2;
/// others 3.
int mostTileTerms(DType dtype);

/// out [rows, weights.outputs] of one product of several with the same input.
struct GemmTarget {
    const WeightMatrix *weights = nullptr;
    MutableMatrixView out;
};

/// gradOut [rows, weights.outputs] of one of several products that had the same input.
struct GemmSource {
    const WeightMatrix *weights = nullptr;
    MatrixView gradOut;
};

/// Products of activations with weights, in fp32, parallel over panels of outputs and blocks of rows.
/// Owner: the Engine or command that computes, together with the pool. Threads: one at a time.
/// Neither the panels nor the order of summation depend on the number of threads; in layouts Panels,
/// HalfPanels, Tiles and Stored they do not depend on the number of rows either: a row of a large product
/// equals the product of that row, bit by bit.
class Gemm {
public:
    /// `tileKernel` multiplies weights in layout Tiles. Without one (nullptr) they are read from the file, as
    /// those in layout Stored.
    explicit Gemm(ThreadPool &pool, TileKernel tileKernel = amxKernelOrNull());

    ThreadPool &pool() { return m_pool; }

    /// Of the following products on the tile unit.
    void setPrecision(GemmPrecision precision) { m_precision = precision; }
    GemmPrecision precision() const { return m_precision; }

    /// out = x * weights^T for each target, x [rows, inputs]. Checks `stop` between panels; the content of
    /// the outputs is undefined when cancelled.
    WorkStatus multiply(MatrixView x, std::span<const GemmTarget> targets, const StopToken &stop);
    WorkStatus multiply(
        MatrixView x, const WeightMatrix &weights, MutableMatrixView out, const StopToken &stop);

    /// The way back of multiply: gradIn = sum over `sources` of gradOut * weights, gradIn [rows, inputs].
    /// Weights are read as they lie; those in the file, and those in tiles from the file, are expanded a few
    /// panels at a time. Checks `stop` as
    /// multiply does. What the class says of rows and threads holds here too.
    WorkStatus multiplyBackward(
        std::span<const GemmSource> sources, MutableMatrixView gradIn, const StopToken &stop);

private:
    struct Task {
        std::size_t target = 0;
        std::size_t firstOutput = 0;
        std::size_t outputs = 0;
        std::size_t firstRow = 0;
        std::size_t rows = 0;
    };
    WeightLayout layoutHere(const WeightMatrix &weights) const;
    void listTasks(std::size_t rows, std::span<const GemmTarget> targets);
    void splitActivations(MatrixView x, std::span<const GemmTarget> targets);
    void runTileTask(const GemmTarget &target, const Task &task);
    WorkStatus addBackward(const GemmSource &source, MutableMatrixView gradIn, const StopToken &stop);
    WorkStatus addBackwardRows(const GemmSource &source, MutableMatrixView gradIn, const StopToken &stop);
    WorkStatus addBackwardPanels(const GemmSource &source, MutableMatrixView gradIn, const StopToken &stop);
    WorkStatus addBackwardStored(const GemmSource &source, MutableMatrixView gradIn, const StopToken &stop);
    void runTask(MatrixView x, const GemmTarget &target, const Task &task, int worker);

    ThreadPool &m_pool;
    TileKernel m_tileKernel;
    GemmPrecision m_precision = GemmPrecision::Exact;
    AlignedBuffer<std::uint16_t>
        m_activations; // terms of the running product, [row tile][step][term][16][32]
    std::vector<Task> m_tasks; // of the running product
    struct Scratch {
        std::vector<float> rows; // [kPanelWidth, inputs]
        AlignedFloats panel; // [inputs, kPanelWidth]
        std::size_t inputs = 0; // that it has room for
    };
    const float *expandedPanel(const WeightMatrix &weights, const Task &task, int worker);
    /// Panel [inputs, kPanelWidth] of `outputs` outputs from `firstOutput` of weights in layout HalfPanels,
    /// or in the file. `rows` is scratch memory.
    static void expandPanel(const WeightMatrix &weights, std::size_t firstOutput, std::size_t outputs,
        std::vector<float> &rows, float *panel);
    std::vector<Scratch> m_scratch; // one a worker, for weights expanded on the fly
};

/// One product of a head on the calling thread, fp32 on OpenBLAS: out = alpha * a * b^T (a [m,k], b [n,k]).
void multiplyTransposed(float alpha, MatrixView a, MatrixView b, MutableMatrixView out);
/// out = a * b (a [m,k], b [k,n]), on the calling thread.
void multiplyPlain(MatrixView a, MatrixView b, MutableMatrixView out);
/// out += a^T * b (a [k,m], b [k,n]), on the calling thread.
void addTransposedProduct(MatrixView a, MatrixView b, MutableMatrixView out);

} // namespace sinkscope
