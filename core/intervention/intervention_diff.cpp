// SPDX-License-Identifier: Apache-2.0
// Layer-wise comparison of effective edits, frozen baselines and baselines as asked for.
#include "core/intervention/intervention_diff.h"

#include <algorithm>

namespace sinkscope {

namespace {

// Entries are ordered by layer first, so the first pair that differs names the layer.
template <typename Entry>
std::optional<LayerIndex> firstDifference(std::span<const Entry> left, std::span<const Entry> right)
{
    const auto [inLeft, inRight] = std::ranges::mismatch(left, right);
    if (inLeft == left.end() && inRight == right.end())
        return std::nullopt;
    if (inLeft == left.end())
        return inRight->head.layer;
    if (inRight == right.end())
        return inLeft->head.layer;
    return std::min(inLeft->head.layer, inRight->head.layer);
}

std::vector<HeadEdit> effective(const Intervention &intervention)
{
    std::vector<HeadEdit> edits;
    std::ranges::copy_if(intervention.edits(), std::back_inserter(edits),
        [](const HeadEdit &edit) { return edit.hasEffect(); });
    return edits;
}

/// Whether `intervention` uses a group that the two define differently.
bool groupsMatter(const Intervention &intervention, const Intervention &other)
{
    return std::ranges::any_of(intervention.baselines(), [&](const Baseline &baseline) {
        const auto mine = intervention.groups().find(baseline.group);
        const auto theirs = other.groups().find(baseline.group);
        const bool inMine = mine != intervention.groups().end();
        const bool inTheirs = theirs != other.groups().end();
        return inMine != inTheirs || (inMine && mine->second != theirs->second);
    });
}

std::optional<LayerIndex> lowestBaselineLayer(const Intervention &intervention)
{
    std::optional<LayerIndex> lowest;
    for (const Baseline &baseline : intervention.baselines()) {
        const LayerIndex layer = lowestLayerOf(baseline, intervention.groups());
        lowest = lowest ? std::min(*lowest, layer) : layer;
    }
    return lowest;
}

/// The lower of two layers that may be absent.
std::optional<LayerIndex> lower(std::optional<LayerIndex> left, std::optional<LayerIndex> right)
{
    return left && right ? std::min(*left, *right) : (left ? left : right);
}

} // namespace

std::optional<LayerIndex> lowestDifferingLayer(const Intervention &left, const Intervention &right)
{
    const std::vector<HeadEdit> a = effective(left);
    const std::vector<HeadEdit> b = effective(right);
    std::optional<LayerIndex> lowest =
        firstDifference(std::span<const HeadEdit>(a), std::span<const HeadEdit>(b));
    lowest = lower(lowest, firstDifference(left.frozen(), right.frozen()));
    const bool sameBaselines = std::ranges::equal(left.baselines(), right.baselines())
        && !groupsMatter(left, right) && !groupsMatter(right, left);
    if (!sameBaselines)
        lowest = lower(lowest, lower(lowestBaselineLayer(left), lowestBaselineLayer(right)));
    return lowest;
}

} // namespace sinkscope
