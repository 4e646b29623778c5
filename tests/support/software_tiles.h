// SPDX-License-Identifier: Apache-2.0
// A model of the tile unit in plain C++, so that its kernel is tested on every machine.
#pragma once

#include "core/tensor/tile_kernel.h"

#include <array>
#include <cstdint>

namespace sinkscope::test {

/// Eight tiles of 16 rows of 64 bytes. addProduct follows the operation of TDPBF16PS in Intel's manual (SDM
/// vol. 2): the even and the odd elements of the bf16 pairs are summed apart, from zero, one fp32 fused
/// multiply-add after the other; the two sums are added, then added to the tile; ties to even, denormal
/// operands read as 0 and denormal results written as 0. Here a product is rounded before it is added, which
/// is the same wherever the product is a normal number (two bf16 values have 16 bits together); below 2^-126
/// it may differ by 2^-149.
class SoftwareTiles {
public:
    template <int kTile> void zero() { m_tiles[kTile].fill(0); }
    template <int kTile> void load(const std::uint16_t *tile)
    {
        loadRows(m_tiles[kTile], reinterpret_cast<const char *>(tile));
    }
    template <int kTile> void store(float *sums, std::size_t stride) const
    {
        storeRows(m_tiles[kTile], sums, stride);
    }
    template <int kSums, int kActivations, int kWeights> void addProduct()
    {
        addPairs(m_tiles[kSums], m_tiles[kActivations], m_tiles[kWeights]);
    }
    void prefetch(const char *) const { }

private:
    using Tile = std::array<std::uint32_t, kTileRows * kTileOutputs>; // rows of 16 words

    static void loadRows(Tile &tile, const char *bytes);
    static void storeRows(const Tile &tile, float *sums, std::size_t stride);
    static void addPairs(Tile &sums, const Tile &activations, const Tile &weights);

    std::array<Tile, 8> m_tiles {};
};

/// The kernel of the amx backend on SoftwareTiles.
TileKernel softwareTileKernel();
/// The kernel of this processor's unit where it has one, else softwareTileKernel().
TileKernel anyTileKernel();

} // namespace sinkscope::test
