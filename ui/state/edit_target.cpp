// SPDX-License-Identifier: Apache-2.0
// Targets of edits and places of their values.
#include "ui/state/edit_target.h"

#include "ui/state/factor_scope.h"

#include <cmath>

namespace sinkscope::ui {

namespace {

constexpr double kBiasPerDecade = kGreatestBias / 2.0; // two decades on either side of 1

constexpr double kBiasSteps = 1e9; // of one: 2 stays 2 on its way over the logarithm

} // namespace

EditTarget targetOf(const HeadEdit &edit)
{
    return {edit.kind, edit.key, edit.queries};
}

HeadEdit editAt(const EditTarget &target, HeadRef head, const HeadGrid &grid)
{
    HeadEdit edit;
    edit.head = head;
    edit.kind = target.kind;
    if (hasKeys(target.kind))
        edit.key = target.key;
    if (target.kind != EditKind::KeyShared)
        edit.queries = target.queries;
    else
        edit.head.head = headsMovingWith(edit, grid).front();
    return edit;
}

double biasAt(double place)
{
    return kBiasPerDecade * std::log10(place);
}

double placeOf(const HeadEdit &edit)
{
    if (edit.kind == EditKind::Ablate)
        return 0.0;
    return edit.kind == EditKind::Bias ? std::pow(10.0, edit.value / kBiasPerDecade) : edit.gamma;
}

void setPlace(HeadEdit &edit, double place)
{
    if (edit.kind == EditKind::Bias)
        edit.value = std::round(biasAt(place > 0.0 ? place : kSmallestFactor) * kBiasSteps) / kBiasSteps;
    else if (hasGamma(edit.kind))
        edit.gamma = place;
}

bool hasFactor(const EditTarget &target)
{
    return hasGamma(target.kind);
}

} // namespace sinkscope::ui
