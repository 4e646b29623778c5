// SPDX-License-Identifier: Apache-2.0
// The table of baselines.
#include "core/intervention/baseline.h"

#include <algorithm>
#include <array>

namespace sinkscope {

namespace {

struct Entry {
    BaselineKind kind;
    const char *name;
    const char *amount; // the field that holds the amount
    std::optional<double> byDefault;
    bool span;
    bool patterns;
};

// Default numbers: method 7.1, from the code of each paper.
constexpr std::array<Entry, 6> kBaselines {{
    {BaselineKind::Uniform, "uniform", "gamma", std::nullopt, false, false},
    {BaselineKind::OtherToken, "otherToken", "gamma", std::nullopt, false, false},
    {BaselineKind::Act, "act", "beta", 0.4, false, true},
    {BaselineKind::Pasta, "pasta", "alpha", 0.01, true, false},
    {BaselineKind::InstaBoost, "instaboost", "multiplier", std::nullopt, true, false},
    {BaselineKind::SpotLight, "spotlight", "target", 0.2, true, true},
}};

const Entry &entryOf(BaselineKind kind)
{
    return *std::ranges::find(kBaselines, kind, &Entry::kind);
}

} // namespace

const char *baselineName(BaselineKind kind)
{
    return entryOf(kind).name;
}

std::optional<BaselineKind> baselineByName(std::string_view name)
{
    for (const Entry &entry : kBaselines)
        if (name == entry.name)
            return entry.kind;
    return std::nullopt;
}

const char *baselineNameList()
{
    return "uniform, otherToken, act, pasta, instaboost or spotlight";
}

const char *amountName(BaselineKind kind)
{
    return entryOf(kind).amount;
}

std::optional<double> defaultAmount(BaselineKind kind)
{
    return entryOf(kind).byDefault;
}

bool needsSpan(BaselineKind kind)
{
    return entryOf(kind).span;
}

bool needsPatterns(BaselineKind kind)
{
    return entryOf(kind).patterns;
}

bool FrozenEdit::sameTarget(const FrozenEdit &other) const
{
    return head == other.head && kind == other.kind && (kind == Kind::Redistribute || keys == other.keys);
}

bool FrozenEdit::hasEffect() const
{
    if (kind == Kind::Redistribute)
        return !keys.empty() && amount != 1.0;
    return std::ranges::any_of(rowValues, [](double bias) { return bias != 0.0; });
}

} // namespace sinkscope
