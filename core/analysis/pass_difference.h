// SPDX-License-Identifier: Apache-2.0
// How far two passes over the same tokens are apart, and how far one is from what must hold of any.
#pragma once

#include "core/model/layer_record.h"

#include <cstddef>
#include <span>

namespace sinkscope {

/// Largest |a - b|; infinite where the lengths differ or a difference is not a number.
double largestDifference(std::span<const float> a, std::span<const float> b);
/// largestDifference in units of the largest |b|; 0 where both are all zero.
double relativeDifference(std::span<const float> a, std::span<const float> b);

/// Largest |sum - 1| of a pattern row of any layer and head, summed in double. Precondition: all layers have
/// patterns in fp32.
double rowSumError(const PassResult &pass);
/// Bytes that differ in anything the passes recorded: residual stream, keys, values, attention, logits.
std::size_t differingBytes(const PassResult &a, const PassResult &b);
/// Largest difference of any pattern weight. Precondition: all layers have patterns in fp32.
double patternDifference(const PassResult &a, const PassResult &b);

/// How far the closed form is from a pass.
struct ClosedFormError {
    double pattern = 0.0; ///< largest difference of a weight
    double entropyNats = 0.0; ///< largest difference of a row's entropy
};
/// `head` of `recorded` rescaled to `gamma` against `edited`, the same layer in a pass at that factor.
ClosedFormError closedFormError(
    const LayerRecord &recorded, const LayerRecord &edited, HeadIndex head, double gamma);

} // namespace sinkscope
