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

TEST(Intervention, TheLaterOfTheSameTargetWinsForEveryKind)
{
    for (const EditKind kind : {EditKind::Probability, EditKind::Logit, EditKind::Key, EditKind::KeyShared,
             EditKind::Bias, EditKind::Gain, EditKind::Ablate}) {
        Intervention intervention;
        HeadEdit made = edit(1, 2, kind == EditKind::Bias || kind == EditKind::Ablate ? 1.0 : 0.5);
        made.kind = kind;
        made.value = kind == EditKind::Bias ? 0.5 : 0.0;
        if (hasKeys(kind))
            made.key = KeyTarget(TokenPos(1), TokenPos(4));
        intervention.set(made);
        if (kind == EditKind::Bias)
            made.value = 1.5;
        else if (hasGamma(kind))
            made.gamma = 1.5;
        intervention.set(made);
        ASSERT_EQ(intervention.edits().size(), 1U) << kindName(kind);
        EXPECT_EQ(intervention.edits().front(), made) << kindName(kind);
        EXPECT_FALSE(intervention.changesNothing()) << kindName(kind);
        EXPECT_EQ(kindByName(kindName(kind)), kind);
    }
}

TEST(Intervention, OverlappingSpansAreTargetsOfTheirOwn)
{
    Intervention intervention;
    HeadEdit made = edit(1, 2, 0.5);
    made.key = KeyTarget(TokenPos(1), TokenPos(4));
    intervention.set(made);
    made.key = KeyTarget(TokenPos(1), TokenPos(5));
    intervention.set(made);
    EXPECT_EQ(intervention.edits().size(), 2U);
}

TEST(Intervention, HeadsThatMoveTogetherAreThoseOfTheKeyValueGroup)
{
    HeadEdit made = edit(1, 4, 0.5);
    const HeadGrid grid {2, 9, 3};
    EXPECT_EQ(headsMovingWith(made, grid), (std::vector<HeadIndex> {HeadIndex(4)}));
    made.kind = EditKind::KeyShared;
    EXPECT_EQ(
        headsMovingWith(made, grid), (std::vector<HeadIndex> {HeadIndex(3), HeadIndex(4), HeadIndex(5)}));
    EXPECT_EQ(headsMovingWith(made, {2, 9}), (std::vector<HeadIndex> {HeadIndex(4)}));
}

TEST(Intervention, GroupsAreHeadsWithoutRepetition)
{
    Intervention intervention;
    intervention.setGroup("up", {head(2, 1), head(0, 3), head(2, 1)});
    EXPECT_EQ(intervention.groups().at("up"), (std::vector<HeadRef> {head(0, 3), head(2, 1)}));
    EXPECT_TRUE(intervention.changesNothing());
    EXPECT_TRUE(intervention.empty());
    intervention.setGroup("up", {});
    EXPECT_TRUE(intervention.groups().empty());
    EXPECT_THROW(intervention.setGroup("", {head(0, 0)}), RequestError);
}

TEST(Intervention, TheSameBaselineGivenTwiceTheLaterWins)
{
    Intervention intervention;
    Baseline uniform;
    uniform.amount = 2.0;
    intervention.add(uniform);
    uniform.amount = 3.0;
    intervention.add(uniform);
    ASSERT_EQ(intervention.baselines().size(), 1U);
    EXPECT_EQ(intervention.baselines()[0].amount, 3.0);
    uniform.layers = LayerSpan {LayerIndex(1), LayerIndex(2)};
    intervention.add(uniform);
    EXPECT_EQ(intervention.baselines().size(), 2U);
}

TEST(Intervention, RowsThatSeeNoKeyAreCounted)
{
    HeadEdit made = edit(0, 0, 0.5);
    made.key = KeyTarget(TokenPos(3), TokenPos(6));
    EXPECT_EQ(made.rowsWithoutTarget(8, TokenPos(7)), 3U); // rows 0, 1, 2
    made.queries = {QuerySelection::Kind::From, TokenPos(2), {}};
    EXPECT_EQ(made.rowsWithoutTarget(8, TokenPos(7)), 1U);
    made.queries = {QuerySelection::Kind::Last, {}, {}};
    EXPECT_EQ(made.rowsWithoutTarget(8, TokenPos(7)), 0U);
    Intervention intervention;
    intervention.set(edit(0, 0, 0.5));
    EXPECT_EQ(intervention.rowsWithoutTarget(8, TokenPos(7)), 0U);
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

TEST(InterventionDiff, EveryKindAndEveryBaselineCounts)
{
    const Intervention none;
    HeadEdit bias = edit(4, 0, 1.0);
    bias.kind = EditKind::Bias;
    bias.value = 0.5;
    HeadEdit ablate = edit(6, 0, 1.0);
    ablate.kind = EditKind::Ablate;
    Intervention left;
    left.set(ablate);
    EXPECT_EQ(lowestDifferingLayer(none, left), LayerIndex(6));
    Intervention right = left;
    right.set(bias);
    EXPECT_EQ(lowestDifferingLayer(left, right), LayerIndex(4));
    bias.value = 0.0;
    right.set(bias);
    EXPECT_EQ(lowestDifferingLayer(left, right), std::nullopt);

    Baseline uniform;
    uniform.amount = 2.0;
    uniform.layers = LayerSpan {LayerIndex(3), LayerIndex(9)};
    right.add(uniform);
    EXPECT_EQ(lowestDifferingLayer(left, right), LayerIndex(3));
    left.add(uniform);
    EXPECT_EQ(lowestDifferingLayer(left, right), std::nullopt);
    uniform.layers.reset();
    uniform.group = "up";
    left.setGroup("up", {head(5, 1)});
    right.setGroup("up", {head(5, 1), head(7, 1)});
    EXPECT_EQ(lowestDifferingLayer(left, right), std::nullopt) << "groups alone change nothing";
    left.add(uniform);
    right.add(uniform);
    EXPECT_EQ(lowestDifferingLayer(left, right), LayerIndex(3))
        << "the first baseline of a list that differs";

    FrozenEdit frozen;
    frozen.head = head(8, 0);
    frozen.keys = {TokenPos(1)};
    frozen.amount = 0.4;
    Intervention withFrozen;
    withFrozen.add(frozen);
    EXPECT_EQ(lowestDifferingLayer(none, withFrozen), LayerIndex(8));
    EXPECT_EQ(lowestDifferingLayer(withFrozen, withFrozen), std::nullopt);
}

// Rows by hand: an edit moves the rows that it selects and that see its first key.
TEST(InterventionDiff, NamesTheFirstRowThatADifferingEditMoves)
{
    using Rows = QuerySelection::Kind;
    const TokenPos last(19);
    const Intervention none;
    const auto firstRow = [&](HeadEdit changed, Rows rows, int begin, int end) {
        changed.queries = {rows, TokenPos(begin), TokenPos(end)};
        Intervention edited;
        edited.set(changed);
        return firstDifferingRow({none, last}, {edited, last});
    };
    HeadEdit onKeyNine = edit(2, 1, 0.5);
    onKeyNine.key = TokenPos(9);
    HeadEdit gain = edit(2, 1, 0.5);
    gain.kind = EditKind::Gain;
    HeadEdit unknownKey = edit(2, 1, 0.5);
    unknownKey.key = KeyTarget::firstNonPad();
    EXPECT_EQ(firstRow(edit(2, 1, 0.5), Rows::All, 0, 0), TokenPos(0));
    EXPECT_EQ(firstRow(edit(2, 1, 0.5), Rows::Last, 0, 0), TokenPos(19));
    EXPECT_EQ(firstRow(edit(2, 1, 0.5), Rows::From, 7, 0), TokenPos(7));
    EXPECT_EQ(firstRow(edit(2, 1, 0.5), Rows::Span, 3, 5), TokenPos(3));
    EXPECT_EQ(firstRow(onKeyNine, Rows::All, 0, 0), TokenPos(9));
    EXPECT_EQ(firstRow(onKeyNine, Rows::From, 7, 0), TokenPos(9));
    EXPECT_EQ(firstRow(onKeyNine, Rows::From, 12, 0), TokenPos(12));
    EXPECT_EQ(firstRow(gain, Rows::From, 7, 0), TokenPos(7));
    EXPECT_EQ(firstRow(unknownKey, Rows::From, 7, 0), TokenPos(7));
    EXPECT_EQ(firstRow(unknownKey, Rows::All, 0, 0), TokenPos(0));
}

TEST(InterventionDiff, EditsThatBothHaveMoveNoRow)
{
    using Rows = QuerySelection::Kind;
    HeadEdit lastRow = edit(3, 1, 0.5);
    lastRow.queries.kind = Rows::Last;
    HeadEdit fromSix = edit(5, 0, 2.0);
    fromSix.queries = {Rows::From, TokenPos(6), TokenPos(0)};
    Intervention left;
    left.set(edit(1, 0, 0.5));
    left.set(lastRow);
    EXPECT_EQ(firstDifferingRow({left, TokenPos(19)}, {left, TokenPos(19)}), std::nullopt);
    EXPECT_EQ(firstDifferingRow({left, TokenPos(14)}, {left, TokenPos(19)}), TokenPos(14))
        << "the last row of a prompt that grew";
    Intervention right = left;
    right.set(fromSix);
    EXPECT_EQ(firstDifferingRow({left, TokenPos(19)}, {right, TokenPos(19)}), TokenPos(6));
    EXPECT_EQ(firstDifferingRow({right, TokenPos(19)}, {left, TokenPos(19)}), TokenPos(6));
    Intervention other = right;
    other.set(edit(1, 0, 0.6));
    EXPECT_EQ(firstDifferingRow({right, TokenPos(19)}, {other, TokenPos(19)}), TokenPos(0));
    right.add(Baseline {});
    EXPECT_EQ(firstDifferingRow({left, TokenPos(19)}, {right, TokenPos(19)}), TokenPos(0));
}

TEST(InterventionDiff, EditsWithoutEffectDoNotCount)
{
    Intervention withOnes;
    withOnes.set(edit(0, 0, 1.0));
    EXPECT_EQ(lowestDifferingLayer(Intervention(), withOnes), std::nullopt);
}

} // namespace
} // namespace sinkscope
