// SPDX-License-Identifier: Apache-2.0
// Layer-wise comparison of effective edits.
#include "core/intervention/intervention_diff.h"

#include <algorithm>

namespace sinkscope {

std::optional<LayerIndex> lowestDifferingLayer(const Intervention &left, const Intervention &right)
{
    // Edits are ordered by layer first, so the first pair of effective edits that differs names the layer.
    const auto effective = [](const Intervention &intervention) {
        std::vector<HeadEdit> edits;
        std::ranges::copy_if(intervention.edits(), std::back_inserter(edits),
            [](const HeadEdit &edit) { return edit.gamma != 1.0; });
        return edits;
    };
    const std::vector<HeadEdit> a = effective(left);
    const std::vector<HeadEdit> b = effective(right);
    const auto [inA, inB] = std::ranges::mismatch(a, b);
    if (inA == a.end() && inB == b.end())
        return std::nullopt;
    if (inA == a.end())
        return inB->head.layer;
    if (inB == b.end())
        return inA->head.layer;
    return std::min(inA->head.layer, inB->head.layer);
}

} // namespace sinkscope
