// SPDX-License-Identifier: Apache-2.0
// Beam search against every text there is, and against a plain one over the slow reference.
#include "core/model/beam_search.h"

#include "core/base/error.h"
#include "core/model/generate.h"
#include "tests/core/model/test_edits.h"
#include "tests/support/model_session.h"
#include "tests/support/tiny_model.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>

namespace sinkscope {
namespace {

// fp32 against double over a few tokens: the pass agrees to some 1e-5 a logit (tests/support), sums of five.
constexpr double kSameLogP = 2e-4;

struct PlainText {
    std::vector<TokenId> ids;
    double logP = 0.0;
};

bool isEnd(TokenId id)
{
    return id == TokenId(0) || id == TokenId(2); // of the tiny tokenizer
}

class BeamSearchTest : public testing::Test {
protected:
    std::vector<double> logProbabilitiesAfter(const std::vector<TokenId> &generated) const
    {
        std::vector<TokenId> tokens = m_prompt;
        tokens.insert(tokens.end(), generated.begin(), generated.end());
        const auto pass = test::referenceForward(
            test::tinyWeights(), tokens, m_edits.edits(), static_cast<int>(m_prompt.size()) - 1);
        const auto row = pass.logitsRow(tokens.size() - 1);
        return test::referenceLogSoftmax({row.begin(), row.end()});
    }

    /// The definition, from passes in double: all continuations of all texts are sorted.
    PlainText plainSearch(std::size_t beams, std::size_t length) const
    {
        std::vector<PlainText> live {{}};
        PlainText finished {{}, -std::numeric_limits<double>::infinity()};
        for (std::size_t step = 0; step < length && finished.logP < live.front().logP; ++step) {
            std::vector<PlainText> all;
            for (const PlainText &text : live) {
                const auto logP = logProbabilitiesAfter(text.ids);
                for (std::size_t id = 0; id < logP.size(); ++id) {
                    PlainText longer {text.ids, text.logP + logP[id]};
                    longer.ids.push_back(TokenId(static_cast<std::int32_t>(id)));
                    all.push_back(std::move(longer));
                }
            }
            std::stable_sort(all.begin(), all.end(),
                [](const PlainText &a, const PlainText &b) { return a.logP > b.logP; });
            live.clear();
            for (const PlainText &text : all) {
                if (live.size() == beams)
                    break;
                if (!isEnd(text.ids.back()))
                    live.push_back(text);
                else if (text.logP > finished.logP)
                    finished = text;
            }
        }
        return finished.logP >= live.front().logP ? finished : live.front();
    }

    BeamSearch search(int beams, int length)
    {
        const auto pass = m_session.run(m_prompt, &m_edits);
        BeamSearch found(m_session.transformer(), *pass, &m_edits, {.maxNewTokens = length, .beams = beams});
        while (!found.done())
            EXPECT_EQ(found.advance({}), WorkStatus::Completed);
        return found;
    }
    static std::vector<TokenId> idsOf(const TextGenerator &text)
    {
        std::vector<TokenId> ids;
        for (const GeneratedToken &token : text.tokens())
            ids.push_back(token.id);
        return ids;
    }

    std::vector<TokenId> m_prompt {TokenId(50), TokenId(261), TokenId(90), TokenId(262), TokenId(35)};
    Intervention m_edits;
    test::ModelSession m_session {test::writeTinyModel()};
};

TEST_F(BeamSearchTest, ManyBeamsFindTheLikeliestOfAllTextsOfTwoTokens)
{
    int otherThanGreedy = 0;
    for (const std::int32_t last : {35, 40, 61, 77}) {
        SCOPED_TRACE(last);
        m_prompt.back() = TokenId(last);
        const std::vector<double> first = logProbabilitiesAfter({});
        PlainText best {{}, -std::numeric_limits<double>::infinity()};
        for (std::size_t id = 0; id < first.size(); ++id) {
            const TokenId token(static_cast<std::int32_t>(id));
            if (first[id] <= best.logP)
                continue; // no text that begins so can be likelier
            if (isEnd(token)) {
                best = {{token}, first[id]};
                continue;
            }
            const std::vector<double> second = logProbabilitiesAfter({token});
            const auto likeliest = std::max_element(second.begin(), second.end());
            if (first[id] + *likeliest > best.logP)
                best = {{token, TokenId(static_cast<std::int32_t>(likeliest - second.begin()))},
                    first[id] + *likeliest};
        }
        const BeamSearch found = search(BeamOptions::kMostBeams, 2);
        EXPECT_EQ(idsOf(found), best.ids);
        EXPECT_NEAR(found.logProbability(), best.logP, kSameLogP);
        otherThanGreedy += idsOf(search(1, 2)) != best.ids ? 1 : 0;
    }
    EXPECT_GT(otherThanGreedy, 0) << "greedy finds them too: the comparison proves little";
}

TEST_F(BeamSearchTest, EqualsAPlainSearchOverTheSlowReference)
{
    for (const double gamma : {1.0, 0.0, 20.0}) {
        SCOPED_TRACE(gamma);
        m_edits = {};
        for (int layer = 0; layer < 3; ++layer)
            m_edits.setFactor({LayerIndex(layer), HeadIndex(1)}, gamma);
        const PlainText expected = plainSearch(3, 5);
        const BeamSearch found = search(3, 5);
        EXPECT_EQ(idsOf(found), expected.ids);
        EXPECT_NEAR(found.logProbability(), expected.logP, kSameLogP);
        EXPECT_EQ(
            found.end(), isEnd(expected.ids.back()) ? GenerationEnd::EndToken : GenerationEnd::TokenLimit);
    }
}

TEST_F(BeamSearchTest, OneBeamIsGreedy)
{
    const auto pass = m_session.run(m_prompt, &m_edits);
    const auto greedy = generate(m_session.transformer(), *pass, &m_edits, {.maxNewTokens = 12}, {});
    EXPECT_EQ(idsOf(search(1, 12)), greedy);
}

TEST_F(BeamSearchTest, ProbabilitiesOfItsTokensAddUpToThatOfTheText)
{
    const BeamSearch found = search(4, 6);
    double sum = 0.0;
    for (const GeneratedToken &token : found.tokens())
        sum += token.logProbability;
    EXPECT_NEAR(found.logProbability(), sum, 1e-12); // the same numbers in the same order
}

TEST_F(BeamSearchTest, GoesOnAfterItWasCancelled)
{
    const std::vector<TokenId> expected = idsOf(search(3, 6));
    const auto pass = m_session.run(m_prompt, &m_edits);
    BeamSearch found(m_session.transformer(), *pass, &m_edits, {.maxNewTokens = 6, .beams = 3});
    ASSERT_EQ(found.advance({}), WorkStatus::Completed); // the prompt is read already
    while (!found.done()) {
        std::stop_source stop;
        stop.request_stop();
        const auto before = idsOf(found);
        EXPECT_EQ(found.advance(stop.get_token()), WorkStatus::Cancelled);
        EXPECT_EQ(idsOf(found), before);
        EXPECT_EQ(found.advance({}), WorkStatus::Completed);
    }
    EXPECT_EQ(idsOf(found), expected);
}

TEST_F(BeamSearchTest, EndsWhereTheContextIsFull)
{
    test::TinyModelOptions options;
    options.contextLength = 8;
    test::ModelSession session(test::writeTinyModel(options));
    const auto pass = session.run(m_prompt);
    BeamSearch found(session.transformer(), *pass, nullptr, {.maxNewTokens = 50, .beams = 2});
    while (!found.done())
        found.advance({});
    // three more can be read; the token that they predict may be given, not read
    EXPECT_LE(found.tokens().size(), 4U);
    EXPECT_TRUE(found.end() == GenerationEnd::ContextFull || found.end() == GenerationEnd::EndToken);
}

TEST_F(BeamSearchTest, RefusesOptionsOutOfRange)
{
    const auto pass = m_session.run(m_prompt);
    for (const BeamOptions options : {BeamOptions {.maxNewTokens = 4, .beams = 0},
             BeamOptions {.maxNewTokens = 4, .beams = BeamOptions::kMostBeams + 1},
             BeamOptions {.maxNewTokens = -1, .beams = 4}})
        EXPECT_THROW(BeamSearch(m_session.transformer(), *pass, nullptr, options), RequestError);
}

TEST(TokenUnder, GivesProbabilityAndRankOfTheSoftmax)
{
    // exp of them: 1, 2, 5, 2, sum 10
    const std::vector<float> logits {0.0F, std::log(2.0F), std::log(5.0F), std::log(2.0F)};
    const double kFloat = 1e-7; // of the logarithms above
    EXPECT_NEAR(std::exp(tokenUnder(logits, TokenId(0)).logProbability), 0.1, kFloat);
    EXPECT_NEAR(std::exp(tokenUnder(logits, TokenId(2)).logProbability), 0.5, kFloat);
    EXPECT_EQ(tokenUnder(logits, TokenId(2)).rank, 1);
    EXPECT_EQ(tokenUnder(logits, TokenId(1)).rank, 2); // the lower id first
    EXPECT_EQ(tokenUnder(logits, TokenId(3)).rank, 3);
    EXPECT_EQ(tokenUnder(logits, TokenId(0)).rank, 4);
}

} // namespace
} // namespace sinkscope
