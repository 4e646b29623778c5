// SPDX-License-Identifier: Apache-2.0
// Answers of one and of several tokens against the log-probabilities of the reference forward.
#include "core/analysis/output_metrics.h"

#include "core/base/error.h"
#include "tests/core/model/test_edits.h"
#include "tests/support/model_session.h"
#include "tests/support/tiny_model.h"

#include <cmath>
#include <gtest/gtest.h>

namespace sinkscope {
namespace {

// A log-probability differs by at most twice the logits' difference (PassTolerances), for each token.
constexpr double kLogProbTolerancePerToken = 2e-4;

class ScoreAnswers : public testing::Test {
protected:
    TokenizedPrompt tokenizeText(const std::string &text) const
    {
        PromptSpec spec;
        spec.text = text;
        return tokenizePrompt(m_session.model(), spec);
    }
    std::vector<AnswerScore> score(
        const std::string &text, const std::vector<std::string> &answers, const Intervention *edits = nullptr)
    {
        m_prompt = tokenizeText(text);
        const auto pass = m_session.run(m_prompt.ids, edits);
        const auto scores = scoreAnswers(m_session.transformer(),
            {.prompt = m_prompt,
                .pass = *pass,
                .logProbabilitiesLast = logSoftmax(pass->logitsLast),
                .answers = answers,
                .intervention = edits},
            {});
        EXPECT_TRUE(scores.has_value());
        return scores.value_or(std::vector<AnswerScore> {});
    }

    double referenceLogProb(const std::vector<TokenId> &answer, const Intervention &edits) const
    {
        std::vector<TokenId> tokens = m_prompt.ids;
        tokens.insert(tokens.end(), answer.begin(), answer.end());
        const int promptLast = static_cast<int>(m_prompt.ids.size()) - 1;
        const auto reference = test::referenceForward(test::tinyWeights(), tokens, edits.edits(), promptLast);
        double sum = 0.0;
        for (std::size_t at = 0; at < answer.size(); ++at)
            sum += test::referenceLogSoftmax(
                reference.logitsRow(m_prompt.ids.size() - 1 + at))[answer[at].asSize()];
        return sum;
    }

    test::ModelSession m_session {test::writeTinyModel()};
    TokenizedPrompt m_prompt;
};

TEST_F(ScoreAnswers, WholeStringsUnderEveryEdit)
{
    const std::vector<std::string> answers {" positive", " negative", "the cat", " on the cat, perhaps", "x"};
    auto interventions = test::manyInterventions();
    interventions.push_back({"no edit", {}});
    for (const test::NamedIntervention &named : interventions) {
        SCOPED_TRACE(named.name);
        const auto scores = score("What the cat sat on was", answers, &named.intervention);
        ASSERT_EQ(scores.size(), answers.size());
        for (std::size_t at = 0; at < answers.size(); ++at) {
            const AnswerScore &got = scores[at];
            EXPECT_EQ(got.text, answers[at]);
            EXPECT_EQ(m_session.model().tokenizer->decode(got.ids), answers[at]) << "leading spaces are kept";
            EXPECT_NEAR(got.logProb, referenceLogProb(got.ids, named.intervention),
                kLogProbTolerancePerToken * static_cast<double>(got.ids.size()))
                << answers[at];
            EXPECT_DOUBLE_EQ(got.p, std::exp(got.logProb));
        }
        EXPECT_EQ(scores[0].ids.size(), 1U);
        EXPECT_GE(scores[3].ids.size(), 5U);
    }
}

TEST_F(ScoreAnswers, OrderDoesNotMatter)
{
    const auto forward = score("the cat", {" sat on", " a", "zzz"});
    const auto backward = score("the cat", {"zzz", " a", " sat on"});
    for (std::size_t at = 0; at < 3; ++at)
        EXPECT_EQ(forward[at].logProb, backward[2 - at].logProb)
            << "an answer must not see the one before it";
}

TEST_F(ScoreAnswers, FlagsAnswersThatJoinWithThePrompt)
{
    // " po" + "s": apart the tokens are " p", "o", "s"; together " pos" is one token.
    const auto joined = score("a po", {"s", " the"});
    EXPECT_TRUE(joined[0].tokenisesDifferentlyInContext);
    EXPECT_FALSE(joined[1].tokenisesDifferentlyInContext);
}

TEST_F(ScoreAnswers, RefusesEmptyAndTooLongAnswers)
{
    EXPECT_THROW(score("the", {""}), RequestError);
    EXPECT_THROW(score("the", {std::string(400, 'z')}), RequestError);
}

TEST_F(ScoreAnswers, CancelledGivesNothing)
{
    m_prompt = tokenizeText("the cat");
    const auto pass = m_session.run(m_prompt.ids);
    std::stop_source source;
    source.request_stop();
    EXPECT_FALSE(scoreAnswers(m_session.transformer(),
        {.prompt = m_prompt,
            .pass = *pass,
            .logProbabilitiesLast = logSoftmax(pass->logitsLast),
            .answers = {"two tokens"}},
        source.get_token())
                     .has_value());
}

} // namespace
} // namespace sinkscope
