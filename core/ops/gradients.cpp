// SPDX-License-Identifier: Apache-2.0
// Derivatives on Eigen's vectors, sums in double.
#include "core/ops/gradients.h"

#include <Eigen/Core>
#include <cmath>
#include <cstddef>

namespace sinkscope {

namespace {

using Floats = Eigen::Map<const Eigen::ArrayXf>;
using MutableFloats = Eigen::Map<Eigen::ArrayXf>;

Eigen::Index sizeOf(std::span<const float> values)
{
    return static_cast<Eigen::Index>(values.size());
}

} // namespace

void addRmsNormGradient(const NormRow &row, std::span<const float> gradOut, std::span<float> gradIn)
{
    const Eigen::Index size = sizeOf(row.x);
    const Floats x(row.x.data(), size);
    const Floats weight(row.weight.data(), size);
    const Floats out(gradOut.data(), size);
    const auto count = static_cast<double>(size);
    const double meanSquare = x.cast<double>().square().sum() / count;
    const double inverse = 1.0 / std::sqrt(meanSquare + row.epsilon);
    const double along =
        (out.cast<double>() * weight.cast<double>() * x.cast<double>()).sum() * inverse * inverse / count;
    MutableFloats in(gradIn.data(), size);
    in += (out * weight - x * static_cast<float>(along)) * static_cast<float>(inverse);
}

void swiGluGradient(
    std::span<const float> gate, std::span<const float> up, std::span<float> grad, std::span<float> gradUp)
{
    const Eigen::Index size = sizeOf(gate);
    const Floats x(gate.data(), size);
    const Floats factors(up.data(), size);
    MutableFloats byGate(grad.data(), size);
    MutableFloats byUp(gradUp.data(), size);
    constexpr Eigen::Index kBlock = 64; // the sigmoid of a block stays in the first-level cache
    Eigen::Array<float, kBlock, 1> sigmoid;
    for (Eigen::Index begin = 0; begin < size; begin += kBlock) {
        const Eigen::Index count = std::min(kBlock, size - begin);
        const auto xs = x.segment(begin, count);
        auto own = sigmoid.head(count);
        own = 1.0F / (1.0F + (-xs).exp());
        byUp.segment(begin, count) = byGate.segment(begin, count) * xs * own;
        byGate.segment(begin, count) *= factors.segment(begin, count) * own * (1.0F + xs * (1.0F - own));
    }
}

void softmaxGradient(std::span<const float> weights, std::span<float> grad)
{
    const auto first = static_cast<double>(grad[0]);
    double mean = 0.0; // of g_j - g_0
    for (std::size_t key = 1; key < weights.size(); ++key)
        mean += static_cast<double>(weights[key]) * (static_cast<double>(grad[key]) - first);
    for (std::size_t key = 0; key < weights.size(); ++key)
        grad[key] = static_cast<float>(
            static_cast<double>(weights[key]) * (static_cast<double>(grad[key]) - first - mean));
}

} // namespace sinkscope
