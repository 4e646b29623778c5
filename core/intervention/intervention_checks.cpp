// SPDX-License-Identifier: Apache-2.0
// Holds an intervention against the shape of a model and the length of a prompt.
#include "core/base/error.h"
#include "core/intervention/intervention.h"
#include "core/intervention/meeting_factors.h"

#include <algorithm>
#include <fmt/format.h>

namespace sinkscope {

namespace {

/// What must exist for something to be addressed. Passes are checked with it: it owns no memory.
struct Bounds {
    HeadGrid grid;
    int tokenCount = -1; ///< negative: keys are not checked
    const char *owner = "the edit"; ///< also "the baseline", "the group"
    std::string_view name = {}; ///< of the baseline or group
    const HeadEdit *edit = nullptr; ///< which one, where the owner is an edit

    std::string fullName() const
    {
        if (edit)
            return fmt::format("{} of layer {} head {} (kind {})", owner, edit->head.layer.value,
                edit->head.head.value, kindName(edit->kind));
        return name.empty() ? std::string(owner) : fmt::format("{} {}", owner, name);
    }
    void refuse(const char *what, int given, int count) const
    {
        throw RequestError({.what = fmt::format("{} names a {} that does not exist", fullName(), what),
            .given = fmt::format("{} {}", what, given),
            .expected = fmt::format("0 to {}", count - 1)});
    }
    void requireHead(HeadRef ref) const
    {
        requireLayer(ref.layer);
        if (ref.head.value < 0 || ref.head.value >= grid.headCount)
            refuse("head", ref.head.value, grid.headCount);
    }
    void requireLayer(LayerIndex layer) const
    {
        if (layer.value < 0 || layer.value >= grid.layerCount)
            refuse("layer", layer.value, grid.layerCount);
    }
    void requireKeys(TokenPos begin, TokenPos end) const
    {
        if (tokenCount < 0)
            return;
        if (begin.value < 0 || begin.value >= tokenCount)
            refuse("key position", begin.value, tokenCount);
        if (end.value > tokenCount)
            refuse("key position", end.value - 1, tokenCount);
    }
};

void checkFits(
    const Baseline &baseline, const Bounds &bounds, const std::map<std::string, std::vector<HeadRef>> &groups)
{
    for (const HeadRef head : baseline.heads)
        bounds.requireHead(head);
    if (baseline.layers) {
        bounds.requireLayer(baseline.layers->begin);
        bounds.requireLayer(LayerIndex(baseline.layers->end.value - 1));
    }
    if (baseline.span)
        bounds.requireKeys(baseline.span->begin, baseline.span->end);
    if (baseline.kind == BaselineKind::OtherToken && baseline.token == TokenChoice::Index)
        bounds.requireKeys(baseline.index, TokenPos(baseline.index.value + 1));
    if (!baseline.group.empty() && !groups.contains(baseline.group))
        throw RequestError(
            {.what = fmt::format("{} names a group of heads that does not exist", bounds.fullName()),
                .given = fmt::format("\"{}\"", baseline.group),
                .expected = "a name in \"groups\""});
}

/// A stored key has one owner: two heads of its group cannot scale it by different factors.
void checkSharedKeys(std::span<const HeadEdit> edits, const HeadGrid &grid)
{
    const auto shared = [](const HeadEdit &edit) {
        return edit.kind == EditKind::KeyShared && edit.hasEffect();
    };
    for (std::size_t at = 0; at < edits.size(); ++at) {
        if (!shared(edits[at]))
            continue;
        for (std::size_t other = at + 1; other < edits.size(); ++other) {
            const HeadEdit &left = edits[at];
            const HeadEdit &right = edits[other];
            if (left.head.layer != right.head.layer)
                break;
            const bool sameGroup =
                left.head.head.value / grid.groupSize() == right.head.head.value / grid.groupSize();
            if (!shared(right) || !sameGroup || left.key != right.key || left.gamma == right.gamma)
                continue;
            throw RequestError({.what = fmt::format("heads {} and {} of layer {} share their stored keys and "
                                                    "cannot scale the same key by different factors",
                                    left.head.head.value, right.head.head.value, left.head.layer.value),
                .given = fmt::format("gamma {} and {}", left.gamma, right.gamma),
                .expected = "the same gamma, or one edit for the group",
                .wayOut = "Use kind key for a single query head"});
        }
    }
}

} // namespace

void Intervention::validate(const HeadGrid &grid, int tokenCount) const
{
    Bounds bounds {grid, tokenCount};
    for (const HeadEdit &edit : m_edits) {
        bounds.edit = &edit;
        bounds.requireHead(edit.head);
        if (hasKeys(edit.kind) && edit.key.kind == KeyTarget::Kind::Keys)
            bounds.requireKeys(edit.key.begin, edit.key.end);
    }
    bounds.edit = nullptr;
    checkSharedKeys(m_edits, grid);
    requireBoundedProducts(m_edits, grid, tokenCount);
    bounds.owner = "the frozen baseline";
    for (const FrozenEdit &frozen : m_frozen)
        bounds.requireHead(frozen.head);
    bounds.owner = "the group";
    for (const auto &[name, heads] : m_groups) {
        bounds.name = name;
        for (const HeadRef head : heads)
            bounds.requireHead(head);
    }
    bounds.owner = "the baseline";
    for (const Baseline &baseline : m_baselines) {
        bounds.name = baselineName(baseline.kind);
        checkFits(baseline, bounds, m_groups);
    }
}

} // namespace sinkscope
