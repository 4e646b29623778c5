// SPDX-License-Identifier: Apache-2.0
// What a new factor does to one head's attention, its output and the residual stream, from the record of a
// pass at another factor: no pass needed.
#pragma once

#include "core/model/layer_record.h"
#include "core/model/model.h"

#include <vector>

namespace sinkscope {

/// One row of attention under a factor. Source: method 1.1 and 1.4 (arXiv 2505.11739), in log odds of key 0.
struct ScaledRow {
    double sinkMass = 0.0; ///< a0'
    double restMass = 0.0; ///< 1 - a0', not by subtraction
    double entropyNats = 0.0; ///< of the whole row
    double restEntropyNats = 0.0; ///< without key 0: does not depend on gamma
};

/// Row `query` of `head` with the plain edit (probability, key 0) at `gamma`; row 0 never changes.
ScaledRow scaledRow(const LayerRecord &record, HeadIndex head, TokenPos query, double gamma);

/// The lower triangle [T (T + 1) / 2] of `head` at `gamma`; empty when the record holds no patterns.
/// Exact when the head's only edit is the plain one and nothing below its layer changes. Where the recorded
/// weights of all other keys are 0 in fp32 (log odds above 87) how they share the rest is lost: they stay 0.
std::vector<float> scaledPattern(const LayerRecord &record, HeadIndex head, double gamma);

/// Output of `head` at `gamma`, [T, headSize], before gain or ablation; empty when the record holds no
/// patterns. With b_i = a_i / (1 - a0), which no gamma changes: o' = a0' v0 + (1 - a0') sum b_i v_i, the form
/// of o' = (g a0 v0 + o_rest) / (g a0 + rest) in which nothing cancels and that holds from any recorded
/// factor (method 1.2, arXiv 2505.11739). Precondition: `record` is of a model with `config`.
Matrix scaledOutput(const LayerRecord &record, const ModelConfig &config, HeadIndex head, double gamma);

/// What `head` at `gamma` instead of the recorded factor adds to the residual stream after attention of its
/// layer, [T, hidden]; row 0 is 0; empty when the record holds no patterns. (a0' - a0) W_o,h (v0 - sum b_i
/// v_i), W_o,h the columns of the output projection that read this head (performance 4, there with
/// v0 - o = (1 - a0)(v0 - sum b_i v_i)). Reads W_o from the file. Exact as scaledPattern, where no edit acts
/// on the head's output. Precondition: `record` is that of head.layer in a pass of `model`.
Matrix scaledResidualDelta(const LayerRecord &record, const Model &model, HeadRef head, double gamma);

} // namespace sinkscope
