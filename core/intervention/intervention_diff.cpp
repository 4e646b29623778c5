// SPDX-License-Identifier: Apache-2.0
// Comparison by layer and by row of effective edits, frozen baselines and baselines as asked for.
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

bool sameBaselines(const Intervention &left, const Intervention &right)
{
    return std::ranges::equal(left.baselines(), right.baselines()) && !groupsMatter(left, right)
        && !groupsMatter(right, left);
}

/// The first row that `edit` moves: it is selected, and it sees the first key. A stored key belongs to the
/// row of its token, which sees it too.
TokenPos firstRowOf(const HeadEdit &edit, TokenPos promptLast)
{
    const bool keysKnown = hasKeys(edit.kind) && edit.key.kind == KeyTarget::Kind::Keys;
    const TokenPos firstKey = keysKnown ? edit.key.begin : TokenPos(0);
    switch (edit.queries.kind) {
    case QuerySelection::Kind::All:
        return firstKey;
    case QuerySelection::Kind::Last:
        return std::max(promptLast, firstKey);
    case QuerySelection::Kind::From:
    case QuerySelection::Kind::Span:
        return std::max(edit.queries.begin, firstKey);
    }
    return TokenPos(0);
}

} // namespace

std::optional<LayerIndex> lowestDifferingLayer(const Intervention &left, const Intervention &right)
{
    const std::vector<HeadEdit> a = effective(left);
    const std::vector<HeadEdit> b = effective(right);
    std::optional<LayerIndex> lowest =
        firstDifference(std::span<const HeadEdit>(a), std::span<const HeadEdit>(b));
    lowest = lower(lowest, firstDifference(left.frozen(), right.frozen()));
    if (!sameBaselines(left, right))
        lowest = lower(lowest, lower(lowestBaselineLayer(left), lowestBaselineLayer(right)));
    return lowest;
}

std::optional<TokenPos> firstDifferingRow(const PromptEdits &left, const PromptEdits &right)
{
    if (!std::ranges::equal(left.intervention.frozen(), right.intervention.frozen())
        || !sameBaselines(left.intervention, right.intervention))
        return TokenPos(0);
    const std::vector<HeadEdit> inLeft = effective(left.intervention);
    const std::vector<HeadEdit> inRight = effective(right.intervention);
    std::optional<TokenPos> first;
    const auto moves = [&](const HeadEdit &edit, TokenPos promptLast) {
        const TokenPos row = firstRowOf(edit, promptLast);
        first = first ? std::min(*first, row) : row;
    };
    // Both are in order of target.
    auto a = inLeft.begin();
    auto b = inRight.begin();
    while (a != inLeft.end() || b != inRight.end()) {
        const bool onlyLeft = b == inRight.end() || (a != inLeft.end() && targetLess(*a, *b));
        const bool onlyRight = !onlyLeft && (a == inLeft.end() || targetLess(*b, *a));
        const bool sameInBoth = !onlyLeft && !onlyRight && *a == *b
            && firstRowOf(*a, left.promptLast) == firstRowOf(*b, right.promptLast);
        if (!onlyRight && !sameInBoth)
            moves(*a, left.promptLast);
        if (!onlyLeft && !sameInBoth)
            moves(*b, right.promptLast);
        a += onlyRight ? 0 : 1;
        b += onlyLeft ? 0 : 1;
    }
    return first;
}

} // namespace sinkscope
