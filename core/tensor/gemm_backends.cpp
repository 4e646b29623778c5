// SPDX-License-Identifier: Apache-2.0
// Names, preparation of weights and the self-test of the backends.
#include "core/base/random.h"
#include "core/tensor/gemm.h"
#include "core/tensor/packed_kernel.h"
#include "core/tensor/tile_values.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cmath>
#include <limits>

namespace sinkscope {

namespace {

constexpr std::array<std::pair<GemmBackend, std::string_view>, 3> kBackendNames {{
    {GemmBackend::Amx, "amx"},
    {GemmBackend::Packed, "packed"},
    {GemmBackend::Blas, "blas"},
}};

std::size_t panelCount(std::size_t outputs, std::size_t width = kPanelWidth)
{
    return (outputs + width - 1) / width;
}

std::size_t preparedFloats(std::size_t outputs, std::size_t inputs, GemmBackend backend)
{
    const std::size_t rows = backend == GemmBackend::Packed ? panelCount(outputs) * kPanelWidth : outputs;
    return rows * inputs;
}

/// Products of odd sizes against a plain double loop.
bool multipliesRightly(GemmBackend backend)
{
    if (backend == GemmBackend::Amx && !amxKernelOrNull())
        return false;
    struct Shape {
        std::size_t rows, inputs, outputs;
    };
    ThreadPool pool(1);
    Gemm gemm(pool);
    Random random(1);
    for (const Shape &shape : {Shape {1, 576, 192}, Shape {7, 64, 100}, Shape {50, 1536, 130}}) {
        Matrix x(shape.rows, shape.inputs);
        Matrix values(shape.outputs, shape.inputs);
        for (Matrix *matrix : {&x, &values})
            for (float &value : matrix->values())
                value = static_cast<float>(2.0 * random.uniform() - 1.0);
        WeightMatrix weights;
        weights.outputs = shape.outputs;
        weights.inputs = shape.inputs;
        weights.stored = std::as_bytes(std::span<const float>(values.values()));
        Matrix out(shape.rows, shape.outputs);
        if (!prepareWeights(weights, backend, pool))
            return false;
        gemm.multiply(x.view(), weights, out.view(), {});
        for (std::size_t row = 0; row < shape.rows; ++row)
            for (std::size_t output = 0; output < shape.outputs; ++output) {
                double sum = 0.0;
                for (std::size_t input = 0; input < shape.inputs; ++input)
                    sum +=
                        static_cast<double>(x.at(row, input)) * static_cast<double>(values.at(output, input));
                // fp32 sums of 1536 products below 1 drift by some 1e-5; a wrong kernel is off by about 1
                if (!(std::abs(sum - static_cast<double>(out.at(row, output))) < 1e-3))
                    return false;
            }
    }
    return true;
}

/// Scratch memory of one thread for the rows of a panel in fp32.
using RowScratch = std::vector<std::vector<float>>;

/// The weights of panel `panel` of `width` outputs, [at most width, inputs].
MatrixView panelRows(
    const WeightMatrix &weights, std::size_t panel, std::size_t width, std::vector<float> &scratch)
{
    const std::size_t first = panel * width;
    const std::size_t count = std::min(width, weights.outputs - first);
    scratch.resize(width * weights.inputs);
    weights.rowsToFloat(first, count, scratch);
    return {scratch.data(), count, weights.inputs};
}

/// The bf16 terms that the values of `weights` need.
int tileTermsOf(const WeightMatrix &weights, ThreadPool &pool, RowScratch &scratch)
{
    std::atomic<int> terms {1};
    pool.parallelFor(panelCount(weights.outputs, kTilePanelWidth), [&](std::size_t panel, int worker) {
        int known = terms;
        if (known == kMostTerms)
            return;
        const MatrixView rows =
            panelRows(weights, panel, kTilePanelWidth, scratch[static_cast<std::size_t>(worker)]);
        const int needed = termsNeeded({rows.data, rows.rows * rows.columns});
        while (known < needed && !terms.compare_exchange_weak(known, needed)) { }
    });
    return terms;
}

/// Weights as bf16 terms, as many as their values need.
bool prepareTiles(WeightMatrix &weights, ThreadPool &pool)
{
    RowScratch scratch(static_cast<std::size_t>(pool.threadCount()));
    const int terms = tileTermsOf(weights, pool, scratch);
    const std::size_t panels = panelCount(weights.outputs, kTilePanelWidth);
    const std::size_t panelSize = tilePanelSize(weights.inputs, terms);
    AlignedBuffer<std::uint16_t> tiles(panels * panelSize);
    std::atomic<bool> finite {true};
    pool.parallelFor(panels, [&](std::size_t panel, int worker) {
        const MatrixView rows =
            panelRows(weights, panel, kTilePanelWidth, scratch[static_cast<std::size_t>(worker)]);
        if (!allFinite({rows.data, rows.rows * rows.columns}))
            finite = false;
        packTilePanel(rows, terms, tiles.data() + panel * panelSize);
    });
    weights.prepared = {};
    weights.bf16 = std::move(tiles);
    weights.tileTerms = terms;
    weights.layout = WeightLayout::Tiles;
    return finite;
}

/// Weights stored as bf16, in panels of the same values.
bool prepareHalfPanels(WeightMatrix &weights, ThreadPool &pool)
{
    const std::size_t inputs = weights.inputs;
    AlignedBuffer<std::uint16_t> halves(panelCount(weights.outputs) * kPanelWidth * inputs);
    std::atomic<bool> finite {true};
    RowScratch scratch(static_cast<std::size_t>(pool.threadCount()));
    RowScratch packed(scratch.size());
    pool.parallelFor(panelCount(weights.outputs), [&](std::size_t panel, int worker) {
        const auto own = static_cast<std::size_t>(worker);
        const MatrixView rows = panelRows(weights, panel, kPanelWidth, scratch[own]);
        if (!allFinite({rows.data, rows.rows * rows.columns}))
            finite = false;
        packed[own].resize(kPanelWidth * inputs);
        packPanel(rows, packed[own].data());
        std::ranges::transform(packed[own], halves.data() + panel * kPanelWidth * inputs, [](float value) {
            return static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(value) >> 16U);
        });
    });
    weights.prepared = {};
    weights.bf16 = std::move(halves);
    weights.layout = WeightLayout::HalfPanels;
    return finite;
}

} // namespace

bool allFinite(std::span<const float> values)
{
    bool finite = true; // without a branch, so that the compiler takes many at once; NaN compares false
    for (const float value : values)
        finite &= std::abs(value) <= std::numeric_limits<float>::max();
    return finite;
}

std::string_view gemmBackendName(GemmBackend backend)
{
    for (const auto &[known, name] : kBackendNames)
        if (known == backend)
            return name;
    return {};
}

std::optional<GemmBackend> gemmBackendByName(std::string_view name)
{
    for (const auto &[backend, known] : kBackendNames)
        if (known == name)
            return backend;
    return std::nullopt;
}

std::vector<GemmBackend> builtGemmBackends()
{
    std::vector<GemmBackend> built;
    for (const auto &[backend, name] : kBackendNames)
        if (backend != GemmBackend::Amx || amxBuilt())
            built.push_back(backend);
    return built;
}

std::string_view gemmPrecisionName(GemmPrecision precision)
{
    switch (precision) {
    case GemmPrecision::OneTerm:
        return "x1";
    case GemmPrecision::TwoTerms:
        return "x2";
    case GemmPrecision::Exact:
        break;
    }
    return "x3";
}

std::vector<GemmBackend> usableGemmBackends()
{
    std::vector<GemmBackend> usable;
    for (const auto &[backend, name] : kBackendNames)
        if (multipliesRightly(backend))
            usable.push_back(backend);
    return usable;
}

std::string packedInstructionSet()
{
    return packedKernelName();
}

std::size_t preparedTileBytes(std::size_t outputs, std::size_t inputs, int terms)
{
    return AlignedBuffer<std::uint16_t>::bytesOf(
        panelCount(outputs, kTilePanelWidth) * tilePanelSize(inputs, terms));
}

int mostTileTerms(DType dtype)
{
    switch (dtype) {
    case DType::BF16:
        return 1;
    case DType::F16: // 11 bits
    case DType::Q4_0: // 11 bits of the scale times 4
        return 2;
    default:
        return kMostTerms;
    }
}

std::size_t preparedBytes(std::size_t outputs, std::size_t inputs, GemmBackend backend)
{
    return backend == GemmBackend::Amx ? preparedTileBytes(outputs, inputs, kMostTerms)
                                       : AlignedFloats::bytesOf(preparedFloats(outputs, inputs, backend));
}

std::size_t preparedHalfPanelBytes(std::size_t outputs, std::size_t inputs)
{
    return AlignedBuffer<std::uint16_t>::bytesOf(panelCount(outputs) * kPanelWidth * inputs);
}

bool prepareWeights(WeightMatrix &weights, GemmBackend backend, ThreadPool &pool, PanelValues panels)
{
    if (backend == GemmBackend::Amx)
        return prepareTiles(weights, pool);
    if (backend == GemmBackend::Packed && panels == PanelValues::Bf16 && weights.dtype == DType::BF16)
        return prepareHalfPanels(weights, pool);
    const std::size_t inputs = weights.inputs;
    AlignedFloats prepared(preparedFloats(weights.outputs, inputs, backend));
    std::atomic<bool> finite {true};
    std::vector<std::vector<float>> scratch(static_cast<std::size_t>(pool.threadCount()));
    pool.parallelFor(panelCount(weights.outputs), [&](std::size_t panel, int worker) {
        const std::size_t first = panel * kPanelWidth;
        const std::size_t count = std::min(kPanelWidth, weights.outputs - first);
        float *target = prepared.data() + first * inputs;
        std::span<float> rows(target, count * inputs);
        if (backend == GemmBackend::Packed) {
            std::vector<float> &own = scratch[static_cast<std::size_t>(worker)];
            own.resize(kPanelWidth * inputs);
            rows = std::span(own).first(count * inputs);
        }
        weights.rowsToFloat(first, count, rows);
        if (!allFinite(rows))
            finite = false;
        if (backend == GemmBackend::Packed)
            packPanel({rows.data(), count, inputs}, target);
    });
    weights.prepared = std::move(prepared);
    weights.bf16 = {};
    weights.layout = backend == GemmBackend::Packed ? WeightLayout::Panels : WeightLayout::Rows;
    return finite;
}

} // namespace sinkscope
