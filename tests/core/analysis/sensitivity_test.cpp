// SPDX-License-Identifier: Apache-2.0
// Margin, entropy and answers derived by ln gamma, against central differences of the slow forward in double.
#include "core/analysis/sensitivity.h"

#include "core/base/error.h"
#include "tests/support/model_session.h"
#include "tests/support/reference_forward.h"
#include "tests/support/tiny_model.h"

#include <cmath>
#include <functional>
#include <gtest/gtest.h>

namespace sinkscope {
namespace {

// fp32 against double on a tiny model: the largest difference met is 3e-6.
constexpr double kTolerance = 2e-5;
constexpr double kStep = 1e-4; // truncation of its square and rounding of 1e-15 by it are below 1e-8

class SensitivityTest : public testing::Test {
protected:
    SensitivityTest()
        : m_session(test::writeTinyModel())
        , m_gemm(m_session.pool())
        , m_backward(m_session.model(), m_gemm)
        , m_weights(test::tinyWeights())
    {
        for (const int id : {70, 40, 90, 101, 40, 77, 93, 52})
            m_tokens.emplace_back(id);
        m_edits.setFactor({LayerIndex(1), HeadIndex(2)}, 3.0);
    }

    std::optional<Sensitivity> derive(std::vector<std::string> answers,
        AnswerDerivatives perAnswer = AnswerDerivatives::MarginOnly, const StopToken &stop = {})
    {
        m_pass = m_session.run(m_tokens, &m_edits);
        SensitivityRequest request;
        request.pass = m_pass.get();
        request.intervention = &m_edits;
        request.answers = std::move(answers);
        request.perAnswer = perAnswer;
        return deriveOutput(m_backward, request, stop);
    }

    std::vector<double> logProbabilities(const Intervention &edits) const
    {
        const auto pass = test::referenceForward(m_weights, m_tokens, edits.edits());
        return test::referenceLogSoftmax(pass.logitsRow(m_tokens.size() - 1));
    }

    /// Compares [L, H] with central differences of `scalar` of the log-probabilities.
    void expectDerivative(
        const Matrix &got, const std::function<double(const std::vector<double> &)> &scalar) const
    {
        ASSERT_EQ(got.rows(), 3U);
        ASSERT_EQ(got.columns(), 4U);
        for (int layer = 0; layer < 3; ++layer)
            for (int head = 0; head < 4; ++head) {
                const HeadRef ref {LayerIndex(layer), HeadIndex(head)};
                const auto at = [&](double logGamma) {
                    Intervention edits = m_edits;
                    edits.setFactor(ref, edits.factor(ref) * std::exp(logGamma));
                    return scalar(logProbabilities(edits));
                };
                EXPECT_NEAR(got.at(ref.layer.asSize(), ref.head.asSize()),
                    (at(kStep) - at(-kStep)) / (2.0 * kStep), kTolerance)
                    << "layer " << layer << " head " << head;
            }
    }

    TokenId firstToken(const std::string &text) const
    {
        return m_session.model().tokenizer->encode(text, SpecialTokens::Recognise, AddedTokens::None).front();
    }

    static double entropy(const std::vector<double> &logP)
    {
        double sum = 0.0;
        for (const double value : logP)
            sum -= std::exp(value) * value;
        return sum;
    }

    test::ModelSession m_session;
    Gemm m_gemm;
    BackwardPass m_backward;
    test::ReferenceWeights m_weights;
    std::vector<TokenId> m_tokens;
    Intervention m_edits;
    std::shared_ptr<const PassResult> m_pass;
};

TEST_F(SensitivityTest, EqualsCentralDifferencesAtTheEdits)
{
    const Sensitivity result = derive({"A", "z", "Q"}, AnswerDerivatives::EachAnswer).value();
    const auto logP = logProbabilities(m_edits);
    const auto of = [&](const char *text) { return firstToken(text).asSize(); };
    EXPECT_NEAR(result.outputEntropyNats, entropy(logP), kTolerance);
    EXPECT_NEAR(result.margin.value(), logP[of("A")] - logP[of("z")], kTolerance);
    expectDerivative(result.dEntropy, entropy);
    expectDerivative(
        result.dMargin.value(), [&](const auto &values) { return values[of("A")] - values[of("z")]; });
    ASSERT_EQ(result.answers.size(), 3U);
    for (const AnswerSensitivity &answer : result.answers) {
        EXPECT_EQ(answer.firstToken, firstToken(answer.text));
        EXPECT_NEAR(answer.logProb, logP[answer.firstToken.asSize()], kTolerance);
        expectDerivative(
            answer.dLogProb.value(), [&](const auto &values) { return values[answer.firstToken.asSize()]; });
    }
}

TEST_F(SensitivityTest, WithoutAnswersThereIsTheEntropyAlone)
{
    const Sensitivity result = derive({}).value();
    EXPECT_FALSE(result.margin);
    EXPECT_FALSE(result.dMargin);
    expectDerivative(result.dEntropy, entropy);
    const Sensitivity one = derive({"A"}, AnswerDerivatives::EachAnswer).value();
    EXPECT_FALSE(one.margin);
    expectDerivative(one.answers.at(0).dLogProb.value(),
        [&](const auto &values) { return values[firstToken("A").asSize()]; });
}

TEST_F(SensitivityTest, TheSameFirstTokenGivesMarginZero)
{
    const Sensitivity result = derive({"A", "Az"}, AnswerDerivatives::EachAnswer).value();
    ASSERT_EQ(result.answers[0].firstToken, result.answers[1].firstToken);
    EXPECT_TRUE(result.firstTokensEqual);
    EXPECT_EQ(result.margin, 0.0);
    for (const float value : result.dMargin->values())
        EXPECT_EQ(value, 0.0F);
    EXPECT_EQ(result.answers[1].tokenCount, 2);
    for (const AnswerSensitivity &answer : result.answers)
        expectDerivative(
            answer.dLogProb.value(), [&](const auto &values) { return values[firstToken("A").asSize()]; });
}

TEST_F(SensitivityTest, RefusesAnEmptyAnswerAndStops)
{
    EXPECT_THROW(derive({"A", ""}), RequestError);
    std::stop_source stop;
    stop.request_stop();
    EXPECT_FALSE(derive({"A", "z"}, AnswerDerivatives::MarginOnly, stop.get_token()));
}

TEST(StrongestHeads, LargestFirstWhateverTheSignAndEqualOnesInOrder)
{
    Matrix by(2, 3);
    const float values[] = {0.5F, -2.0F, 0.0F, 2.0F, -0.1F, 1.0F};
    std::copy(std::begin(values), std::end(values), by.values().begin());
    const auto head = [](int layer, int of) { return HeadRef {LayerIndex(layer), HeadIndex(of)}; };
    EXPECT_EQ(strongestHeads(by, 4), (std::vector<HeadRef> {head(0, 1), head(1, 0), head(1, 2), head(0, 0)}));
    EXPECT_EQ(strongestHeads(by, 10).size(), 6U);
}

} // namespace
} // namespace sinkscope
