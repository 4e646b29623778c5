// SPDX-License-Identifier: Apache-2.0
// Compares edits layer by layer and picks the candidate that agrees longest.
#include "core/engine/restart_plan.h"

#include "core/intervention/intervention_diff.h"

#include <algorithm>

namespace sinkscope {

RestartPlan planRestart(std::span<const RestartCandidate> candidates, const Intervention &wanted,
    std::span<const LayerIndex> patternLayers)
{
    RestartPlan best;
    for (const RestartCandidate &candidate : candidates) {
        if (!candidate.pass)
            continue;
        const auto layerCount = static_cast<std::int32_t>(candidate.pass->layers.size());
        // Up to the lowest layer whose edits differ nothing changed: its input is in the record.
        LayerIndex layer =
            lowestDifferingLayer(*candidate.intervention, wanted).value_or(LayerIndex(layerCount));
        for (const LayerIndex shown : patternLayers)
            if (shown < layer && !candidate.pass->layers[shown.asSize()]->hasPatterns())
                layer = shown;
        const bool complete = layer.value == layerCount;
        if (complete)
            return {candidate.pass, layer, true};
        if (layer > best.layer)
            best = {candidate.pass, layer, false};
    }
    return best;
}

} // namespace sinkscope
