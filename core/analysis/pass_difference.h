// SPDX-License-Identifier: Apache-2.0
// How far two passes over the same tokens are apart, and how far one is from what must hold of any.
#pragma once

#include "core/model/transformer.h"

#include <cstddef>
#include <span>

namespace sinkscope {

/// The larger of two distances; infinite where the second is not a number, which std::max would lose.
double farther(double worst, double distance);

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
    double headOutput = 0.0; ///< as rowDifference of the outputs of the head
    /// As rowDifference of what attention adds to the residual stream: recorded and changed, against `edited`
    double residual = 0.0;
};

/// Each the larger of two, as farther of distances.
ClosedFormError farther(const ClosedFormError &worst, const ClosedFormError &error);

/// A pass, and attention of one of its layers.
struct AttentionOfPass {
    const LayerRecord &record;
    const AttentionOutput &attention;
};

/// Largest Euclidean norm of a row of a - b, in units of the largest of a row of b; infinite where the sizes
/// differ or a difference is not a number; 0 where both are all zero.
double rowDifference(MatrixView a, MatrixView b);

/// `head` of `recorded`, of a pass of `model`, rescaled to `gamma` against `edited`, the same layer in a pass
/// at that factor.
ClosedFormError closedFormError(const Model &model, const AttentionOfPass &recorded,
    const AttentionOfPass &edited, HeadRef head, double gamma);

} // namespace sinkscope
