// SPDX-License-Identifier: Apache-2.0
// The kernel, compiled once per instruction set by Highway (which includes this file again for each).
#include "core/tensor/packed_kernel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/tensor/packed_kernel.cpp"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

#include <algorithm>
#include <bit>

HWY_BEFORE_NAMESPACE();
namespace sinkscope {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::CappedTag<float, 16>;

// Registers: rows * vectors accumulators + vectors of weights + one broadcast must fit (32 with AVX-512, else
// 16).
constexpr std::size_t kLanes = hn::MaxLanes(Floats());
constexpr std::size_t kVectors = kLanes == 16 ? 4 : 2;
constexpr std::size_t kRowsAtOnce = 6;
// Inputs summed in one chain before the chain is added to the output: the error of an fp32 sum grows with its
// length.
constexpr std::size_t kInputsOfASum = 128;

/// Adds (or, for the first inputs, sets) tile.out[kRows][kVectors * kLanes] by x[kRows][inputs] * panel
/// columns.
template <std::size_t kRows> void multiplyBlock(const PackedProduct &tile, std::size_t inputs, bool isFirst)
{
    const Floats d;
    hn::Vec<Floats> sums[kRows][kVectors];
#pragma GCC unroll 6
    for (std::size_t row = 0; row < kRows; ++row)
#pragma GCC unroll 4
        for (std::size_t vector = 0; vector < kVectors; ++vector)
            sums[row][vector] = hn::Zero(d);
    for (std::size_t input = 0; input < inputs; ++input) {
        hn::Vec<Floats> weights[kVectors];
#pragma GCC unroll 4
        for (std::size_t vector = 0; vector < kVectors; ++vector)
            weights[vector] = hn::LoadU(d, tile.panel + input * tile.panelStride + vector * kLanes);
#pragma GCC unroll 6
        for (std::size_t row = 0; row < kRows; ++row) {
            const auto value = hn::Set(d, tile.x[row * tile.xStride + input]);
#pragma GCC unroll 4
            for (std::size_t vector = 0; vector < kVectors; ++vector)
                sums[row][vector] = hn::MulAdd(value, weights[vector], sums[row][vector]);
        }
    }
#pragma GCC unroll 6
    for (std::size_t row = 0; row < kRows; ++row)
#pragma GCC unroll 4
        for (std::size_t vector = 0; vector < kVectors; ++vector) {
            float *target = tile.out + row * tile.outStride + vector * kLanes;
            const auto sum = sums[row][vector];
            hn::StoreU(isFirst ? sum : hn::Add(hn::LoadU(d, target), sum), d, target);
        }
}

/// The whole product of a tile, block by block of inputs.
template <std::size_t kRows> void multiplyTile(PackedProduct tile)
{
    for (std::size_t first = 0; first < tile.inputs; first += kInputsOfASum) {
        multiplyBlock<kRows>(tile, std::min(kInputsOfASum, tile.inputs - first), first == 0);
        tile.x += kInputsOfASum;
        tile.panel += kInputsOfASum * tile.panelStride;
    }
}

void multiplyTileRows(const PackedProduct &tile)
{
    switch (tile.rows) {
    case 6:
        return multiplyTile<6>(tile);
    case 5:
        return multiplyTile<5>(tile);
    case 4:
        return multiplyTile<4>(tile);
    case 3:
        return multiplyTile<3>(tile);
    case 2:
        return multiplyTile<2>(tile);
    default:
        return multiplyTile<1>(tile);
    }
}

void multiplyPanelHere(const PackedProduct &product)
{
    HWY_ALIGN float edge[kRowsAtOnce * kPanelWidth]; // for a last panel that is not full
    for (std::size_t first = 0; first < product.rows; first += kRowsAtOnce) {
        const std::size_t rows = std::min(kRowsAtOnce, product.rows - first);
        const bool whole = product.width == kPanelWidth;
        PackedProduct tile = product;
        tile.x += first * product.xStride;
        tile.rows = rows;
        tile.outStride = whole ? product.outStride : kPanelWidth;
        float *out = product.out + first * product.outStride;
        for (std::size_t column = 0; column < product.width; column += kVectors * kLanes) {
            tile.panel = product.panel + column;
            tile.out = (whole ? out : edge) + column;
            multiplyTileRows(tile);
        }
        if (!whole)
            for (std::size_t row = 0; row < rows; ++row)
                std::copy_n(edge + row * kPanelWidth, product.width, out + row * product.outStride);
    }
}

void expandBf16Here(const std::uint16_t *values, std::size_t count, float *out)
{
    const Floats d;
    const hn::RebindToUnsigned<Floats> bits;
    const hn::Rebind<std::uint16_t, Floats> halves;
    const std::size_t lanes = hn::Lanes(d);
    std::size_t at = 0;
    for (; at + lanes <= count; at += lanes) {
        const auto wide = hn::PromoteTo(bits, hn::LoadU(halves, values + at));
        hn::StoreU(hn::BitCast(d, hn::ShiftLeft<16>(wide)), d, out + at); // bf16 is the upper half of fp32
    }
    for (; at < count; ++at)
        out[at] = std::bit_cast<float>(static_cast<std::uint32_t>(values[at]) << 16U);
}

} // namespace HWY_NAMESPACE
} // namespace sinkscope
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sinkscope {

HWY_EXPORT(multiplyPanelHere);
HWY_EXPORT(expandBf16Here);

void packPanel(MatrixView rows, float *panel)
{
    for (std::size_t input = 0; input < rows.columns; ++input) {
        float *outputs = panel + input * kPanelWidth;
        for (std::size_t output = 0; output < rows.rows; ++output)
            outputs[output] = rows.data[output * rows.stride + input];
        std::fill(outputs + rows.rows, outputs + kPanelWidth, 0.0F);
    }
}

void expandBf16(std::span<const std::uint16_t> values, float *out)
{
    HWY_DYNAMIC_DISPATCH(expandBf16Here)(values.data(), values.size(), out);
}

void multiplyPanel(const PackedProduct &product)
{
    HWY_DYNAMIC_DISPATCH(multiplyPanelHere)(product);
}

std::string packedKernelName()
{
    const std::int64_t supported = hwy::SupportedTargets();
    const std::string name =
        hwy::TargetName(supported & ~(supported - 1)); // the lowest set bit is the best target
    return name.starts_with("AVX3") ? "AVX-512" : name; // Highway counts AVX-512 with its extensions as AVX3
}

} // namespace sinkscope
#endif
