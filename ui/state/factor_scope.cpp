// SPDX-License-Identifier: Apache-2.0
// Which heads one slider turns.
#include "ui/state/factor_scope.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace sinkscope::ui {

namespace {

std::vector<HeadRef> scopeHeads(
    FactorScope scope, const std::vector<HeadRef> &selected, const EditList &edits, const HeadGrid &grid)
{
    std::vector<HeadRef> heads;
    const auto addLayer = [&heads, &grid](LayerIndex layer) {
        for (HeadIndex head; head.value < grid.headCount; ++head)
            heads.push_back({layer, head});
    };
    switch (scope) {
    case FactorScope::Head:
        for (const HeadRef head : selected)
            if (head.layer.value < grid.layerCount && head.head.value < grid.headCount)
                heads.push_back(head);
        std::ranges::sort(
            heads, {}, [](HeadRef head) { return std::pair(head.layer.value, head.head.value); });
        break;
    case FactorScope::Layer:
        addLayer(selected.front().layer);
        break;
    case FactorScope::Edited:
        for (const EditEntry &entry : edits.entries()) {
            if (entry.isEnabled && entry.gamma != 1.0)
                heads.push_back(entry.head);
        }
        break;
    case FactorScope::All:
        for (LayerIndex layer; layer.value < grid.layerCount; ++layer)
            addLayer(layer);
        break;
    }
    return heads;
}

ScopeReading readPlaces(const std::vector<HeadFactor> &places)
{
    ScopeReading reading;
    double logSum = 0.0;
    int turnedOn = 0;
    for (const HeadFactor &place : places) {
        const double gamma = place.gamma;
        if (reading.heads.empty())
            reading.lowest = reading.highest = gamma;
        reading.lowest = std::min(reading.lowest, gamma);
        reading.highest = std::max(reading.highest, gamma);
        reading.heads.push_back(place);
        if (gamma > 0.0) {
            logSum += std::log(gamma);
            ++turnedOn;
        }
    }
    if (!reading.isMixed())
        reading.gamma = reading.lowest; // exactly, without a rounded mean
    else
        reading.gamma = turnedOn > 0 ? std::exp(logSum / turnedOn) : 0.0;
    return reading;
}

} // namespace

ScopeReading readScope(
    FactorScope scope, const std::vector<HeadRef> &selected, const EditList &edits, const HeadGrid &grid)
{
    return readHeads(scopeHeads(scope, selected, edits, grid), edits);
}

ScopeReading readScope(FactorScope scope, const std::vector<HeadRef> &selected, const EditList &edits,
    const HeadGrid &grid, const EditTarget &target)
{
    if (target.isPlain())
        return readScope(scope, selected, edits, grid);
    std::vector<HeadRef> heads;
    if (scope == FactorScope::Edited) {
        for (const OtherEdit &other : edits.others())
            if (other.isEnabled && other.edit.hasEffect() && targetOf(other.edit) == target)
                heads.push_back(other.edit.head);
    } else {
        for (const HeadRef head : scopeHeads(scope, selected, edits, grid))
            heads.push_back(editAt(target, head, grid).head);
    }
    heads.erase(std::unique(heads.begin(), heads.end()), heads.end()); // ascending: a group's stand together
    std::vector<HeadFactor> places;
    for (const HeadRef head : heads) {
        const OtherEdit *other = edits.findOrNull(editAt(target, head, grid));
        places.push_back({head, other && other->isEnabled ? placeOf(other->edit) : 1.0});
    }
    return readPlaces(places);
}

std::vector<HeadEdit> editsAt(
    const EditTarget &target, const std::vector<HeadFactor> &factors, const HeadGrid &grid)
{
    std::vector<HeadEdit> edits;
    for (const HeadFactor &factor : factors) {
        edits.push_back(editAt(target, factor.head, grid));
        setPlace(edits.back(), factor.gamma);
    }
    return edits;
}

ScopeReading readHeads(const std::vector<HeadRef> &heads, const EditList &edits)
{
    std::vector<HeadFactor> factors;
    factors.reserve(heads.size());
    for (const HeadRef head : heads)
        factors.push_back({head, edits.effectiveFactor(head)});
    return readPlaces(factors);
}

std::vector<HeadFactor> multipliedScope(const ScopeReading &start, double ratio)
{
    std::vector<HeadFactor> moved = start.heads;
    for (HeadFactor &factor : moved) {
        if (factor.gamma > 0.0)
            factor.gamma = std::clamp(factor.gamma * ratio, kSmallestFactor, kGreatestFactor);
    }
    return moved;
}

std::vector<HeadFactor> levelledScope(const ScopeReading &start, double gamma)
{
    std::vector<HeadFactor> level = start.heads;
    for (HeadFactor &factor : level)
        factor.gamma = gamma;
    return level;
}

} // namespace sinkscope::ui
