// SPDX-License-Identifier: Apache-2.0
// The product with packed weights the other way round, compiled once per instruction set by Highway.
#include "core/tensor/packed_kernel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/tensor/packed_transposed_kernel.cpp"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

#include <algorithm>

HWY_BEFORE_NAMESPACE();
namespace sinkscope {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Lanes = hn::CappedTag<float, 16>;

// Registers: rows * inputs accumulators + one of gradients + inputs of weights must fit (32 with AVX-512,
// else 16).
constexpr std::size_t kLaneCount = hn::MaxLanes(Lanes());
constexpr std::size_t kTileRows = kLaneCount == 16 ? 6 : 2;
constexpr std::size_t kTileInputs = 4; // as many as reduce() sums at once
constexpr std::size_t kFewRows = 4;
constexpr std::size_t kFewRowsInputs = 96; // whose accumulators stay in the first-level cache

/// Where a tile reads its gradients: whole panels from the matrix, a last one that is not whole from a copy
/// padded with zeros.
struct TileGradients {
    const float *rows = nullptr; // [kTileRows, ...]
    std::size_t stride = 0;
    std::size_t wholePanels = 0;
    const float *edge = nullptr; // [kTileRows, kPanelWidth]; nullptr: none
};

#if HWY_TARGET == HWY_SCALAR
/// The four sums over the lanes of `v`, in order: here each has one lane.
HWY_INLINE void reduce(const hn::Vec<Lanes> (&v)[kTileInputs], float *sums)
{
    for (std::size_t input = 0; input < kTileInputs; ++input)
        sums[input] = hn::GetLane(v[input]);
}
#else
/// The lanes of each 128-bit block added to the lowest block.
template <class D> HWY_INLINE hn::Vec<hn::CappedTag<float, 4>> sumBlocks(D d, hn::Vec<D> v)
{
    if constexpr (hn::MaxLanes(d) <= 4) {
        return v;
    } else {
        const hn::Half<D> half;
        return sumBlocks(half, hn::Add(hn::LowerHalf(half, v), hn::UpperHalf(half, v)));
    }
}

/// The four sums over the lanes of `v`, in order: a tree of additions that is the same for each.
HWY_INLINE void reduce(const hn::Vec<Lanes> (&v)[kTileInputs], float *sums)
{
    const Lanes d;
    const hn::Repartition<double, Lanes> pairs;
    const auto low = hn::Add(hn::InterleaveLower(d, v[0], v[1]), hn::InterleaveUpper(d, v[0], v[1]));
    const auto high = hn::Add(hn::InterleaveLower(d, v[2], v[3]), hn::InterleaveUpper(d, v[2], v[3]));
    const auto lowPairs = hn::BitCast(pairs, low);
    const auto highPairs = hn::BitCast(pairs, high);
    const auto blocks = hn::Add(hn::BitCast(d, hn::InterleaveLower(pairs, lowPairs, highPairs)),
        hn::BitCast(d, hn::InterleaveUpper(pairs, lowPairs, highPairs)));
    hn::StoreU(sumBlocks(d, blocks), hn::CappedTag<float, 4>(), sums);
}
#endif

/// Adds to sums[row][input] one panel of gradients times weights, both [.][kPanelWidth].
template <std::size_t kRows, std::size_t kInputs>
HWY_INLINE void addPanel(const float *gradients, std::size_t stride, const float *weights,
    hn::Vec<Lanes> (&sums)[kRows][kTileInputs])
{
    const Lanes d;
    for (std::size_t lane = 0; lane < kPanelWidth; lane += kLaneCount) {
        hn::Vec<Lanes> own[kInputs];
#pragma GCC unroll 4
        for (std::size_t input = 0; input < kInputs; ++input)
            own[input] = hn::Load(d, weights + input * kPanelWidth + lane);
#pragma GCC unroll 6
        for (std::size_t row = 0; row < kRows; ++row) {
            const auto gradient = hn::LoadU(d, gradients + row * stride + lane);
#pragma GCC unroll 4
            for (std::size_t input = 0; input < kInputs; ++input)
                sums[row][input] = hn::MulAdd(gradient, own[input], sums[row][input]);
        }
    }
}

template <std::size_t kRows, std::size_t kInputs>
void addTile(const TileGradients &gradients, const float *weights, std::size_t panelStride, float *out,
    std::size_t outStride)
{
    hn::Vec<Lanes> sums[kRows][kTileInputs];
#pragma GCC unroll 6
    for (std::size_t row = 0; row < kRows; ++row)
#pragma GCC unroll 4
        for (std::size_t input = 0; input < kTileInputs; ++input)
            sums[row][input] = hn::Zero(Lanes());
    for (std::size_t panel = 0; panel < gradients.wholePanels; ++panel)
        addPanel<kRows, kInputs>(
            gradients.rows + panel * kPanelWidth, gradients.stride, weights + panel * panelStride, sums);
    if (gradients.edge)
        addPanel<kRows, kInputs>(
            gradients.edge, kPanelWidth, weights + gradients.wholePanels * panelStride, sums);
#pragma GCC unroll 6
    for (std::size_t row = 0; row < kRows; ++row) {
        float own[kTileInputs];
        reduce(sums[row], own);
        for (std::size_t input = 0; input < kInputs; ++input)
            out[row * outStride + input] += own[input];
    }
}

template <std::size_t kInputs>
void addTileRows(std::size_t rows, const TileGradients &gradients, const float *weights,
    const PackedTransposedProduct &product, float *out)
{
    const std::size_t panelStride = product.panelStride;
    const std::size_t outStride = product.gradInStride;
    switch (rows) {
    case 6:
        return addTile<6, kInputs>(gradients, weights, panelStride, out, outStride);
    case 5:
        return addTile<5, kInputs>(gradients, weights, panelStride, out, outStride);
    case 4:
        return addTile<4, kInputs>(gradients, weights, panelStride, out, outStride);
    case 3:
        return addTile<3, kInputs>(gradients, weights, panelStride, out, outStride);
    case 2:
        return addTile<2, kInputs>(gradients, weights, panelStride, out, outStride);
    default:
        return addTile<1, kInputs>(gradients, weights, panelStride, out, outStride);
    }
}

/// The rows of a last panel that is not whole, padded with zeros.
void copyEdge(const float *rows, std::size_t stride, std::size_t count, std::size_t width, float *edge)
{
    for (std::size_t row = 0; row < count; ++row) {
        std::copy_n(rows + row * stride, width, edge + row * kPanelWidth);
        std::fill(edge + row * kPanelWidth + width, edge + (row + 1) * kPanelWidth, 0.0F);
    }
}

/// The same sums for a few rows, panel after panel: the weights are read once, in order, as fast as memory
/// gives them. The accumulators lie in the cache.
template <std::size_t kRows> void addFewRows(const PackedTransposedProduct &product, std::size_t firstInput)
{
    const Lanes d;
    HWY_ALIGN float gradients[kRows * kPanelWidth];
    HWY_ALIGN float sums[kFewRowsInputs * kRows * kLaneCount]; // [input][row][lane]
    const std::size_t inputs = std::min(kFewRowsInputs, product.inputs - firstInput);
    std::fill_n(sums, inputs * kRows * kLaneCount, 0.0F);
    const float *weights = product.panels + firstInput * kPanelWidth;
    for (std::size_t output = 0; output < product.outputs;
         output += kPanelWidth, weights += product.panelStride) {
        copyEdge(product.gradOut + output, product.gradOutStride, kRows,
            std::min(kPanelWidth, product.outputs - output), gradients);
        for (std::size_t input = 0; input < inputs; ++input)
#pragma GCC unroll 4
            for (std::size_t row = 0; row < kRows; ++row) {
                float *sum = sums + (input * kRows + row) * kLaneCount;
                auto chain = hn::Load(d, sum);
                for (std::size_t lane = 0; lane < kPanelWidth; lane += kLaneCount)
                    chain = hn::MulAdd(hn::Load(d, gradients + row * kPanelWidth + lane),
                        hn::Load(d, weights + input * kPanelWidth + lane), chain);
                hn::Store(chain, d, sum);
            }
    }
    for (std::size_t row = 0; row < kRows; ++row)
        for (std::size_t input = 0; input < inputs; input += kTileInputs) {
            const std::size_t count = std::min(kTileInputs, inputs - input);
            hn::Vec<Lanes> four[kTileInputs];
            for (std::size_t at = 0; at < kTileInputs; ++at)
                four[at] =
                    at < count ? hn::Load(d, sums + ((input + at) * kRows + row) * kLaneCount) : hn::Zero(d);
            float own[kTileInputs];
            reduce(four, own);
            for (std::size_t at = 0; at < count; ++at)
                product.gradIn[row * product.gradInStride + firstInput + input + at] += own[at];
        }
}

void addFewRowsOf(const PackedTransposedProduct &product)
{
    for (std::size_t input = 0; input < product.inputs; input += kFewRowsInputs)
        switch (product.rows) {
        case 4:
            addFewRows<4>(product, input);
            break;
        case 3:
            addFewRows<3>(product, input);
            break;
        case 2:
            addFewRows<2>(product, input);
            break;
        default:
            addFewRows<1>(product, input);
        }
}

void addPanelsTransposedHere(const PackedTransposedProduct &product)
{
    if (product.rows <= kFewRows)
        return addFewRowsOf(product);
    HWY_ALIGN float edge[kTileRows * kPanelWidth];
    const std::size_t edgeWidth = product.outputs % kPanelWidth;
    for (std::size_t input = 0; input < product.inputs;) {
        const std::size_t inputs = input + kTileInputs <= product.inputs ? kTileInputs : 1;
        const float *weights = product.panels + input * kPanelWidth;
        for (std::size_t row = 0; row < product.rows; row += kTileRows) {
            const std::size_t rows = std::min(kTileRows, product.rows - row);
            TileGradients gradients;
            gradients.rows = product.gradOut + row * product.gradOutStride;
            gradients.stride = product.gradOutStride;
            gradients.wholePanels = product.outputs / kPanelWidth;
            if (edgeWidth > 0) {
                copyEdge(gradients.rows + gradients.wholePanels * kPanelWidth, gradients.stride, rows,
                    edgeWidth, edge);
                gradients.edge = edge;
            }
            float *out = product.gradIn + row * product.gradInStride + input;
            if (inputs == 1)
                addTileRows<1>(rows, gradients, weights, product, out);
            else
                addTileRows<kTileInputs>(rows, gradients, weights, product, out);
        }
        input += inputs;
    }
}

} // namespace HWY_NAMESPACE
} // namespace sinkscope
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sinkscope {

HWY_EXPORT(addPanelsTransposedHere);

void addPanelsTransposed(const PackedTransposedProduct &product)
{
    HWY_DYNAMIC_DISPATCH(addPanelsTransposedHere)(product);
}

} // namespace sinkscope
#endif
