// SPDX-License-Identifier: Apache-2.0
// The logit lens of the default model against residual streams and logits that transformers computed
// (reference data, its README).
#include "core/analysis/position_output.h"
#include "tests/support/model_paths.h"
#include "tests/support/model_session.h"
#include "tests/support/reference_cases.h"

#include <cmath>
#include <gtest/gtest.h>

namespace sinkscope {
namespace {

constexpr const char *kFolder = "reference/smollm2-135m-instruct-q4_1";
constexpr double kLogProbability = 3e-4; // of the output: the reference's README
constexpr double kOutputEntropy = 2e-4; // the same
// Between layers the stream may differ by 5e-5 of its norm (the same README); final norm and head turn that
// into at most 5e-5 of the length of the logits' gradient: logits here reach some 30, of log-probabilities
// twice the difference of a logit counts.
constexpr double kLogProbabilityBetween = 5e-3;

/// ln p of every token for one row that entered a layer, from the definition in double.
std::vector<double> readOut(const Model &model, std::span<const float> residual)
{
    double squares = 0.0;
    for (const float value : residual)
        squares += static_cast<double>(value) * static_cast<double>(value);
    const double divisor =
        std::sqrt(squares / static_cast<double>(residual.size()) + model.config.normEpsilon);
    std::vector<float> normed(residual.size());
    std::vector<double> logits(static_cast<std::size_t>(model.config.vocabularySize));
    std::vector<float> weights(residual.size());
    for (std::size_t id = 0; id < logits.size(); ++id) {
        model.weights.tokenEmbedding.rowsToFloat(id, 1, weights); // the model's head is its embedding
        for (std::size_t at = 0; at < residual.size(); ++at)
            logits[id] += static_cast<double>(weights[at]) * static_cast<double>(model.weights.finalNorm[at])
                * static_cast<double>(residual[at]) / divisor;
    }
    double largest = logits.front();
    for (const double logit : logits)
        largest = std::max(largest, logit);
    double sum = 0.0;
    for (const double logit : logits)
        sum += std::exp(logit - largest);
    for (double &logit : logits)
        logit -= largest + std::log(sum);
    return logits;
}

double entropyOf(const std::vector<double> &logP)
{
    double entropy = 0.0;
    for (const double value : logP)
        entropy -= std::exp(value) * value;
    return entropy;
}

class LogitLens : public testing::TestWithParam<const char *> { };

TEST_P(LogitLens, RowsAgreeWithTheReferenceResidualStream)
{
    const auto folder = test::sharedDataPath(kFolder);
    if (!folder)
        GTEST_SKIP() << kFolder << ": reference data absent";
    const auto path = test::defaultModelPath();
    if (!path)
        GTEST_SKIP() << "the default model is absent; app/run --build-only obtains it";
    test::ModelSession session(*path, {}, 0);
    for (const test::ReferenceCase &item : test::loadReferenceCases(*folder)) {
        if (item.id != GetParam())
            continue;
        const test::ReferenceArrays arrays = test::loadReferenceArrays(*folder, item.id);
        for (const test::ReferenceOutcome &outcome : item.outcomes) {
            SCOPED_TRACE(outcome.name);
            PassRequest pass;
            pass.tokens = item.tokens;
            pass.intervention = &outcome.intervention;
            const auto ran = session.transformer().run(pass, {});
            std::vector<TokenId> followed;
            for (const test::ReferenceTop &top : outcome.top)
                followed.push_back(top.id);
            PositionRequest request;
            request.pass = ran.get();
            request.intervention = &outcome.intervention;
            request.position = TokenPos(static_cast<std::int32_t>(item.tokens.size()) - 1);
            request.layers = LensLayers::All;
            request.followed = followed;
            const PositionFigures figures = positionFigures(session.transformer(), request, {}).value();
            ASSERT_EQ(figures.rows.size(), 31U);
            EXPECT_NEAR(figures.output().entropyNats, outcome.outputEntropyNats, kOutputEntropy);
            for (std::size_t at = 0; at < followed.size(); ++at)
                EXPECT_NEAR(
                    std::log(figures.output().followed[at].p), std::log(outcome.top[at].p), kLogProbability);
            const test::ReferenceArray &stream =
                test::arrayNamed(arrays, outcome.name + ".residual_last_token");
            const std::size_t hidden = stream.shape.at(1);
            for (const std::size_t row : {std::size_t {0}, std::size_t {15}, std::size_t {29}}) {
                SCOPED_TRACE(row);
                std::vector<float> residual;
                for (std::size_t at = 0; at < hidden; ++at)
                    residual.push_back(static_cast<float>(stream.values[row * hidden + at]));
                const std::vector<double> expected = readOut(session.model(), residual);
                EXPECT_NEAR(figures.rows[row].entropyNats, entropyOf(expected), kLogProbabilityBetween);
                for (std::size_t at = 0; at < followed.size(); ++at)
                    EXPECT_NEAR(std::log(figures.rows[row].followed[at].p), expected[followed[at].asSize()],
                        kLogProbabilityBetween);
            }
        }
    }
}

std::string caseName(const testing::TestParamInfo<const char *> &param)
{
    return param.param;
}

INSTANTIATE_TEST_SUITE_P(
    Reference, LogitLens, testing::Values("sst2_zero_shot", "short_bos_free", "single_token"), caseName);

} // namespace
} // namespace sinkscope
