// SPDX-License-Identifier: Apache-2.0
// fp32 values into tiles of bf16 terms, and sums of tiles back into fp32 rows.
#pragma once

#include "core/tensor/matrix_view.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace sinkscope {

// A tile holds 16 rows of 64 bytes: 32 bf16 values of activations each, or 16 pairs of weights, or 16 fp32
// sums.
inline constexpr std::size_t kTileRows = 16;
inline constexpr std::size_t kTileInputs = 32; ///< inputs of one step
inline constexpr std::size_t kTileOutputs = 16;
inline constexpr std::size_t kTileElements = kTileRows * kTileInputs; ///< bf16 values of a tile
/// Outputs of a panel of weights: two tiles side by side.
inline constexpr std::size_t kTilePanelWidth = 2 * kTileOutputs;
/// bf16 terms that hold any fp32 value: 3 of 8 bits and a sign each, for 24 bits.
inline constexpr int kMostTerms = 3;

/// Steps of kTileInputs that `inputs` take.
constexpr std::size_t tileSteps(std::size_t inputs)
{
    return (inputs + kTileInputs - 1) / kTileInputs;
}

/// bf16 values of one panel of weights: [step][term][2][16 pairs of inputs][16 outputs][2 inputs].
constexpr std::size_t tilePanelSize(std::size_t inputs, int terms)
{
    return tileSteps(inputs) * static_cast<std::size_t>(terms) * 2 * kTileElements;
}

/// The fewest bf16 terms (1 to kMostTerms) whose sum is each of `values`. Term 1 is the value rounded to
/// nearest even, each further one the rest rounded likewise; three leave no rest as long as none of them is
/// below 2^-126, where the tile unit takes them for 0.
int termsNeeded(std::span<const float> values);

/// Splits `rows` [at most kTileRows, inputs] into `terms` terms: tiles [step][term][16][32]. Rows and inputs
/// that are missing become 0. A value beyond the largest bf16 is cut, not rounded to infinity; one that is
/// not finite has terms that are not.
void splitIntoTiles(MatrixView rows, int terms, std::uint16_t *tiles);

/// Lays weights `rows` [at most kTilePanelWidth outputs, inputs] out as a panel of tilePanelSize values.
void packTilePanel(MatrixView rows, int terms, std::uint16_t *panel);

/// What becomes of sums that are already there.
enum class TileSums { Replace, Add };

/// Writes or adds `block` [out.rows <= 2 * kTileRows, kTilePanelWidth] to `out` [rows, <= kTilePanelWidth].
void writeTileBlock(const float *block, TileSums sums, MutableMatrixView out);

} // namespace sinkscope
