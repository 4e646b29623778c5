// SPDX-License-Identifier: Apache-2.0
// A weight matrix as the products see it: stored in the file, or prepared once in memory for a backend.
#pragma once

#include "core/tensor/aligned_floats.h"
#include "core/tensor/dtype.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace sinkscope {

/// How the values of a weight matrix lie for the products.
enum class WeightLayout {
    Stored, ///< in the mapped file; expanded panel by panel in each product of the packed kernel
    Rows, ///< fp32 row by row, as OpenBLAS reads them
    Panels, ///< fp32 in panels of kPanelWidth outputs, [panel][inputs][kPanelWidth], as the packed kernel
            ///< reads them
    HalfPanels, ///< the same panels in bf16, for weights stored so; expanded panel by panel in each product
    Tiles, ///< bf16 terms in panels of kTilePanelWidth outputs (tile_values.h), as the amx kernel reads them
};

/// Weights W [outputs, inputs], row-major, each row stored in whole blocks.
/// Owner: ModelWeights. Threads: immutable after load, read from any thread.
/// Validity: while the mapped file behind `stored` lives (ModelWeights holds it).
struct WeightMatrix {
    DType dtype = DType::F32;
    std::size_t outputs = 0; ///< rows
    std::size_t inputs = 0; ///< columns
    std::span<const std::byte> stored; ///< the tensor in the mapped file
    WeightLayout layout = WeightLayout::Stored;
    AlignedFloats prepared; ///< the values in layout Rows or Panels, else empty
    AlignedBuffer<std::uint16_t> bf16; ///< the values in layout Tiles or HalfPanels, else empty
    int tileTerms = 0; ///< bf16 terms of each value in layout Tiles, 1 to 3; their sum is the value

    std::size_t rowBytes() const { return storedBytes(dtype, inputs); }

    /// Writes rows [firstRow, firstRow + rowCount) as fp32 to `out` [rowCount * inputs], from the file.
    void rowsToFloat(std::size_t firstRow, std::size_t rowCount, std::span<float> out) const;
};

} // namespace sinkscope
