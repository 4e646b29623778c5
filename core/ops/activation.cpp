// SPDX-License-Identifier: Apache-2.0
// SwiGLU on Eigen's vectorised exponential.
#include "core/ops/activation.h"

#include <Eigen/Core>

namespace sinkscope {

void swiGlu(std::span<float> gate, std::span<const float> up)
{
    const auto size = static_cast<Eigen::Index>(gate.size());
    Eigen::Map<Eigen::ArrayXf> values(gate.data(), size);
    const Eigen::Map<const Eigen::ArrayXf> factors(up.data(), size);
    values = values / (1.0F + (-values).exp()) * factors;
}

} // namespace sinkscope
