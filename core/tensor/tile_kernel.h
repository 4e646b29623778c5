// SPDX-License-Identifier: Apache-2.0
// The product of bf16 terms on a tile unit: the processor's (amx_unit), or a model of it in the tests.
#pragma once

#include "core/tensor/tile_values.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace sinkscope {

/// Some rows times one panel of weights.
///
/// With x = x0 + x1 + x2 and w = w0 + w1 + w2, each term some 2^-8 of the one before, the products xi * wj
/// with i + j < activationTerms are summed: with three terms those left out are below 2^-24 of x * w, the
/// rounding of one fp32 product. Inputs are summed in the unit over kStepsOfASum steps, then added in fp32 to
/// the output; neither depends on the number of rows, so a product of one row equals that row of a larger one
/// bit by bit.
struct TileProduct {
    const std::uint16_t *activations =
        nullptr; ///< [row tile][step][activationTerms][16][32] at the first row
    int activationTerms = kMostTerms;
    const std::uint16_t *panel = nullptr; ///< [step][weightTerms][2][16][32]
    int weightTerms = kMostTerms;
    std::size_t steps = 0; ///< tileSteps(inputs)
    MutableMatrixView out; ///< [rows, at most kTilePanelWidth]
    const std::uint16_t *nextPanel = nullptr; ///< as large as `panel`, wanted in the cache soon; or nullptr
};

/// Computes a product on the calling thread.
using TileKernel = void (*)(const TileProduct &product);

/// Steps that are summed inside the unit, 512 inputs: the error of an fp32 sum grows with its length.
inline constexpr std::size_t kStepsOfASum = 16;

namespace detail {

/// One product of terms, and which tiles it cannot take over from the product before.
struct TermProduct {
    std::uint8_t activation;
    std::uint8_t weight;
    std::uint8_t loadsActivation;
    std::uint8_t loadsWeight;
};

/// The products of a step in their order.
struct TermProducts {
    std::array<TermProduct, 6> list {};
    std::size_t count = 0;
};

/// Each tile of weights is loaded once, the smallest terms come first and the product of the leading terms
/// last, and an activation tile is kept where the next product needs it again.
inline TermProducts termProducts(int activationTerms, int weightTerms)
{
    constexpr std::array<std::array<std::uint8_t, 2>, 6> kOrder {
        {{0, 2}, {0, 1}, {1, 1}, {1, 0}, {2, 0}, {0, 0}}};
    TermProducts products;
    int activationHeld = -1;
    int weightHeld = -1;
    for (const auto &[activation, weight] : kOrder) {
        if (weight >= weightTerms || activation + weight >= activationTerms)
            continue;
        products.list[products.count++] = {activation, weight,
            static_cast<std::uint8_t>(activation != activationHeld),
            static_cast<std::uint8_t>(weight != weightHeld)};
        activationHeld = activation;
        weightHeld = weight;
    }
    return products;
}

/// Where a block of one or two row tiles reads.
struct TileBlock {
    const std::uint16_t *activations; // of its first step
    std::size_t rowTileStride; // bf16 values from one row tile to the next
    std::size_t activationStep; // ... from one step to the next
    const std::uint16_t *weights;
    std::size_t weightStep;
    std::size_t steps;
    const char *prefetch; // nullptr: nothing
    std::size_t prefetchLines; // a step
};

inline constexpr std::size_t kCacheLine = 64;

/// The sums of a block in tiles 0 and 1 (first row tile) and, with two row tiles, 2 and 3; tiles 4 and 5 hold
/// activations, 6 and 7 weights.
template <int kRowTiles, class Tiles>
void sumBlock(Tiles &tiles, TileBlock block, const TermProducts &products, float *sums)
{
    tiles.template zero<0>();
    tiles.template zero<1>();
    if constexpr (kRowTiles == 2) {
        tiles.template zero<2>();
        tiles.template zero<3>();
    }
    for (std::size_t step = 0; step < block.steps; ++step) {
        for (std::size_t at = 0; at < products.count; ++at) {
            const TermProduct &product = products.list[at];
            if (product.loadsWeight) {
                const std::uint16_t *weights = block.weights + product.weight * 2 * kTileElements;
                tiles.template load<6>(weights);
                tiles.template load<7>(weights + kTileElements);
            }
            if (product.loadsActivation) {
                const std::uint16_t *activations = block.activations + product.activation * kTileElements;
                tiles.template load<4>(activations);
                if constexpr (kRowTiles == 2)
                    tiles.template load<5>(activations + block.rowTileStride);
            }
            tiles.template addProduct<0, 4, 6>();
            tiles.template addProduct<1, 4, 7>();
            if constexpr (kRowTiles == 2) {
                tiles.template addProduct<2, 5, 6>();
                tiles.template addProduct<3, 5, 7>();
            }
        }
        for (std::size_t line = 0; block.prefetch && line < block.prefetchLines;
             ++line, block.prefetch += kCacheLine)
            tiles.prefetch(block.prefetch);
        block.activations += block.activationStep;
        block.weights += block.weightStep;
    }
    tiles.template store<0>(sums, kTilePanelWidth);
    tiles.template store<1>(sums + kTileOutputs, kTilePanelWidth);
    if constexpr (kRowTiles == 2) {
        tiles.template store<2>(sums + kTileRows * kTilePanelWidth, kTilePanelWidth);
        tiles.template store<3>(sums + kTileRows * kTilePanelWidth + kTileOutputs, kTilePanelWidth);
    }
}

} // namespace detail

/// Computes `product` on a unit `Tiles`, which has eight tiles of 16 rows of 64 bytes for the life of the
/// object: zero<tile>(); load<tile>(const std::uint16_t *tile); store<tile>(float *sums, floats from row to
/// row); addProduct<sums, activations, weights>(), of bf16 pairs into fp32; prefetch(const char *line).
template <class Tiles> void multiplyTilePanel(const TileProduct &product)
{
    using namespace detail;
    alignas(kCacheLine) float sums[2 * kTileRows * kTilePanelWidth];
    Tiles tiles;
    const TermProducts products = termProducts(product.activationTerms, product.weightTerms);
    TileBlock block {};
    block.activationStep = static_cast<std::size_t>(product.activationTerms) * kTileElements;
    block.rowTileStride = product.steps * block.activationStep;
    block.weightStep = static_cast<std::size_t>(product.weightTerms) * 2 * kTileElements;
    const std::size_t rowBlocks = (product.out.rows + 2 * kTileRows - 1) / (2 * kTileRows);
    // The next panel is asked for a little at each step, so that memory and unit work at the same time.
    const std::size_t panelLines = block.weightStep * sizeof(std::uint16_t) / kCacheLine; // a step
    block.prefetchLines = (panelLines + rowBlocks - 1) / rowBlocks;
    block.prefetch = reinterpret_cast<const char *>(product.nextPanel);
    for (std::size_t step = 0; step < product.steps; step += kStepsOfASum) {
        block.steps = std::min(kStepsOfASum, product.steps - step);
        block.weights = product.panel + step * block.weightStep;
        for (std::size_t row = 0; row < product.out.rows; row += 2 * kTileRows) {
            const std::size_t rows = std::min(2 * kTileRows, product.out.rows - row);
            block.activations =
                product.activations + row / kTileRows * block.rowTileStride + step * block.activationStep;
            if (rows > kTileRows)
                sumBlock<2>(tiles, block, products, sums);
            else
                sumBlock<1>(tiles, block, products, sums);
            if (block.prefetch)
                block.prefetch += block.steps * block.prefetchLines * kCacheLine;
            writeTileBlock(sums, step == 0 ? TileSums::Replace : TileSums::Add,
                {product.out.data + row * product.out.stride, rows, product.out.columns, product.out.stride});
        }
    }
}

} // namespace sinkscope
