// SPDX-License-Identifier: Apache-2.0
// Baselines as edits; formulas from method 7.1.
#include "core/intervention/resolve.h"

#include "core/base/error.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace sinkscope {

namespace {

using Groups = std::map<std::string, std::vector<HeadRef>>;

// ACT calibrates layers 2 to 30 of a model of 32 layers.
LayerSpan defaultLayers(BaselineKind kind, const HeadGrid &grid)
{
    if (kind != BaselineKind::Act)
        return {LayerIndex(0), LayerIndex(grid.layerCount)};
    const LayerSpan layers {LayerIndex(2), LayerIndex(grid.layerCount - 1)};
    if (layers.begin >= layers.end)
        throw RequestError({.what = "the baseline act leaves out the first two layers and the last, and this "
                                    "model has no others",
            .given = fmt::format("{} layers", grid.layerCount),
            .wayOut = "Name the layers: \"layers\":[first,end]"});
    return layers;
}

std::vector<HeadRef> headsOf(const Baseline &baseline, const HeadGrid &grid, const Groups &groups)
{
    if (!baseline.heads.empty())
        return baseline.heads;
    if (!baseline.group.empty()) {
        const auto group = groups.find(baseline.group);
        return group == groups.end() ? std::vector<HeadRef> {} : group->second;
    }
    const LayerSpan layers = baseline.layers ? *baseline.layers : defaultLayers(baseline.kind, grid);
    std::vector<HeadRef> heads;
    for (LayerIndex layer = layers.begin; layer < layers.end; ++layer)
        for (HeadIndex head; head.value < grid.headCount; ++head)
            heads.push_back({layer, head});
    return heads;
}

TokenPos otherToken(const Baseline &baseline, int tokenCount)
{
    const auto position = [&] {
        switch (baseline.token) {
        case TokenChoice::Second:
            return 1;
        case TokenChoice::Third:
            return 2;
        case TokenChoice::Middle:
            return tokenCount / 2;
        case TokenChoice::Last:
            return tokenCount - 1;
        case TokenChoice::Index:
            return baseline.index.value;
        }
        return 0;
    }();
    if (position >= tokenCount)
        throw RequestError({.what = "the baseline otherToken names a token that the prompt does not have",
            .given = fmt::format("position {}", position),
            .expected = fmt::format("0 to {}", tokenCount - 1)});
    return TokenPos(position);
}

/// The edits of one head that `baseline` stands for; Act and SpotLight are frozen instead.
std::vector<HeadEdit> plainEdits(const Baseline &baseline, HeadRef head, int tokenCount)
{
    HeadEdit edit;
    edit.head = head;
    edit.gamma = baseline.amount;
    switch (baseline.kind) {
    case BaselineKind::Uniform:
        return {edit};
    case BaselineKind::OtherToken:
        edit.key = otherToken(baseline, tokenCount);
        return {edit};
    case BaselineKind::InstaBoost:
        edit.key = KeyTarget(baseline.span->begin, baseline.span->end);
        return {edit};
    case BaselineKind::Pasta: {
        edit.kind = EditKind::Logit; // its code adds ln alpha to the mask of the tokens outside the span
        std::vector<HeadEdit> edits;
        if (baseline.span->begin.value > 0) {
            edit.key = KeyTarget(TokenPos(0), baseline.span->begin);
            edits.push_back(edit);
        }
        if (baseline.span->end.value < tokenCount) {
            edit.key = KeyTarget(baseline.span->end, TokenPos(tokenCount));
            edits.push_back(edit);
        }
        return edits;
    }
    case BaselineKind::Act:
    case BaselineKind::SpotLight:
        break;
    }
    return {};
}

void freeze(const Baseline &baseline, HeadRef head, const PromptFacts &prompt, Intervention &resolved)
{
    const auto tokenCount = static_cast<int>(prompt.tokens.size());
    FrozenEdit frozen;
    frozen.head = head;
    if (baseline.kind == BaselineKind::Act) {
        frozen.amount = baseline.amount;
        frozen.keys = actKeys(head, tokenCount, baseline.threshold, prompt.pattern);
        resolved.add(std::move(frozen));
        return;
    }
    frozen.kind = FrozenEdit::Kind::RowBias;
    frozen.keys = {baseline.span->begin, baseline.span->end};
    frozen.rowValues = spotLightBias(head, tokenCount, baseline, prompt.pattern);
    resolved.add(std::move(frozen));
}

/// `firstNonPad` and an index that mean one token have no order among them that a person could see.
void requireOneAmount(std::span<const HeadEdit> asked, const HeadEdit &index)
{
    HeadEdit named = index;
    named.key = KeyTarget::firstNonPad();
    const auto first =
        std::ranges::find_if(asked, [&](const HeadEdit &edit) { return edit.sameTarget(named); });
    if (first == asked.end() || (first->gamma == index.gamma && first->value == index.value))
        return;
    const bool isBias = index.kind == EditKind::Bias;
    throw RequestError(
        {.what = fmt::format("firstNonPad is key {} in this prompt, and layer {} head {} has an "
                             "edit of kind {} on each of the two",
             index.key.begin.value, index.head.layer.value, index.head.head.value, kindName(index.kind)),
            .given = fmt::format("{} {} and {}", isBias ? "value" : "gamma",
                isBias ? first->value : first->gamma, isBias ? index.value : index.gamma),
            .expected = "one of them, or the same number in both"});
}

} // namespace

TokenPos firstNonPad(
    std::span<const TokenId> tokens, std::optional<TokenId> padding, std::optional<TokenId> initial)
{
    if (!padding)
        return TokenPos(0);
    std::int32_t leading = 0;
    while (static_cast<std::size_t>(leading) < tokens.size()
        && tokens[static_cast<std::size_t>(leading)] == *padding)
        ++leading;
    if (leading == 0 || static_cast<std::size_t>(leading) == tokens.size())
        return TokenPos(0);
    return TokenPos(padding == initial ? leading - 1 : leading);
}

std::vector<LayerIndex> patternLayersNeeded(const Intervention &asked, const HeadGrid &grid)
{
    std::vector<LayerIndex> layers;
    for (const Baseline &baseline : asked.baselines())
        if (needsPatterns(baseline.kind))
            for (const HeadRef head : headsOf(baseline, grid, asked.groups()))
                layers.push_back(head.layer);
    std::ranges::sort(layers);
    layers.erase(std::unique(layers.begin(), layers.end()), layers.end());
    return layers;
}

std::vector<TokenPos> actKeys(HeadRef head, int tokenCount, double threshold, const PatternRowFn &pattern)
{
    std::vector<double> sums(static_cast<std::size_t>(tokenCount));
    for (TokenPos query; query.value < tokenCount; ++query) {
        const std::span<const float> row = pattern(head, query);
        for (std::size_t key = 0; key < row.size(); ++key)
            sums[key] += static_cast<double>(row[key]);
    }
    std::vector<TokenPos> keys;
    for (TokenPos key; key.value < tokenCount; ++key)
        if (sums[key.asSize()] / (tokenCount - key.value) > threshold)
            keys.push_back(key);
    if (!keys.empty())
        keys.erase(keys.begin()); // taken to be the initial token
    return keys;
}

std::vector<double> spotLightBias(
    HeadRef head, int tokenCount, const Baseline &baseline, const PatternRowFn &pattern)
{
    std::vector<double> bias(static_cast<std::size_t>(tokenCount));
    for (TokenPos query; query.value < tokenCount; ++query) {
        const std::span<const float> row = pattern(head, query);
        const std::size_t end = std::min(baseline.span->end.asSize(), row.size());
        double share = 0.0;
        for (std::size_t key = baseline.span->begin.asSize(); key < end; ++key)
            share += static_cast<double>(row[key]);
        if (share > 0.0 && share < baseline.amount)
            bias[query.asSize()] = std::log(baseline.amount / share);
    }
    return bias;
}

Intervention resolveFor(const Intervention &asked, const PromptFacts &prompt)
{
    const auto tokenCount = static_cast<int>(prompt.tokens.size());
    asked.validate(prompt.grid, tokenCount);
    Intervention resolved;
    for (const auto &[name, heads] : asked.groups())
        resolved.setGroup(name, heads);
    for (const FrozenEdit &frozen : asked.frozen())
        resolved.add(frozen);
    for (const Baseline &baseline : asked.baselines())
        for (const HeadRef head : headsOf(baseline, prompt.grid, asked.groups())) {
            for (const HeadEdit &edit : plainEdits(baseline, head, tokenCount))
                resolved.set(edit);
            if (needsPatterns(baseline.kind))
                freeze(baseline, head, prompt, resolved);
        }
    const TokenPos first = firstNonPad(prompt.tokens, prompt.padding, prompt.initial);
    for (HeadEdit edit : asked.edits()) {
        if (edit.key.kind == KeyTarget::Kind::FirstNonPad)
            edit.key = first;
        else if (edit.key == KeyTarget(first))
            requireOneAmount(asked.editsOf(edit.head.layer), edit);
        resolved.set(edit);
    }
    resolved.validate(prompt.grid, tokenCount); // baselines and edits may meet
    return resolved;
}

} // namespace sinkscope
