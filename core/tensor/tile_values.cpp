// SPDX-License-Identifier: Apache-2.0
// Splitting and adding, compiled once per instruction set by Highway (which includes this file again for
// each).
#include "core/tensor/tile_values.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/tensor/tile_values.cpp"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

#include <algorithm>
#include <cstring>

HWY_BEFORE_NAMESPACE();
namespace sinkscope {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using SplitLanes = hn::CappedTag<float, 16>;
using SplitBits = hn::RebindToUnsigned<SplitLanes>;
using TermLanes = hn::Rebind<std::uint16_t, SplitLanes>;
constexpr std::size_t kSplitLanes = hn::MaxLanes(SplitLanes());

/// The upper halves of the bf16 values nearest to `values` (ties to even), as fp32; cut where rounding would
/// leave the finite values.
HWY_INLINE hn::Vec<SplitBits> nearestTerm(hn::Vec<SplitLanes> values)
{
    const SplitBits d;
    const auto bits = hn::BitCast(d, values);
    const auto odd = hn::And(hn::ShiftRight<16>(bits), hn::Set(d, 1));
    const auto rounded = hn::Add(bits, hn::Add(hn::Set(d, 0x7FFF), odd));
    const auto exponent = hn::Set(d, 0x7F800000);
    const auto kept = hn::Or(hn::Eq(hn::And(bits, exponent), exponent),
        hn::Eq(hn::And(rounded, exponent), exponent)); // infinite, NaN, or it would become so
    return hn::And(hn::IfThenElse(kept, bits, rounded), hn::Set(d, 0xFFFF0000));
}

/// The terms of 32 values, [term][32] with kTileElements from one term to the next.
HWY_INLINE void splitStep(const float *values, int terms, std::uint16_t *out)
{
    const SplitLanes d;
    const hn::RebindToSigned<SplitLanes> signedBits;
    for (std::size_t lane = 0; lane < kTileInputs; lane += kSplitLanes) {
        auto rest = hn::LoadU(d, values + lane);
        for (int term = 0; term < terms; ++term) {
            const auto bits = nearestTerm(rest);
            hn::StoreU(hn::DemoteTo(TermLanes(), hn::BitCast(signedBits, hn::ShiftRight<16>(bits))),
                TermLanes(), out + static_cast<std::size_t>(term) * kTileElements + lane);
            rest = hn::Sub(rest, hn::BitCast(d, bits));
        }
    }
}

void splitIntoTilesHere(const MatrixView &rows, int terms, std::uint16_t *tiles)
{
    const std::size_t stepSize = static_cast<std::size_t>(terms) * kTileElements;
    const std::size_t whole = rows.columns / kTileInputs;
    for (std::size_t row = 0; row < rows.rows; ++row) {
        const float *values = rows.data + row * rows.stride;
        std::uint16_t *out = tiles + row * kTileInputs;
        for (std::size_t step = 0; step < whole; ++step)
            splitStep(values + step * kTileInputs, terms, out + step * stepSize);
        if (const std::size_t left = rows.columns % kTileInputs; left > 0) {
            float edge[kTileInputs] = {};
            std::copy_n(values + whole * kTileInputs, left, edge);
            splitStep(edge, terms, out + whole * stepSize);
        }
    }
    const std::size_t tileCount = tileSteps(rows.columns) * static_cast<std::size_t>(terms);
    for (std::size_t tile = 0; rows.rows < kTileRows && tile < tileCount; ++tile)
        std::fill_n(tiles + tile * kTileElements + rows.rows * kTileInputs,
            (kTileRows - rows.rows) * kTileInputs, std::uint16_t {0});
}

int termsNeededHere(std::span<const float> values)
{
    const SplitLanes d;
    int terms = 1;
    for (std::size_t at = 0; at < values.size() && terms < kMostTerms; at += kSplitLanes) {
        float edge[kSplitLanes] = {};
        std::copy_n(values.data() + at, std::min(kSplitLanes, values.size() - at), edge);
        auto rest = hn::LoadU(d, edge);
        for (int term = 0; term < terms; ++term)
            rest = hn::Sub(rest, hn::BitCast(d, nearestTerm(rest)));
        while (terms < kMostTerms && !hn::AllTrue(d, hn::Eq(rest, hn::Zero(d)))) {
            rest = hn::Sub(rest, hn::BitCast(d, nearestTerm(rest)));
            ++terms;
        }
    }
    return terms;
}

void writeTileBlockHere(const float *block, TileSums sums, const MutableMatrixView &out)
{
    const SplitLanes d;
    for (std::size_t row = 0; row < out.rows; ++row) {
        const float *from = block + row * kTilePanelWidth;
        float *to = out.data + row * out.stride;
        std::size_t column = 0;
        for (; column + kSplitLanes <= out.columns; column += kSplitLanes) {
            const auto sum = hn::LoadU(d, from + column);
            hn::StoreU(sums == TileSums::Add ? hn::Add(hn::LoadU(d, to + column), sum) : sum, d, to + column);
        }
        for (; column < out.columns; ++column)
            to[column] = sums == TileSums::Add ? to[column] + from[column] : from[column];
    }
}

} // namespace HWY_NAMESPACE
} // namespace sinkscope
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sinkscope {

HWY_EXPORT(splitIntoTilesHere);
HWY_EXPORT(termsNeededHere);
HWY_EXPORT(writeTileBlockHere);

int termsNeeded(std::span<const float> values)
{
    return HWY_DYNAMIC_DISPATCH(termsNeededHere)(values);
}

void splitIntoTiles(MatrixView rows, int terms, std::uint16_t *tiles)
{
    HWY_DYNAMIC_DISPATCH(splitIntoTilesHere)(rows, terms, tiles);
}

void packTilePanel(MatrixView rows, int terms, std::uint16_t *panel)
{
    // The rows of a tile of outputs become its columns, two inputs at a time.
    std::uint16_t split[kMostTerms * kTileElements];
    const auto transpose = [&](std::size_t tile, std::uint16_t *out) {
        for (std::size_t pair = 0; pair < kTileRows; ++pair)
            for (std::size_t output = 0; output < kTileOutputs; ++output)
                std::memcpy(out + (pair * kTileOutputs + output) * 2,
                    split + tile * kTileElements + output * kTileInputs + pair * 2,
                    2 * sizeof(std::uint16_t));
    };
    const auto termCount = static_cast<std::size_t>(terms);
    for (std::size_t step = 0; step < tileSteps(rows.columns); ++step) {
        const std::size_t input = step * kTileInputs;
        for (std::size_t half = 0; half < 2; ++half) {
            const std::size_t first = half * kTileOutputs;
            const std::size_t count = first < rows.rows ? std::min(kTileOutputs, rows.rows - first) : 0;
            const MatrixView part(count > 0 ? rows.data + first * rows.stride + input : nullptr, count,
                std::min(kTileInputs, rows.columns - input), rows.stride);
            splitIntoTiles(part, terms, split);
            for (std::size_t term = 0; term < termCount; ++term)
                transpose(term, panel + ((step * termCount + term) * 2 + half) * kTileElements);
        }
    }
}

void writeTileBlock(const float *block, TileSums sums, MutableMatrixView out)
{
    HWY_DYNAMIC_DISPATCH(writeTileBlockHere)(block, sums, out);
}

} // namespace sinkscope
#endif
