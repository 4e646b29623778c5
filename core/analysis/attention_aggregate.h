// SPDX-License-Identifier: Apache-2.0
// Attention of several heads as one picture: mean, maximum, and rollout over layers.
#pragma once

#include "core/base/cancellation.h"
#include "core/model/layer_record.h"

#include <optional>
#include <span>
#include <vector>

namespace sinkscope {

enum class HeadAggregate {
    Mean, ///< of a cell's weights: rows sum to 1 where those of the heads do
    Maximum, ///< the greatest weight of a cell: rows sum to 1 or more
};

/// [T (T + 1) / 2] lower triangle, row q at q (q + 1) / 2, of the weights of `heads` cell by cell; patterns
/// in fp32 or fp16. Holds that triangle and one row, however many heads there are. Nothing when stopped or
/// where a pattern was not captured. Precondition: `heads` is not empty and lies in the pass.
std::optional<std::vector<float>> aggregateHeads(
    const PassResult &pass, std::span<const HeadRef> heads, HeadAggregate aggregate, const StopToken &stop);

/// [T (T + 1) / 2] attention rollout from layer 0 to `last` (Abnar & Zuidema 2020, Quantifying Attention Flow
/// in Transformers, section 3): the product A_last ... A_1 A_0 of A_l = 0.5 W_l + 0.5 I, rows normalised to
/// sum to 1, where W_l is the mean over all heads of layer l and I stands for the residual connection. It
/// follows attention alone: what values and feed-forward blocks do is left out. Holds that triangle and two
/// rows; about T^3 / 6 multiplications a layer. Nothing when stopped or where a pattern was not captured.
std::optional<std::vector<float>> attentionRollout(
    const PassResult &pass, LayerIndex last, const StopToken &stop);

/// The lowest of layers first..last whose patterns were not captured; nothing when all were.
std::optional<LayerIndex> firstLayerWithoutPatterns(
    const PassResult &pass, LayerIndex first, LayerIndex last);

} // namespace sinkscope
