// SPDX-License-Identifier: Apache-2.0
// Set operations and checks of Intervention.
#include "core/intervention/intervention.h"

#include "core/base/error.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <tuple>

namespace sinkscope {

namespace {

auto targetKey(const HeadEdit &edit)
{
    return std::tuple(
        edit.head, edit.kind, edit.key, edit.queries.kind, edit.queries.begin, edit.queries.end);
}

bool hasEffect(const HeadEdit &edit)
{
    return edit.gamma != 1.0;
}

HeadEdit plainEdit(HeadRef head, double gamma)
{
    HeadEdit edit;
    edit.head = head;
    edit.gamma = gamma;
    return edit;
}

} // namespace

bool QuerySelection::contains(TokenPos query, TokenPos promptLast) const
{
    switch (kind) {
    case Kind::All:
        return true;
    case Kind::Last:
        return query >= promptLast;
    case Kind::From:
        return query >= begin;
    case Kind::Span:
        return query >= begin && query < end;
    }
    return false;
}

bool HeadEdit::sameTarget(const HeadEdit &other) const
{
    return targetKey(*this) == targetKey(other);
}

void Intervention::set(const HeadEdit &edit)
{
    if (!std::isfinite(edit.gamma) || edit.gamma < 0.0)
        throw RequestError({.what = fmt::format("the factor of layer {} head {} is not usable",
                                edit.head.layer.value, edit.head.head.value),
            .given = fmt::format("gamma {}", edit.gamma),
            .expected = "a finite number of 0 or more (1 changes nothing, 0 removes the token)"});
    const auto at = std::lower_bound(m_edits.begin(), m_edits.end(), edit,
        [](const HeadEdit &left, const HeadEdit &right) { return targetKey(left) < targetKey(right); });
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
    return std::none_of(m_edits.begin(), m_edits.end(), hasEffect);
}

std::vector<HeadEdit> Intervention::effectiveIn(LayerIndex layer) const
{
    std::vector<HeadEdit> found;
    std::copy_if(m_edits.begin(), m_edits.end(), std::back_inserter(found),
        [&](const HeadEdit &edit) { return edit.head.layer == layer && hasEffect(edit); });
    return found;
}

std::optional<LayerIndex> Intervention::lowestLayer() const
{
    const auto first = std::find_if(m_edits.begin(), m_edits.end(), hasEffect);
    return first == m_edits.end() ? std::nullopt : std::optional(first->head.layer);
}

int Intervention::editedHeadCount() const
{
    int count = 0;
    const HeadRef *previous = nullptr;
    for (const HeadEdit &edit : m_edits) {
        if (!hasEffect(edit) || (previous && *previous == edit.head))
            continue;
        previous = &edit.head;
        ++count;
    }
    return count;
}

double Intervention::factor(HeadRef head) const
{
    const HeadEdit wanted = plainEdit(head, 1.0);
    const auto found = std::find_if(
        m_edits.begin(), m_edits.end(), [&](const HeadEdit &edit) { return edit.sameTarget(wanted); });
    return found == m_edits.end() ? 1.0 : found->gamma;
}

void Intervention::setFactor(HeadRef head, double gamma)
{
    const HeadEdit edit = plainEdit(head, gamma);
    if (gamma == 1.0)
        remove(edit);
    else
        set(edit);
}

void Intervention::validate(const HeadGrid &grid, int tokenCount) const
{
    for (const HeadEdit &edit : m_edits) {
        const auto refuse = [](const char *what, int given, int count) {
            throw RequestError({.what = fmt::format("the edit names a {} that does not exist", what),
                .given = fmt::format("{} {}", what, given),
                .expected = fmt::format("0 to {}", count - 1)});
        };
        if (edit.head.layer.value < 0 || edit.head.layer.value >= grid.layerCount)
            refuse("layer", edit.head.layer.value, grid.layerCount);
        if (edit.head.head.value < 0 || edit.head.head.value >= grid.headCount)
            refuse("head", edit.head.head.value, grid.headCount);
        if (tokenCount >= 0 && (edit.key.value < 0 || edit.key.value >= tokenCount))
            refuse("key position", edit.key.value, tokenCount);
    }
}

} // namespace sinkscope
