// SPDX-License-Identifier: Apache-2.0
// SwiGLU on the vectorised row kernels.
#include "core/ops/activation.h"

#include "core/ops/row_kernels.h"

namespace sinkscope {

void swiGlu(std::span<float> gate, std::span<const float> up)
{
    siluTimes(gate, up);
}

} // namespace sinkscope
