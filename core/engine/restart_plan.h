// SPDX-License-Identifier: Apache-2.0
// From which earlier pass, and from which layer, a new pass can start.
#pragma once

#include "core/intervention/intervention.h"
#include "core/model/layer_record.h"

#include <memory>
#include <span>

namespace sinkscope {

/// An earlier pass and the edits it ran under.
struct RestartCandidate {
    std::shared_ptr<const PassResult> pass;
    const Intervention *intervention = nullptr;
    std::size_t commonTokens = 0; ///< leading tokens that the pass read and the wanted prompt has too
};

/// Where to start. Without `pass`: from the first layer. `complete`: the pass itself is the answer.
struct RestartPlan {
    std::shared_ptr<const PassResult> pass;
    LayerIndex layer; ///< lower layers are taken from the pass
    TokenPos row; ///< and in the others the rows before this one
    bool complete = false;
};

/// The plan that computes the fewest rows of layers for `wanted` on a prompt of `tokenCount` tokens. A pass
/// over another prompt serves by the rows that the two begin with, where no edit depends on the prompt.
RestartPlan planRestart(
    std::span<const RestartCandidate> candidates, const Intervention &wanted, std::size_t tokenCount);

} // namespace sinkscope
