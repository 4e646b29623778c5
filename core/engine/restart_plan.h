// SPDX-License-Identifier: Apache-2.0
// From which earlier pass, and from which layer, a new pass can start.
#pragma once

#include "core/intervention/intervention.h"
#include "core/model/layer_record.h"

#include <memory>
#include <span>

namespace sinkscope {

/// An earlier pass over the same tokens and the edits it ran under.
struct RestartCandidate {
    std::shared_ptr<const PassResult> pass;
    const Intervention *intervention = nullptr;
};

/// Where to start. Without `pass`: from the first layer. `complete`: the pass itself is the answer.
struct RestartPlan {
    std::shared_ptr<const PassResult> pass;
    LayerIndex layer;
    bool complete = false;
};

/// The plan that recomputes the fewest layers for `wanted`. Layers of `patternLayers` must have kept their
/// patterns in what is taken over; a pass that lacks one is recomputed from there.
RestartPlan planRestart(std::span<const RestartCandidate> candidates, const Intervention &wanted,
    std::span<const LayerIndex> patternLayers);

} // namespace sinkscope
