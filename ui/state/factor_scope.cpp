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

} // namespace

ScopeReading readScope(
    FactorScope scope, const std::vector<HeadRef> &selected, const EditList &edits, const HeadGrid &grid)
{
    return readHeads(scopeHeads(scope, selected, edits, grid), edits);
}

ScopeReading readHeads(const std::vector<HeadRef> &heads, const EditList &edits)
{
    ScopeReading reading;
    double logSum = 0.0;
    int turnedOn = 0;
    for (const HeadRef head : heads) {
        const double gamma = edits.effectiveFactor(head);
        if (reading.heads.empty())
            reading.lowest = reading.highest = gamma;
        reading.lowest = std::min(reading.lowest, gamma);
        reading.highest = std::max(reading.highest, gamma);
        reading.heads.push_back({head, gamma});
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
