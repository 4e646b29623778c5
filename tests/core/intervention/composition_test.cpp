// SPDX-License-Identifier: Apache-2.0
// What several edits and baselines of one head become: bounds of products, who wins, what counts once.
#include "core/base/error.h"
#include "core/intervention/resolve.h"

#include <gtest/gtest.h>

namespace sinkscope {
namespace {

using Rows = QuerySelection::Kind;

HeadRef head(int layer, int index)
{
    return {LayerIndex(layer), HeadIndex(index)};
}

HeadEdit factor(EditKind kind, double gamma, Rows rows = Rows::All, int begin = 0, int end = 0)
{
    HeadEdit made;
    made.head = head(1, 0);
    made.gamma = gamma;
    made.kind = kind;
    made.queries = {rows, TokenPos(begin), TokenPos(end)};
    return made;
}

HeadEdit onKeys(HeadEdit made, int begin, int end)
{
    made.key = KeyTarget(TokenPos(begin), TokenPos(end));
    return made;
}

/// The sentence, or "" where `edits` are fit for a model of 4 layers, 4 heads, 2 KV heads and 8 tokens.
std::string refusal(const std::vector<HeadEdit> &edits)
{
    Intervention intervention;
    for (const HeadEdit &edit : edits)
        intervention.set(edit);
    try {
        intervention.validate({4, 4, 2}, 8);
    } catch (const RequestError &error) {
        return error.what();
    }
    return "";
}

TEST(Composition, ProductsThatFp32CannotHoldAreRefused)
{
    constexpr EditKind kProbability = EditKind::Probability;
    const HeadEdit huge = factor(kProbability, 1e200);
    const HeadEdit hugeFromOne = factor(kProbability, 1e200, Rows::From, 1);
    EXPECT_EQ(refusal({huge}), "") << "one factor alone is that of a row";
    const std::string sentence = refusal({huge, hugeFromOne});
    for (const char *part : {"layer 1 head 0", "probability", "key 0", "row 1", "10^400", "1e+24"})
        EXPECT_NE(sentence.find(part), std::string::npos) << sentence;
    // In row 1 alone the two meet without the third.
    EXPECT_NE(refusal({huge, hugeFromOne, factor(kProbability, 0.0, Rows::From, 2)}), "");
    EXPECT_EQ(refusal({huge, hugeFromOne, factor(kProbability, 0.0, Rows::From, 1)}), "") << "0 wins";
    EXPECT_NE(refusal({factor(kProbability, 1e-200), factor(kProbability, 1e-200, Rows::Span, 3, 4)}), "");
    EXPECT_EQ(refusal({factor(kProbability, 1e12), factor(kProbability, 1e12, Rows::From, 1)}), "");
    EXPECT_EQ(refusal({factor(kProbability, 1e200, Rows::Span, 0, 4),
                  factor(kProbability, 1e200, Rows::Span, 4, 8)}),
        "")
        << "they share no row";
    EXPECT_EQ(refusal({onKeys(huge, 0, 3), onKeys(huge, 3, 6)}), "") << "they share no key";
    EXPECT_NE(refusal({onKeys(huge, 0, 4), onKeys(huge, 3, 6)}), "");
    EXPECT_NE(
        refusal({factor(kProbability, 1e200, Rows::Last), factor(kProbability, 1e200, Rows::From, 7)}), "");
    EXPECT_EQ(
        refusal({factor(kProbability, 1e200, Rows::Last), factor(kProbability, 1e200, Rows::Span, 0, 7)}), "")
        << "the last row of 8 is row 7";
}

TEST(Composition, StateFactorsThatMeetStayWithinThatOfOne)
{
    EXPECT_NE(refusal({factor(EditKind::Gain, 1e4), factor(EditKind::Gain, 2.0, Rows::From, 3)}), "");
    EXPECT_EQ(refusal({factor(EditKind::Gain, 100.0), factor(EditKind::Gain, 100.0, Rows::From, 3)}), "");
    const HeadEdit shared = factor(EditKind::KeyShared, 1e4);
    EXPECT_NE(refusal({onKeys(shared, 0, 3), onKeys(shared, 2, 4)}), "");
    EXPECT_EQ(refusal({onKeys(shared, 0, 2), onKeys(shared, 2, 4)}), "");
    HeadEdit ofOther = onKeys(shared, 2, 4);
    ofOther.head = head(1, 1); // the same KV group
    EXPECT_NE(refusal({onKeys(shared, 0, 3), ofOther}), "");
    ofOther.key = KeyTarget(TokenPos(0), TokenPos(3));
    EXPECT_EQ(refusal({onKeys(shared, 0, 3), ofOther}), "") << "the same keys count once";
    ofOther = onKeys(shared, 2, 4);
    ofOther.head = head(1, 2);
    EXPECT_EQ(refusal({onKeys(shared, 0, 3), ofOther}), "") << "another KV group";
}

// One pattern for every head: rows of four queries.
const std::vector<std::vector<float>> kRows {
    {1.0F}, {0.7F, 0.3F}, {0.5F, 0.2F, 0.3F}, {0.4F, 0.25F, 0.3F, 0.05F}};
const std::vector<TokenId> kTokens {TokenId(7), TokenId(8), TokenId(9), TokenId(10)};

Intervention resolved(const std::vector<Baseline> &baselines, const std::vector<HeadEdit> &edits = {})
{
    Intervention asked;
    for (const Baseline &baseline : baselines)
        asked.add(baseline);
    for (const HeadEdit &edit : edits)
        asked.set(edit);
    PromptFacts prompt;
    prompt.grid = {4, 2, 2};
    prompt.tokens = kTokens;
    prompt.padding = TokenId(7);
    prompt.initial = TokenId(7); // the first token is the BOS token: firstNonPad is key 0
    prompt.pattern = [](HeadRef, TokenPos query) { return std::span<const float>(kRows[query.asSize()]); };
    return resolveFor(asked, prompt);
}

Baseline baseline(BaselineKind kind, double amount)
{
    Baseline made;
    made.kind = kind;
    made.amount = amount;
    return made;
}

TEST(Composition, AmongBaselinesTheLaterWins)
{
    const Baseline two = baseline(BaselineKind::Uniform, 2.0);
    const Baseline five = baseline(BaselineKind::Uniform, 5.0);
    Baseline keyZero = baseline(BaselineKind::OtherToken, 3.0);
    keyZero.token = TokenChoice::Index;
    EXPECT_EQ(resolved({two, keyZero, five}), resolved({keyZero, five}));
    EXPECT_EQ(resolved({two, keyZero, five}).factor(head(0, 0)), 5.0);
    EXPECT_EQ(resolved({five, keyZero}).factor(head(0, 0)), 3.0);
}

TEST(Composition, AHeadNamedTwiceInABaselineCountsOnce)
{
    Baseline once = baseline(BaselineKind::Act, 0.4);
    once.heads = {head(0, 1), head(3, 1)};
    Baseline twice = once;
    twice.heads = {head(3, 1), head(0, 1), head(3, 1)};
    EXPECT_EQ(resolved({twice}), resolved({once}));
    EXPECT_EQ(resolved({twice}).frozen().size(), 2U);
}

TEST(Composition, TheLaterFrozenBaselineOfAHeadReplacesTheEarlier)
{
    const Baseline allHeads = baseline(BaselineKind::Act, 0.4); // of layer 2 alone in a model of 4 layers
    Baseline oneHead = baseline(BaselineKind::Act, 0.9);
    oneHead.heads = {head(2, 1)};
    const Intervention act = resolved({allHeads, oneHead});
    ASSERT_EQ(act.frozen().size(), 2U);
    EXPECT_EQ(act.frozen()[0].amount, 0.4);
    EXPECT_EQ(act.frozen()[1].amount, 0.9);
    oneHead.amount = 1.0; // takes nothing away
    EXPECT_EQ(resolved({allHeads, oneHead}).frozen().size(), 1U);

    Baseline spot = baseline(BaselineKind::SpotLight, 0.5);
    spot.span = TokenSpan {TokenPos(2), TokenPos(4)};
    Baseline spotOfOne = spot;
    spotOfOne.heads = {head(2, 1)};
    spotOfOne.amount = 0.9;
    EXPECT_EQ(resolved({spot, spotOfOne}).frozen().size(), 8U);
    EXPECT_EQ(resolved({spot, spotOfOne}).frozen()[5], resolved({spotOfOne}).frozen()[0]);
    spotOfOne.span = TokenSpan {TokenPos(1), TokenPos(2)};
    EXPECT_EQ(resolved({spot, spotOfOne}).frozen().size(), 9U) << "another span is another target";
}

TEST(Composition, FirstNonPadAndItsIndexNeedOneNumber)
{
    HeadEdit first = factor(EditKind::Probability, 2.0);
    first.key = KeyTarget::firstNonPad();
    const HeadEdit index = factor(EditKind::Probability, 5.0);
    try {
        resolved({}, {index, first});
        FAIL() << "accepted";
    } catch (const RequestError &error) {
        for (const char *part : {"firstNonPad is key 0", "layer 1 head 0", "gamma 2 and 5"})
            EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
    }
    EXPECT_EQ(resolved({}, {first, factor(EditKind::Probability, 2.0)}).factor(head(1, 0)), 2.0);
    EXPECT_EQ(resolved({}, {first, factor(EditKind::Logit, 5.0)}).edits().size(), 2U);
    EXPECT_EQ(resolved({baseline(BaselineKind::Uniform, 5.0)}, {first}).factor(head(1, 0)), 2.0)
        << "an edit replaces that of a baseline";
}

} // namespace
} // namespace sinkscope
