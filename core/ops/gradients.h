// SPDX-License-Identifier: Apache-2.0
// The way back through a norm, a gated activation and a softmax: derivatives by what they read.
#pragma once

#include <span>

namespace sinkscope {

/// What rmsNorm read, one row. All [n].
struct NormRow {
    std::span<const float> x;
    std::span<const float> weight;
    double epsilon = 0.0;
};

/// gradIn += J^T gradOut of rmsNorm. With r = 1 / sqrt(mean x^2 + epsilon) the derivative by x_i is
/// r w_i g_i - x_i r^3 / n sum_j g_j w_j x_j. Sums in double.
void addRmsNormGradient(const NormRow &row, std::span<const float> gradOut, std::span<float> gradIn);

/// The way back through swiGlu: `grad` holds the derivative by silu(gate) * up and becomes the one by gate;
/// `gradUp` receives the one by up. `gate` and `up` as they were before swiGlu. All [n].
void swiGluGradient(
    std::span<const float> gate, std::span<const float> up, std::span<float> grad, std::span<float> gradUp);

/// `grad` holds the derivatives by the weights a [n] of a softmax and becomes those by its scores:
/// a_i (g_i - sum_j a_j g_j), as differences from g_0, so that nothing cancels where a_0 is 1 in fp32.
void softmaxGradient(std::span<const float> weights, std::span<float> grad);

} // namespace sinkscope
