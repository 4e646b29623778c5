// SPDX-License-Identifier: Apache-2.0
// Gated activations of the feed-forward block.
#pragma once

#include <span>

namespace sinkscope {

/// gate := silu(gate) * up, silu(x) = x / (1 + exp(-x)) (Shazeer 2020, SwiGLU). Both [n].
void swiGlu(std::span<float> gate, std::span<const float> up);

} // namespace sinkscope
