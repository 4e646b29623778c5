// SPDX-License-Identifier: Apache-2.0
// Root-mean-square normalisation.
#pragma once

#include <span>

namespace sinkscope {

/// out = x / sqrt(mean(x^2) + epsilon) * weight, all [hidden] (Zhang and Sennrich 2019, RMSNorm).
void rmsNorm(std::span<const float> x, std::span<const float> weight, double epsilon, std::span<float> out);

} // namespace sinkscope
