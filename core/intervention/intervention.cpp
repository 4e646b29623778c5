// SPDX-License-Identifier: Apache-2.0
// Set operations of Intervention; the checks against a model are in intervention_checks.cpp.
#include "core/intervention/intervention.h"

#include "core/base/error.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace sinkscope {

namespace {

HeadEdit plainEdit(HeadRef head, double gamma)
{
    HeadEdit edit;
    edit.head = head;
    edit.gamma = gamma;
    return edit;
}

/// The entries of `layer` in a list sorted by layer.
template <typename Entry> std::span<const Entry> ofLayer(const std::vector<Entry> &entries, LayerIndex layer)
{
    const auto layerOf = [](const Entry &entry) { return entry.head.layer; };
    return {std::ranges::lower_bound(entries, layer, {}, layerOf),
        std::ranges::upper_bound(entries, layer, {}, layerOf)};
}

/// Whether both say the same about the same heads, whatever the amounts.
bool sameAim(const Baseline &left, const Baseline &right)
{
    Baseline aligned = left;
    aligned.amount = right.amount;
    aligned.threshold = right.threshold;
    return aligned == right;
}

void checkBaseline(const Baseline &baseline)
{
    const char *name = baselineName(baseline.kind);
    const auto refuse = [&](const std::string &what, const std::string &given, const std::string &expected) {
        throw RequestError(
            {.what = fmt::format("the baseline {} {}", name, what), .given = given, .expected = expected});
    };
    if (!std::isfinite(baseline.amount) || baseline.amount < 0.0)
        refuse(fmt::format("has a {} that is not usable", amountName(baseline.kind)),
            fmt::format("{}", baseline.amount), "a finite number of 0 or more");
    const bool share = baseline.kind == BaselineKind::Act || baseline.kind == BaselineKind::SpotLight;
    if (share && baseline.amount > 1.0)
        refuse(fmt::format("has a {} that is no share", amountName(baseline.kind)),
            fmt::format("{}", baseline.amount), "a number from 0 to 1");
    if (!std::isfinite(baseline.threshold) || baseline.threshold < 0.0)
        refuse("has a threshold that is not usable", fmt::format("{}", baseline.threshold), "0 or more");
    if (needsSpan(baseline.kind) && !baseline.span)
        refuse("needs to know the span of tokens it emphasises", "no span", "\"span\":[first,end]");
    if (baseline.span && baseline.span->begin >= baseline.span->end)
        refuse("has an empty span",
            fmt::format("[{}, {})", baseline.span->begin.value, baseline.span->end.value),
            "a first token below the end");
    if (baseline.layers && baseline.layers->begin >= baseline.layers->end)
        refuse("has an empty range of layers",
            fmt::format("[{}, {})", baseline.layers->begin.value, baseline.layers->end.value),
            "a first layer below the end");
    const int choices =
        int(baseline.layers.has_value()) + int(!baseline.heads.empty()) + int(!baseline.group.empty());
    if (choices > 1)
        refuse("names its heads more than once", "several of layers, heads and group", "at most one of them");
}

} // namespace

void Intervention::set(const HeadEdit &edit)
{
    checkEdit(edit);
    const auto at = std::lower_bound(m_edits.begin(), m_edits.end(), edit, targetLess);
    if (at != m_edits.end() && at->sameTarget(edit))
        *at = edit;
    else
        m_edits.insert(at, edit);
}

void Intervention::remove(const HeadEdit &edit)
{
    std::erase_if(m_edits, [&](const HeadEdit &present) { return present.sameTarget(edit); });
}

bool Intervention::changesNothing() const
{
    return m_baselines.empty() && m_frozen.empty()
        && std::none_of(
            m_edits.begin(), m_edits.end(), [](const HeadEdit &edit) { return edit.hasEffect(); });
}

std::span<const HeadEdit> Intervention::editsOf(LayerIndex layer) const
{
    return ofLayer(m_edits, layer);
}

std::span<const FrozenEdit> Intervention::frozenOf(LayerIndex layer) const
{
    return ofLayer(m_frozen, layer);
}

std::vector<HeadEdit> Intervention::effectiveIn(LayerIndex layer) const
{
    std::vector<HeadEdit> found;
    std::ranges::copy_if(
        editsOf(layer), std::back_inserter(found), [](const HeadEdit &edit) { return edit.hasEffect(); });
    return found;
}

LayerIndex lowestLayerOf(const Baseline &baseline, const std::map<std::string, std::vector<HeadRef>> &groups)
{
    if (baseline.layers)
        return baseline.layers->begin;
    const auto group = groups.find(baseline.group);
    const std::vector<HeadRef> &heads = group == groups.end() ? baseline.heads : group->second;
    return heads.empty() ? LayerIndex(0) : std::ranges::min(heads).layer;
}

std::optional<LayerIndex> Intervention::lowestLayer() const
{
    std::optional<LayerIndex> lowest;
    const auto meet = [&](LayerIndex layer) { lowest = lowest ? std::min(*lowest, layer) : layer; };
    const auto first = std::ranges::find_if(m_edits, [](const HeadEdit &edit) { return edit.hasEffect(); });
    if (first != m_edits.end())
        meet(first->head.layer);
    if (!m_frozen.empty())
        meet(m_frozen.front().head.layer);
    for (const Baseline &baseline : m_baselines)
        meet(lowestLayerOf(baseline, m_groups));
    return lowest;
}

int Intervention::editedHeadCount() const
{
    std::vector<HeadRef> heads;
    for (const HeadEdit &edit : m_edits)
        if (edit.hasEffect())
            heads.push_back(edit.head);
    for (const FrozenEdit &frozen : m_frozen)
        heads.push_back(frozen.head);
    std::ranges::sort(heads);
    return static_cast<int>(std::unique(heads.begin(), heads.end()) - heads.begin());
}

bool Intervention::scalesStoredKeys(LayerIndex layer) const
{
    return std::ranges::any_of(editsOf(layer),
        [](const HeadEdit &edit) { return edit.kind == EditKind::KeyShared && edit.hasEffect(); });
}

double Intervention::factor(HeadRef head) const
{
    const HeadEdit wanted = plainEdit(head, 1.0);
    const auto found = std::lower_bound(m_edits.begin(), m_edits.end(), wanted, targetLess);
    return found != m_edits.end() && found->sameTarget(wanted) ? found->gamma : 1.0;
}

void Intervention::setFactor(HeadRef head, double gamma)
{
    const HeadEdit edit = plainEdit(head, gamma);
    if (gamma == 1.0)
        remove(edit);
    else
        set(edit);
}

void Intervention::add(const Baseline &baseline)
{
    checkBaseline(baseline);
    Baseline added = baseline;
    std::ranges::sort(added.heads);
    added.heads.erase(std::unique(added.heads.begin(), added.heads.end()), added.heads.end());
    // Erased, not overwritten: what stood between the two is earlier than the new one.
    std::erase_if(m_baselines, [&](const Baseline &present) { return sameAim(present, added); });
    m_baselines.push_back(std::move(added));
}

void Intervention::add(FrozenEdit frozen)
{
    std::erase_if(m_frozen, [&](const FrozenEdit &present) { return present.sameTarget(frozen); });
    if (!frozen.hasEffect())
        return;
    const auto at = std::ranges::upper_bound(m_frozen, frozen.head, {}, &FrozenEdit::head);
    m_frozen.insert(at, std::move(frozen));
}

bool Intervention::isResolved() const
{
    return m_baselines.empty() && std::ranges::none_of(m_edits, [](const HeadEdit &edit) {
        return edit.key.kind == KeyTarget::Kind::FirstNonPad;
    });
}

void Intervention::setGroup(const std::string &name, std::vector<HeadRef> heads)
{
    if (name.empty())
        throw RequestError({.what = "a group of heads has no name", .expected = "a name such as up or down"});
    std::ranges::sort(heads);
    heads.erase(std::unique(heads.begin(), heads.end()), heads.end());
    if (heads.empty())
        m_groups.erase(name);
    else
        m_groups[name] = std::move(heads);
}

std::size_t Intervention::rowsWithoutTarget(int tokenCount, TokenPos promptLast) const
{
    std::size_t rows = 0;
    for (const HeadEdit &edit : m_edits)
        if (edit.hasEffect())
            rows += edit.rowsWithoutTarget(tokenCount, promptLast);
    return rows;
}

} // namespace sinkscope
