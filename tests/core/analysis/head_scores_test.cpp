// SPDX-License-Identifier: Apache-2.0
// Scores of heads against the slow pass in double, and repetition by hand.
#include "core/analysis/head_scores.h"

#include "core/base/error.h"
#include "tests/core/model/test_edits.h"
#include "tests/support/model_session.h"
#include "tests/support/tiny_model.h"
#include "tests/support/test_values.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <set>

namespace sinkscope {
namespace {

// fp32 passes of a model this small drift by some 1e-6 of a value; the scores are sums of few of them.
constexpr double kOfDouble = 5e-5;

using Row = std::vector<double>;

double norm(const Row &values)
{
    double squares = 0.0;
    for (const double value : values)
        squares += value * value;
    return std::sqrt(squares);
}

Row normalised(std::span<const double> residual, const Row &gain, double epsilon)
{
    double squares = 0.0;
    for (const double value : residual)
        squares += value * value;
    const double divisor = std::sqrt(squares / static_cast<double>(residual.size()) + epsilon);
    Row out;
    for (std::size_t at = 0; at < residual.size(); ++at)
        out.push_back(residual[at] / divisor * gain[at]);
    return out;
}

/// The slow pass and what follows from it in plain loops.
struct SlowScores {
    test::ReferenceWeights weights = test::tinyWeights();
    test::ReferencePass pass;

    SlowScores(std::span<const TokenId> tokens, const Intervention &edits)
        : pass(test::referenceForward(weights, tokens, edits.edits()))
    {
    }

    Row value(std::size_t layer, std::size_t kvHead, std::size_t token) const
    {
        const test::ReferenceLayer &own = weights.layers[layer];
        const Row in =
            normalised(std::span(pass.residuals[layer]).subspan(token * weights.hidden, weights.hidden),
                own.attentionNorm, weights.normEpsilon);
        Row out(weights.headSize, 0.0);
        for (std::size_t element = 0; element < weights.headSize; ++element)
            for (std::size_t at = 0; at < weights.hidden; ++at)
                out[element] +=
                    own.value[(kvHead * weights.headSize + element) * weights.hidden + at] * in[at];
        return out;
    }

    std::size_t kvHeadOf(std::size_t head) const { return head / (weights.heads / weights.kvHeads); }

    Row written(std::size_t layer, std::size_t head, double gain) const
    {
        const std::size_t last = pass.tokens - 1;
        const auto pattern = pass.patternRow(layer, head, last);
        Row mixed(weights.headSize, 0.0);
        for (std::size_t key = 0; key <= last; ++key) {
            const Row v = value(layer, kvHeadOf(head), key);
            for (std::size_t element = 0; element < mixed.size(); ++element)
                mixed[element] += gain * pattern[key] * v[element];
        }
        Row out(weights.hidden, 0.0);
        for (std::size_t at = 0; at < weights.hidden; ++at)
            for (std::size_t element = 0; element < weights.headSize; ++element)
                out[at] += weights.layers[layer].attentionOutput[at * weights.heads * weights.headSize
                               + head * weights.headSize + element]
                    * mixed[element];
        return out;
    }

    /// Logit of `token` that `added` to the last residual row gives, the divisor held.
    double logitOf(const Row &added, std::size_t token) const
    {
        const auto residual = std::span(pass.residuals.back()).last(weights.hidden);
        double squares = 0.0;
        for (const double value : residual)
            squares += value * value;
        const double divisor = std::sqrt(squares / static_cast<double>(weights.hidden) + weights.normEpsilon);
        double logit = 0.0;
        for (std::size_t at = 0; at < weights.hidden; ++at)
            logit += added[at] / divisor * weights.finalNorm[at]
                * weights.tokenEmbedding[token * weights.hidden + at];
        return logit;
    }
};

class HeadScoresTest : public testing::Test {
protected:
    HeadScoresTest()
    {
        m_edits = test::withEdits({test::headEdit(1, 2, 0.3)});
        HeadEdit gain = test::headEdit(0, 1, 2.5);
        gain.kind = EditKind::Gain;
        m_edits.set(gain);
    }

    std::vector<TokenId> m_tokens = test::someTokens(12);
    Intervention m_edits;
    test::ModelSession m_session {test::writeTinyModel()};
};

TEST_F(HeadScoresTest, EqualPlainLoopsOverTheSlowPass)
{
    const auto pass = m_session.run(m_tokens, &m_edits);
    const TokenId token(40);
    const TokenId against(7);
    const auto scores = scoreHeads(m_session.model(),
        {.pass = pass.get(), .intervention = &m_edits, .attributed = AttributedLogit {token, against}},
        m_session.pool(), {});
    ASSERT_TRUE(scores && scores->attribution);
    const SlowScores slow(m_tokens, m_edits);
    for (std::size_t layer = 0; layer < 3; ++layer) {
        double sum = 0.0;
        for (std::size_t head = 0; head < 4; ++head)
            sum += norm(slow.written(layer, head, layer == 0 && head == 1 ? 2.5 : 1.0));
        for (std::size_t head = 0; head < 4; ++head) {
            SCOPED_TRACE(testing::Message() << "layer " << layer << " head " << head);
            const Row written = slow.written(layer, head, layer == 0 && head == 1 ? 2.5 : 1.0);
            const double size = norm(written);
            EXPECT_NEAR(scores->outputNormLast.at(layer, head), size, kOfDouble * std::max(1.0, size));
            EXPECT_NEAR(scores->outputRatioLast.at(layer, head), size / (sum / 4.0), kOfDouble * 4);
            const double attributed = slow.logitOf(written, 40) - slow.logitOf(written, 7);
            EXPECT_NEAR(scores->attribution->at(layer, head), attributed,
                kOfDouble * std::max(1.0, std::abs(attributed)));
            double others = 0.0;
            for (std::size_t at = 1; at < 12; ++at)
                others += norm(slow.value(layer, slow.kvHeadOf(head), at)) / 11.0;
            const double ratio = norm(slow.value(layer, slow.kvHeadOf(head), 0)) / others;
            EXPECT_NEAR(scores->sinkValueRatio.at(layer, head), ratio, kOfDouble * ratio);
            const double entropy = test::referenceEntropy(slow.pass.patternRow(layer, head, 11));
            EXPECT_NEAR(scores->normalisedEntropyLast.at(layer, head), entropy / std::log(12.0), 1e-4);
        }
    }
}

TEST_F(HeadScoresTest, AnAblatedHeadWritesNothing)
{
    HeadEdit ablate = test::headEdit(2, 3, 1.0);
    ablate.kind = EditKind::Ablate;
    m_edits.set(ablate);
    const auto pass = m_session.run(m_tokens, &m_edits);
    const auto scores = scoreHeads(m_session.model(),
        {.pass = pass.get(), .intervention = &m_edits, .attributed = AttributedLogit {TokenId(5), {}}},
        m_session.pool(), {});
    EXPECT_EQ(scores->outputNormLast.at(2, 3), 0.0F);
    EXPECT_EQ(scores->attribution->at(2, 3), 0.0F);
    EXPECT_GT(scores->outputNormLast.at(2, 2), 0.0F);
}

TEST_F(HeadScoresTest, OneTokenHasNoOtherKeys)
{
    const std::vector<TokenId> one {TokenId(3)};
    const auto pass = m_session.run(one);
    const auto scores = scoreHeads(m_session.model(), {.pass = pass.get()}, m_session.pool(), {});
    for (const float value : scores->normalisedEntropyLast.values())
        EXPECT_EQ(value, 0.0F);
    for (const float value : scores->sinkValueRatio.values())
        EXPECT_EQ(value, 1.0F);
    EXPECT_FALSE(scores->attribution);
}

TEST_F(HeadScoresTest, ACancelledScoreGivesNothing)
{
    const auto pass = m_session.run(m_tokens);
    std::stop_source stop;
    stop.request_stop();
    EXPECT_FALSE(scoreHeads(m_session.model(), {.pass = pass.get()}, m_session.pool(), stop.get_token()));
}

TEST_F(HeadScoresTest, RepeatedPromptsRepeatDifferentUsualTokens)
{
    const std::vector<TokenId> prompt = repeatedTokenPrompt(m_session.model(), {.seed = 4, .length = 10});
    ASSERT_EQ(prompt.size(), 21U);
    std::set<int> different;
    for (std::size_t at = 1; at <= 10; ++at) {
        EXPECT_EQ(prompt[at], prompt[at + 10]);
        EXPECT_FALSE(m_session.model().tokenizer->isSpecial(prompt[at]));
        different.insert(prompt[at].value);
    }
    EXPECT_EQ(different.size(), 10U);
    EXPECT_EQ(prompt, repeatedTokenPrompt(m_session.model(), {.seed = 4, .length = 10}));
    EXPECT_NE(prompt, repeatedTokenPrompt(m_session.model(), {.seed = 5, .length = 10}));
    EXPECT_THROW(repeatedTokenPrompt(m_session.model(), {.seed = 1, .length = 200}), RequestError);
}

/// One layer, one head, tokens t x y x y; rows by hand.
PassResult repeatedPass()
{
    const std::vector<std::vector<float>> rows {
        {1.0F}, {0.5F, 0.5F}, {0.4F, 0.5F, 0.1F}, {0.5F, 0.2F, 0.2F, 0.1F}, {0.2F, 0.1F, 0.4F, 0.2F, 0.1F}};
    auto record = std::make_shared<LayerRecord>();
    record->residualIn = Matrix(5, 1);
    record->sinkMass = Matrix(1, 5);
    record->reservePatterns(PatternPrecision::Single);
    std::size_t at = 0;
    for (std::size_t query = 0; query < 5; ++query) {
        record->sinkMass.at(0, query) = rows[query][0];
        for (const float weight : rows[query])
            record->patterns[at++] = weight;
    }
    PassResult pass;
    pass.layers.push_back(record);
    return pass;
}

TEST(RepetitionScoresTest, EqualTheSumsByHand)
{
    const RepetitionScores scores = repetitionScores(repeatedPass(), 2);
    // Rows 2 to 4 without key 0 sum to 0.6 + 0.5 + 0.8; the keys one back have 0.5, 0.2 and 0.2.
    EXPECT_NEAR(scores.previousToken.at(0, 0), 0.9 / 1.9, 1e-6);
    // Rows 3 and 4 sum to 1.3; x was at 1 (0.2), y at 2 (0.4).
    EXPECT_NEAR(scores.duplicateToken.at(0, 0), 0.6 / 1.3, 1e-6);
    // After them come 2 (0.2) and 3 (0.2).
    EXPECT_NEAR(scores.induction.at(0, 0), 0.4 / 1.3, 1e-6);
}

} // namespace
} // namespace sinkscope
