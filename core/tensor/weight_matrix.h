// SPDX-License-Identifier: Apache-2.0
// A weight matrix as the products see it: fp32 in memory, or stored values expanded panel by panel.
#pragma once

#include "core/tensor/dtype.h"

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace sinkscope {

/// Weights W [outputs, inputs], row-major, each row stored in whole blocks.
/// Owner: ModelWeights. Threads: immutable after load, read from any thread.
/// Validity: while the mapped file behind `stored` lives (ModelWeights holds it).
struct WeightMatrix {
    DType dtype = DType::F32;
    std::size_t outputs = 0; ///< rows
    std::size_t inputs = 0; ///< columns
    std::span<const std::byte> stored; ///< the tensor in the mapped file
    std::vector<float> expanded; ///< [outputs * inputs] fp32, or empty when it is expanded on the fly

    std::size_t rowBytes() const { return storedBytes(dtype, inputs); }

    /// Writes rows [firstRow, firstRow + rowCount) as fp32 to `out` [rowCount * inputs].
    void rowsToFloat(std::size_t firstRow, std::size_t rowCount, std::span<float> out) const;
};

} // namespace sinkscope
