// SPDX-License-Identifier: Apache-2.0
// Which earlier pass a new one starts from.
#include "core/engine/restart_plan.h"

#include <gtest/gtest.h>

namespace sinkscope {
namespace {

constexpr int kTokens = 20;

std::shared_ptr<const PassResult> passOf(int layers, int tokens = kTokens)
{
    auto pass = std::make_shared<PassResult>();
    for (int layer = 0; layer < layers; ++layer) {
        auto record = std::make_shared<LayerRecord>();
        record->residualIn = Matrix(static_cast<std::size_t>(tokens), 1);
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
    const RestartPlan plan = planRestart({}, edits({{5, 2.0}}), kTokens);
    EXPECT_EQ(plan.pass, nullptr);
    EXPECT_EQ(plan.layer, LayerIndex(0));
    EXPECT_FALSE(plan.complete);
}

TEST(RestartPlan, StartsAtTheLowestEditedLayerOfTheBaseline)
{
    const Intervention none;
    const std::vector<RestartCandidate> candidates {{passOf(10), &none, kTokens}};
    const RestartPlan plan = planRestart(candidates, edits({{5, 2.0}, {8, 2.0}}), kTokens);
    EXPECT_EQ(plan.pass, candidates[0].pass);
    EXPECT_EQ(plan.layer, LayerIndex(5));
}

TEST(RestartPlan, PrefersThePassThatAgreesLongest)
{
    const Intervention none;
    const Intervention last = edits({{2, 2.0}, {8, 2.0}});
    const std::vector<RestartCandidate> candidates {
        {passOf(10), &none, kTokens}, {passOf(10), &last, kTokens}};
    const RestartPlan plan = planRestart(candidates, edits({{2, 2.0}, {8, 3.0}}), kTokens);
    EXPECT_EQ(plan.pass, candidates[1].pass);
    EXPECT_EQ(plan.layer, LayerIndex(8));
}

TEST(RestartPlan, TheSameEditsNeedNoPass)
{
    const Intervention last = edits({{2, 2.0}});
    const std::vector<RestartCandidate> candidates {{passOf(10), &last, kTokens}};
    const RestartPlan plan = planRestart(candidates, edits({{2, 2.0}}), kTokens);
    EXPECT_TRUE(plan.complete);
    EXPECT_EQ(plan.pass, candidates[0].pass);
}

Intervention withLate(Intervention made, int layer, int firstRow)
{
    HeadEdit late;
    late.head = {LayerIndex(layer), HeadIndex(0)};
    late.gamma = 0.5;
    late.queries = {QuerySelection::Kind::From, TokenPos(firstRow), TokenPos(0)};
    made.set(late);
    return made;
}

TEST(RestartPlan, KeepsTheRowsThatNoDifferingEditMoves)
{
    const Intervention none;
    const std::vector<RestartCandidate> candidates {{passOf(10), &none, kTokens}};
    const RestartPlan plan = planRestart(candidates, withLate({}, 4, 15), kTokens);
    EXPECT_EQ(plan.layer, LayerIndex(4));
    EXPECT_EQ(plan.row, TokenPos(15));
    EXPECT_EQ(planRestart(candidates, withLate({}, 4, 300), kTokens).row, TokenPos(kTokens - 1))
        << "the last row is always computed";
    EXPECT_EQ(planRestart(candidates, edits({{4, 2.0}}), kTokens).row, TokenPos(0));
}

TEST(RestartPlan, PrefersTheFewestRowsOfLayers)
{
    const Intervention none;
    const Intervention high = withLate(edits({{2, 2.0}}), 8, 5); // differs in layer 2, from row 0
    const Intervention low = edits({{2, 2.0}}); // differs in layer 2, from row 18
    const std::vector<RestartCandidate> candidates {
        {passOf(10), &none, kTokens}, {passOf(10), &high, kTokens}, {passOf(10), &low, kTokens}};
    const RestartPlan plan = planRestart(candidates, withLate(low, 2, 18), kTokens);
    EXPECT_EQ(plan.pass, candidates[2].pass) << "8 layers of 2 rows, against 8 of 15 and 8 of 20";
    EXPECT_EQ(plan.row, TokenPos(18));
}

TEST(RestartPlan, AnotherPromptServesByItsBeginning)
{
    const Intervention none;
    const std::vector<RestartCandidate> candidates {{passOf(10, 14), &none, 12}};
    const RestartPlan plan = planRestart(candidates, none, kTokens);
    EXPECT_EQ(plan.pass, candidates[0].pass);
    EXPECT_FALSE(plan.complete);
    EXPECT_EQ(plan.layer, LayerIndex(0));
    EXPECT_EQ(plan.row, TokenPos(12));
    EXPECT_EQ(planRestart(candidates, withLate({}, 4, 7), kTokens).row, TokenPos(7));
    EXPECT_EQ(planRestart(candidates, edits({{4, 2.0}}), kTokens).pass, nullptr)
        << "from row 0 nothing is kept";
    Intervention dependent;
    dependent.add(Baseline {});
    EXPECT_EQ(planRestart(candidates, dependent, kTokens).pass, nullptr);
    const std::vector<RestartCandidate> same {{passOf(10), &dependent, kTokens}};
    EXPECT_TRUE(planRestart(same, dependent, kTokens).complete);
}

} // namespace
} // namespace sinkscope
