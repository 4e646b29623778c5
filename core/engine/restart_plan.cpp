// SPDX-License-Identifier: Apache-2.0
// Compares edits by layer and by row and picks the candidate that leaves the least to compute.
#include "core/engine/restart_plan.h"

#include "core/intervention/intervention_diff.h"

#include <algorithm>
#include <limits>

namespace sinkscope {

namespace {

TokenPos lastOf(std::size_t tokens)
{
    return TokenPos(static_cast<std::int32_t>(tokens) - 1);
}

} // namespace

RestartPlan planRestart(
    std::span<const RestartCandidate> candidates, const Intervention &wanted, std::size_t tokenCount)
{
    RestartPlan best;
    std::size_t leastWork = std::numeric_limits<std::size_t>::max();
    for (const RestartCandidate &candidate : candidates) {
        if (!candidate.pass)
            continue;
        const std::size_t layerCount = candidate.pass->layers.size();
        const std::size_t itsTokens = candidate.pass->layers.front()->tokenCount();
        const bool samePrompt = itsTokens == tokenCount && candidate.commonTokens == tokenCount;
        if (!samePrompt && !(candidate.intervention->isResolved() && wanted.isResolved()))
            continue;
        // Up to the lowest layer whose edits differ nothing changed: its input is in the record.
        const auto differingLayer = lowestDifferingLayer(*candidate.intervention, wanted);
        if (samePrompt && !differingLayer)
            return {candidate.pass, LayerIndex(static_cast<std::int32_t>(layerCount)), {}, true};
        // Nor did it change in rows that no differing edit moves. The last row is always computed: its stream
        // after the last layer is not in the record.
        TokenPos row =
            firstDifferingRow({*candidate.intervention, lastOf(itsTokens)}, {wanted, lastOf(tokenCount)})
                .value_or(lastOf(tokenCount));
        row =
            std::min({row, lastOf(tokenCount), TokenPos(static_cast<std::int32_t>(candidate.commonTokens))});
        const LayerIndex layer = samePrompt ? *differingLayer : LayerIndex(0);
        const std::size_t work = (layerCount - layer.asSize()) * (tokenCount - row.asSize());
        if (work < std::min(leastWork, layerCount * tokenCount)) {
            best = {candidate.pass, layer, row, false};
            leastWork = work;
        }
    }
    return best;
}

} // namespace sinkscope
