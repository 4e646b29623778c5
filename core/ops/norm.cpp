// SPDX-License-Identifier: Apache-2.0
// RMSNorm with the mean of squares in double.
#include "core/ops/norm.h"

#include <Eigen/Core>
#include <cmath>

namespace sinkscope {

void rmsNorm(std::span<const float> x, std::span<const float> weight, double epsilon, std::span<float> out)
{
    using Array = Eigen::Map<const Eigen::ArrayXf>;
    const auto size = static_cast<Eigen::Index>(x.size());
    const Array values(x.data(), size);
    const Array scale(weight.data(), size);
    const double meanSquare = values.cast<double>().square().sum() / static_cast<double>(x.size());
    const auto inverse = static_cast<float>(1.0 / std::sqrt(meanSquare + epsilon));
    Eigen::Map<Eigen::ArrayXf>(out.data(), size) = values * inverse * scale;
}

} // namespace sinkscope
