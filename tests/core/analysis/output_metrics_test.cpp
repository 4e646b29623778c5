// SPDX-License-Identifier: Apache-2.0
// Figures of the next-token distribution on small cases computed by hand.
#include "core/analysis/output_metrics.h"

#include "tests/support/model_session.h"
#include "tests/support/tiny_model.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

namespace sinkscope {
namespace {

const double kLn2 = std::log(2.0);

TEST(LogSoftmax, HandComputed)
{
    // e^0 : e^ln2 : e^ln5 = 1 : 2 : 5
    const std::vector<float> logits {0.0F, static_cast<float>(kLn2), static_cast<float>(std::log(5.0))};
    const std::vector<double> logP = logSoftmax(logits);
    // the logits are rounded to fp32 (relative 6e-8)
    EXPECT_NEAR(logP[0], std::log(1.0 / 8.0), 2e-7);
    EXPECT_NEAR(logP[1], std::log(2.0 / 8.0), 2e-7);
    EXPECT_NEAR(logP[2], std::log(5.0 / 8.0), 2e-7);
}

TEST(LogSoftmax, ShiftAndHugeLogits)
{
    const std::vector<double> logP = logSoftmax(std::vector<float> {1e30F, 1e30F, -1e30F});
    EXPECT_NEAR(logP[0], -kLn2, 1e-12);
    EXPECT_NEAR(logP[1], -kLn2, 1e-12);
    EXPECT_LT(logP[2], -1e29);
    const std::vector<double> far = logSoftmax(std::vector<float> {1000.0F, 990.0F});
    EXPECT_NEAR(far[1], -10.0 - std::log1p(std::exp(-10.0)), 1e-12)
        << "a rare token keeps its log-probability";
}

TEST(LogSoftmax, SumsToOneOverALargeVocabulary)
{
    std::vector<float> logits(49152);
    for (std::size_t id = 0; id < logits.size(); ++id)
        logits[id] = static_cast<float>(std::sin(static_cast<double>(id)) * 8.0);
    double sum = 0.0;
    for (const double value : logSoftmax(logits))
        sum += std::exp(value);
    EXPECT_NEAR(sum, 1.0, 1e-12);
}

TEST(Entropy, HandComputed)
{
    EXPECT_NEAR(entropyNats(std::vector<double> {-kLn2, -2.0 * kLn2, -2.0 * kLn2}), 1.5 * kLn2, 1e-15);
    EXPECT_NEAR(entropyNats(std::vector<double> {0.0}), 0.0, 1e-15);
    // probability 0 contributes nothing, whether as a very small or as an infinite logarithm
    EXPECT_NEAR(entropyNats(std::vector<double> {0.0, -1e4}), 0.0, 1e-15);
    EXPECT_NEAR(entropyNats(std::vector<double> {-kLn2, -kLn2, -std::numeric_limits<double>::infinity()}),
        kLn2, 1e-15);
}

TEST(KlDivergence, HandComputedAndDirected)
{
    const std::vector<double> p {std::log(0.5), std::log(0.5)};
    const std::vector<double> q {std::log(0.25), std::log(0.75)};
    EXPECT_NEAR(klDivergenceNats(p, q), 0.5 * std::log(2.0) + 0.5 * std::log(2.0 / 3.0), 1e-15); // 0.1438
    EXPECT_NEAR(klDivergenceNats(q, p), 0.25 * std::log(0.5) + 0.75 * std::log(1.5), 1e-15); // 0.1308
    EXPECT_EQ(klDivergenceNats(p, p), 0.0);
}

TEST(TokenRank, CountsTheMoreLikelyTiesById)
{
    const std::vector<double> logP {-3.0, -1.0, -2.0, -1.0, -4.0};
    EXPECT_EQ(tokenRank(logP, TokenId(1)), 1);
    EXPECT_EQ(tokenRank(logP, TokenId(3)), 2);
    EXPECT_EQ(tokenRank(logP, TokenId(2)), 3);
    EXPECT_EQ(tokenRank(logP, TokenId(0)), 4);
    EXPECT_EQ(tokenRank(logP, TokenId(4)), 5);
}

TEST(TopTokens, MostLikelyFirstTiesByIdWithTheirText)
{
    const test::ModelSession session(test::writeTinyModel());
    std::vector<double> logP(320, -20.0);
    const auto the = session.model().tokenizer->idOf("\u0120the"); // " the"
    ASSERT_TRUE(the.has_value());
    logP[the->asSize()] = std::log(0.5);
    logP[68] = std::log(0.2);
    logP[67] = std::log(0.2);
    const auto top = topTokens(logP, 4, *session.model().tokenizer);
    ASSERT_EQ(top.size(), 4U);
    EXPECT_EQ(top[0].id, *the);
    EXPECT_EQ(top[0].text, " the");
    EXPECT_NEAR(top[0].p, 0.5, 1e-15);
    EXPECT_EQ(top[1].id, TokenId(67));
    EXPECT_EQ(top[2].id, TokenId(68));
    EXPECT_EQ(top[3].id, TokenId(0));
    EXPECT_EQ(topTokens(logP, 1000, *session.model().tokenizer).size(), 320U);
    EXPECT_TRUE(topTokens(logP, 0, *session.model().tokenizer).empty());
}

TEST(OutputMetrics, MarginAndMass)
{
    OutputMetrics metrics;
    EXPECT_EQ(metrics.answerMass(), 0.0);
    EXPECT_FALSE(metrics.margin().has_value());
    AnswerScore first;
    first.logProb = std::log(0.3);
    first.p = 0.3;
    metrics.answers.push_back(first);
    EXPECT_FALSE(metrics.margin().has_value());
    AnswerScore second;
    second.logProb = std::log(0.1);
    second.p = 0.1;
    metrics.answers.push_back(second);
    ASSERT_TRUE(metrics.margin().has_value());
    EXPECT_NEAR(*metrics.margin(), std::log(3.0), 1e-15);
    EXPECT_NEAR(metrics.answerMass(), 0.4, 1e-15);
}

AnswerScore answerOf(double logProb)
{
    AnswerScore answer;
    answer.logProb = logProb;
    answer.p = std::exp(logProb);
    return answer;
}

TEST(OutputMetrics, LogOddsAreOfEachAnswerAgainstAllOthers)
{
    OutputMetrics metrics;
    EXPECT_TRUE(metrics.logOdds().empty());
    metrics.answers = {answerOf(std::log(0.3))};
    EXPECT_TRUE(metrics.logOdds().empty()); // against what?
    metrics.answers.push_back(answerOf(std::log(0.1)));
    std::vector<double> odds = metrics.logOdds();
    ASSERT_EQ(odds.size(), 2U);
    EXPECT_NEAR(odds[0], std::log(3.0), 1e-15); // the margin, up to rounding
    EXPECT_NEAR(odds[1], -std::log(3.0), 1e-15);
    metrics.answers.push_back(answerOf(std::log(0.05)));
    odds = metrics.logOdds();
    ASSERT_EQ(odds.size(), 3U);
    EXPECT_NEAR(odds[0], std::log(0.3 / 0.15), 1e-14);
    EXPECT_NEAR(odds[1], std::log(0.1 / 0.35), 1e-14);
    EXPECT_NEAR(odds[2], std::log(0.05 / 0.4), 1e-14);
}

TEST(OutputMetrics, LogOddsDoNotDependOnTheMass)
{
    OutputMetrics likely;
    likely.answers = {answerOf(-1.0), answerOf(-2.0), answerOf(-3.0)};
    OutputMetrics unlikely; // no double is as small as these probabilities
    unlikely.answers = {answerOf(-1001.0), answerOf(-1002.0), answerOf(-1003.0)};
    for (std::size_t one = 0; one < 3; ++one)
        EXPECT_NEAR(likely.logOdds()[one], unlikely.logOdds()[one], 1e-12); // of numbers of size 1000
}

TEST(OutputMetrics, NoNumberStaysNoNumber)
{
    const double none = std::numeric_limits<double>::quiet_NaN();
    const std::vector<double> broken {none, none};
    const std::vector<double> half {-kLn2, -kLn2};
    EXPECT_TRUE(std::isnan(entropyNats(broken)));
    EXPECT_TRUE(std::isnan(klDivergenceNats(broken, half)));
    EXPECT_TRUE(std::isnan(klDivergenceNats(half, broken)));
}

} // namespace
} // namespace sinkscope
