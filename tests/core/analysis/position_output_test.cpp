// SPDX-License-Identifier: Apache-2.0
// The output at any position and the logit lens, against the slow reference and the pass itself.
#include "core/analysis/position_output.h"
#include "core/base/error.h"
#include "tests/core/model/test_edits.h"
#include "tests/support/model_session.h"
#include "tests/support/test_values.h"
#include "tests/support/tiny_model.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <memory>

namespace sinkscope {
namespace {

using test::ModelSession;
using test::someTokens;

// fp32 against double over three small layers: logits differ by up to 1e-4 (extend_test), so do logarithms of
// probabilities; an entropy of at most ln 320 nats by some times that.
constexpr double kLogProbability = 2e-4;
constexpr double kEntropy = 5e-4;

constexpr std::size_t kHidden = 32;
constexpr std::size_t kTokens = 18;

/// Final norm and output head of one residual vector, from their definitions.
std::vector<double> referenceReadOut(const test::ReferenceWeights &weights, std::span<const double> residual)
{
    double squares = 0.0;
    for (const double value : residual)
        squares += value * value;
    const double divisor = std::sqrt(squares / static_cast<double>(residual.size()) + weights.normEpsilon);
    const std::vector<double> &head =
        weights.outputHead.empty() ? weights.tokenEmbedding : weights.outputHead;
    std::vector<double> logits(weights.vocabulary);
    for (std::size_t id = 0; id < weights.vocabulary; ++id)
        for (std::size_t at = 0; at < residual.size(); ++at)
            logits[id] += head[id * residual.size() + at] * residual[at] / divisor * weights.finalNorm[at];
    return test::referenceLogSoftmax(logits);
}

double entropyOf(const std::vector<double> &logProbabilities)
{
    std::vector<double> weights;
    for (const double logP : logProbabilities)
        weights.push_back(std::exp(logP));
    return test::referenceEntropy(weights);
}

/// 1 and the number of tokens that are more likely.
int rankOf(const std::vector<double> &logProbabilities, TokenId id)
{
    return 1
        + static_cast<int>(std::ranges::count_if(
            logProbabilities, [own = logProbabilities[id.asSize()]](double other) { return other > own; }));
}

class PositionOutput : public testing::Test {
protected:
    std::shared_ptr<const PassResult> pass(const Intervention *edits = nullptr)
    {
        PassRequest request; // as the engine asks: logits of the last row alone
        request.tokens = m_tokens;
        request.intervention = edits;
        return m_session->transformer().run(request, {});
    }

    PositionFigures figures(
        const PassResult &pass, int position, LensLayers layers, const Intervention *edits = nullptr)
    {
        PositionRequest request;
        request.pass = &pass;
        request.intervention = edits;
        request.position = TokenPos(position);
        request.layers = layers;
        request.topCount = 4;
        request.followed = m_followed;
        return positionFigures(m_session->transformer(), request, {}).value();
    }

    void expectRow(const LensRow &row, const std::vector<double> &expected) const
    {
        EXPECT_NEAR(row.entropyNats, entropyOf(expected), kEntropy);
        ASSERT_EQ(row.top.size(), 4U);
        std::vector<double> sorted = expected;
        std::ranges::sort(sorted, std::greater<>());
        for (std::size_t rank = 0; rank < row.top.size(); ++rank) {
            // tokens as close as the tolerance may stand in either order: probabilities are compared
            EXPECT_NEAR(std::log(row.top[rank].p), sorted[rank], kLogProbability);
            EXPECT_NEAR(std::log(row.top[rank].p), expected[row.top[rank].id.asSize()], kLogProbability);
        }
        ASSERT_EQ(row.followed.size(), m_followed.size());
        for (std::size_t token = 0; token < m_followed.size(); ++token) {
            EXPECT_NEAR(
                std::log(row.followed[token].p), expected[m_followed[token].asSize()], kLogProbability);
            EXPECT_NEAR(row.followed[token].rank, rankOf(expected, m_followed[token]), 1);
        }
    }

    std::vector<TokenId> m_tokens = someTokens(kTokens);
    std::vector<TokenId> m_followed {TokenId(40), TokenId(101)};
    test::TinyModelOptions m_options;
    std::unique_ptr<ModelSession> m_session = std::make_unique<ModelSession>(test::writeTinyModel(m_options));
};

TEST_F(PositionOutput, EveryLayerAtEveryPositionEqualsTheReference)
{
    const test::ReferenceWeights weights = test::tinyWeights(m_options);
    const test::ReferencePass reference = test::referenceForward(weights, m_tokens);
    const auto baseline = pass();
    for (int position = 0; position < static_cast<int>(kTokens); ++position) {
        SCOPED_TRACE(position);
        const PositionFigures got = figures(*baseline, position, LensLayers::All);
        ASSERT_EQ(got.rows.size(), 4U); // before each of three layers, and after the last
        for (std::size_t row = 0; row < got.rows.size(); ++row)
            expectRow(got.rows[row],
                referenceReadOut(weights,
                    std::span(reference.residuals[row])
                        .subspan(static_cast<std::size_t>(position) * kHidden, kHidden)));
    }
}

TEST_F(PositionOutput, OutputUnderEveryKindOfEditEqualsTheReference)
{
    const test::ReferenceWeights weights = test::tinyWeights(m_options);
    for (const test::NamedIntervention &named : test::manyInterventions()) {
        SCOPED_TRACE(named.name);
        const Intervention &edits = named.intervention;
        const test::ReferencePass reference =
            test::referenceForward(weights, m_tokens, edits.edits(), -1, edits.frozen());
        const auto edited = pass(&edits);
        for (const int position : {0, 1, 9, 17}) {
            SCOPED_TRACE(position);
            const auto logits = reference.logitsRow(static_cast<std::size_t>(position));
            expectRow(figures(*edited, position, LensLayers::Last, &edits).output(),
                test::referenceLogSoftmax(logits));
        }
    }
}

TEST_F(PositionOutput, LastRowIsTheOutputOfAPassOfAllRowsToTheBit)
{
    for (const GemmBackend backend : {GemmBackend::Packed, GemmBackend::Amx}) {
        LoadOptions load;
        load.backend = backend;
        m_session = std::make_unique<ModelSession>(test::writeTinyModel(m_options), load);
        auto interventions = test::manyInterventions();
        interventions.push_back({"no edit", {}});
        for (const test::NamedIntervention &named : interventions) {
            SCOPED_TRACE(named.name);
            const Intervention &edits = named.intervention;
            const auto kept = pass(&edits);
            const auto whole = m_session->run(m_tokens, &edits); // logits of all rows
            for (int position = 0; position < static_cast<int>(kTokens); ++position)
                for (const LensLayers layers : {LensLayers::Last, LensLayers::All}) {
                    const PositionFigures got = figures(*kept, position, layers, &edits);
                    EXPECT_EQ(*got.logProbabilities,
                        logSoftmax(whole->logitsAll.row(static_cast<std::size_t>(position))))
                        << position;
                }
            EXPECT_EQ(*figures(*kept, kTokens - 1, LensLayers::All, &edits).logProbabilities,
                logSoftmax(kept->logitsLast));
        }
    }
}

TEST_F(PositionOutput, ModelWithAnOutputHeadOfItsOwnIsReadThroughIt)
{
    m_options.tied = false;
    m_session = std::make_unique<ModelSession>(test::writeTinyModel(m_options));
    const test::ReferenceWeights weights = test::tinyWeights(m_options);
    ASSERT_FALSE(weights.outputHead.empty());
    const test::ReferencePass reference = test::referenceForward(weights, m_tokens);
    const PositionFigures got = figures(*pass(), 11, LensLayers::All);
    for (std::size_t row = 0; row < got.rows.size(); ++row)
        expectRow(got.rows[row],
            referenceReadOut(weights, std::span(reference.residuals[row]).subspan(11 * kHidden, kHidden)));
}

TEST_F(PositionOutput, PositionOutsideThePromptIsRefused)
{
    const auto baseline = pass();
    PositionRequest request;
    request.pass = baseline.get();
    for (const int position : {-1, 18}) {
        request.position = TokenPos(position);
        EXPECT_THROW(positionFigures(m_session->transformer(), request, {}), RequestError);
    }
}

TEST_F(PositionOutput, CancelledGivesNothing)
{
    const auto baseline = pass();
    PositionRequest request;
    request.pass = baseline.get();
    request.position = TokenPos(3);
    std::stop_source stop;
    stop.request_stop();
    EXPECT_FALSE(positionFigures(m_session->transformer(), request, stop.get_token()));
}

} // namespace
} // namespace sinkscope
