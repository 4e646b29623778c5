// SPDX-License-Identifier: Apache-2.0
// Baselines and "the first token that is not padding" for one prompt, against rows worked out by hand.
#include "core/base/error.h"
#include "core/intervention/resolve.h"

#include <cmath>
#include <gtest/gtest.h>
#include <string>

namespace sinkscope {
namespace {

// One pattern for every head: rows of four queries.
const std::vector<std::vector<float>> kRows {
    {1.0F}, {0.7F, 0.3F}, {0.5F, 0.2F, 0.3F}, {0.4F, 0.25F, 0.3F, 0.05F}};

const std::vector<TokenId> kTokens {TokenId(7), TokenId(8), TokenId(9), TokenId(10)};

PromptFacts facts(int layers = 4, int heads = 2)
{
    PromptFacts prompt;
    prompt.grid = {layers, heads, heads};
    prompt.tokens = kTokens;
    prompt.pattern = [](HeadRef, TokenPos query) { return std::span<const float>(kRows[query.asSize()]); };
    return prompt;
}

HeadRef head(int layer, int index)
{
    return {LayerIndex(layer), HeadIndex(index)};
}

Baseline baseline(BaselineKind kind, double amount)
{
    Baseline made;
    made.kind = kind;
    made.amount = amount;
    return made;
}

Baseline withSpan(Baseline made, int begin, int end)
{
    made.span = TokenSpan {TokenPos(begin), TokenPos(end)};
    return made;
}

Intervention asking(const Baseline &made)
{
    Intervention intervention;
    intervention.add(made);
    return intervention;
}

std::string refusal(const Baseline &made)
{
    try {
        resolveFor(asking(made), facts());
    } catch (const RequestError &error) {
        return error.what();
    }
    return "accepted";
}

TEST(Baselines, UniformIsThePlainEditOfEveryHead)
{
    const Intervention resolved = resolveFor(asking(baseline(BaselineKind::Uniform, 1.5)), facts());
    Intervention expected;
    for (int layer = 0; layer < 4; ++layer)
        for (int index = 0; index < 2; ++index)
            expected.setFactor(head(layer, index), 1.5);
    EXPECT_EQ(resolved, expected);
}

TEST(Baselines, OtherTokenIsCountedInThePrompt)
{
    const std::vector<std::pair<TokenChoice, int>> choices {{TokenChoice::Second, 1}, {TokenChoice::Third, 2},
        {TokenChoice::Middle, 2}, {TokenChoice::Last, 3}, {TokenChoice::Index, 1}};
    for (const auto &[choice, position] : choices) {
        Baseline made = baseline(BaselineKind::OtherToken, 2.0);
        made.token = choice;
        made.index = TokenPos(1);
        const Intervention resolved = resolveFor(asking(made), facts());
        ASSERT_EQ(resolved.edits().size(), 8U);
        EXPECT_EQ(resolved.edits()[5].key, KeyTarget(TokenPos(position)));
        EXPECT_EQ(resolved.edits()[5].gamma, 2.0);
    }
    PromptFacts shortPrompt = facts();
    shortPrompt.tokens = std::span(kTokens).first(2);
    Baseline third = baseline(BaselineKind::OtherToken, 2.0);
    third.token = TokenChoice::Third;
    EXPECT_THROW(resolveFor(asking(third), shortPrompt), RequestError);
}

// Column means over the rows that see a key: 0: 2.6 / 4, 1: 0.75 / 3 = 0.25, 2: 0.6 / 2 = 0.3, 3: 0.05.
TEST(Baselines, ActTakesKeysByTheirMeanWithoutTheFirst)
{
    const PatternRowFn pattern = facts().pattern;
    EXPECT_EQ(actKeys(head(0, 0), 4, 0.1, pattern), (std::vector<TokenPos> {TokenPos(1), TokenPos(2)}));
    EXPECT_EQ(actKeys(head(0, 0), 4, 0.26, pattern), (std::vector<TokenPos> {TokenPos(2)}));
    EXPECT_TRUE(actKeys(head(0, 0), 4, 0.5, pattern).empty());
    EXPECT_TRUE(actKeys(head(0, 0), 4, 0.9, pattern).empty());
}

TEST(Baselines, ActIsFrozenForItsLayers)
{
    const Intervention resolved = resolveFor(asking(baseline(BaselineKind::Act, 0.4)), facts());
    EXPECT_TRUE(resolved.isResolved());
    EXPECT_TRUE(resolved.edits().empty());
    ASSERT_EQ(
        resolved.frozen().size(), 2U); // of four layers only layer 2 is neither among the first two nor last
    EXPECT_EQ(resolved.frozen()[1].head, head(2, 1));
    EXPECT_EQ(resolved.frozen()[1].keys, (std::vector<TokenPos> {TokenPos(1), TokenPos(2)}));
    EXPECT_EQ(resolved.frozen()[1].amount, 0.4);
    EXPECT_EQ(resolved.lowestLayer(), LayerIndex(2));
    EXPECT_EQ(resolved.editedHeadCount(), 2);
    PromptFacts shallow = facts(3);
    EXPECT_THROW(resolveFor(asking(baseline(BaselineKind::Act, 0.4)), shallow), RequestError);
    Baseline named = baseline(BaselineKind::Act, 0.4);
    named.layers = LayerSpan {LayerIndex(0), LayerIndex(1)};
    EXPECT_EQ(resolveFor(asking(named), shallow).lowestLayer(), LayerIndex(0));
}

// A_j *= alpha for j outside [1, 3), so ln alpha on keys 0 and 3.
TEST(Baselines, PastaPressesWhatIsOutsideTheSpan)
{
    Baseline made = withSpan(baseline(BaselineKind::Pasta, 0.01), 1, 3);
    made.heads = {head(3, 1)};
    const Intervention resolved = resolveFor(asking(made), facts());
    ASSERT_EQ(resolved.edits().size(), 2U);
    for (const HeadEdit &edit : resolved.edits()) {
        EXPECT_EQ(edit.head, head(3, 1));
        EXPECT_EQ(edit.kind, EditKind::Logit);
        EXPECT_EQ(edit.gamma, 0.01);
    }
    EXPECT_EQ(resolved.edits()[0].key, KeyTarget(TokenPos(0)));
    EXPECT_EQ(resolved.edits()[1].key, KeyTarget(TokenPos(3)));
    const Intervention all = resolveFor(asking(withSpan(made, 0, 4)), facts());
    EXPECT_TRUE(all.edits().empty());
}

TEST(Baselines, InstaBoostMultipliesTheSpan)
{
    const Intervention resolved =
        resolveFor(asking(withSpan(baseline(BaselineKind::InstaBoost, 5.0), 1, 3)), facts());
    ASSERT_EQ(resolved.edits().size(), 8U);
    EXPECT_EQ(resolved.edits()[0].kind, EditKind::Probability);
    EXPECT_EQ(resolved.edits()[0].key, KeyTarget(TokenPos(1), TokenPos(3)));
    EXPECT_EQ(resolved.edits()[0].gamma, 5.0);
}

// Shares of [2, 4): rows 0 and 1 cannot see it, row 2 has 0.3, row 3 has 0.35; target 0.32 is above row 2
// alone.
TEST(Baselines, SpotLightRaisesRowsBelowTheTarget)
{
    const Baseline made = withSpan(baseline(BaselineKind::SpotLight, 0.32), 2, 4);
    const std::vector<double> bias = spotLightBias(head(0, 0), 4, made, facts().pattern);
    ASSERT_EQ(bias.size(), 4U);
    EXPECT_EQ(bias[0], 0.0);
    EXPECT_EQ(bias[1], 0.0);
    EXPECT_NEAR(bias[2], std::log(0.32 / 0.3), 1e-7); // 0.3 is an fp32 number
    EXPECT_EQ(bias[3], 0.0);
    const Intervention resolved = resolveFor(asking(made), facts());
    ASSERT_EQ(resolved.frozen().size(), 8U);
    EXPECT_EQ(resolved.frozen()[7].head, head(3, 1));
    EXPECT_EQ(resolved.frozen()[7].rowValues, bias);
    EXPECT_EQ(resolved.frozen()[7].keys, (std::vector<TokenPos> {TokenPos(2), TokenPos(4)}));
}

TEST(Baselines, RefuseWhatTheyCannotDo)
{
    for (const BaselineKind kind : {BaselineKind::Pasta, BaselineKind::InstaBoost, BaselineKind::SpotLight}) {
        const std::string message = [&] {
            try {
                asking(baseline(kind, 0.5));
            } catch (const RequestError &error) {
                return std::string(error.what());
            }
            return std::string("accepted");
        }();
        EXPECT_NE(message.find("needs to know the span"), std::string::npos) << message;
    }
    EXPECT_NE(refusal(withSpan(baseline(BaselineKind::Pasta, 0.5), 2, 5)).find("key position 4"),
        std::string::npos);
    Baseline grouped = baseline(BaselineKind::Uniform, 2.0);
    grouped.group = "up";
    EXPECT_NE(refusal(grouped).find("\"up\""), std::string::npos) << refusal(grouped);
    Baseline outside = baseline(BaselineKind::Uniform, 2.0);
    outside.heads = {head(4, 0)};
    EXPECT_NE(refusal(outside).find("layer 4"), std::string::npos) << refusal(outside);
    EXPECT_THROW(asking(withSpan(baseline(BaselineKind::Pasta, 0.5), 3, 3)), RequestError);
    EXPECT_THROW(asking(withSpan(baseline(BaselineKind::SpotLight, 1.5), 1, 3)), RequestError);
    EXPECT_THROW(asking(baseline(BaselineKind::Uniform, -1.0)), RequestError);
    grouped.layers = LayerSpan {LayerIndex(0), LayerIndex(1)};
    EXPECT_THROW(asking(grouped), RequestError);
}

TEST(Resolve, GroupsNameHeadsAndEditsWinOverBaselines)
{
    Baseline grouped = baseline(BaselineKind::Uniform, 2.0);
    grouped.group = "up";
    Intervention asked = asking(grouped);
    asked.setGroup("up", {head(1, 1), head(0, 0), head(1, 1)});
    asked.setFactor(head(0, 0), 0.5);
    EXPECT_FALSE(asked.isResolved());
    EXPECT_FALSE(asked.changesNothing());
    EXPECT_EQ(asked.lowestLayer(), LayerIndex(0));
    const Intervention resolved = resolveFor(asked, facts());
    EXPECT_EQ(resolved.factor(head(0, 0)), 0.5);
    EXPECT_EQ(resolved.factor(head(1, 1)), 2.0);
    EXPECT_EQ(resolved.editedHeadCount(), 2);
    EXPECT_EQ(resolved.groups(), asked.groups());
}

TEST(Resolve, ReadsOnlyTheLayersThatABaselineNeeds)
{
    Intervention asked = asking(baseline(BaselineKind::Act, 0.4));
    asked.add(baseline(BaselineKind::Uniform, 2.0));
    EXPECT_EQ(patternLayersNeeded(asked, {6, 2, 2}),
        (std::vector<LayerIndex> {LayerIndex(2), LayerIndex(3), LayerIndex(4)}));
    EXPECT_TRUE(patternLayersNeeded(asking(baseline(BaselineKind::Uniform, 2.0)), {6, 2, 2}).empty());
}

TEST(Resolve, FirstTokenThatIsNotPadding)
{
    const auto ids = [](std::initializer_list<int> values) {
        std::vector<TokenId> tokens;
        for (const int value : values)
            tokens.emplace_back(value);
        return tokens;
    };
    const TokenId pad(0);
    const TokenId bos(1);
    EXPECT_EQ(firstNonPad(ids({0, 0, 1, 5}), pad, bos), TokenPos(2));
    EXPECT_EQ(firstNonPad(ids({1, 0, 5}), pad, bos), TokenPos(0));
    EXPECT_EQ(firstNonPad(ids({5, 6}), pad, std::nullopt), TokenPos(0));
    EXPECT_EQ(firstNonPad(ids({0, 0, 5}), std::nullopt, bos), TokenPos(0));
    EXPECT_EQ(firstNonPad(ids({0, 0}), pad, bos), TokenPos(0));
    // Padding and BOS are one token: the last of the leading ones begins the text.
    EXPECT_EQ(firstNonPad(ids({0, 5, 6}), pad, pad), TokenPos(0));
    EXPECT_EQ(firstNonPad(ids({0, 0, 0, 5}), pad, pad), TokenPos(2));
}

TEST(Resolve, FirstNonPadBecomesAnIndex)
{
    Intervention asked;
    HeadEdit edit;
    edit.head = head(1, 0);
    edit.gamma = 0.3;
    edit.key = KeyTarget::firstNonPad();
    asked.set(edit);
    EXPECT_FALSE(asked.isResolved());
    PromptFacts prompt = facts();
    prompt.padding = TokenId(7);
    const Intervention resolved = resolveFor(asked, prompt);
    EXPECT_TRUE(resolved.isResolved());
    ASSERT_EQ(resolved.edits().size(), 1U);
    EXPECT_EQ(resolved.edits()[0].key, KeyTarget(TokenPos(1)));
    EXPECT_EQ(resolveFor(asked, facts()).factor(head(1, 0)), 0.3);
}

} // namespace
} // namespace sinkscope
