// SPDX-License-Identifier: Apache-2.0
// Exact expansion of stored values to fp32, bit-equal to GGML's own C functions.
#pragma once

#include "core/tensor/dtype.h"

#include <cstddef>
#include <span>

namespace sinkscope {

/// Expands `out.size()` values stored as `dtype` in `stored` (storedBytes(dtype, out.size()) bytes) to fp32.
/// `out.size()` must be a multiple of the block size. Source of the block layouts: ggml-common.h of ggml.
void dequantize(DType dtype, std::span<const std::byte> stored, std::span<float> out);

} // namespace sinkscope
