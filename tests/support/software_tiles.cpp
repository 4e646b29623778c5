// SPDX-License-Identifier: Apache-2.0
// The arithmetic of the model of the tile unit.
#include "tests/support/software_tiles.h"

#include "core/tensor/amx_unit.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

namespace sinkscope::test {

namespace {

float flushed(float value)
{
    return std::fabs(value) < std::numeric_limits<float>::min() ? std::copysign(0.0F, value) : value;
}

/// The first (lower 16 bits) or second bf16 value of a pair.
float firstOf(std::uint32_t pair)
{
    return flushed(std::bit_cast<float>(pair << 16));
}

float secondOf(std::uint32_t pair)
{
    return flushed(std::bit_cast<float>(pair & 0xFFFF0000U));
}

} // namespace

void SoftwareTiles::loadRows(Tile &tile, const char *bytes)
{
    std::memcpy(tile.data(), bytes, sizeof(Tile));
}

void SoftwareTiles::storeRows(const Tile &tile, float *sums, std::size_t stride)
{
    for (std::size_t row = 0; row < kTileRows; ++row)
        std::memcpy(sums + row * stride, tile.data() + row * kTileOutputs, kTileOutputs * sizeof(float));
}

void SoftwareTiles::addPairs(Tile &sums, const Tile &activations, const Tile &weights)
{
    constexpr std::size_t kPairs = kTileInputs / 2;
    std::array<float, kPairs * kTileOutputs> even {};
    std::array<float, kPairs * kTileOutputs> odd {};
    for (std::size_t at = 0; at < weights.size(); ++at) {
        even[at] = firstOf(weights[at]);
        odd[at] = secondOf(weights[at]);
    }
    for (std::size_t row = 0; row < kTileRows; ++row) {
        float evenSums[kTileOutputs] = {};
        float oddSums[kTileOutputs] = {};
        for (std::size_t pair = 0; pair < kPairs; ++pair) {
            const std::uint32_t both = activations[row * kPairs + pair];
            const float first = firstOf(both);
            const float second = secondOf(both);
            for (std::size_t output = 0; output < kTileOutputs; ++output) {
                const std::size_t at = pair * kTileOutputs + output;
                evenSums[output] = flushed(evenSums[output] + first * even[at]);
                oddSums[output] = flushed(oddSums[output] + second * odd[at]);
            }
        }
        for (std::size_t output = 0; output < kTileOutputs; ++output) {
            std::uint32_t &word = sums[row * kTileOutputs + output];
            const float added = flushed(evenSums[output] + oddSums[output]);
            word = std::bit_cast<std::uint32_t>(flushed(flushed(std::bit_cast<float>(word)) + added));
        }
    }
}

TileKernel softwareTileKernel()
{
    return &multiplyTilePanel<SoftwareTiles>;
}

TileKernel anyTileKernel()
{
    const TileKernel own = amxKernelOrNull();
    return own ? own : softwareTileKernel();
}

} // namespace sinkscope::test
