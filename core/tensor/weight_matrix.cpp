// SPDX-License-Identifier: Apache-2.0
// Rows of a weight matrix as fp32.
#include "core/tensor/weight_matrix.h"

#include "core/tensor/dequantize.h"

namespace sinkscope {

void WeightMatrix::rowsToFloat(std::size_t firstRow, std::size_t rowCount, std::span<float> out) const
{
    dequantize(
        dtype, stored.subspan(firstRow * rowBytes(), rowCount * rowBytes()), out.first(rowCount * inputs));
}

} // namespace sinkscope
