// SPDX-License-Identifier: Apache-2.0
// Which earlier pass a new one starts from.
#include "core/engine/restart_plan.h"

#include <gtest/gtest.h>

namespace sinkscope {
namespace {

std::shared_ptr<const PassResult> passOf(int layers, bool patterns)
{
    auto pass = std::make_shared<PassResult>();
    for (int layer = 0; layer < layers; ++layer) {
        auto record = std::make_shared<LayerRecord>();
        if (patterns)
            record->patterns.resize(1);
        pass->layers.push_back(record);
    }
    return pass;
}

Intervention edits(std::initializer_list<std::pair<int, double>> layersAndFactors)
{
    Intervention made;
    for (const auto &[layer, gamma] : layersAndFactors)
        made.setFactor({LayerIndex(layer), HeadIndex(0)}, gamma);
    return made;
}

TEST(RestartPlan, WithoutCandidatesStartsAtTheFirstLayer)
{
    const RestartPlan plan = planRestart({}, edits({{5, 2.0}}), {});
    EXPECT_EQ(plan.pass, nullptr);
    EXPECT_EQ(plan.layer, LayerIndex(0));
    EXPECT_FALSE(plan.complete);
}

TEST(RestartPlan, StartsAtTheLowestEditedLayerOfTheBaseline)
{
    const Intervention none;
    const std::vector<RestartCandidate> candidates {{passOf(10, true), &none}};
    const RestartPlan plan = planRestart(candidates, edits({{5, 2.0}, {8, 2.0}}), {});
    EXPECT_EQ(plan.pass, candidates[0].pass);
    EXPECT_EQ(plan.layer, LayerIndex(5));
}

TEST(RestartPlan, PrefersThePassThatAgreesLongest)
{
    const Intervention none;
    const Intervention last = edits({{2, 2.0}, {8, 2.0}});
    const std::vector<RestartCandidate> candidates {{passOf(10, true), &none}, {passOf(10, true), &last}};
    const RestartPlan plan = planRestart(candidates, edits({{2, 2.0}, {8, 3.0}}), {});
    EXPECT_EQ(plan.pass, candidates[1].pass);
    EXPECT_EQ(plan.layer, LayerIndex(8));
}

TEST(RestartPlan, TheSameEditsNeedNoPass)
{
    const Intervention last = edits({{2, 2.0}});
    const std::vector<RestartCandidate> candidates {{passOf(10, true), &last}};
    const RestartPlan plan = planRestart(candidates, edits({{2, 2.0}}), {});
    EXPECT_TRUE(plan.complete);
    EXPECT_EQ(plan.pass, candidates[0].pass);
}

TEST(RestartPlan, AShownLayerWithoutPatternsIsRecomputed)
{
    const Intervention none;
    const std::vector<RestartCandidate> candidates {{passOf(10, false), &none}};
    const std::vector<LayerIndex> shown {LayerIndex(4)};
    const RestartPlan plan = planRestart(candidates, edits({{7, 2.0}}), shown);
    EXPECT_EQ(plan.layer, LayerIndex(4));
    EXPECT_FALSE(planRestart(candidates, none, shown).complete);
}

} // namespace
} // namespace sinkscope
