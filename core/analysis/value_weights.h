// SPDX-License-Identifier: Apache-2.0
// What the keys of a head carry beside their attention: lengths of values and of contributions, and the
// scores before the softmax.
#pragma once

#include "core/model/model.h"

#include <optional>
#include <vector>

namespace sinkscope {

/// [T] ||v_k||, Euclidean, of every key of `kvHead`. Attention times this is the "norm-based" weight of
/// Kobayashi et al. 2020 (Attention is not only a weight) before the output projection.
std::vector<float> valueNorms(const LayerRecord &record, KvHeadIndex kvHead, int headSize);

/// [T] ||W_O^h v_k||, Euclidean: W_O^h [hidden, headSize] are the columns of the output projection that read
/// query head `head`. Attention a to key k adds a vector of length a ||W_O^h v_k|| to the residual stream
/// (Kobayashi et al. 2020, equation 4, f(x) = x W_V W_O). Edits that act on the head's output are left out.
std::vector<float> contributionNorms(const Model &model, HeadRef head, const LayerRecord &record);

/// [T (T + 1) / 2] lower triangle of q . k / sqrt(headSize) in the pass of `record`, rotary included, before
/// the softmax and before the edits of this layer (stored keys that an edit scaled are taken as stored). The
/// queries are computed again from the recorded residual stream. Nothing when stopped.
std::optional<std::vector<float>> attentionScores(
    const Model &model, HeadRef head, const LayerRecord &record, const StopToken &stop);

} // namespace sinkscope
