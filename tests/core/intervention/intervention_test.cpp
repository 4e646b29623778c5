// SPDX-License-Identifier: Apache-2.0
// The edit as a value: order, replacement, refusals, query selections, differences.
#include "core/base/error.h"
#include "core/intervention/intervention.h"
#include "core/intervention/intervention_diff.h"

#include <gtest/gtest.h>
#include <limits>

namespace sinkscope {
namespace {

HeadRef head(int layer, int index)
{
    return {LayerIndex(layer), HeadIndex(index)};
}

HeadEdit edit(int layer, int index, double gamma)
{
    HeadEdit made;
    made.head = head(layer, index);
    made.gamma = gamma;
    return made;
}

TEST(Intervention, LaterEditOfTheSameTargetWins)
{
    Intervention intervention;
    intervention.set(edit(3, 1, 0.5));
    intervention.set(edit(3, 1, 2.0));
    ASSERT_EQ(intervention.edits().size(), 1U);
    EXPECT_EQ(intervention.factor(head(3, 1)), 2.0);
}

TEST(Intervention, OtherKeyIsAnotherTarget)
{
    Intervention intervention;
    intervention.set(edit(3, 1, 0.5));
    HeadEdit other = edit(3, 1, 2.0);
    other.key = TokenPos(4);
    intervention.set(other);
    EXPECT_EQ(intervention.edits().size(), 2U);
    EXPECT_EQ(intervention.factor(head(3, 1)), 0.5);
    EXPECT_EQ(intervention.editedHeadCount(), 1);
}

TEST(Intervention, IsOrderedByLayerWhateverTheOrderOfSetting)
{
    Intervention forwards;
    forwards.set(edit(1, 0, 0.5));
    forwards.set(edit(7, 2, 3.0));
    Intervention backwards;
    backwards.set(edit(7, 2, 3.0));
    backwards.set(edit(1, 0, 0.5));
    EXPECT_EQ(forwards, backwards);
    EXPECT_EQ(forwards.lowestLayer(), LayerIndex(1));
}

TEST(Intervention, GammaOneIsKeptButHasNoEffect)
{
    Intervention intervention;
    intervention.set(edit(2, 0, 1.0));
    EXPECT_FALSE(intervention.empty());
    EXPECT_TRUE(intervention.changesNothing());
    EXPECT_EQ(intervention.lowestLayer(), std::nullopt);
    EXPECT_TRUE(intervention.effectiveIn(LayerIndex(2)).empty());
}

TEST(Intervention, RefusesFactorsThatAreNoNumbersOfZeroOrMore)
{
    Intervention intervention;
    for (const double gamma :
        {-0.1, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()})
        EXPECT_THROW(intervention.set(edit(0, 0, gamma)), RequestError) << gamma;
    EXPECT_NO_THROW(intervention.set(edit(0, 0, 0.0)));
}

TEST(Intervention, ValidateNamesWhatTheModelHas)
{
    Intervention intervention;
    intervention.set(edit(30, 0, 0.5));
    try {
        intervention.validate({30, 9});
        FAIL() << "layer 30 of 30 was accepted";
    } catch (const RequestError &error) {
        EXPECT_NE(std::string(error.what()).find("layer 30"), std::string::npos) << error.what();
        EXPECT_NE(std::string(error.what()).find("0 to 29"), std::string::npos) << error.what();
    }
    EXPECT_NO_THROW(intervention.validate({31, 9}));
}

TEST(Intervention, ValidateRefusesAKeyBehindThePrompt)
{
    Intervention intervention;
    HeadEdit made = edit(0, 0, 0.5);
    made.key = TokenPos(5);
    intervention.set(made);
    EXPECT_THROW(intervention.validate({1, 1}, 5), RequestError);
    EXPECT_NO_THROW(intervention.validate({1, 1}, 6));
}

TEST(Intervention, SetFactorOneRemovesThePlainEdit)
{
    Intervention intervention;
    intervention.setFactor(head(0, 0), 0.5);
    intervention.setFactor(head(0, 0), 1.0);
    EXPECT_TRUE(intervention.empty());
}

TEST(QuerySelection, LastMeansThePromptsLastRowAndAllAfterIt)
{
    const QuerySelection last {QuerySelection::Kind::Last, {}, {}};
    EXPECT_FALSE(last.contains(TokenPos(6), TokenPos(7)));
    EXPECT_TRUE(last.contains(TokenPos(7), TokenPos(7)));
    EXPECT_TRUE(last.contains(TokenPos(9), TokenPos(7)));
}

TEST(QuerySelection, SpanIsHalfOpen)
{
    const QuerySelection span {QuerySelection::Kind::Span, TokenPos(2), TokenPos(4)};
    EXPECT_FALSE(span.contains(TokenPos(1), TokenPos(9)));
    EXPECT_TRUE(span.contains(TokenPos(2), TokenPos(9)));
    EXPECT_TRUE(span.contains(TokenPos(3), TokenPos(9)));
    EXPECT_FALSE(span.contains(TokenPos(4), TokenPos(9)));
}

TEST(InterventionDiff, NamesTheLowestLayerThatActsDifferently)
{
    Intervention left;
    left.set(edit(5, 0, 0.5));
    left.set(edit(9, 0, 0.5));
    Intervention right = left;
    EXPECT_EQ(lowestDifferingLayer(left, right), std::nullopt);
    right.set(edit(9, 0, 0.6));
    EXPECT_EQ(lowestDifferingLayer(left, right), LayerIndex(9));
    right.set(edit(7, 3, 2.0));
    EXPECT_EQ(lowestDifferingLayer(left, right), LayerIndex(7));
    EXPECT_EQ(lowestDifferingLayer(Intervention(), left), LayerIndex(5));
}

TEST(InterventionDiff, EditsWithoutEffectDoNotCount)
{
    Intervention withOnes;
    withOnes.set(edit(0, 0, 1.0));
    EXPECT_EQ(lowestDifferingLayer(Intervention(), withOnes), std::nullopt);
}

} // namespace
} // namespace sinkscope
