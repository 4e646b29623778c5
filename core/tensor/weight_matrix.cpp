// SPDX-License-Identifier: Apache-2.0
// Rows of a weight matrix as fp32.
#include "core/tensor/weight_matrix.h"

#include "core/tensor/dequantize.h"

#include <algorithm>

namespace sinkscope {

void WeightMatrix::rowsToFloat(std::size_t firstRow, std::size_t rowCount, std::span<float> out) const
{
    if (!expanded.empty()) {
        std::copy_n(expanded.data() + firstRow * inputs, rowCount * inputs, out.data());
        return;
    }
    dequantize(
        dtype, stored.subspan(firstRow * rowBytes(), rowCount * rowBytes()), out.first(rowCount * inputs));
}

} // namespace sinkscope
